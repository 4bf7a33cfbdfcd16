"""Where a line crosses a grid's cells and the joins between cell centres; vectorised, exact to rounding."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from twin.grid import Grid

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def simple_parts(geometry: BaseGeometry) -> Iterator[BaseGeometry]:
    """A geometry's points, lines and polygons, out of all its collections."""
    if geometry.geom_type == "GeometryCollection" or geometry.geom_type.startswith("Multi"):
        for part in shapely.get_parts(geometry):
            yield from simple_parts(part)
    elif not geometry.is_empty:
        yield geometry


def rings_and_lines(geometry: BaseGeometry) -> Iterator[BaseGeometry]:
    """A geometry's lines and the rings of its polygons."""
    for part in simple_parts(geometry):
        if part.geom_type == "Polygon":
            yield from shapely.get_rings(part)
        else:
            yield part


def in_cells(line: BaseGeometry, *, grid: Grid) -> tuple[Floats, Floats]:
    """A line's vertices as (column, row) in cells; cell (0, 0) is [0, 1) × [0, 1)."""
    xy = shapely.get_coordinates(line)
    return (xy[:, 0] - grid.west) / grid.dx, (grid.north - xy[:, 1]) / grid.dy


def crossings(along: Floats, across: Floats) -> tuple[Ints, Ints, Floats, Floats]:
    """Where a polyline crosses the lines ``along`` = whole number.

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


def cells_on(column: Floats, row: Floats) -> tuple[Ints, Ints]:
    """(rows, cols) of the cells that a polyline runs through, each joined to the next by a face.

    Between two crossings of cell edges the line is inside one cell: the one that holds the middle. Where
    it passes exactly through a corner, a cell beside the corner is added, so that no flood slips between.
    """
    segments = np.arange(len(column) - 1)
    upright, _, place_u, _ = crossings(column, row)
    level, _, place_l, _ = crossings(row, column)
    segment = np.concatenate([segments, upright, level, segments])
    place = np.concatenate([np.zeros(len(segments)), place_u, place_l, np.ones(len(segments))])
    order = np.lexsort((place, segment))
    segment, place = segment[order], place[order]
    inside = segment[1:] == segment[:-1]
    segment, middle = segment[1:][inside], ((place[1:] + place[:-1]) / 2)[inside]

    def cell(values: Floats) -> Ints:
        at = values[segment] + middle * (values[segment + 1] - values[segment])
        whole: Ints = np.floor(at).astype(np.int64)
        return whole

    rows, cols = cell(row), cell(column)
    corner = np.flatnonzero((np.diff(rows) != 0) & (np.diff(cols) != 0))
    return np.insert(rows, corner + 1, rows[corner]), np.insert(cols, corner + 1, cols[corner + 1])
