"""Interval of a curve as a cubic Hermite polynomial.

See ``twin.water.curve``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

Point = tuple[float, float, float]
"""Level m, area m², storage m³."""

_CLOSE_M: Final = 1e-10


@dataclass(frozen=True, kw_only=True)
class Interval:
    """Storage from ``low_m`` to ``high_m``.

    ``cut`` where areas and storages contradict each other. ``low_slope`` and ``high_slope`` are dV/dh at the
    ends: the areas, or less where ``cut``.
    """

    low_m: float
    high_m: float
    low_m2: float
    high_m2: float
    low_m3: float
    high_m3: float
    low_slope: float
    high_slope: float
    cut: bool

    @classmethod
    def between(cls, below: Point, above: Point) -> Interval:
        """Return the interval of two neighbouring points."""
        (low_m, low_m2, low_m3), (high_m, high_m2, high_m3) = below, above
        mean_m2 = (high_m3 - low_m3) / (high_m - low_m)
        noise = 1e-9 * high_m2
        fits = 2 * low_m2 + high_m2 <= 3 * mean_m2 + noise and 3 * mean_m2 <= low_m2 + 2 * high_m2 + noise
        return cls(
            low_m=low_m,
            high_m=high_m,
            low_m2=low_m2,
            high_m2=high_m2,
            low_m3=low_m3,
            high_m3=high_m3,
            low_slope=low_m2 if fits else min(low_m2, 3 * mean_m2),
            high_slope=high_m2 if fits else min(high_m2, 3 * mean_m2),
            cut=not fits,
        )

    def continued_to(self, level_m: float) -> Interval:
        """Return the extrapolated interval above this one.

        Its area linear in level with this one's mean rise.
        """
        height = level_m - self.high_m
        rise = (self.high_m2 - self.low_m2) / (self.high_m - self.low_m)
        above_m2 = self.high_m2 + rise * height
        above_m3 = self.high_m3 + height * (self.high_m2 + above_m2) / 2  # so the cubic is that parabola
        return Interval.between((self.high_m, self.high_m2, self.high_m3), (level_m, above_m2, above_m3))

    def storage_at(self, level_m: float) -> float:
        """Return storage, m³."""
        height = self.high_m - self.low_m
        t = min(max((level_m - self.low_m) / height, 0.0), 1.0)
        gain = self.high_m3 - self.low_m3
        bend = height * (self.low_slope + self.high_slope) - 2 * gain
        sag = 3 * gain - height * (2 * self.low_slope + self.high_slope)
        return self.low_m3 + t * (height * self.low_slope + t * (sag + t * bend))

    def slope_at(self, level_m: float) -> float:
        """Return dV/dh, m²."""
        height = self.high_m - self.low_m
        t = min(max((level_m - self.low_m) / height, 0.0), 1.0)
        mean = (self.high_m3 - self.low_m3) / height
        bend = self.low_slope + self.high_slope - 2 * mean
        sag = 3 * mean - 2 * self.low_slope - self.high_slope
        return self.low_slope + t * (2 * sag + t * 3 * bend)

    def area_at(self, level_m: float) -> float:
        """Return the area, m²: dV/dh, or interpolated.

        The straight line between the points where the two do not fit together.
        """
        if not self.cut:
            return self.slope_at(level_m)
        t = min(max((level_m - self.low_m) / (self.high_m - self.low_m), 0.0), 1.0)
        return self.low_m2 + t * (self.high_m2 - self.low_m2)

    def level_at(self, storage_m3: float) -> float:
        """Return the lowest level with at least a storage.

        Newton's steps, halving where one leaves the bracket.
        """
        low, high = self.low_m, self.high_m
        if storage_m3 <= self.low_m3:
            return low
        level = low + (high - low) * min((storage_m3 - self.low_m3) / (self.high_m3 - self.low_m3), 1.0)
        while high - low > _CLOSE_M:
            lacking = storage_m3 - self.storage_at(level)
            low, high = (level, high) if lacking > 0 else (low, level)
            slope = self.slope_at(level)
            step = lacking / slope if slope > 0 else 0.0
            if abs(step) <= _CLOSE_M and slope > 0:
                return level + step
            level = level + step if low < level + step < high else (low + high) / 2
        return high
