"""Rain of the last hours at a station, with an honest account of what is missing of it."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from twin import comparing

LONGEST = timedelta(hours=72)
WHOLE = 0.9
"""A sum whose window is covered to this share counts as whole."""
NONE = timedelta(0)


@dataclass(frozen=True, kw_only=True)
class _Amount:
    """``span``: the period it fell in; ``known``: how much of that was measured."""

    mm: float
    span: timedelta
    known: timedelta


@dataclass
class RainWindow:
    """The last 72 hours of a station's rain, mm of periods that end at the times given."""

    interval: timedelta
    times: list[datetime] = field(default_factory=list)
    _amounts: list[_Amount] = field(default_factory=list)

    def add(self, at: datetime, mm: float, *, values: int | None = None) -> None:
        """Take an amount in, in any order; one of a time that is known takes its place.

        ``values``: the amount is the sum of so many values of one hour (of a stretch that was thinned out);
        without it, it is one value of the nominal interval.
        """
        hour = timedelta(hours=1)
        span = self.interval if values is None else max(hour, self.interval)
        known = span if values is None else min(values * self.interval, span)
        amount = _Amount(mm=mm, span=span, known=known)
        k = bisect.bisect_left(self.times, at)
        if k < len(self.times) and self.times[k] == at:
            self._amounts[k] = amount
            return
        self.times.insert(k, at)
        self._amounts.insert(k, amount)
        first = bisect.bisect_right(self.times, self.times[-1] - LONGEST)
        del self.times[:first], self._amounts[:first]

    def drop(self, at: datetime) -> None:
        """Leave out the amount of a time, if there is one."""
        k = bisect.bisect_left(self.times, at)
        if k < len(self.times) and self.times[k] == at:
            del self.times[k], self._amounts[k]

    def tells(self, hours: int) -> bool:
        """Whether amounts of this interval can tell what fell in so short a time."""
        return self.interval <= timedelta(hours=hours)

    def total(self, hours: int) -> tuple[float, float]:
        """(mm, share of the window that is known) of the hours up to the newest amount.

        An amount that fell at the window's start or before does not count; nor does one of a longer period
        than the nominal interval of which a part lies before the window, nor any in a window shorter than the
        interval: the sum stays a lower bound.
        """
        if not self.times or not self.tells(hours):
            return 0.0, 0.0
        window = timedelta(hours=hours)
        start = self.times[-1] - window
        first = bisect.bisect_right(self.times, start)
        within = [
            amount
            for at, amount in zip(self.times[first:], self._amounts[first:], strict=True)
            if amount.span <= self.interval or at - amount.span >= start
        ]
        known = sum((amount.known for amount in within), NONE) / window
        return comparing.total(amount.mm for amount in within), min(1.0, known)

    def reaches(self, mm: float, hours: int) -> bool | None:
        """Whether so much fell in the last hours; exactly so much is enough.

        A sum with gaps is a lower bound: it never says no.
        """
        total, known = self.total(hours)
        if known > 0 and comparing.reaches(total, mm):
            return True
        return False if known >= WHOLE else None
