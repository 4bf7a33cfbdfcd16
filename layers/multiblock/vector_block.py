"""Make one block of a vector data set.

Points and lines laid on the ground, with their attributes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkPolyData

from layers.heights import Ground
from layers.model import VectorData
from layers.multiblock.draping import draped
from layers.multiblock.named_arrays import column, poly_data
from twin.arrays import F64, I64, Bools

POINT, POLYGON, SEVERAL = 0, 3, 4
"""Type ids of shapely: from ``SEVERAL`` on a geometry holds others."""


def vector_block(
    data: VectorData, *, ground: Ground, spacing_m: float
) -> tuple[vtkPolyData | None, list[str]]:
    """Drape points, lines and polygon rings over the ground.

    In pieces of ``spacing_m`` at most. Returns the block, None where there is nothing, and lines for what is
    left out. Cell arrays: ``feature`` int64, the row of the data set, and its attributes under their own
    names. Point array: ``height_m`` float32.
    """
    if data.fault is not None:
        return None, [str(data.fault)]
    try:
        points, of_point, lines, of_line = _parts(np.array(data.geometries, dtype=object), spacing_m)
    except (ValueError, TypeError, AttributeError, shapely.errors.ShapelyError) as error:
        return None, [f"cannot be drawn: {error}"]  # what odd geometries may raise
    singles = draped(points, ground)
    on_ground = np.isfinite(singles[:, 2])
    path = draped(np.concatenate([np.zeros((0, 2)), *lines]), ground)
    line = np.repeat(np.arange(len(lines)), [len(one) for one in lines])
    kept, lengths, of_run = _runs(line, np.isfinite(path[:, 2]))
    feature = np.concatenate([of_point[on_ground], of_line[of_run]])
    short = np.intersect1d(of_line[np.unique(line[~np.isfinite(path[:, 2])])], feature)
    left_out = _left_out(len(data.geometries), there=len(np.unique(feature)), cut=len(short))
    if not len(feature):
        return None, left_out
    place = np.concatenate([singles[on_ground], path[kept]])
    rows = [data.attributes[number] for number in feature.tolist()]
    names = dict.fromkeys(name for row in data.attributes for name in row)
    block = poly_data(
        ground.frame.local(*place.T),
        points=np.arange(int(on_ground.sum())),
        lines=lengths,
        of_points={"height_m": place[:, 2].astype(np.float32)},
        of_cells={**{name: column(row.get(name) for row in rows) for name in names}, "feature": feature},
    )
    return block, left_out


def _left_out(count: int, *, there: int, cut: int) -> list[str]:
    missing = [f"{count - there} of {count} features are empty or lie where no height is known"]
    short = [f"{cut} of {count} features end where no height is known beyond"]
    return (missing if there < count else []) + (short if cut else [])


def _parts(shapes: NDArray[Any], spacing_m: float) -> tuple[F64, I64, list[F64], I64]:
    """(n, 2) points and lists of (k, 2) line points in ``shapes``, and the row of each."""
    row = np.arange(len(shapes))
    while (shapely.get_type_id(shapes) >= SEVERAL).any():
        shapes, of = shapely.get_parts(shapes, return_index=True)
        row = row[of]
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    shapes, row = shapely.force_2d(shapes[there]), row[there]
    kind = shapely.get_type_id(shapes)
    rings, of = shapely.get_rings(shapes[kind == POLYGON], return_index=True)
    is_line = (kind != POINT) & (kind != POLYGON)
    paths = shapely.segmentize(np.concatenate([shapes[is_line], rings]), spacing_m)
    lines = [shapely.get_coordinates(path) for path in paths]
    return (
        shapely.get_coordinates(shapes[kind == POINT]),
        row[kind == POINT],
        lines,
        np.concatenate([row[is_line], row[kind == POLYGON][of]]),
    )


def _runs(line: I64, known: Bools) -> tuple[Bools, I64, I64]:
    """Unbroken stretches of two known points or more of the same line.

    Returns which points they take, (n,) bool, and of each stretch its length and its line.
    """
    starts = np.ones(len(line), bool)
    starts[1:] = (line[1:] != line[:-1]) | ~(known[1:] & known[:-1])
    run = np.cumsum(starts) - 1
    length = np.bincount(run, minlength=0)
    long = length >= 2
    return long[run] if len(run) else known, length[long], line[starts][long]
