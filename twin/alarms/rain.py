"""Sum a station's rain of the last hours, with what is missing.

What is not known of a window is counted, never assumed dry.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from twin import comparing

LONGEST = timedelta(hours=72)
WHOLE = 0.9
"""A sum whose window is covered to this share counts as whole."""
HOUR = timedelta(hours=1)


@dataclass
class RainWindow:
    """Rain of a station in the last 72 hours, mm.

    Of periods that end at the times given.
    """

    interval: timedelta
    times: list[datetime] = field(default_factory=list)
    amounts: list[float] = field(default_factory=list)
    _hours: dict[datetime, timedelta] = field(default_factory=dict)
    """Of amounts that are sums of an hour: how much of it was measured."""

    def add(self, at: datetime, mm: float, *, values: int | None = None) -> None:
        """Add an amount, in any order.

        One of a time that is known takes its place. ``values``: the amount is the sum of so many values of
        one hour (of a stretch that was thinned out); without it, it is one value of the nominal interval.
        """
        self._hours.pop(at, None)
        if values is not None and self.interval < HOUR:
            self._hours[at] = min(values * self.interval, HOUR)
        k = bisect.bisect_left(self.times, at)
        if k < len(self.times) and self.times[k] == at:
            self.amounts[k] = mm
            return
        self.times.insert(k, at)
        self.amounts.insert(k, mm)
        first = bisect.bisect_right(self.times, self.times[-1] - LONGEST)
        for old in self.times[:first]:
            self._hours.pop(old, None)
        del self.times[:first], self.amounts[:first]

    def drop(self, at: datetime) -> None:
        """Leave out the amount of a time, if there is one."""
        k = bisect.bisect_left(self.times, at)
        if k < len(self.times) and self.times[k] == at:
            self._hours.pop(at, None)
            del self.times[k], self.amounts[k]

    def tells(self, hours: int) -> bool:
        """Return whether amounts of this interval resolve a duration."""
        return self.interval <= timedelta(hours=hours)

    def total(self, hours: int) -> tuple[float, float]:
        """Return the sum, mm, and the known share of the window.

        Of the hours up to the newest amount. An amount that fell at the window's start or before does not
        count; nor does an hour of which a part lies before the window, nor any amount in a window shorter
        than the interval: the sum stays a lower bound.
        """
        if not self.times or not self.tells(hours):
            return 0.0, 0.0
        window = timedelta(hours=hours)
        start = self.times[-1] - window
        first = bisect.bisect_right(self.times, start)
        if self._hours:
            return self._mixed(first, start, window)
        known = (len(self.times) - first) * self.interval
        if known > self.times[-1] - self.times[first] + self.interval:
            known = self._covered(first)
        return comparing.total(self.amounts[first:]), min(1.0, known / window)

    def _covered(self, first: int) -> timedelta:
        """What amounts from ``first`` on cover where they come more often than the interval.

        Twelve amounts of five minutes at a station that is declared hourly are one hour, not twelve.
        """
        known = self.interval if first == 0 else min(self.interval, self.times[first] - self.times[first - 1])
        for before, after in pairwise(self.times[first:]):
            known += min(self.interval, after - before)
        return known

    def _mixed(self, first: int, start: datetime, window: timedelta) -> tuple[float, float]:
        """The total where some amounts are of an hour."""
        known, amounts = timedelta(0), []
        before = self.times[first - 1] if first else start - self.interval
        for at, mm in zip(self.times[first:], self.amounts[first:], strict=True):
            of_hour = self._hours.get(at)
            if of_hour is None or at - HOUR >= start:
                amounts.append(mm)
                known += min(self.interval, at - before) if of_hour is None else of_hour
            before = at
        return comparing.total(amounts), min(1.0, known / window)

    def reaches(self, mm: float, hours: int) -> bool | None:
        """Return whether so much fell in the last hours.

        Exactly so much is enough. A sum with gaps is a lower bound: it never says no.
        """
        total, known = self.total(hours)
        if known > 0 and comparing.reaches(total, mm):
            return True
        return False if known >= WHOLE else None
