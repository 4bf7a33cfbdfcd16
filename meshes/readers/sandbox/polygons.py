"""Triangulate polygons: fans where one fits from some corner, else ears."""

from __future__ import annotations

import numpy as np
import shapely

from twin.arrays import F64, I32, I64, Bools

BLOCK = 1 << 17
"""Corners at a time."""
FLAT = 1e-9
"""Of the polygon's own area: a triangle of a fan that turns back by less is a rounding error."""
MOST_STARTS = 12
"""Corners that a fan is tried from before ears are cut, face by face."""
MOST_CORNERS = 8_000
"""Of a face with bays; cutting it takes time with their square, 1.5 s for so many."""
CROSSED = f"faces cross themselves or have over {MOST_CORNERS:,} corners: their triangles overlap ({{:,}} do)"


def cut(corners: I32, place: F64) -> tuple[I32, int]:
    """Triangulate polygons of one size.

    Returns (t, 3, c) corners and how many could not be. ``corners`` (m, k, c): numbers of each corner, the
    first its vertex; ``place`` (n, 3). Triangles turn as their polygon does, and no vertex is added. What
    crosses itself is left a fan, and so are bays among more than ``MOST_CORNERS``.
    """
    size = corners.shape[1]
    if size == 3:
        return corners, 0
    found: list[I32] = []
    crossed = 0
    step = max(1, BLOCK // size)
    for start in range(0, len(corners), step):
        block = corners[start : start + step]
        with np.errstate(over="ignore", invalid="ignore"):  # what is no place is refused elsewhere
            wrong = _turns_back(block, place)
            for _ in range(min(size, MOST_STARTS) - 1):  # from another corner, which fits most roofs
                if not wrong.any():
                    break
                block = block if block.base is None else block.copy()
                block[wrong] = np.roll(block[wrong], 1, axis=1)
                wrong[wrong] = _turns_back(block[wrong], place)
        found.append(block[~wrong][:, _fan(size)].reshape(-1, 3, corners.shape[2]))
        for polygon in block[wrong]:
            ears = _ears(place[polygon[:, 0]]) if 4 < size <= MOST_CORNERS else None
            crossed += ears is None
            columns = _fan(size) if ears is None else ears
            found.append(polygon[columns])
    return (np.concatenate(found) if found else corners[:, :3]), crossed


def _fan(size: int) -> I64:
    return np.array([[0, k, k + 1] for k in range(1, size - 1)])


def _turns_back(corners: I32, place: F64) -> Bools:
    """(m,): some triangle of the fan from the first corner turns against the polygon as a whole."""
    first = place[corners[:, :1, 0]]
    x, y, z = np.ascontiguousarray((place[corners[:, 1:, 0]] - first).transpose(2, 1, 0))
    # The cross product of each two neighbouring diagonals: twice the area of a triangle of the fan.
    i = y[:-1] * z[1:] - z[:-1] * y[1:]
    j = z[:-1] * x[1:] - x[:-1] * z[1:]
    k = x[:-1] * y[1:] - y[:-1] * x[1:]
    a, b, c = i.sum(axis=0), j.sum(axis=0), k.sum(axis=0)
    whole = a * a + b * b + c * c
    against = (i * a + j * b + k * c).min(axis=0) < -FLAT * whole
    return np.asarray(against | (whole < FLAT * (i * i + j * j + k * k).max(axis=0)))


def _ears(outline: F64) -> I64 | None:
    """(t, 3) corners of a polygon (k, 3) that may be bent a little, or None where it crosses itself.

    Seen along the axis that it faces most, by GEOS (constrained Delaunay over ears), which takes holes that a
    bridge joins with the outline as well.
    """
    own = outline - outline[0]
    normal = np.cross(own, np.roll(own, -1, axis=0)).sum(axis=0)  # Newell
    flat = np.delete(own, int(np.argmax(np.abs(normal))), axis=1)
    following = np.roll(flat, -1, axis=0)
    area = float((flat[:, 0] * following[:, 1] - flat[:, 1] * following[:, 0]).sum()) / 2
    try:
        pieces = shapely.constrained_delaunay_triangles(shapely.Polygon(flat))
    except shapely.errors.GEOSException:
        return None
    if not area or abs(pieces.area - abs(area)) > 1e-6 * abs(area):
        return None
    number = {tuple(point): k for k, point in reversed(list(enumerate(flat.tolist())))}
    ring = shapely.get_coordinates(pieces).reshape(-1, 4, 2)[:, :3]
    try:
        found = np.array([[number[tuple(point)] for point in one] for one in ring.tolist()])
    except KeyError:  # a crossing has become a vertex
        return None
    (ax, ay), (bx, by), (cx, cy) = (flat[found[:, k]].T for k in range(3))
    against = ((bx - ax) * (cy - ay) - (by - ay) * (cx - ax)) * area < 0
    found[against] = found[against][:, ::-1]
    return found
