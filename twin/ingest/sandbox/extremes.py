"""Find a raster's lowest and highest height, and fill values among them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

LONE_M: Final = 20.0
"""A lowest or highest height so far from all others is doubted …"""
LONE_STEPS: Final = 100.0
"""… if that is also so many times the mean step between heights: few cells lie far apart anyway."""


@dataclass
class _End:
    """One end of the heights: its value, how many cells have it, and the value next to it."""

    value: float = np.inf
    cells: int = 0
    following: float = np.inf

    def add(self, values: NDArray[Any]) -> None:
        least = float(values.min())
        if least > self.value:
            self.following = min(self.following, least)
            return
        here = values == least
        others = min(float(values.min(where=~here, initial=np.inf)), self.following)
        if least < self.value:
            self.value, self.cells, others = least, 0, min(others, self.value)
        self.cells += int(here.sum())
        self.following = others


@dataclass
class Extremes:
    """Counts heights (m) strip by strip.

    ``lowest`` and ``highest`` mean something where ``valid`` > 0.
    """

    valid: int = 0
    _low: _End = field(default_factory=_End)
    _high: _End = field(default_factory=_End)

    def add(self, metres: NDArray[Any]) -> None:
        """Take in heights, none of them NaN, any shape."""
        if metres.size:
            self.valid += metres.size
            self._low.add(metres)
            self._high.add(-metres)

    @property
    def lowest(self) -> float:
        return self._low.value

    @property
    def highest(self) -> float:
        return -self._high.value

    def lone(self) -> list[tuple[float, int, float]]:
        """Return an isolated extreme height: perhaps a fill value.

        (height m, its cells, the next height m) of an end far from all others.
        """
        found = []
        for end, sign in ((self._low, 1.0), (self._high, -1.0)):
            if not np.isfinite(end.following):
                continue
            gap = end.following - end.value
            others = self.valid - end.cells
            step = (self.highest - self.lowest - gap) / others
            if gap > max(LONE_M, LONE_STEPS * step):
                found.append((sign * end.value, end.cells, sign * end.following))
        return found
