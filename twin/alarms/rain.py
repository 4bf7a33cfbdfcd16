"""Rain of the last hours at a station, with an honest account of what is missing of it."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field
from datetime import datetime, timedelta

LONGEST = timedelta(hours=72)
WHOLE = 0.9
"""A sum whose window is covered to this share counts as whole."""


@dataclass
class RainWindow:
    """The last 72 hours of a station's rain, mm of periods that end at the times given."""

    interval: timedelta
    times: list[datetime] = field(default_factory=list)
    amounts: list[float] = field(default_factory=list)

    def add(self, at: datetime, mm: float) -> None:
        """Take an amount in, in any order; one of a time that is known takes its place."""
        k = bisect.bisect_left(self.times, at)
        if k < len(self.times) and self.times[k] == at:
            self.amounts[k] = mm
            return
        self.times.insert(k, at)
        self.amounts.insert(k, mm)
        first = bisect.bisect_right(self.times, self.times[-1] - LONGEST)
        del self.times[:first], self.amounts[:first]

    def drop(self, at: datetime) -> None:
        """Leave out the amount of a time, if there is one."""
        k = bisect.bisect_left(self.times, at)
        if k < len(self.times) and self.times[k] == at:
            del self.times[k], self.amounts[k]

    def total(self, hours: int) -> tuple[float, float]:
        """(mm, share of the window that is known) of the hours up to the newest amount."""
        if not self.times:
            return 0.0, 0.0
        window = timedelta(hours=hours)
        first = bisect.bisect_right(self.times, self.times[-1] - window)
        known = (len(self.times) - first) * self.interval / window
        return sum(self.amounts[first:]), min(1.0, known)

    def reaches(self, mm: float, hours: int) -> bool | None:
        """Whether so much fell in the last hours. A sum with gaps is a lower bound: it never says no."""
        total, known = self.total(hours)
        if total >= mm:
            return True
        return False if known >= WHOLE else None
