"""Tiles that could not be loaded, and why."""

from __future__ import annotations

from collections.abc import Mapping, Set

import numpy as np

from twin.arrays import I64, Bools
from twin.errors import Reason

TRIES = 2
"""A tile is broken when it has failed this many times."""


class Faults:
    """Failures by tile, one row a tile."""

    def __init__(self) -> None:
        self.broken: Bools = np.zeros(0, bool)
        self._tries: I64 = np.zeros(0, np.int64)
        self._reasons: dict[str, Reason] = {}

    @property
    def reasons(self) -> Mapping[str, Reason]:
        """Reason of each broken tile, by name."""
        return dict(self._reasons)

    def grow(self, count: int) -> None:
        """Add rows at the end for tiles without a failure."""
        self.broken = np.concatenate([self.broken, np.zeros(count, bool)])
        self._tries = np.concatenate([self._tries, np.zeros(count, np.int64)])

    def shrink(self, start: int, end: int, *, names: Set[str]) -> None:
        """Take out the rows of a tileset, whose tiles have these names."""
        self.broken = np.delete(self.broken, slice(start, end))
        self._tries = np.delete(self._tries, slice(start, end))
        self._reasons = {name: why for name, why in self._reasons.items() if name not in names}

    def failed(self, tile: int, *, name: str, reason: Reason, for_good: bool = False) -> None:
        """Record a failure.

        After the second, or one that is ``for_good``, the tile is broken.
        """
        self._tries[tile] += 1
        if for_good or self._tries[tile] >= TRIES:
            self.broken[tile] = True
            self._reasons[name] = reason
