"""Limit wrong passwords, per line and per station's address."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from twin.stations.feeds.sl651.pace import Bucket

if TYPE_CHECKING:
    from twin.stations.feeds.sl651.line import Line

A_LINE = 3
PER_S, BURST = 1 / 60.0, 10.0
"""Of one address. A password has 16 bits: with 20 addresses known, half of them take a day to try."""
MOST_STATIONS = 10_000


class Guesses:
    """Counts wrong passwords.

    Lines on which the right one came before are never held up by it.
    """

    def __init__(self, *, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._tries: OrderedDict[str, Bucket] = OrderedDict()

    def too_many(self, station: str) -> bool:
        """Return whether an address has tried too many passwords."""
        found = self._tries.get(station)
        return found is not None and found.tokens < 1.0

    def wrong(self, station: str, line: Line) -> bool:
        """Count a wrong password; return whether its line may go on."""
        found = self._tries.get(station)
        if found is None:
            found = self._tries[station] = Bucket(per_s=PER_S, burst=BURST, clock_s=self._clock_s)
            if len(self._tries) > MOST_STATIONS:
                self._tries.popitem(last=False)
        self._tries.move_to_end(station)
        found.take()
        line.wrong_passwords += 1
        return line.wrong_passwords < A_LINE
