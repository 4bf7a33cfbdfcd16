"""Rays against triangles, by closed form and by looking at each triangle in turn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.tiles.pick import first_hit, nearest_triangle
from meshes.tiles.content import Primitive
from tests.layers.tiles.villages import square

COORDINATE = st.floats(-10.0, 10.0)


def one_by_one(part: Primitive, eye: np.ndarray, way: np.ndarray) -> float:
    """The first distance at which a ray meets a triangle: a linear system for each."""
    best = np.inf
    for corners in part.triangles:
        a, b, c = part.position[corners].astype(np.float64)
        system = np.stack([b - a, c - a, -way], axis=1)
        if abs(np.linalg.det(system)) > 1e-9:
            u, v, t = np.linalg.solve(system, eye - a)
            if u >= 0 and v >= 0 and u + v <= 1 and t > 0:
                best = min(best, t)
    return best


@given(st.integers(0, 2**31), st.tuples(*[COORDINATE] * 3), st.tuples(*[COORDINATE] * 3))
def test_the_first_triangle_is_the_one_that_a_linear_system_finds(
    seed: int, eye: tuple[float, ...], aim: tuple[float, ...]
) -> None:
    rng = np.random.default_rng(seed)
    part = Primitive(
        position=rng.uniform(-5, 5, (24, 3)).astype(np.float32),
        triangles=rng.integers(0, 24, (40, 3)).astype(np.int32),
    )
    start = np.array(eye) + 1e-3
    way = np.array(aim) - start
    if np.linalg.norm(way) < 1e-3:
        return
    at, triangle = nearest_triangle(part, start, way)
    expected = one_by_one(part, start, way)
    if np.isinf(expected):
        assert np.isinf(at) or at >= 0.0
    else:
        assert at <= expected * (1 + 1e-6)
    if np.isfinite(at):
        place = start + at * way
        a, b, c = part.position[part.triangles[triangle]].astype(np.float64)
        turned = np.cross(b - a, c - a)
        assert abs((place - a) @ turned) <= 1e-4 * max(np.linalg.norm(turned), 1e-6) * (
            1 + np.linalg.norm(way)
        )


@given(st.floats(-90.0, 90.0), st.floats(-90.0, 90.0), st.floats(0.5, 5.0))
def test_a_steep_look_at_a_level_square_hits_it_where_it_looks(
    x: float, y: float, exaggeration: float
) -> None:
    centre = (492_000.0, 4_483_000.0, 150.0)
    start = (centre[0] - 40.0, centre[1] + 25.0, 400.0 * exaggeration)
    way = (x + 40.0, y - 25.0, -250.0 * exaggeration)
    hit = first_hit([(7, centre, (square(100.0),))], start, way, exaggeration=exaggeration)
    assert hit is not None
    assert (hit.tile, hit.feature) == (7, 0)
    assert hit.place == pytest.approx((centre[0] + x, centre[1] + y, 150.0), abs=1e-3)


def test_the_nearest_of_several_tiles_is_hit_and_points_are_not() -> None:
    high, low = (0.0, 0.0, 20.0), (0.0, 0.0, 10.0)
    points = Primitive(position=square(5.0).position, triangles=None)
    tiles = [(1, low, (square(5.0),)), (2, high, (square(5.0),)), (3, (0.0, 0.0, 30.0), (points,))]
    for order in (tiles, tiles[::-1]):
        hit = first_hit(order, (1.0, 1.0, 50.0), (0.0, 0.0, -1.0), exaggeration=1.0)
        assert hit is not None
        assert hit.tile == 2
    assert first_hit(tiles, (1.0, 1.0, 50.0), (0.0, 0.0, 1.0), exaggeration=1.0) is None
    assert first_hit([], (1.0, 1.0, 50.0), (0.0, 0.0, -1.0), exaggeration=1.0) is None
