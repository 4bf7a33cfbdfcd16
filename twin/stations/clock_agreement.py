"""Compare stations' clocks with ours.

Many that agree with each other are evidence that ours is wrong.
"""

from __future__ import annotations

import logging
import statistics
from collections import OrderedDict
from typing import Literal

logger = logging.getLogger(__name__)

LEAST_STATIONS = 3
SHARE = 2.0 / 3.0
"""So large a share of the stations heard must agree."""
AGREE_S = 300.0
"""Offsets agree within this: a value may be a reporting interval old when it is sent."""
WRONG_S = 300.0
"""Our clock is told to be wrong from this median offset on: as much as a station's may be ahead."""
FAST_HOLDS_S = 600.0
"""Stations must stay behind for so long: what waited on its way looks as if our clock were fast."""
BEHIND_S, BEHIND_HOLDS_S, BEHIND_COUNT = 1800.0, 900.0, 3
"""A station's own clock is behind where it says so each time, so often and so long: not what was stored there
and is sent late, and more than any satellite takes."""
HEARD_S = 3600.0
MOST_STATIONS = 5_000

Verdict = Literal["", "clock_slow", "clock_fast"]


class ClockAgreement:
    """Clock offsets of stations of the last hour.

    The last known one of each: station minus server, s. Seconds are of a clock that nobody sets. Offsets
    count from the server's clock as it was set at the start: what it was set by since is taken off all of
    them at once. One station off says that station's clock is wrong; the median of several (at least three,
    two thirds within five minutes of it) says that ours is.
    """

    def __init__(self) -> None:
        self._offsets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._behind: dict[str, tuple[float, int]] = {}
        self._told: Verdict = ""
        self._behind_since_s: float | None = None

    def note(self, station: str, offset_s: float, *, now_s: float, at_least: bool = False) -> None:
        """Take a station's offset; the newest of a station counts.

        ``at_least``: it is no less (of a value that was under way for an unknown time): the greatest counts.
        """
        before = self._offsets.get(station)
        if at_least and before is not None and before[1] > offset_s and now_s - before[0] <= HEARD_S:
            return
        self._offsets[station] = (now_s, offset_s)
        self._offsets.move_to_end(station)
        if len(self._offsets) > MOST_STATIONS:
            self._offsets.popitem(last=False)

    def note_sent(self, station: str, offset_s: float, *, now_s: float) -> None:
        """Record a station's clock offset as it sent.

        By how much it was ahead; counts how often it was far behind.
        """
        self.note(station, offset_s, now_s=now_s)
        if offset_s >= -BEHIND_S:
            self._behind.pop(station, None)
        elif station in self._behind or len(self._behind) < MOST_STATIONS:
            since_s, count = self._behind.get(station, (now_s, 0))
            self._behind[station] = (since_s, count + 1)

    def is_behind(self, station: str, *, now_s: float) -> bool:
        """Return whether a station's own clock is behind.

        It alone, not all against ours.
        """
        since_s, count = self._behind.get(station, (now_s, 0))
        return count >= BEHIND_COUNT and now_s - since_s >= BEHIND_HOLDS_S and self._told != "clock_fast"

    def verdict(self, *, now_s: float, stepped_s: float = 0.0) -> Verdict:
        """Return the verdict on our clock: '' if right or unknown.

        Unknown where too few agree. ``stepped_s``: by how much our clock has been set since the start.
        """
        verdict, median = self._judged(now_s, stepped_s)
        if verdict != self._told:
            self._told = verdict
            if verdict:
                logger.warning(
                    "stations agree that this machine's clock is wrong: theirs are %+.0f s from it (median); "
                    "set the clock, their values are kept as suspect until then",
                    median,
                )
            else:
                logger.info("stations and this machine's clock agree again")
        return verdict

    def _judged(self, now_s: float, stepped_s: float) -> tuple[Verdict, float]:
        while self._offsets and now_s - next(iter(self._offsets.values()))[0] > HEARD_S:
            self._offsets.popitem(last=False)
        offsets = [offset - stepped_s for _, offset in self._offsets.values()]
        if len(offsets) < LEAST_STATIONS:
            return "", 0.0
        median = statistics.median(offsets)
        agreeing = sum(abs(offset - median) <= AGREE_S for offset in offsets)
        agreed = abs(median) > WRONG_S and agreeing >= SHARE * len(offsets)
        if not (agreed and median < 0):
            self._behind_since_s = None
            return ("clock_slow" if agreed else ""), median
        if self._behind_since_s is None:
            self._behind_since_s = now_s
        held = now_s - self._behind_since_s >= FAST_HOLDS_S
        return ("clock_fast" if held else ""), median
