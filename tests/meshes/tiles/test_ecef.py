"""The transform to the globe: as near as a flat tile can come, and it says how near."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from meshes.tiles.ecef import Fit, fit, frame_to_ecef, geodetic_to_ecef
from tests.meshes.tiles.tiling import EAST, HEIGHT, NORTH
from twin.arrays import F64
from twin.crs import FrameError
from twin.frame import Frame

FRAME = Frame(crs="EPSG:4548", east=EAST, north=NORTH)
SEPARATION_M = -7.35
CENTRE = np.array([EAST, NORTH, HEIGHT])
EARTH_M = 6_371_000.0
TO_DEGREES = Transformer.from_crs("EPSG:4548", "EPSG:4326", always_xy=True)
TO_ECEF = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)


def fitted(low: F64, high: F64, centre: F64 = CENTRE) -> Fit:
    return fit(low[None], high[None], centre[None], frame=FRAME, ellipsoid_minus_working_m=SEPARATION_M)


def true_place(points: F64) -> F64:
    """PROJ's own way to ECEF, in two steps."""
    lon, lat = TO_DEGREES.transform(*points[:, :2].T)
    return np.stack(TO_ECEF.transform(lon, lat, points[:, 2] + SEPARATION_M), axis=1)


def placed(found: Fit, points: F64, centre: F64 = CENTRE) -> F64:
    return (points - centre) @ found.matrix[0, :3, :3].T + found.matrix[0, :3, 3]


def test_ecef_is_that_of_proj() -> None:
    random = np.random.default_rng(0)
    points = CENTRE + random.uniform(-60_000, 60_000, (500, 3)) * [1, 1, 0.05]
    ours = frame_to_ecef(points, frame=FRAME, ellipsoid_minus_working_m=SEPARATION_M)
    np.testing.assert_allclose(ours, true_place(points), rtol=0, atol=1e-6)


def test_ecef_in_closed_form() -> None:
    lon, lat = np.array([0.0, 90.0, 0.0]), np.array([0.0, 0.0, 90.0])
    pole = 6_378_137.0 * (1 - 1 / 298.257223563)
    expected = [[6_378_147.0, 0, 0], [0, 6_378_147.0, 0], [0, 0, pole + 10]]
    np.testing.assert_allclose(geodetic_to_ecef(lon, lat, np.full(3, 10.0)), expected, atol=1e-8)


@given(
    size=st.tuples(*[st.floats(0, side) for side in (60_000, 60_000, 2000)]),
    place=st.tuples(st.floats(-50_000, 50_000), st.floats(-50_000, 50_000), st.floats(-100, 1000)),
    off=st.tuples(*[st.floats(-500, 500)] * 3),
    seed=st.integers(0, 99),
)
def test_every_point_of_a_tile_is_within_the_residual(
    size: tuple[float, ...], place: tuple[float, ...], off: tuple[float, ...], seed: int
) -> None:
    low = CENTRE + place
    high, centre = low + size, low + off
    found = fitted(low, high, centre)
    points = np.random.default_rng(seed).uniform(low, high, (300, 3))
    distance = np.linalg.norm(placed(found, points, centre) - true_place(points), axis=1)
    assert distance.max() <= found.residual_m[0] * 1.001 + 1e-6


@pytest.mark.parametrize(("side_m", "corner_m"), [(1000.0, 0.04), (5000.0, 1.0), (60_000.0, 141.0)])
def test_the_residual_is_half_the_drop_of_the_earth_at_the_corner(side_m: float, corner_m: float) -> None:
    half = np.array([side_m / 2, side_m / 2, 10.0])
    found = fitted(CENTRE - half, CENTRE + half)
    drop = (side_m**2 / 2) / (2 * EARTH_M)
    assert drop == pytest.approx(corner_m, rel=0.03)  # a tile that touches the earth at its middle
    # The scale of the projection and the tilt of heights at the rim add a little.
    assert drop / 2 * 0.995 <= found.residual_m[0] <= drop / 2 * 1.2 + 0.001


@given(place=st.tuples(st.floats(-80_000, 80_000), st.floats(-80_000, 80_000)), side=st.floats(0, 20_000))
def test_a_transform_turns_and_scales_and_never_mirrors(place: tuple[float, float], side: float) -> None:
    low = CENTRE + np.array([*place, 0])
    found = fitted(low, low + np.array([side, side, 50]))
    linear = found.matrix[0, :3, :3]
    scale = np.cbrt(np.linalg.det(linear))
    assert scale == pytest.approx(1, abs=3e-4)
    np.testing.assert_allclose(linear.T @ linear, scale**2 * np.eye(3), atol=1e-9)
    up = true_place(low[None] + [[0, 0, 1]]) - true_place(low[None])
    assert float(up[0] @ linear[:, 2]) > 0.999
    np.testing.assert_array_equal(found.matrix[0, 3], [0, 0, 0, 1])


def test_many_boxes_are_fitted_at_once_as_one_by_one() -> None:
    random = np.random.default_rng(3)
    low = CENTRE + random.uniform(-20_000, 20_000, (25, 3)) * [1, 1, 0.01]
    high = low + random.uniform(0, 3000, (25, 3)) * [1, 1, 0.1]
    centre = (low + high) / 2
    many = fit(low, high, centre, frame=FRAME, ellipsoid_minus_working_m=SEPARATION_M, batch=7)
    for k in range(25):
        one = fitted(low[k], high[k], centre[k])
        np.testing.assert_allclose(many.matrix[k], one.matrix[0], rtol=0, atol=1e-7)
        assert many.residual_m[k] == pytest.approx(one.residual_m[0], abs=1e-8)


def test_no_boxes_give_no_transforms() -> None:
    none = np.zeros((0, 3))
    assert fit(none, none, none, frame=FRAME, ellipsoid_minus_working_m=0).matrix.shape == (0, 4, 4)


def test_a_place_outside_the_projection_is_refused() -> None:
    with pytest.raises(FrameError, match="EPSG:4548"):
        fitted(np.array([1e12, 1e12, 0]), np.array([2e12, 2e12, 1]))
