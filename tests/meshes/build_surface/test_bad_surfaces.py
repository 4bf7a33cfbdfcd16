"""What cannot be built says why; what is only odd is built."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshes.build.surface import TexturedPart, TexturedSurface
from meshes.errors import BadSurfaceError, EmptySurfaceError
from tests.meshes.build_surface.shapes import CORNER, build, shades, wavy

QUAD = np.array([[0, 0, 0], [10, 0, 0], [10, 10, 0], [0, 10, 0]]) + CORNER
TWO = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
PLACE = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], np.float32)
NAN = np.where(np.arange(4)[:, None] == 2, np.nan, 0.0)


def one(**changes: Any) -> TexturedSurface:
    """A quad, changed."""
    given: dict[str, Any] = {"position": QUAD, "triangles": TWO, **changes}
    return TexturedSurface(parts=(TexturedPart(**given),))


@pytest.mark.parametrize(
    ("surface", "words"),
    [
        (one(position=QUAD + NAN), "part 0 .* position of 1 of 4 vertices is not a number"),
        (one(tcoord=PLACE + NAN.astype(np.float32)), "texture coordinate of 1 of 4"),
        (one(triangles=TWO + 1), "names vertex 4, but there are 4"),
        (one(triangles=TWO - 1), "names vertex -1"),
        (one(picture=shades(8)), "no texture coordinates"),
        (one(tcoord=PLACE, picture=shades(8)[..., :2]), "picture has the shape"),
        (one(tcoord=PLACE, picture=shades(8)[:0]), "picture has the shape"),
        (one(colour=np.zeros((3, 4), np.uint8)), "colour has the shape"),
        (one(feature=np.zeros(5)), "feature has the shape"),
        (one(position=QUAD[:, :2]), "position has the shape"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(surface: TexturedSurface, words: str) -> None:
    with pytest.raises(BadSurfaceError, match=words):
        build(surface)


@pytest.mark.parametrize(
    "surface",
    [
        TexturedSurface(parts=()),
        one(triangles=TWO[:0]),
        one(position=QUAD * 0 + CORNER),
        one(position=np.linspace(0, 9, 4)[:, None] * [1, 1, 0] + CORNER),
        one(triangles=np.zeros((5, 3), np.int32)),
    ],
)
def test_nothing_with_an_area_is_nothing_to_build(surface: TexturedSurface) -> None:
    with pytest.raises(EmptySurfaceError, match="check the file or leave it out"):
        build(surface)


def test_a_picture_is_not_needed() -> None:
    built = build(wavy(40), tile_triangles=500)
    assert len(built.tree) > 4
    assert all(part.image is None for content in built.contents.values() for part in content.primitives)


def test_a_thousand_times_the_same_triangle_still_ends() -> None:
    built = build(one(triangles=np.tile(TWO, (1000, 1))), tile_triangles=300)
    assert len(built.leaves()) >= 7
    assert (built.tree.error_m[built.tree.child_count > 0] > 0).all()


def test_a_soup_of_triangles_is_welded() -> None:
    """Files often give every triangle three vertices of its own."""
    part = wavy(40, picture=shades(64)).parts[0]
    assert part.tcoord is not None
    every = part.triangles.ravel()
    soup = TexturedPart(
        position=part.position[every],
        triangles=np.arange(len(every), dtype=np.int32).reshape(-1, 3),
        tcoord=part.tcoord[every],
        picture=part.picture,
    )
    built = build(TexturedSurface(parts=(soup,)), tile_triangles=500)
    whole = build(wavy(40, picture=shades(64)), tile_triangles=500)
    assert [len(built.corners(k)) for k in range(len(built.tree))] == [
        len(whole.corners(k)) for k in range(len(whole.tree))
    ]


def test_triangles_of_no_size_and_far_texture_coordinates_are_odd_but_built() -> None:
    built = build(one(triangles=np.vstack([TWO, [[1, 1, 2]]]), tcoord=PLACE * 1e6, picture=shades(32)))
    assert len(built.corners(0)) == 2


def test_progress_goes_to_one() -> None:
    told: list[float] = []
    build(wavy(40), tile_triangles=500, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


@given(
    seed=st.integers(0, 2**32 - 1),
    vertices=st.integers(3, 80),
    triangles=st.integers(1, 250),
    flat=st.booleans(),
    painted=st.booleans(),
)
def test_any_tangle_of_triangles_becomes_a_sound_pyramid(
    seed: int, vertices: int, triangles: int, flat: bool, painted: bool
) -> None:
    rng = np.random.default_rng(seed)
    position = np.round(rng.normal(size=(vertices, 3)) * [20, 20, 0 if flat else 5]) + CORNER
    corners = rng.integers(0, vertices, (triangles, 3)).astype(np.int32)
    tcoord = rng.random((vertices, 2)).astype(np.float32) * 3 if painted else None
    surface = one(
        position=position, triangles=corners, tcoord=tcoord, picture=shades(32) if painted else None
    )
    a, b, c = np.moveaxis(position[corners], 1, 0)
    thick = (a != b).any(axis=1) & (b != c).any(axis=1) & (c != a).any(axis=1)
    if not np.linalg.norm(np.cross(b - a, c - a), axis=1)[thick].any():
        with pytest.raises(EmptySurfaceError):
            build(surface)
        return
    built = build(surface, tile_triangles=16, picture_px=64)
    tree = built.tree
    assert sum(len(built.corners(leaf)) for leaf in built.leaves()) == thick.sum()
    assert np.isfinite(tree.error_m).all()
    assert (tree.error_m[1:] < tree.error_m[tree.parent[1:]]).all()
    for tile in range(len(tree)):
        assert len(built.corners(tile))
        assert (built.corners(tile) >= tree.low[tile]).all()
        assert (built.corners(tile) <= tree.high[tile]).all()


def test_surfaces_may_be_built_at_once() -> None:
    surface = wavy(40, picture=shades(64))
    with ThreadPoolExecutor(2) as threads:
        one_by_one, beside = threads.map(lambda _: build(surface, tile_triangles=500), range(2))
    np.testing.assert_array_equal(one_by_one.tree.error_m, beside.tree.error_m)
    for name, content in one_by_one.contents.items():
        assert content.primitives[0].image == beside.contents[name].primitives[0].image
        np.testing.assert_array_equal(
            content.primitives[0].position, beside.contents[name].primitives[0].position
        )
