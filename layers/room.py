"""Which places of a view are taken: a coarse grid of bits, a row of the view one integer."""

from __future__ import annotations

from collections.abc import Iterable

CELL_PX = 5.0

Box = tuple[float, float, float, float]


class Room:
    """Free and taken cells of a view of ``size`` (width, height) in pixels."""

    def __init__(self, size: tuple[float, float], taken: Iterable[Box] = ()) -> None:
        self._rows = [0] * (int(size[1] / CELL_PX) + 2)
        self._cols = int(size[0] / CELL_PX) + 1
        for box in taken:
            self.take(box)

    def is_free(self, box: Box) -> bool:
        """Whether nothing is taken in (left, top, right, bottom)."""
        bits, first, last = self._bits(box)
        rows = self._rows
        return not any(rows[k] & bits for k in range(first, last))

    def take(self, box: Box) -> None:
        bits, first, last = self._bits(box)
        for k in range(first, last):
            self._rows[k] |= bits

    def _bits(self, box: Box) -> tuple[int, int, int]:
        left = min(max(int(box[0] / CELL_PX), 0), self._cols)
        right = min(max(int(box[2] / CELL_PX) + 1, left), self._cols + 1)
        first = min(max(int(box[1] / CELL_PX), 0), len(self._rows))
        last = min(max(int(box[3] / CELL_PX) + 1, first), len(self._rows))
        return ((1 << (right - left)) - 1) << left, first, last
