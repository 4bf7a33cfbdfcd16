"""Sort points into an octree of tiles.

Coarse tiles hold a thinned subset, their children the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.arrays import F64, I64

MOST_DEPTH = 20


@dataclass(frozen=True, kw_only=True)
class Node:
    """Node of the octree.

    ``points`` (m,) are rows of the cloud, each in one node only; ``parent`` counts nodes, -1 for the root.
    ``spacing_m`` is the distance that the points of this node and of those above keep about everywhere: how
    far what is missing may lie from what is shown. 0 where nothing is below.
    """

    parent: int
    points: I64
    spacing_m: float


def octree(position: F64, *, most: int = 40_000, cells: int = 256) -> Iterator[Node]:
    """Build the octree of a cloud (n, 3).

    A parent comes before its children, which are adjacent. A node of more than ``most`` points keeps the
    first in each of ``cells`` ³ cells, or of as many fewer as leave no more than ``most``, and hands the
    others to one child or, where these are too many, to up to eight. Points at one place are never parted, so
    a node may be larger where there are many.
    """
    if not len(position):
        return
    low, high = position.min(axis=0), position.max(axis=0)
    side = max(float((high - low).max()) * (1 + 1e-9), 1e-6)
    waiting = [(-1, np.arange(len(position)), low, side, 0)]
    number = 0
    while waiting:
        below = []
        for parent, rows, corner, size, depth in waiting:
            if len(rows) <= most or depth >= MOST_DEPTH:
                yield Node(parent=parent, points=rows, spacing_m=0.0)
            else:
                first, across = _thinned(position[rows], corner, size, most=most, cells=cells)
                yield Node(parent=parent, points=rows[first], spacing_m=size / across)
                rest = np.delete(rows, first)
                if len(rest) <= most:  # eight small tiles would cost more than they cull
                    below.append((number, rest, corner, size, depth + 1))
                else:
                    for octant, own in _octants(position[rest], corner + size / 2):
                        at = corner + size / 2 * np.array([octant & 1, octant >> 1 & 1, octant >> 2])
                        below.append((number, rest[own], at, size / 2, depth + 1))
            number += 1
        waiting = below


def _thinned(position: F64, corner: F64, size: float, *, most: int, cells: int) -> tuple[I64, int]:
    """Rows of the first point in each cell, in their order, and how many cells there are along a side."""
    while True:
        cell = np.clip((position - corner) * (cells / size), 0, cells - 1).astype(np.int64)
        _, first = np.unique((cell[:, 2] * cells + cell[:, 1]) * cells + cell[:, 0], return_index=True)
        if len(first) <= most or cells == 1:
            return np.sort(first), cells
        # Most clouds are surfaces: their cells grow with the square.
        cells = max(1, min(cells - 1, int(cells * 0.98 * (most / len(first)) ** 0.5)))


def _octants(position: F64, middle: F64) -> Iterator[tuple[int, I64]]:
    octant = ((position >= middle) * np.array([1, 2, 4])).sum(axis=1)
    for k in range(8):
        own = np.flatnonzero(octant == k)
        if own.size:
            yield k, own
