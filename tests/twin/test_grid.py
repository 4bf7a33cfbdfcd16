"""A grid knows where its cells are and how large they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio

from twin.cog import read_cog, write_cog
from twin.grid import Grid


def metric(
    *, crs: str = "EPSG:4548", rows: int = 3, cols: int = 4, dx: float = 30.0, dy: float = 20.0
) -> Grid:
    return Grid(crs=crs, rows=rows, cols=cols, west=100.0, north=900.0, dx=dx, dy=dy)


def test_a_point_finds_its_cell_and_the_cell_its_centre() -> None:
    grid = metric()
    assert grid.cell_at(100.0, 900.0) == (0, 0)
    assert grid.cell_at(219.9, 840.1) == (2, 3)
    assert grid.centre_of(2, 3) == (205.0, 850.0)


@pytest.mark.parametrize("point", [(99.9, 890.0), (220.0, 890.0), (110.0, 900.1), (110.0, 840.0)])
def test_a_point_outside_has_no_cell(point: tuple[float, float]) -> None:
    assert metric().cell_at(*point) is None


@pytest.mark.parametrize("dtype", ["int32", "float32", "uint8"])
def test_a_raster_comes_back_as_it_was_written(tmp_path: Path, dtype: str) -> None:
    grid = metric(rows=600, cols=700)
    values = np.random.default_rng(1).integers(0, 200, grid.shape).astype(dtype)
    write_cog(tmp_path / "it.tif", values, grid, overviews="nearest")
    back, place = read_cog(tmp_path / "it.tif")
    np.testing.assert_array_equal(back, values)
    assert back.dtype == values.dtype
    assert place == grid


def test_overviews_of_levels_hold_only_levels_that_exist(tmp_path: Path) -> None:
    grid = metric(rows=1200, cols=1200)
    values = np.where(np.indices(grid.shape).sum(0) % 2, 15_750, 16_000).astype(np.int32)
    write_cog(tmp_path / "it.tif", values, grid, overviews="nearest")
    with rasterio.open(tmp_path / "it.tif", overview_level=0) as small:
        assert small.width < grid.cols
        assert set(np.unique(small.read(1))) <= {15_750, 16_000}
