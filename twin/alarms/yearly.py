"""Average a year at a section, with the months that are missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from statistics import fmean
from zoneinfo import ZoneInfo

from twin import comparing

MONTHS = 12
ENOUGH = 10
"""With values in so many of the twelve months the mean counts as the year's."""


@dataclass
class YearMean:
    """Mean of a section's last twelve calendar months.

    Each month has the same weight however often sampled.
    """

    zone: ZoneInfo
    _months: dict[int, dict[datetime, float]] = field(default_factory=dict)
    _means: dict[int, float] = field(default_factory=dict)

    def add(self, at: datetime, value: float) -> None:
        """Add a value, in any order.

        One of a time that is known takes its place.
        """
        month = self._month(at)
        self._months.setdefault(month, {})[at] = value
        self._means[month] = fmean(self._months[month].values())
        newest = max(self._months)
        for old in [m for m in self._months if m <= newest - MONTHS]:
            del self._months[old], self._means[old]

    def drop(self, at: datetime) -> None:
        """Leave out the value of a time, if there is one."""
        month = self._month(at)
        values = self._months.get(month, {})
        if values.pop(at, None) is None:
            return
        if values:
            self._means[month] = fmean(values.values())
        else:
            del self._months[month], self._means[month]

    def _month(self, at: datetime) -> int:
        local = at.astimezone(self.zone)
        return 12 * local.year + local.month

    def mean(self) -> tuple[float, int]:
        """Return the mean of monthly means, and the months known.

        (nan, 0) without any.
        """
        if not self._means:
            return float("nan"), 0
        return comparing.settled(fmean(self._means.values())), len(self._means)

    def exceeds(self, limit: float) -> bool | None:
        """Return whether the year's mean is above a limit.

        None while too many months are missing.
        """
        mean, known = self.mean()
        return comparing.above(mean, limit) if known >= ENOUGH else None
