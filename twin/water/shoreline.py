"""Trace the shore of the connected water at one level.

Marching squares (Lorensen and Cline 1987, in the plane) on connection levels between cell centres. Every wet
cell's centre lies inside and every dry one outside, so the shore is never a cell away from what the raster
says. Two wet cells that meet at a corner only stay apart, as in the flood itself, which goes by four
neighbours; so there is one outer shore for each part of the water, and one ring for each island.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from twin.arrays import F32, F64, I32, I64
from twin.water.centimetres import whole_cm

BETWEEN_CM = 0.5
"""Levels are whole centimetres; half of one above, no cell lies on the line."""
CLOSEST = 0.01
"""Share of a cell that a shore keeps from any centre, so that no two of its points are one."""
_DRY_CM = np.int32(2**30)
#: Pieces by the wet corners of a square (1 north-west, 2 north-east, 4 south-east, 8 south-west): from side
#: to side (0 north, 1 east, 2 south, 3 west), with the water on their left.
_PIECES = {
    1: ((3, 0),), 2: ((0, 1),), 3: ((3, 1),), 4: ((1, 2),), 5: ((3, 0), (1, 2)), 6: ((0, 2),), 7: ((3, 2),),
    8: ((2, 3),), 9: ((2, 0),), 10: ((0, 1), (2, 3)), 11: ((2, 1),), 12: ((1, 3),), 13: ((1, 0),),
    14: ((0, 3),),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Island:
    """Land that the water goes round.

    ``ring`` (n, 2) is closed, in fractional (row, col) of cell centres; ``top`` is its highest cell and
    ``top_m`` that cell's height, m; -inf where nobody surveyed it.
    """

    ring: F64
    top: tuple[int, int]
    top_m: float


@dataclass(frozen=True, kw_only=True)
class Shoreline:
    """Shoreline at one level: outer rings, and the islands in them.

    Rings as in :class:`Island`; there is one outer ring where all water is joined to the seed.
    """

    level_m: float
    outer: list[F64]
    islands: list[Island]


def shore_at(level_m: float, *, connection_cm: I32, ground_m: F32) -> Shoreline:
    """Return the shore of the connected water at a level (m).

    ``connection_cm`` (rows, cols) int32 and ``ground_m`` float32 on the same cells.
    """
    level_cm = whole_cm(level_m)
    wet = connection_cm <= level_cm
    if not wet.any():
        return Shoreline(level_m=level_m, outer=[], islands=[])
    rows, cols = np.flatnonzero(wet.any(axis=1)), np.flatnonzero(wet.any(axis=0))
    top, left = max(int(rows[0]) - 1, 0), max(int(cols[0]) - 1, 0)
    box = slice(top, int(rows[-1]) + 2), slice(left, int(cols[-1]) + 2)
    cells = np.pad(connection_cm[box], 1, constant_values=_DRY_CM)
    land, _ = ndimage.label(cells > level_cm, structure=np.ones((3, 3)))
    outer: list[F64] = []
    islands: list[Island] = []
    heights = np.pad(ground_m[box], 1, constant_values=-np.inf)
    heights[np.isnan(heights)] = -np.inf
    for ring, dry in _rings(cells, level_cm + BETWEEN_CM):
        placed = ring - 1.0 + (top, left)
        placed[:, 0] = np.clip(placed[:, 0], -0.5, connection_cm.shape[0] - 0.5)
        placed[:, 1] = np.clip(placed[:, 1], -0.5, connection_cm.shape[1] - 0.5)
        if land[dry] == land[0, 0]:
            outer.append(placed)
            continue
        row, col = _highest(heights, land, int(land[dry]))
        islands.append(
            Island(ring=placed, top=(row - 1 + top, col - 1 + left), top_m=float(heights[row, col]))
        )
    return Shoreline(level_m=level_m, outer=outer, islands=islands)


def _rings(cells: I32, level_cm: float) -> Iterator[tuple[F64, tuple[int, int]]]:
    """Closed rings (row, col) around wet cells, each with a dry cell beside it. The outermost are dry."""
    rows, cols = cells.shape
    wet = cells < level_cm
    corners = wet[:-1, :-1] + 2 * wet[:-1, 1:] + 4 * wet[1:, 1:] + 8 * wet[1:, :-1]
    after: dict[int, int] = {}
    for case, pieces in _PIECES.items():
        square = np.flatnonzero(corners.ravel() == case)
        at = square // (cols - 1) * cols + square % (cols - 1)
        # A side's number is that of its first cell; those between rows are counted on after all others.
        sides = (at, rows * cols + at + 1, at + cols, rows * cols + at)
        for start, end in pieces:
            after.update(zip(sides[start].tolist(), sides[end].tolist(), strict=True))
    while after:
        first = next(iter(after))
        ring = [first]
        while (at_side := after.pop(ring[-1])) != first:
            ring.append(at_side)
        yield _crossings(np.array([*ring, first]), cells, level_cm)


def _crossings(sides: I64, cells: I32, level_cm: float) -> tuple[F64, tuple[int, int]]:
    """Where a level lies on sides of squares, linear between two cells; and the first one's dry cell."""
    rows, cols = cells.shape
    down = sides >= rows * cols
    row, col = np.divmod(sides % (rows * cols), cols)
    row2, col2 = row + down, col + ~down
    near, far = cells[row, col].astype(np.float64), cells[row2, col2].astype(np.float64)
    share = np.clip((level_cm - near) / (far - near), CLOSEST, 1.0 - CLOSEST)
    share[np.maximum(near, far) >= _DRY_CM] = 0.5  # nobody knows that ground
    first_dry = (row[0], col[0]) if near[0] > level_cm else (row2[0], col2[0])
    placed = np.column_stack([row + share * down, col + share * ~down])
    return placed, (int(first_dry[0]), int(first_dry[1]))


def _highest(heights: F32, land: I32, label: int) -> tuple[int, int]:
    row, col = ndimage.maximum_position(heights, land, label)
    return int(row), int(col)
