"""Intersect lines with a grid's cells and faces.

And the joins between cell centres; vectorised, exact to rounding.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from twin.arrays import F64, I64
from twin.grid import Grid


def simple_parts(geometry: BaseGeometry) -> Iterator[BaseGeometry]:
    """Split a geometry into points, lines and polygons.

    Out of all its collections.
    """
    if geometry.geom_type == "GeometryCollection" or geometry.geom_type.startswith("Multi"):
        for part in shapely.get_parts(geometry):
            yield from simple_parts(part)
    elif not geometry.is_empty:
        yield geometry


def rings_and_lines(geometry: BaseGeometry) -> Iterator[tuple[BaseGeometry, bool]]:
    """Return lines, and rings oriented with the polygon left.

    True for rings.
    """
    for part in simple_parts(geometry):
        if part.geom_type == "Polygon":
            for ring in shapely.get_rings(shapely.orient_polygons(part)):
                yield ring, True
        else:
            yield part, False


def in_cells(line: BaseGeometry, *, grid: Grid) -> tuple[F64, F64]:
    """Convert a line's vertices to (column, row).

    In cells; cell (0, 0) is [0, 1) × [0, 1).
    """
    xy = shapely.get_coordinates(line)
    return (xy[:, 0] - grid.west) / grid.dx, (grid.north - xy[:, 1]) / grid.dy


def crossings(along: F64, across: F64) -> tuple[I64, I64, F64, F64]:
    """Return where a polyline crosses the lines ``along`` = whole number.

    Returns per crossing, in order along each segment: the segment, the whole number, the place on the
    segment (0 to 1) and the value of ``across`` there. A segment that runs on such a line does not cross it.
    """
    start, end = along[:-1], along[1:]
    first = np.ceil(np.minimum(start, end)).astype(np.int64)
    last = np.floor(np.maximum(start, end)).astype(np.int64)
    count = np.where(start == end, 0, np.maximum(last - first + 1, 0))
    segment = np.repeat(np.arange(len(count)), count)
    nth = np.arange(len(segment)) - np.repeat(np.cumsum(count) - count, count)
    whole = first[segment] + nth
    place = np.clip((whole - start[segment]) / (end[segment] - start[segment]), 0.0, 1.0)
    value = across[segment] + place * (across[1:][segment] - across[:-1][segment])
    return segment, whole, place, value


def cells_on(column: F64, row: F64, *, left: float = 0.0) -> tuple[I64, I64]:
    """Return cells along a polyline, connected by faces.

    (rows, cols), in order. Between two crossings of cell edges the line is inside one cell: the one that
    holds the middle. Where it passes exactly through a corner, the cell left of the corner (east up) is
    added, so that no flood slips between.

    ``left`` is for a polygon's ring: it looks that far (in cells) to the left, passes over shorter pieces and
    adds no cell at vertices, so that a ring along cell edges takes the cells inside, whatever rounding does.
    """
    segments = np.arange(len(column) - 1)
    upright, _, place_u, _ = crossings(column, row)
    level, _, place_l, _ = crossings(row, column)
    segment = np.concatenate([segments, upright, level, segments])
    place = np.concatenate([np.zeros(len(segments)), place_u, place_l, np.ones(len(segments))])
    order = np.lexsort((place, segment))
    segment, place = segment[order], place[order]
    length = np.hypot(np.diff(column), np.diff(row))
    keep = (segment[1:] == segment[:-1]) & (length[segment[1:]] * np.diff(place) >= left)
    segment, middle = segment[1:][keep], ((place[1:] + place[:-1]) / 2)[keep]
    along_u, along_v = np.diff(column)[segment], np.diff(row)[segment]
    aside = left / np.maximum(length[segment], 1e-300)
    cols = np.floor(column[segment] + middle * along_u + aside * along_v).astype(np.int64)
    rows = np.floor(row[segment] + middle * along_v - aside * along_u).astype(np.int64)

    down, right = np.diff(rows), np.diff(cols)
    corner = np.flatnonzero((down != 0) & (right != 0) & ((np.diff(segment) == 0) | (left == 0)))
    row_first = (down * right < 0)[corner]
    added_rows = np.where(row_first, rows[corner + 1], rows[corner])
    added_cols = np.where(row_first, cols[corner], cols[corner + 1])
    return np.insert(rows, corner + 1, added_rows), np.insert(cols, corner + 1, added_cols)
