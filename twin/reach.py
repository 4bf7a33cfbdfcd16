"""Find the part of a grid that another raster reaches."""

from __future__ import annotations

import numpy as np

from twin.crs import FrameError, transform
from twin.grid import Grid

Window = tuple[int, int, int, int]
"""The first and last rows and columns of a grid that something reaches; the last ones are excluded."""

EDGE = 65  # points along an edge: in another system edges are bent


def window_in(grid: Grid, other: Grid) -> Window:
    """Return rows and columns within another grid's bounds.

    Where none, top ≥ bottom or left ≥ right. Raises FrameError where the other's edges have no place in the
    grid's system.
    """
    west, south, east, north = other.bounds
    along = np.linspace(0.0, 1.0, EDGE)
    x = np.concatenate([west + along * (east - west)] * 2 + [np.full(EDGE, west), np.full(EDGE, east)])
    y = np.concatenate([np.full(EDGE, south), np.full(EDGE, north)] + [south + along * (north - south)] * 2)
    x, y = transform(x, y, source=other.crs, target=grid.crs)
    col, row = (x - grid.west) / grid.dx, (grid.north - y) / grid.dy
    top, left = max(0, int(np.floor(row.min()))), max(0, int(np.floor(col.min())))
    return top, min(grid.rows, int(np.ceil(row.max()))), left, min(grid.cols, int(np.ceil(col.max())))


def outside_doubts(ground: Grid, own: Grid) -> list[str]:
    """Return a doubt where a raster misses its ground.

    It reaches none of the ground that it belongs to.
    """
    try:
        top, bottom, left, right = window_in(ground, own)
    except FrameError:
        top = bottom = left = right = 0
    if top < bottom and left < right:
        return []
    return ["lies wholly outside the terrain: is its crs the right one?"]
