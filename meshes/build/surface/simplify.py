"""Simplify a level's tiles to a coarser tile with the same border.

Why no crack can open between tiles, whatever their levels: a vertex that a cell shares with any other cell
never moves and never goes, at any level, so both sides of a border keep its finest line. That line costs
triangles, but few: a cell of 8,000 triangles has some 250 vertices around it, and one of 500,000 some 2,000
(a root has no neighbour). Skirts would be cheaper only for surfaces of ten million and more, and they hang
the wrong way on walls.

Where pieces of the picture meet, vertices are double, and the simplifier keeps such seams. A village of
many small houses is nothing but seams: kept, they would cost the ground between the houses. So a surface is
first simplified without them; only where nearly as good a one keeps them, that one is taken.
"""

from __future__ import annotations

import almeshopt
import numpy as np

from meshes.build.surface.loops import box
from meshes.build.surface.mesh import Mesh
from meshes.build.vertices import compacted
from twin.arrays import F32, I32, U8

ENOUGH = 1.25  # times the wanted number
WORSE = 2.0  # times the error that keeping seams may have
SLIDE = 0.5  # a picture that slides along the surface by a metre is as bad as a surface half a metre off
ANY_M = 1e6


def simplified(
    mesh: Mesh, triangles: I32, *, start: int, stop: int, target: int, slot: I32
) -> tuple[I32, bool]:
    """Simplify to about ``target`` triangles; returns whether seams were ignored.

    Triangles (k, 3) int32 of the mesh in place of ``triangles``. They belong to the cell of the mesh's
    triangles from ``start`` to ``stop``. ``slot`` as in ``compacted``.
    """

    def inputs(corners: I32) -> tuple[I32, I32, U8]:
        used, local = compacted(corners, slot)
        span = mesh.span[mesh.place[used]]
        return used, local, ((span[:, 0] < start) | (span[:, 1] >= stop)).astype(np.uint8)

    places, local, locked = inputs(mesh.first[triangles])
    nothing = np.zeros((len(places), 1), np.float32)
    for options in (almeshopt.SIMPLIFY_PRUNE, 0):
        free, error = _fewer(local, mesh.position[places], nothing, locked, target, ANY_M, options)
        if len(free):
            break
    else:
        free = local  # such as one triangle given a thousand times: there is nothing less that is anything
    used, local, locked = inputs(triangles)
    most_m = max(WORSE * error, 0.001)
    kept, _ = _fewer(local, mesh.position[used], _looks(mesh, used), locked, target, most_m, 0)
    if 0 < len(kept) <= ENOUGH * max(len(free), target):
        return used[kept], False
    return places[free], True


def _fewer(
    triangles: I32, position: F32, looks: F32, locked: U8, target: int, most_m: float, options: int
) -> tuple[I32, float]:
    """(triangles (k, 3), the error in m that the simplifier thinks it made)."""
    low, high = box(position)
    extent = max(float((high - low).max()), 1e-9)  # the simplifier measures in extents
    corners, error = almeshopt.simplify_with_attributes(
        triangles.ravel().astype(np.uint32),
        position,
        looks,
        np.full(looks.shape[1], 1.0 / extent, np.float32),
        3 * target,
        most_m,
        locked,
        almeshopt.SIMPLIFY_ERROR_ABSOLUTE | options,
    )
    return corners.astype(np.int32).reshape(-1, 3), float(error)


def _looks(mesh: Mesh, used: I32) -> F32:
    """What a vertex looks like, (n, 2 or 5) float32, in metres that its surface is worth."""
    looks = mesh.uv[used] * mesh.texels[used] * (SLIDE * mesh.texel_m[used, None])
    if mesh.colour is None:
        return np.ascontiguousarray(looks)
    return np.hstack([looks, mesh.colour[used, :3].astype(np.float32) / np.float32(255)])
