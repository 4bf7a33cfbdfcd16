"""Resample values between the sample's two grids."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.arrays import F32
from twin.grid import Grid
from twin.interpolation import bilinear_grid
from twin.sample.facts import CRS

REGION = Grid(crs=CRS, rows=680, cols=640, west=410_000.0, north=4_570_000.0, dx=250.0, dy=250.0)
WINDOW = Grid(crs=CRS, rows=1676, cols=2000, west=460_000.0, north=4_512_000.0, dx=30.0, dy=30.0)


def zoomed(grid: Grid, factor: int) -> Grid:
    """Return the same ground in coarser cells.

    ``factor`` times as wide.
    """
    rows, cols = grid.rows // factor, grid.cols // factor
    return replace(grid, rows=rows, cols=cols, dx=grid.dx * factor, dy=grid.dy * factor)


def sampled(values: F32, source: Grid, target: Grid) -> F32:
    """Sample a raster at another grid's centres, bilinearly.

    Linear between its own, flat beyond them.
    """
    centres = target.centre_of(np.arange(target.rows), np.arange(target.cols))
    return bilinear_grid(values, *source.row_col(*centres))


def part(grid: Grid, rows: slice, cols: slice) -> Grid:
    """Return the grid of a cut-out.

    Both slices have a start and a stop within the grid.
    """
    return replace(
        grid,
        rows=rows.stop - rows.start,
        cols=cols.stop - cols.start,
        west=grid.west + cols.start * grid.dx,
        north=grid.north - rows.start * grid.dy,
    )
