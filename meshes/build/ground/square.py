"""Triangulate a square of ground within an error.

Fine where water can come and go.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshes.build.ground import rtin
from meshes.build.ground.deviation import deviation
from meshes.build.vertices import compacted
from meshes.errors import NoGroundError
from twin.arrays import F32, I32, I64

SHORE_WEIGHT = 10.0
"""How often an error of the flooded surface counts: a shore that moves is seen more easily than a hill."""

COARSE_SHORE_WEIGHT = 3.0
COARSENESS = 2.0
"""Times the tolerance for the coarse surface of pictures that move."""


@dataclass(frozen=True, kw_only=True)
class Square:
    """Triangles over cell centres, with a skirt around them.

    The skirt hides the step to coarser squares. ``cell`` (n, 2) int64: row and column of each vertex.
    ``height_m`` (n,) float32: its cell's height, or as deep under it as the skirt reaches. ``triangles`` (m,
    3) int32, and ``coarse`` (k, 3), fewer for the same surface. ``error_m``: how far the former lie off the
    raster at any of its cells, or ten times how far off the flood at the level where that is worst.
    """

    cell: I64
    height_m: F32
    triangles: I32
    coarse: I32
    error_m: float


def square(
    ground_m: F32,
    connection_m: F32 | None = None,
    *,
    levels_m: tuple[float, float] = (0.0, -np.inf),
    tolerance_m: float = 0.0,
    most_triangles: int = 8_000,
    skirt_m: float = 200.0,
) -> Square:
    """Mesh a square of a raster within ``tolerance_m``.

    No vertex left out lies more than that off its neighbours. More may be left out where more than
    ``most_triangles`` would be needed; rims of missing ground are always kept. ``ground_m`` is (rows, cols)
    float32, NaN where there is no ground (no triangle there). With ``connection_m`` (same shape) the mesh is
    good at every water level from the first of ``levels_m`` up to, not including, the second (connection
    levels up there mean "never"): a vertex is judged by how far it lies off its neighbours on the dry ground
    and, ``SHORE_WEIGHT`` times, on the surface with the flood at the level where that is worst. So the shore
    belt, dams and islands are fine.

    Raises NoGroundError where there is nothing to make a triangle of.
    """
    ground = np.ascontiguousarray(ground_m, dtype=np.float32)
    if not np.isfinite(ground).any() or min(ground.shape) < 2:
        raise NoGroundError("the terrain needs at least 2 × 2 cells with a height", shape=ground.shape)
    ground = np.where(np.isfinite(ground), ground, np.float32(np.nan))
    lo, hi = levels_m
    connection = ground if connection_m is None else np.ascontiguousarray(connection_m, dtype=np.float32)
    side = rtin.cover(*ground.shape)
    error = rtin.vertex_errors(ground, connection, side, lo, hi, SHORE_WEIGHT)
    tolerance = max(tolerance_m, _least(error[: ground.shape[0], : ground.shape[1]], most_triangles))
    cells = _corners(ground, error, side, tolerance)
    if not len(cells):
        raise NoGroundError("the terrain has heights, but no three beside each other", shape=ground.shape)
    off_m = deviation(ground, connection, cells, lo, hi, SHORE_WEIGHT)
    # The coarse surface may only use vertices of the fine one.
    rough = rtin.vertex_errors(ground, connection, side, lo, hi, COARSE_SHORE_WEIGHT)
    rough[error <= tolerance] = 0.0
    coarse = _corners(ground, rough, side, COARSENESS * tolerance)
    return _with_skirts(ground, cells, coarse, skirt_m, float(off_m))


def _corners(ground: F32, error: F32, side: int, tolerance: float) -> I32:
    """Triangles of a mesh of all vertices that are more than ``tolerance`` off, (m, 3) int32 flat cells."""
    room = np.empty((2 * int((error > tolerance).sum()) + 4, 3), dtype=np.int32)
    return room[: rtin.triangulate(ground, error, side, side, tolerance, room)]


def _least(error: F32, most_triangles: int) -> float:
    """The least tolerance that leaves no more triangles: each vertex whose error is larger brings two."""
    finite = error[np.isfinite(error)]  # the others are needed in any case
    keep = max(0, most_triangles // 2 - (error.size - finite.size))
    if finite.size <= keep:
        return 0.0
    return float(np.partition(finite, finite.size - keep - 1)[finite.size - keep - 1])


def _with_skirts(ground: F32, cells: I32, coarse: I32, skirt_m: float, error_m: float) -> Square:
    """Triangles with vertices of their own, in the order of first use, and skirts around them."""
    number = np.full(ground.size, -1, np.int32)
    vertices, corners = (counted.astype(np.int64) for counted in compacted(cells, number))
    number[vertices] = np.arange(len(vertices))
    few = number[coarse].astype(np.int64)
    few = few[(few >= 0).all(axis=1)]  # beside a hole a corner may belong to no finer triangle
    rim = np.unique(_rim(corners, len(vertices)))
    # The coarse surface's rim has its corners among the fine one's.
    foot = np.full(len(vertices), -1)
    foot[rim] = len(vertices) + np.arange(len(rim))
    heights = ground.ravel()[vertices]
    own = np.concatenate([vertices, vertices[rim]])
    return Square(
        cell=np.stack(np.divmod(own, ground.shape[1]), axis=1),
        height_m=np.concatenate([heights, heights[rim] - np.float32(skirt_m)]),
        triangles=_skirted(corners, foot),
        coarse=_skirted(few, foot),
        error_m=error_m,
    )


def _rim(corners: I64, count: int) -> I64:
    """(n, 2) the sides that only one triangle has, in its direction; vertices count below ``count``."""
    start, end = corners.ravel(), np.roll(corners, -1, axis=1).ravel()
    side = np.minimum(start, end) * count + np.maximum(start, end)
    order = np.argsort(side)
    steps = np.concatenate([[True], np.diff(side[order]) > 0, [True]])
    alone = np.sort(order[steps[:-1] & steps[1:]])
    return np.stack([start[alone], end[alone]], axis=1)


def _skirted(corners: I64, foot: I64) -> I32:
    """Triangles, and walls that face outwards from their rim down to the feet of its vertices."""
    a, b = _rim(corners, len(foot)).T
    hangs = (foot[a] >= 0) & (foot[b] >= 0)
    a, b = a[hangs], b[hangs]
    left, right = np.stack([a, foot[a], foot[b]], axis=1), np.stack([a, foot[b], b], axis=1)
    return np.concatenate([corners, left, right]).astype(np.int32)
