"""The mean of a year at a section, with an honest account of the months that are missing of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from statistics import fmean
from zoneinfo import ZoneInfo

MONTHS = 12
ENOUGH = 10
"""With values in so many of the twelve months the mean counts as the year's."""


@dataclass
class YearMean:
    """The last twelve calendar months of a section, each of the same weight however often sampled."""

    zone: ZoneInfo
    _months: dict[int, dict[datetime, float]] = field(default_factory=dict)

    def add(self, at: datetime, value: float) -> None:
        """Take a value in, in any order; one of a time that is known takes its place."""
        local = at.astimezone(self.zone)
        month = 12 * local.year + local.month
        self._months.setdefault(month, {})[at] = value
        newest = max(self._months)
        for old in [m for m in self._months if m <= newest - MONTHS]:
            del self._months[old]

    def mean(self) -> tuple[float, int]:
        """(mean of the months' means, months that are known); (nan, 0) without any."""
        if not self._months:
            return float("nan"), 0
        return fmean(fmean(values.values()) for values in self._months.values()), len(self._months)

    def exceeds(self, limit: float) -> bool | None:
        """Whether the year's mean is above a limit; None while too many months are missing."""
        mean, known = self.mean()
        return mean > limit if known >= ENOUGH else None
