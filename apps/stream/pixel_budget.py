"""Limit the pixels that views draw, each and together.

A view of 7680 × 4320 took the painter to 1.75 GB and everyone to 6 s a frame. A view beyond its share is
drawn smaller, and enlarged by its browser as moving frames are.
"""

from __future__ import annotations

import math

Size = tuple[int, int]

MOST_OF_ONE = 3840 * 2160
MOST_OF_ALL = 4 * MOST_OF_ONE
LEAST = 1280 * 720
"""What a view may have however many there are."""
SMALLEST = 16
LONGEST = 8.0
"""Times its shorter side that a picture may be long."""


class PixelBudget:
    """Shares pixels among views: who needs little leaves the rest to others."""

    def __init__(self, most: int = MOST_OF_ALL) -> None:
        self._most = most
        self._asked: dict[str, int] = {}
        #: Pixels that no view may exceed.
        self.share = MOST_OF_ONE

    def request(self, view: str, size: Size) -> None:
        """Set the size that a view requests."""
        self._asked[view] = size[0] * size[1]
        self.share = self._fair()

    def forget(self, view: str) -> None:
        """Leave a view's pixels to the others."""
        self._asked.pop(view, None)
        self.share = self._fair()

    def fitted(self, size: Size) -> Size:
        """Return a size within the share, of the same shape."""
        width, height = size
        factor = math.sqrt(self.share / (width * height))
        if factor >= 1.0:
            return size
        return max(SMALLEST, int(width * factor)), max(SMALLEST, int(height * factor))

    def _fair(self) -> int:
        left, count = self._most, len(self._asked)
        for asked in sorted(self._asked.values()):
            if asked * count > left:
                return min(MOST_OF_ONE, max(LEAST, left // count))
            left, count = left - asked, count - 1
        return MOST_OF_ONE


def clamped(width: float, height: float) -> Size:
    """Return a drawable size in whole pixels."""
    wide, tall = max(SMALLEST, int(min(width, 1e5))), max(SMALLEST, int(min(height, 1e5)))
    return min(wide, int(LONGEST * tall)), min(tall, int(LONGEST * wide))
