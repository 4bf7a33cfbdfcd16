"""Cut a hollow behind a sill.

The flood fills it and leaves it full. It is cut into the relief before bed and shores get their heights: the
flood takes it whole when it passes the sill, and the lake's areas stay those of the wanted curve. Its bed is
sunk last of all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from twin.areas import cell_areas
from twin.arrays import F32, Bools
from twin.grid import Grid
from twin.noise import fractal
from twin.sample.bed import FloodedCells

SILL_M = 154.9
"""Below the highest level of July 2025, above the lake's levels in calm weather."""
RADIUS_M, DEPTH_M, BANK_M = 390.0, 7.0, 150.0
"""Its half width, its depth, and over how far its bed falls to that."""
NEAR = (486_800.0, 4_483_200.0)
WITHIN_M = 9_000.0


class NoHollowError(ValueError):
    """Relief without room for the hollow."""


@dataclass(frozen=True, kw_only=True)
class Hollow:
    """Cells of the hollow (rows, cols), of ``cell_m``."""

    cells: Bools
    cell_m: float

    def sink(self, ground_m: F32) -> None:
        """Lower the bed under the sill, in place.

        From the bank on, deepest in the middle.
        """
        away_m = ndimage.distance_transform_edt(self.cells) * self.cell_m
        share = 1.0 - (1.0 - np.minimum(away_m / BANK_M, 1.0)) ** 2
        inside = self.cells
        ground_m[inside] = (SILL_M - DEPTH_M * share[inside]).astype(np.float32)


def cut(height_m: F32, grid: Grid, *, lake: FloodedCells, closed: Bools, seed: int) -> Hollow:
    """Cut the hollow and its way to the lake, in place.

    Level with the flood at ``SILL_M``. It lies where dry ground near the lake is lowest, within ``WITHIN_M``
    of ``NEAR``. Raises NoHollowError.
    """
    flooded = lake.up_to(SILL_M, cell_areas(grid))
    wet = np.zeros(height_m.shape, np.bool_)
    wet.ravel()[flooded] = True
    spill_m = float(height_m.ravel()[flooded].max())
    row, col = middle = _middle(height_m, grid, wet=wet, closed=closed, spill_m=spill_m)

    rows, cols = np.ogrid[: grid.rows, : grid.cols]
    away_m = grid.dx * np.hypot(rows - row, cols - col)
    ragged = 1.0 + 0.3 * fractal(grid, wave_m=600.0, octaves=3, seed=seed + 77)
    cells = (away_m < RADIUS_M * ragged) & ~wet & ~closed
    parts, _ = ndimage.label(cells)
    cells = parts == parts[middle]
    height_m[cells] = spill_m
    height_m[_way(middle, wet, cells)] = spill_m
    return Hollow(cells=cells, cell_m=grid.dx)


def _middle(height_m: F32, grid: Grid, *, wet: Bools, closed: Bools, spill_m: float) -> tuple[int, int]:
    """Where a disc of dry ground beside the lake is lowest."""
    size = round(2.6 * RADIUS_M / grid.dx)
    shore_m = grid.dx * ndimage.distance_transform_edt(~wet)
    beside = (shore_m > 1.3 * RADIUS_M) & (shore_m < 1.3 * RADIUS_M + 200.0)
    col, row = np.meshgrid(np.arange(grid.cols), np.arange(grid.rows))
    east, north = grid.centre_of(row, col)
    beside &= np.hypot(east - NEAR[0], north - NEAR[1]) < WITHIN_M
    beside &= ndimage.minimum_filter(height_m, size) > spill_m
    beside &= ~ndimage.maximum_filter(closed, size)
    if not beside.any():
        raise NoHollowError("the relief has no dry ground beside the lake for the hollow")
    mean_m = ndimage.uniform_filter(height_m, size)
    row_, col_ = np.unravel_index(int(np.argmin(np.where(beside, mean_m, np.inf))), mean_m.shape)
    return int(row_), int(col_)


def _way(middle: tuple[int, int], wet: Bools, cells: Bools) -> Bools:
    """A straight way of two cells' width from the hollow to the lake, without either."""
    _, (rows, cols) = ndimage.distance_transform_edt(~wet, return_indices=True)
    end = int(rows[middle]), int(cols[middle])
    steps = 4 * max(abs(end[0] - middle[0]), abs(end[1] - middle[1]))
    share = np.linspace(0.0, 1.0, steps + 1)
    line = np.zeros(wet.shape, np.bool_)
    line[
        np.round(middle[0] + share * (end[0] - middle[0])).astype(int),
        np.round(middle[1] + share * (end[1] - middle[1])).astype(int),
    ] = True
    return np.asarray(ndimage.binary_dilation(line, np.ones((2, 2))) & ~wet & ~cells)
