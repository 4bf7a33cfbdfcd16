"""The sample's two grids, and values carried from one grid to another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.arrays import F32
from twin.grid import Grid
from twin.sample.facts import CRS

REGION = Grid(crs=CRS, rows=680, cols=640, west=410_000.0, north=4_570_000.0, dx=250.0, dy=250.0)
WINDOW = Grid(crs=CRS, rows=1676, cols=2000, west=460_000.0, north=4_512_000.0, dx=30.0, dy=30.0)


def zoomed(grid: Grid, factor: int) -> Grid:
    """The same ground in cells ``factor`` times as wide."""
    rows, cols = grid.rows // factor, grid.cols // factor
    return replace(grid, rows=rows, cols=cols, dx=grid.dx * factor, dy=grid.dy * factor)


def sampled(values: F32, source: Grid, target: Grid) -> F32:
    """Values of a raster at the cells' centres of another grid, linear between its own, flat beyond them."""
    row = (source.north - (target.north - (np.arange(target.rows) + 0.5) * target.dy)) / source.dy - 0.5
    col = (target.west + (np.arange(target.cols) + 0.5) * target.dx - source.west) / source.dx - 0.5
    for axis, place in ((0, row), (1, col)):
        last = values.shape[axis] - 1
        lower = np.clip(np.floor(place), 0, last - 1).astype(np.intp)
        share = np.clip(place - lower, 0.0, 1.0).astype(np.float32)
        share = share[:, None] if axis == 0 else share[None, :]
        values = np.take(values, lower, axis) * (1 - share) + np.take(values, lower + 1, axis) * share
    return np.asarray(values, dtype=np.float32)


def part(grid: Grid, rows: slice, cols: slice) -> Grid:
    """The grid of a cut-out; both slices have a start and a stop within the grid."""
    return replace(
        grid,
        rows=rows.stop - rows.start,
        cols=cols.stop - cols.start,
        west=grid.west + cols.start * grid.dx,
        north=grid.north - rows.start * grid.dy,
    )
