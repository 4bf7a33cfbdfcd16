"""Where tiles of different detail meet, curtains close what is between their edges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshes.build.foreign.skirts import skirted
from meshes.tiles import Primitive


def sheet(west: float, east: float, *, steps: int, height: float, bends: float) -> Primitive:
    """A strip of rolling ground, 16 m from south to north, in so many steps a side."""
    x, y = np.meshgrid(np.linspace(west, east, steps + 1), np.linspace(0.0, 16.0, steps + 1))
    z = height * np.sin(bends * y) + 0.1 * x
    position = np.stack([x, y, z], axis=2).reshape(-1, 3).astype(np.float32)
    k = np.arange(len(position)).reshape(x.shape)
    a, b, c, d = (corner.ravel() for corner in (k[:-1, :-1], k[:-1, 1:], k[1:, 1:], k[1:, :-1]))
    triangles = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)]).astype(np.int32)
    return Primitive(
        position=position,
        triangles=triangles,
        tcoord=position[:, :2] / 16.0,
        feature=np.arange(len(position), dtype=np.float32),
    )


def curtain(primitive: Primitive, out: Primitive) -> tuple[np.ndarray, np.ndarray]:
    """The vertices that were added, and those that they hang from, (k, 3) each."""
    assert out.feature is not None
    own = len(primitive.position)
    return out.position[own:], primitive.position[out.feature[own:].astype(int)]


@given(
    steps=st.integers(4, 12),
    height=st.floats(0.0, 1.0),
    bends=st.floats(0.05, 0.4),
)
def test_the_gap_between_a_fine_tile_and_a_coarse_one_is_closed(
    steps: int, height: float, bends: float
) -> None:
    y = np.linspace(0.0, 16.0, 500)
    heights, feet = [], []
    tiles = (
        sheet(0, 16, steps=2 * steps, height=height, bends=bends),
        sheet(16, 32, steps=steps, height=height, bends=bends),
    )
    for primitive in tiles:
        (out,) = skirted([primitive])
        foot, top = curtain(primitive, out)
        border = np.flatnonzero(top[:, 0] == 16.0)
        border = border[np.argsort(top[border, 1])]
        heights.append(np.interp(y, top[border, 1], top[border, 2]))
        feet.append(np.interp(y, top[border, 1], foot[border, 2]))
    higher = np.argmax(heights, axis=0)
    lowest = np.min(heights, axis=0)
    assert (np.choose(higher, feet) <= lowest + 1e-5).all()


@pytest.mark.parametrize("wound", [slice(None), slice(None, None, -1)])
def test_curtains_hang_from_the_rim_only_and_into_the_ground(wound: slice) -> None:
    primitive = sheet(0, 16, steps=8, height=0.5, bends=0.3)
    assert primitive.triangles is not None
    wanted = len(primitive.triangles) + 2 * 4 * 8
    primitive = replace(primitive, triangles=np.ascontiguousarray(primitive.triangles[:, wound]))
    (out,) = skirted([primitive])
    foot, top = curtain(primitive, out)
    assert len(top) == 4 * 8
    assert (((top[:, :2] == 0) | (top[:, :2] == 16)).any(axis=1)).all()
    assert (foot[:, 2] < top[:, 2] - 0.2).all()
    assert out.tcoord is not None
    assert out.feature is not None
    assert out.triangles is not None
    assert out.tcoord[len(primitive.position) :] == pytest.approx(top[:, :2] / 16.0)
    assert len(out.triangles) == wanted
    edges = np.sort(
        np.concatenate([out.triangles[:, [0, 1]], out.triangles[:, [1, 2]], out.triangles[:, [2, 0]]])
    )
    _, count = np.unique(edges, axis=0, return_counts=True)
    assert count.max() == 2
    assert (count == 1).sum() == 4 * 8  # the curtain's own lower edge


def test_parts_that_meet_get_no_curtain_between_them() -> None:
    left, right = (sheet(x, x + 16, steps=4, height=0.5, bends=0.3) for x in (0, 16))
    for primitive, out in zip((left, right), skirted([left, right]), strict=True):
        _, top = curtain(primitive, out)
        inner = (top[:, 0] == 16) & (top[:, 1] > 0) & (top[:, 1] < 16)
        assert not inner.any()
        assert len(top) == 3 * 4 + 1


def test_what_is_closed_or_loose_stays_as_it_is() -> None:
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], np.float32)
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    triangles = np.array([t for a, b, c, d in faces for t in ((a, b, c), (a, c, d))], np.int32)
    box = Primitive(position=corners, triangles=triangles)
    leaf = Primitive(position=corners[:4], triangles=np.array([[0, 1, 3]], np.int32))
    points = Primitive(position=corners, triangles=None)
    for primitives in ([box], [leaf], [points], [box, points], []):
        assert skirted(primitives) == primitives
