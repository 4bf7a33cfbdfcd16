"""Add skirts along the rims of tiles.

They hide gaps where a finer tile meets a coarser one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from meshes.tiles import Primitive
from twin.arrays import F64, I64

T = TypeVar("T", bound=np.generic)

DEPTH_EDGES = 0.5
"""How deep they hang, in rim edges of the usual length: a coarser neighbour's edges are twice as long, and
leave the surface by less than half of that."""
MOST_OF_TILE = 0.02
"""The same in diagonals of the tile, at most: large faces of buildings get no deeper ones."""


def skirted(primitives: Sequence[Primitive]) -> list[Primitive]:
    """Return a tile's primitives with skirts on its open edges.

    Edges that only one triangle has. They go inwards, against the surface's normals, and so are seen through
    cracks only. Vertices at one place are one, whatever primitive they are in. Tiles of loose pieces, with
    more such edges than triangles, and points stay as they are.
    """
    surfaces = [
        (k, primitive.triangles) for k, primitive in enumerate(primitives) if primitive.triangles is not None
    ]
    if not sum(len(triangles) for _, triangles in surfaces):
        return list(primitives)
    start = np.cumsum([0, *(len(primitives[k].position) for k, _ in surfaces)])
    corners = np.concatenate([own + first for (_, own), first in zip(surfaces, start[:-1], strict=True)])
    position = np.concatenate([primitives[k].position for k, _ in surfaces]).astype(np.float64)
    place, welded = np.unique(position, axis=0, return_inverse=True)
    welded = welded.reshape(-1)
    rim = _rim(corners, welded)
    if not 0 < len(rim) <= len(corners):
        return list(primitives)
    usual_m = float(np.median(np.linalg.norm(position[rim[:, 1]] - position[rim[:, 0]], axis=1)))
    across_m = float(np.linalg.norm(place.max(axis=0) - place.min(axis=0)))
    depth_m = min(DEPTH_EDGES * usual_m, MOST_OF_TILE * across_m)
    foot = position + depth_m * _inwards(place, welded[corners])[welded]
    out = list(primitives)
    for (k, _), first, end in zip(surfaces, start[:-1], start[1:], strict=True):
        own = rim[(rim[:, 0] >= first) & (rim[:, 0] < end)] - first
        if len(own):
            out[k] = _with_curtain(primitives[k], own, foot[first:end])
    return out


def _rim(triangles: I64, welded: I64) -> I64:
    """Edges (k, 2) that one triangle alone has, in its direction, as numbers of vertices."""
    edges: I64 = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    ends = np.sort(welded[edges], axis=1)
    key = ends[:, 0] * (int(welded.max()) + 1) + ends[:, 1]
    _, which, count = np.unique(key, return_inverse=True, return_counts=True)
    return np.asarray(edges[(count[which.reshape(-1)] == 1) & (ends[:, 0] != ends[:, 1])])


def _inwards(place: F64, triangles: I64) -> F64:
    """Unit vectors (n, 3) against the surface's normals at its places; its sky side is the outer one, however
    its triangles are wound."""
    a, b, c = place[triangles].transpose(1, 0, 2)
    normal = np.cross(b - a, c - a)
    total = np.zeros_like(place)
    for corner in range(3):
        np.add.at(total, triangles[:, corner], normal)
    length = np.linalg.norm(total, axis=1, keepdims=True)
    sign = -1.0 if normal[:, 2].sum() >= 0.0 else 1.0
    return np.asarray(np.divide(sign * total, length, out=np.zeros_like(total), where=length > 0.0))


def _with_curtain(primitive: Primitive, rim: I64, foot: F64) -> Primitive:
    """A primitive with two more triangles for each of its ``rim`` edges; ``foot`` (n, 3) is where the
    curtain of a vertex ends."""
    assert primitive.triangles is not None
    top, below = np.unique(rim, return_inverse=True)
    low = below.reshape(-1, 2) + len(primitive.position)
    a, b = rim.T
    curtain = np.concatenate([np.stack([a, low[:, 0], low[:, 1]], 1), np.stack([a, low[:, 1], b], 1)])

    def more(values: NDArray[T] | None) -> NDArray[T] | None:
        return None if values is None else np.concatenate([values, values[top]])

    return replace(
        primitive,
        position=np.concatenate([primitive.position, foot[top].astype(np.float32)]),
        triangles=np.concatenate([primitive.triangles, curtain.astype(np.int32)]),
        tcoord=more(primitive.tcoord),
        colour=more(primitive.colour),
        feature=more(primitive.feature),
    )
