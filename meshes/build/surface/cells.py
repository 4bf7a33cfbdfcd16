"""Cut a surface into cells.

Halves of halves, by the middles of triangles.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from meshes.build.surface.loops import box
from twin.arrays import F32, F64, I64


@dataclass(frozen=True)
class Cell:
    """Node of cells: triangles ``start`` to ``stop``.

    And, unless it is a leaf, the two to four cells that share them.
    """

    start: int
    stop: int
    children: tuple[Cell, ...] = ()


def cells(middle: F32, texels: F64, *, tile_triangles: int, tile_texels: int) -> tuple[I64, Cell]:
    """Sort triangles into cells; return their order and the root.

    By their ``middle`` (m, 3) and ``texels`` (m,). A cell is halved across its longest extent, so that both
    halves have equally many triangles, and each half again; that makes four children. A leaf has at most
    ``tile_triangles``, and more than half of it; or down to a quarter where it would need more than
    ``tile_texels``.
    """
    order = np.arange(len(middle))

    def small(start: int, stop: int) -> bool:
        count = stop - start
        if count > tile_triangles:
            return False
        return count <= tile_triangles // 2 or texels[order[start:stop]].sum() <= tile_texels

    def halve(start: int, stop: int) -> int:
        own = order[start:stop]
        corners = middle[own]
        low, high = box(corners)
        along = corners[:, int(np.argmax(high - low))]
        half = len(own) // 2
        order[start:stop] = own[np.argpartition(along, half)]
        return start + half

    def cut(start: int, stop: int) -> Cell:
        if small(start, stop):
            return Cell(start, stop)
        ends = [start]
        half = halve(start, stop)
        for low, high in ((start, half), (half, stop)):
            if not small(low, high):
                ends.append(halve(low, high))
            ends.append(high)
        children = tuple(cut(low, high) for low, high in pairwise(ends))
        return Cell(start, stop, children)

    return order, cut(0, len(middle))
