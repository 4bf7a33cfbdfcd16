"""Cut large surfaces into pieces that are built one by one.

Memory stays bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from meshes.readers.surface import SurfaceData, SurfacePart
from twin.arrays import F64, I32, I64, U16

SQUARES = 128
"""A side of the surface is counted in so many squares; pieces are rectangles of them."""
BLOCK = 1 << 20  # triangles at a time


def pieces(data: SurfaceData, *, most_triangles: int) -> list[I32]:
    """Return each piece's triangles, counted through all parts.

    One piece where there are few enough. A piece is a rectangle of squares along the surface's two longest
    sides, halved until it has at most ``most_triangles``; a square that has more alone stays whole. Every
    triangle is in one piece.
    """
    if data.triangles <= most_triangles:
        return [np.arange(data.triangles, dtype=np.int32)]
    low = np.min([part.position.min(axis=0) for part in data.parts], axis=0)
    high = np.max([part.position.max(axis=0) for part in data.parts], axis=0)
    axes = np.sort(np.argsort(high - low)[1:])
    square = np.concatenate([_squares(part, low, high, axes) for part in data.parts])
    count = np.bincount(square, minlength=SQUARES**2).reshape(SQUARES, SQUARES)
    piece = np.zeros((SQUARES, SQUARES), np.uint16)
    found = 0
    for found, (rows, cols) in enumerate(_rectangles(count, most_triangles), start=1):
        piece[rows, cols] = found - 1
    of = piece.ravel()[square]
    return [np.flatnonzero(of == k).astype(np.int32) for k in range(found)]


def taken(data: SurfaceData, triangles: I32) -> SurfaceData:
    """Return some of a surface's triangles with their vertices.

    Ascending and counted through all parts.
    """
    if len(triangles) == data.triangles:
        return data
    ends = np.cumsum([0, *(len(part.triangles) for part in data.parts)])
    cuts = np.searchsorted(triangles, ends)
    chosen = [triangles[a:b] - first for a, b, first in zip(cuts[:-1], cuts[1:], ends[:-1], strict=True)]
    parts = [_of(part, own) for part, own in zip(data.parts, chosen, strict=True) if len(own)]
    return replace(data, parts=tuple(parts))


def _of(part: SurfacePart, triangles: I32) -> SurfacePart:
    corners = part.triangles[triangles]
    used = np.zeros(len(part.position), bool)
    used[corners] = True
    kept = np.flatnonzero(used)
    number = np.cumsum(used, dtype=np.int32) - 1
    return replace(
        part,
        position=part.position[kept],
        triangles=number[corners],
        tcoord=None if part.tcoord is None else part.tcoord[kept],
        colour=None if part.colour is None else part.colour[kept],
        feature=None if part.feature is None else part.feature[kept],
    )


def _squares(part: SurfacePart, low: F64, high: F64, axes: I64) -> U16:
    """The square, (m,) uint16, in which the middle of each triangle lies."""
    size = np.maximum((high - low)[axes], 1e-9) / SQUARES
    out = np.empty(len(part.triangles), np.uint16)
    for start in range(0, len(out), BLOCK):
        corners = part.triangles[start : start + BLOCK]
        middle = np.mean([part.position[corners[:, k]][:, axes] for k in range(3)], axis=0)
        row, col = np.clip((middle - low[axes]) / size, 0, SQUARES - 1).astype(np.uint16).T
        out[start : start + BLOCK] = row * SQUARES + col
    return out


def _rectangles(count: I64, most: int) -> Iterator[tuple[slice, slice]]:
    """Rectangles with something in them, each cut where half of it is on either side."""
    waiting = [(slice(0, SQUARES), slice(0, SQUARES))]
    while waiting:
        rows, cols = waiting.pop()
        own = count[rows, cols]
        if not own.any():
            continue
        if own.sum() <= most or own.size == 1:
            yield rows, cols
            continue
        axis = int(own.shape[1] > own.shape[0])
        along = np.cumsum(own.sum(axis=1 - axis))
        half = int(np.clip(np.searchsorted(along, along[-1] / 2) + 1, 1, own.shape[axis] - 1))
        if axis:
            middle = cols.start + half
            waiting += [(rows, slice(middle, cols.stop)), (rows, slice(cols.start, middle))]
        else:
            middle = rows.start + half
            waiting += [(slice(middle, rows.stop), cols), (slice(rows.start, middle), cols)]
