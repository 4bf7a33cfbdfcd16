"""A picture that clamps or mirrors becomes one that repeats and looks the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from meshes.build.foreign.wrapping import repeating
from meshes.tiles.finish import WRAPS, Wrap


def texel(place: float, size: int, wrap: Wrap) -> int:
    """The texel at a place, by the words of glTF's specification (OpenGL ES 3.2, 8.14.2)."""
    at = int(np.floor(place * size))
    if wrap == "clamp":
        return min(max(at, 0), size - 1)
    if wrap == "repeat":
        return at % size
    at %= 2 * size
    return at if at < size else 2 * size - 1 - at


# Middles of eighths of the texels: no rounding decides between two of them.
PLACES = st.integers(-64, 128).map(lambda eighth: (eighth + 0.5) / 64)


@given(
    picture=hnp.arrays(np.uint8, st.tuples(st.just(8), st.sampled_from([4, 8]), st.sampled_from([3, 4]))),
    places=st.lists(st.tuples(PLACES, PLACES), min_size=1, max_size=12),
    wrap=st.tuples(st.sampled_from(WRAPS), st.sampled_from(WRAPS)),
)
def test_every_place_has_the_colour_that_its_wrap_gives(
    picture: np.ndarray, places: list[tuple[float, float]], wrap: tuple[Wrap, Wrap]
) -> None:
    high, wide = picture.shape[:2]
    out, moved = repeating(picture, np.array(places, np.float32), wrap)
    for (u, v), (u2, v2) in zip(places, moved.tolist(), strict=True):
        wanted = picture[texel(v, high, wrap[1]), texel(u, wide, wrap[0])]
        found = out[texel(v2, out.shape[0], "repeat"), texel(u2, out.shape[1], "repeat")]
        assert found.tolist() == wanted.tolist()


@pytest.mark.parametrize("wrap", WRAPS)
def test_within_the_picture_nothing_is_copied(wrap: Wrap) -> None:
    picture, places = np.zeros((4, 4, 3), np.uint8), np.array([[0, 1], [1, 0]], np.float32)
    assert repeating(picture, places, (wrap, wrap)) == (picture, places)


def test_far_beyond_a_clamped_edge_the_picture_stays_small() -> None:
    picture = np.zeros((4, 4, 3), np.uint8)
    out, places = repeating(picture, np.array([[-900, 0.5], [9000, 0.5]], np.float32), ("clamp", "repeat"))
    assert out.shape == (4, 20, 3)
    assert places[:, 0].tolist() == [0, 1]
