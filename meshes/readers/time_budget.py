"""Shorten time limits after files that took all of theirs.

Of one delivery.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from meshes.errors import OverLimitError
from meshes.guard import Limits

LOST_S = 30.0
"""So much time may be lost to files without an end; a hundred of them would take a quarter of an hour."""
SHORT_S = 2


class TimeBudget:
    """Limits for the next file of one delivery; thread-safe."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lost_s = 0.0

    @contextmanager
    def limits(self) -> Iterator[Limits]:
        """Yield the limits of one file.

        The time of one that takes more counts as lost.
        """
        start = time.monotonic()
        try:
            short = self._lost_s > LOST_S
            yield replace(self._limits, small_s=SHORT_S) if short else self._limits
        except OverLimitError:
            self._lost_s += time.monotonic() - start
            raise
