"""Detect label collisions on a coarse grid of bits.

A row of the view is one integer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from twin.arrays import F64, I64

CELL_PX = np.array([2.0, 4.0] * 2)
"""Width and height of a cell: columns are bits, which cost nothing."""

GAP = (2, 1)
"""So many columns and rows words keep from one another."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, pixels."""
Cells = Sequence[int]
"""First and last column, first and last row, both included."""


def touches(box: Box, others: Iterable[Box]) -> bool:
    """Return whether a box shares a point with any of others."""
    left, top, right, bottom = box
    return any(left < r and x < right and top < b and y < bottom for x, y, r, b in others)


class CollisionGrid:
    """Free and occupied cells of a view of ``size`` (width, height) px."""

    def __init__(self, size: tuple[float, float], taken: Iterable[Box] = ()) -> None:
        self.size = size
        self._most = np.floor(np.array([*size, *size]) / CELL_PX)
        self._rows = [0] * (int(self._most[1]) + 1)
        boxes = np.array(list(taken), dtype=np.float64).reshape(-1, 4)
        for cells in self.cells(boxes).tolist():
            self.occupy(cells)

    def cells(self, boxes: F64) -> I64:
        """Return first column, first row, last column, last row, (…, 4).

        Of boxes (…, 4).
        """
        return np.asarray(np.clip(np.floor(boxes / CELL_PX), 0, self._most), dtype=np.int64)

    def is_free(self, cells: Cells, gap: tuple[int, int] = GAP) -> bool:
        """Return whether cells, and a margin around them, are free."""
        left, first, right, last = cells
        cols, rows = gap
        left, first = max(0, left - cols), max(0, first - rows)
        right, last = right + cols, last + rows
        bits = ((1 << (right - left + 1)) - 1) << left
        for row in self._rows[first : last + 1]:  # noqa: SIM110  (three times as fast, and asked a thousand times)
            if row & bits:
                return False
        return True

    def occupy(self, cells: Cells) -> None:
        left, first, right, last = cells
        bits = ((1 << (right - left + 1)) - 1) << left
        for k in range(first, last + 1):
            self._rows[k] |= bits
