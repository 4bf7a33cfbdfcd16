"""Turn a raster of labels into polygons that share their borders.

Borders are traced between cells, smoothed as arcs that both sides share, and closed into faces, so that there
are no gaps and no overlaps.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from scipy import ndimage

from twin.arrays import F64, I32
from twin.grid import Grid

SMOOTH_CELLS = 1.6
STRAIGHT = 0.35  # cells: bends smaller than this are taken out


def polygons_of(labels: I32, grid: Grid, *, within: Any = None) -> dict[int, Any]:
    """Return a polygon (or several as one) for every label above 0.

    ``labels`` (rows, cols) int32 on ``grid``; ``within`` a shapely polygon that cuts them. In the grid's CRS.
    Together they are a coverage: neighbours have the same vertices along their borders.
    """
    arcs = [_smooth(shapely.get_coordinates(arc)) for arc in _arcs(labels)]
    lines = [shapely.LineString(_placed(arc, grid)) for arc in arcs]
    if within is not None:
        lines.append(within.exterior)
    noded = shapely.unary_union(lines)
    faces = shapely.get_parts(shapely.polygonize([noded]))
    inside = shapely.point_on_surface(faces)
    x, y = shapely.get_x(inside), shapely.get_y(inside)
    label = labels[grid.nearest_cells(x, y)].copy()
    if within is not None:
        label[~shapely.contains(within, inside)] = 0
    return {
        int(k): shapely.normalize(shapely.coverage_union_all(faces[label == k]))
        for k in np.unique(label)
        if k > 0
    }


def connected(labels: I32, *, among: Any = None) -> I32:
    """Return labels of which each is one piece.

    Smaller pieces go to the label that lies nearest. ``among`` masks the cells that have one.
    """
    out = np.zeros_like(labels)
    boxes = ndimage.find_objects(labels)
    for k, box in enumerate(boxes, 1):
        if box is None:
            continue
        parts, count = ndimage.label(labels[box] == k)
        if count:
            largest = int(np.argmax(np.bincount(parts.ravel())[1:])) + 1
            out[box][parts == largest] = k
    wanted = labels > 0 if among is None else among
    lost = wanted & (out == 0)
    if lost.any():
        nearest = ndimage.distance_transform_edt(out == 0, return_distances=False, return_indices=True)
        out[lost] = out[nearest[0][lost], nearest[1][lost]]
    return out


def _arcs(labels: I32) -> Any:
    """Borders between unequal cells and around the raster, as lines between nodes, in cells."""
    padded = np.pad(labels, 1, constant_values=-1)
    row, col = np.nonzero(padded[:, :-1] != padded[:, 1:])
    upright = np.stack([col, row - 1, col, row], axis=1)
    row, col = np.nonzero(padded[:-1] != padded[1:])
    level = np.stack([col - 1, row, col, row], axis=1)
    ends = np.concatenate([upright, level]).astype(np.float64).reshape(-1, 2, 2)
    return shapely.get_parts(shapely.line_merge(shapely.MultiLineString(list(ends))))


def _smooth(arc: F64) -> F64:
    """An arc without steps; its ends stay, a ring goes round."""
    if len(arc) < 4:
        return arc
    ring = bool((arc[0] == arc[-1]).all())
    if ring:
        soft = ndimage.gaussian_filter1d(arc[:-1], SMOOTH_CELLS, axis=0, mode="wrap")
        soft = np.vstack([soft, soft[:1]])
    else:
        soft = ndimage.gaussian_filter1d(_reflected(arc), SMOOTH_CELLS, axis=0, mode="nearest")
        pad = (len(soft) - len(arc)) // 2
        soft = soft[pad : pad + len(arc)]
        soft[[0, -1]] = arc[[0, -1]]
    return shapely.get_coordinates(shapely.simplify(shapely.LineString(soft), STRAIGHT))


def _reflected(arc: F64) -> F64:
    """An arc with both ends turned about themselves, so that a filter leaves them where they are."""
    reach = min(len(arc) - 1, int(4 * SMOOTH_CELLS) + 1)
    return np.vstack([2 * arc[0] - arc[reach:0:-1], arc, 2 * arc[-1] - arc[-2 : -reach - 2 : -1]])


def _placed(points: F64, grid: Grid) -> F64:
    return np.column_stack([grid.west + points[:, 0] * grid.dx, grid.north - points[:, 1] * grid.dy])
