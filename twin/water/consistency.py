"""Compare a curve's areas with its storages: dV/dh is the area.

For an interval with areas A₀, A₁ at its ends, D = ΔV/Δh is the mean area that its storages ask for. They fit
where the curve's cubic rises all the way (``twin.water.curve``). A misfit that rounding explains is no
contradiction: areas printed to a, storages to s may move 3 D by 3 s/Δh and 2 A₀ + A₁ by 1.5 a. But where the
rounding of the storages is that coarse, they do not tell the area, and that is said, too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from twin.water.interval import Interval

COARSE: Final = 0.02
"""Misfit from rounding alone above which areas and storages are said to disagree."""
_NOISE: Final = 1e-6  # relative; what conversions of units leave
_WRONG_UNIT: Final = 5.0  # areas and storages this many times apart, in the middle of a table


@dataclass(frozen=True, kw_only=True)
class Misfit:
    """Interval whose published areas contradict its storages.

    ``area_m2`` and ``rise_m2`` are the curve's area and the dV/dh of its storage at ``middle_m``, where they
    are farthest apart. ``possible``: its mean rise lies between its two areas, so some lake has both, if not
    one whose area is a parabola. ``rounding``: the table's own rounding explains it.
    """

    low_m: float
    high_m: float
    area_m2: float
    rise_m2: float
    possible: bool
    rounding: bool

    @property
    def off(self) -> float:
        """Relative difference of dV/dh from the area.

        inf for a rise without any area.
        """
        return abs(self.rise_m2 / self.area_m2 - 1.0) if self.area_m2 > 0 else math.inf


@dataclass(frozen=True, kw_only=True)
class Consistency:
    """Consistency of a curve's areas and storages.

    ``ratio``: what its areas hold from the first point to the last, by what its storages say of that.
    """

    misfits: tuple[Misfit, ...]
    intervals: int
    storage_step_m3: float
    ratio: float

    @property
    def by_rounding(self) -> tuple[Misfit, ...]:
        return tuple(part for part in self.misfits if part.rounding)

    @property
    def worst(self) -> Misfit | None:
        """Impossible interval with the largest misfit."""
        impossible = [part for part in self.misfits if not part.possible]
        return max(impossible, key=lambda part: part.off, default=None)

    @property
    def doubtful(self) -> bool:
        """Whether misfits exceed a known rounding, or are large."""
        known = self.storage_step_m3 > 0
        return any(
            not part.possible and (part.off > COARSE or (known and not part.rounding))
            for part in self.misfits
        )

    @property
    def doubts(self) -> tuple[str, ...]:
        """Doubts between areas and storages, in English.

        For the command line.
        """
        worst = self.worst
        if not self.doubtful or worst is None:
            return ()
        words = [
            f"areas and storages contradict each other in {len(self.misfits)} of {self.intervals} intervals, "
            f"by up to {percent(worst.off)} (from {worst.low_m:.2f} to {worst.high_m:.2f} m: an area of "
            f"{worst.area_m2 / 1e6:.4g} km², storages that rise as one of {worst.rise_m2 / 1e6:.4g} km²): "
            "storages are believed, areas are the table's own"
        ]
        if self.by_rounding:
            words.append(
                f"its storages are rounded to {self.storage_step_m3:.4g} m³, which explains "
                f"{len(self.by_rounding)} of these intervals: too coarse to tell an area from line to line"
            )
        if not 1 / _WRONG_UNIT < self.ratio < _WRONG_UNIT:
            words.append(
                f"its areas are {self.ratio:.3g} times what its storages ask for: is a unit wrong "
                "(unit_mult)?"
            )
        return tuple(words)

    def at(self, level_m: float) -> Misfit | None:
        """Return the doubtful misfit at a level, or None."""
        if not self.doubtful:
            return None
        return next((part for part in self.misfits if part.low_m <= level_m <= part.high_m), None)


def consistency(published: Sequence[Interval], *, area_step_m2: float, storage_step_m3: float) -> Consistency:
    """Compare a curve's areas with its storage increments.

    Interval by interval. The steps are what its table was rounded to, 0 where that is not known.
    """
    misfits, held_m3 = [], 0.0
    for part in published:
        height_m = part.high_m - part.low_m
        mean_m2 = (part.high_m3 - part.low_m3) / height_m
        held_m3 += (part.low_m2 + part.high_m2) / 2 * height_m
        low, high = 2 * part.low_m2 + part.high_m2, part.low_m2 + 2 * part.high_m2
        over_m2 = max(low - 3 * mean_m2, 3 * mean_m2 - high)
        if not part.cut or over_m2 <= _NOISE * part.high_m2:
            continue
        allowed_m2 = 1.5 * area_step_m2 + 3 * storage_step_m3 / height_m
        middle_m = (part.low_m + part.high_m) / 2
        misfits.append(
            Misfit(
                low_m=part.low_m,
                high_m=part.high_m,
                area_m2=part.area_at(middle_m),
                rise_m2=part.slope_at(middle_m),
                possible=part.low_m2 <= mean_m2 <= part.high_m2,
                rounding=over_m2 <= allowed_m2 * (1 + _NOISE),
            )
        )
    gained_m3 = published[-1].high_m3 - published[0].low_m3
    return Consistency(
        misfits=tuple(misfits),
        intervals=len(published),
        storage_step_m3=storage_step_m3,
        ratio=held_m3 / gained_m3 if gained_m3 > 0 else math.inf,
    )


def percent(part: float) -> str:
    """Format a misfit as a percentage; ∞ without any area."""
    return "∞" if math.isinf(part) else f"{100 * part:.2g} %" if part < 0.1 else f"{100 * part:,.0f} %"
