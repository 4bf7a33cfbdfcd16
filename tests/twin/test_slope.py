"""Slopes against planes, against Sobel's operator of SciPy, and as cells that are filled."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from tests.twin.build.test_area_raster import classes_at
from twin.build.area_raster import above
from twin.grid import Grid
from twin.slope import cell_size_m, slope_deg

GRID = Grid(crs="EPSG:4548", rows=40, cols=50, west=500_000.0, north=4_500_000.0, dx=30.0, dy=20.0)


@pytest.mark.parametrize("azimuth_deg", [0.0, 30.0, 45.0, 137.0, 270.0])
@pytest.mark.parametrize("tilt_deg", [0.0, 5.0, 25.0, 60.0])
def test_a_tilted_plane_has_its_own_slope(tilt_deg: float, azimuth_deg: float) -> None:
    row, col = np.indices(GRID.shape)
    way = np.radians(azimuth_deg)
    along = col * GRID.dx * np.sin(way) - row * GRID.dy * np.cos(way)
    height = (100.0 + np.tan(np.radians(tilt_deg)) * along).astype(np.float32)
    slope = slope_deg(height, GRID)
    np.testing.assert_allclose(slope[1:-1, 1:-1], tilt_deg, atol=2e-3)
    assert np.isnan(slope[[0, -1]]).all()
    assert np.isnan(slope[:, [0, -1]]).all()


def test_it_is_sobels_operator_over_eight_cells() -> None:
    height = np.random.default_rng(1).uniform(0, 60, GRID.shape).astype(np.float32)
    east, south = (ndimage.sobel(height.astype(float), axis) for axis in (1, 0))
    expected = np.degrees(np.arctan(np.hypot(east / (8 * GRID.dx), south / (8 * GRID.dy))))
    np.testing.assert_allclose(slope_deg(height, GRID)[1:-1, 1:-1], expected[1:-1, 1:-1], atol=1e-4)


def test_beside_a_hole_nothing_is_known_and_nothing_else_is_lost() -> None:
    height = np.zeros(GRID.shape, np.float32)
    height[20, 20] = np.nan
    unknown = np.isnan(slope_deg(height, GRID))[1:-1, 1:-1]
    assert unknown.sum() == 9
    assert unknown[18:21, 18:21].all()


def test_cells_in_degrees_are_measured_on_the_ellipsoid() -> None:
    degrees = replace(GRID, crs="EPSG:4490", west=116.9, north=40.5, dx=1 / 3600, dy=1 / 3600)
    width_m, height_m = cell_size_m(degrees)
    assert width_m[0] == pytest.approx(23.55, abs=0.03)
    assert height_m[0] == pytest.approx(30.84, abs=0.03)


def test_steep_cells_are_those_above_the_angle_with_borders_between() -> None:
    row, col = np.indices((40, 40))
    slope = (25.0 + (12.0 - np.hypot(row - 19.5, col - 19.5))).astype(np.float32)
    cells = above(slope, 25.0)
    x, y = np.random.default_rng(2).uniform(1, 39, (2, 8000))
    away = np.hypot(x - 20.0, y - 20.0)
    found = classes_at(cells, x, y)
    sure = np.abs(away - 12.0) > 0.15
    np.testing.assert_array_equal(found[sure], (away < 12.0)[sure])
