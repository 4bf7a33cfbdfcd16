"""Compute the level at which each asset first gets wet.

The lowest connection level of the raster's cells that a footprint meets. Whole centimetres, as the raster has
them, so that the count of wet assets at any level is the raster's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from twin.arrays import F32, I32, Bools, Index
from twin.grid import Grid
from twin.water.centimetres import hollow

MOST_CELLS = 500_000
"""Cells around footprints that are tested at once; one footprint may have more."""


@dataclass(frozen=True, kw_only=True)
class FirstWet:
    """First-wet levels of n assets, int32 centimetres, (n,).

    ``first_cm`` is the lowest connection level under each, ``pocket_cm`` the lowest one of hollow cells,
    which stay wet up to it when the lake falls. Both are the cap where no cell lies below it. ``surveyed``
    is False where the terrain has no height under an asset: nothing is known of it.
    """

    first_cm: I32
    pocket_cm: I32
    surveyed: Bools


def first_wet(
    shapes: Sequence[Any], *, ground_m: F32, connection_cm: I32, grid: Grid, cap_cm: int
) -> FirstWet:
    """Compute first-wet levels of shapely shapes in the grid's CRS.

    ``ground_m`` and ``connection_cm`` are rasters (rows, cols) on ``grid``. A cell counts where the shape
    meets it, be it with a corner: a house is smaller than a cell.
    """
    first = np.full(len(shapes), cap_cm, np.int32)
    pocket, surveyed = first.copy(), np.zeros(len(shapes), np.bool_)
    for owner, row, col in _cells_under(np.asarray(shapes, dtype=object), grid):
        ground, level = ground_m[row, col], np.minimum(connection_cm[row, col], cap_cm)
        known, behind = ~np.isnan(ground), hollow(ground, level)
        surveyed[owner[known]] = True
        np.minimum.at(first, owner[known], level[known])
        np.minimum.at(pocket, owner[behind], level[behind])
    return FirstWet(first_cm=first, pocket_cm=pocket, surveyed=surveyed)


def _cells_under(shapes: Any, grid: Grid) -> Iterator[tuple[Index, Index, Index]]:
    """Owners, rows and columns of the cells inside the raster that shapes meet, in chunks."""
    inside = np.flatnonzero(~shapely.is_empty(shapes) & ~shapely.is_missing(shapes))
    west, south, east, north = shapely.bounds(shapes[inside]).T
    (top, left), (bottom, right) = grid.cells_of(west, north), grid.cells_of(east, south)
    top, left = np.maximum(top, 0), np.maximum(left, 0)
    high, wide = np.minimum(bottom, grid.rows - 1) - top + 1, np.minimum(right, grid.cols - 1) - left + 1
    count = np.maximum(high, 0) * np.maximum(wide, 0)
    chunk = np.cumsum(count) // MOST_CELLS
    for part in (np.flatnonzero((chunk == k) & (count > 0)) for k in np.unique(chunk)):
        owner = np.repeat(part, count[part])
        number = np.arange(len(owner)) - np.repeat(np.cumsum(count[part]) - count[part], count[part])
        row, col = top[owner] + number // wide[owner], left[owner] + number % wide[owner]
        x, y = grid.centre_of(row, col)
        half_x, half_y = grid.dx / 2, grid.dy / 2
        cells = shapely.box(x - half_x, y - half_y, x + half_x, y + half_y)
        met = shapely.intersects(shapes[inside[owner]], cells)
        yield inside[owner[met]], row[met], col[met]
