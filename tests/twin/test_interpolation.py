"""Rasters are interpolated in one way: flat at the edge, nothing beyond it, nothing beside a gap."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from twin.grid import Grid
from twin.interpolation import bilinear, bilinear_grid, nearest

GRID = Grid(crs="EPSG:4548", west=500_000.0, north=4_500_000.0, dx=30.0, dy=20.0, rows=40, cols=50)
RANDOM = np.random.default_rng(3)
HEIGHTS = RANDOM.uniform(0.0, 1500.0, GRID.shape).astype(np.float32)


def test_a_slope_is_followed_exactly_and_ends_at_the_edge() -> None:
    x, _ = GRID.centre_of(0, np.arange(GRID.cols))
    slope = np.tile((150.0 + 0.02 * (x - GRID.west)).astype(np.float32), (GRID.rows, 1))
    at = GRID.west + np.array([15.0, 333.3, 1485.0, 4.0, 1496.0, -1.0, 1501.0])
    found = bilinear(slope, *GRID.row_col(at, np.full(7, GRID.north - 300.0)))
    np.testing.assert_allclose(found[:3], 150.0 + 0.02 * (at[:3] - GRID.west), atol=1e-4)
    np.testing.assert_allclose(found[3:5], slope[0, [0, -1]])
    assert np.isnan(found[5:]).all()


@pytest.mark.parametrize("gaps", [0.0, 0.1])
def test_it_is_what_scipy_computes_to_the_last_bit(gaps: float) -> None:
    heights = np.where(RANDOM.random(GRID.shape) < gaps, np.float32(np.nan), HEIGHTS)
    row, col = RANDOM.uniform(-0.5, 39.49, (60, 60)), RANDOM.uniform(-0.5, 49.49, (60, 60))
    row[:5], col[3:9] = np.round(row[:5]), np.round(col[3:9])
    for order, found in ((1, bilinear(heights, row, col)), (0, nearest(heights, row, col))):
        wanted = ndimage.map_coordinates(
            heights, (row, col), np.float64, order, mode="nearest", prefilter=False
        )
        np.testing.assert_array_equal(found, wanted)


def test_the_product_of_rows_and_columns_is_interpolated_alike() -> None:
    row, col = np.linspace(-3.0, 45.0, 97), np.linspace(-3.0, 55.0, 83)
    place = np.meshgrid(np.clip(row, 0, 39), np.clip(col, 0, 49), indexing="ij")
    np.testing.assert_allclose(bilinear_grid(HEIGHTS, row, col), bilinear(HEIGHTS, *place), atol=1e-3)


def test_rows_and_columns_are_the_inverse_of_centres() -> None:
    row, col = GRID.row_col(*GRID.centre_of(np.array([0, 3.25]), np.array([-0.5, 49])))
    np.testing.assert_allclose((row, col), ([0, 3.25], [-0.5, 49]))


def test_a_raster_of_one_cell_is_flat() -> None:
    assert (
        bilinear(np.full((1, 1), 7.0), np.array([-0.5, 0.0, 0.49, 0.5]), np.zeros(4))[:3].tolist()
        == [7.0] * 3
    )


def test_cells_count_on_outside_the_raster_or_are_the_nearest() -> None:
    x, y = GRID.west + np.array([-1.0, 0.0, 29.9, 1500.0]), GRID.north - np.array([-0.1, 20.0, 799.9, 801.0])
    np.testing.assert_array_equal(GRID.cells_of(x, y), ([-1, 1, 39, 40], [-1, 0, 0, 50]))
    np.testing.assert_array_equal(GRID.nearest_cells(x, y), ([0, 1, 39, 39], [0, 0, 0, 49]))
    assert GRID.cell_at(x[1], y[1]) == (1, 0) and GRID.cell_at(x[0], y[1]) is None
