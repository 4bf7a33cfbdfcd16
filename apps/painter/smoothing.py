"""Smooth stills: average pictures shifted by parts of a pixel.

What multisampling does inside a frame at four times its cost, done over several frames: nothing waits for
it, and any movement ends it between two pictures.
"""

from __future__ import annotations

import numpy as np

from twin.arrays import U8, U16

SHIFTS = ((0.125, 0.375), (-0.375, 0.125), (0.375, -0.125), (-0.125, -0.375))
"""Right and up, in pixels: a turned square, so that level and upright edges get four steps."""


class Smoother:
    """Adds pictures of one size up, (rows, cols, 4) uint8."""

    def __init__(self) -> None:
        self._sum: U16 | None = None
        self.count = 0

    def add(self, picture: U8) -> None:
        """Add the next one."""
        if self._sum is None:
            self._sum = picture.astype(np.uint16)
        else:
            self._sum += picture
        self.count += 1

    @property
    def complete(self) -> bool:
        """Whether every shift is in it."""
        return self.count >= len(SHIFTS)

    def mean(self) -> U8:
        """Return the smooth picture, rounded; there must be one.

        The sums are used up: two copies of them would take 166 MB for a wall's 4K.
        """
        assert self._sum is not None
        self._sum += self.count // 2
        self._sum //= self.count
        return self._sum.astype(np.uint8)
