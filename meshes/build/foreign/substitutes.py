"""Substitute unreadable fine tiles by cuts of coarser ones.

So that the tiles beside them stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from meshes.build.foreign.pieces import taken
from meshes.readers.surface import SurfaceCloud, SurfaceData
from meshes.readers.tileset import ForeignTileset
from twin.arrays import F64, Bools

TRUSTED = 0.5
"""So much of a tile must lie in the volume that its file tells, or the volumes are not believed."""


def stand_ins(foreign: ForeignTileset, *, held: Bools, broken: Bools) -> dict[int, int]:
    """Return broken tiles that leave holes, with their substitutes.

    Each with the tile above that has a content (``held``). Where a tile adds to the one above (ADD), or its
    own children replace it, no hole opens; where the tile above has nothing else under it, it stays the
    finest itself.
    """
    finer = np.zeros(len(foreign), bool)
    for k in range(len(foreign) - 1, 0, -1):
        finer[foreign.parent[k]] |= held[k] | finer[k]
    found = {}
    for k in np.flatnonzero(broken).tolist():
        above = int(foreign.parent[k])
        if held[k] or above < 0 or foreign.add[above] or (foreign.child_count[k] and not foreign.add[k]):
            continue
        while above >= 0 and not held[above]:
            above = int(foreign.parent[above])
        if above >= 0 and not foreign.add[above] and finer[above]:
            found[k] = above
    return found


def cut(
    coarse: SurfaceData, foreign: ForeignTileset, *, tile: int, above: int, held: Bools
) -> SurfaceData | None:
    """Cut ``coarse`` to the box of ``tile``.

    ``coarse`` is the content of the tile ``above``. What has its middle in the tile's volume and in none of
    its readable siblings'; nothing, where those fill it. None where the volumes are not told, or not true.
    """
    first = int(foreign.first_child[foreign.parent[tile]])
    beside = [k for k in range(first, first + int(foreign.child_count[foreign.parent[tile]])) if held[k]]
    boxes = foreign.corners[[above, tile, *beside]]
    if not np.isfinite(boxes).all():
        return None
    middles = [
        *(part.position[part.triangles].mean(axis=1) for part in coarse.parts),
        *(cloud.position for cloud in coarse.clouds),
    ]
    true = np.concatenate([within(points, boxes[0]) for points in middles])
    if true.mean() < TRUSTED:
        return None
    here = [within(points, boxes[1]) & ~_any(points, boxes[2:]) for points in middles]
    triangles = np.concatenate([np.zeros(0, bool), *here[: len(coarse.parts)]])
    clouds = zip(coarse.clouds, here[len(coarse.parts) :], strict=True)
    return replace(
        taken(coarse, np.flatnonzero(triangles).astype(np.int32)),
        clouds=tuple(_of(cloud, mask) for cloud, mask in clouds if mask.any()),
        notes=(),
    )


def within(points: F64, box: F64) -> Bools:
    """Mask points in a box of eight corners (8, 3), (n,).

    In any direction; flat sides are ignored.
    """
    edges = box[[1, 2, 4]] - box[0]
    length2 = np.einsum("ij,ij->i", edges, edges)
    share = (points - box[0]) @ edges.T / np.where(length2 > 0, length2, 1.0)
    return np.asarray(((share >= -1e-6) & (share <= 1 + 1e-6) | (length2 == 0)).all(axis=1))


def _any(points: F64, boxes: Sequence[F64] | F64) -> Bools:
    found = np.zeros(len(points), bool)
    for box in boxes:
        found |= within(points, box)
    return found


def _of(cloud: SurfaceCloud, mask: Bools) -> SurfaceCloud:
    colour = None if cloud.colour is None else cloud.colour[mask]
    return replace(cloud, position=cloud.position[mask], colour=colour)
