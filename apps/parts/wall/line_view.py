"""View of thirty days of storage as a line, for the wall."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from apps.formatting import StorageUnit, fixed, nice
from apps.texts import texts
from twin.bilingual import Language
from twin.situation.hour_means import runs_of

DAYS = 30
WIDE, TALL = 720, 100
"""Box of the paths: an hour is one across."""
LAST_HOURS = 3
"""A day's change is said of a line that reaches into these: of an older one it would be another day's."""


@dataclass(frozen=True, kw_only=True)
class LineView:
    """Paths of a line, one a stretch without gaps.

    In a box of 720 × 100. ``high`` and ``low`` are the figures at its top and bottom, ``end`` is the
    newest value's place, shares from left and top. ``why`` where there is no line.
    """

    paths: list[str] = field(default_factory=list)
    high: str = ""
    low: str = ""
    change: str = ""
    end: tuple[float, float] | None = None
    why: str = ""


def line_view(
    hours_m: Sequence[float | None],
    storage_at: Callable[[float], float],
    unit: StorageUnit,
    language: Language,
) -> LineView:
    """Return the storage line of hourly levels, m, oldest first.

    ``storage_at`` is the curve. Between the round figures around its lowest and highest value.
    """
    t = texts(language)
    values = [None if level is None else storage_at(level) / unit.m3 for level in hours_m]
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return LineView(why=t["wall_line_none"])
    low, high = _range(min(known), max(known))
    runs = runs_of(values)

    def top(value: float) -> float:
        return round(TALL * (high - value) / (high - low), 2)

    paths = [
        " ".join(
            f"{'M' if k == 0 else 'L'}{index + 0.5:g} {top(value):g}" for k, (index, value) in enumerate(run)
        )
        for run in runs
    ]
    last_at, last = runs[-1][-1]
    is_now = last_at >= len(values) - LAST_HOURS
    day_ago = values[last_at - 24] if is_now and last_at >= 24 else None
    change = ""
    if day_ago is not None:
        sign = "+" if last > day_ago else ""
        change = t["wall_line_change"].format(value=f"{sign}{fixed(last - day_ago, 3)} {t[unit.text]}")
    digits = unit.digits
    return LineView(
        paths=paths,
        high=fixed(high, digits),
        low=fixed(low, digits),
        change=change,
        end=(round((last_at + 0.5) / WIDE, 4), round(top(last) / TALL, 4)),
    )


def _range(lowest: float, highest: float) -> tuple[float, float]:
    """Round figures around a range; never narrower than a hundredth of the values."""
    middle, half = (lowest + highest) / 2, (highest - lowest) / 2
    half = max(half, 0.005 * abs(middle), 1e-6)
    step = nice(half / 2)
    low = step * int((middle - half) // step)
    high = step * -int(-(middle + half) // step)
    return low, high
