"""Clip the terrain where a model has ground of its own.

Else hills would poke through a yard.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from layers.heights import Ground
from layers.tiles.models import Ring
from twin.arrays import F64, U8

CUT, BELT = 255, 128
"""A cell wholly, or partly, on a model's own ground. The shader tells them apart at a quarter and three."""


def cut_cells(rings: Sequence[Ring], ground: Ground) -> U8:
    """Mark terrain cells inside rings of models, (rows, cols).

    ``CUT`` for the cells that lie inside a ring, ``BELT`` for those that reach into one, else 0.
    """
    rows, cols = ground.grid.shape
    mask = np.zeros((rows, cols), dtype=np.uint8)
    for ring in rings:
        shape = shapely.Polygon(ring)
        shapely.prepare(shape)
        east, north = np.asarray(ring, dtype=np.float64)[:, :2].T
        row, col = ground.row_col(east, north)
        top, bottom = max(0, int(row.min() - 1)), min(rows, int(row.max()) + 3)
        left, right = max(0, int(col.min() - 1)), min(cols, int(col.max()) + 3)
        if top >= bottom or left >= right:
            continue
        r, c = np.mgrid[top : bottom + 1, left : right + 1] - 0.5
        corner = np.stack(ground.frame.from_crs(ground.grid.crs, *ground.grid.centre_of(r, c)), axis=-1)
        around = [corner[:-1, :-1], corner[:-1, 1:], corner[1:, 1:], corner[1:, :-1]]
        cell = shapely.polygons(np.stack(around, axis=2))
        kind = np.select([shapely.covers(shape, cell), shapely.intersects(shape, cell)], [CUT, BELT], 0)
        own = mask[top:bottom, left:right]
        np.maximum(own, kind.astype(np.uint8), out=own)
    return mask


def bounds(rings: Sequence[Ring]) -> F64:
    """Return (k, 4) west, south, east, north of each ring."""
    places = [np.asarray(ring, dtype=np.float64)[:, :2] for ring in rings]
    return np.array([[*ring.min(axis=0), *ring.max(axis=0)] for ring in places]).reshape(-1, 4)


def touches(box: F64, others: F64) -> bool:
    """Return whether a box meets any of others.

    The box is (4,) west, south, east, north; the others (k, 4).
    """
    return bool(((box[:2] <= others[:, 2:]) & (box[2:] >= others[:, :2])).all(axis=1).any())
