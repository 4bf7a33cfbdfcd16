"""Compute when a lake reaches a level at its present net flow.

At a constant net flow q the time is exact: t = (V(target) − V(now)) / q, along the curve.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from twin.situation.net_rate import NetRate, Rate
from twin.water.curve import Curve
from twin.water.ranges import LevelOutOfRange

HORIZON_S = 30 * 86_400.0
"""Nobody's present rate lasts longer."""

Refusal = Literal["no_rate", "contradicts", "steady", "no_level", "beyond"]
"""Why there is no time: no fresh values to make a rate of; flows and levels contradict each other; the rate's
bounds include zero; no characteristic level lies that way; later than the horizon."""


@dataclass(frozen=True, kw_only=True)
class TimeToLevel:
    """Time until a level is reached, with bounds, or a refusal.

    In seconds. ``level_m`` is None where no level lies that way. ``latest_s`` is None where the slower bound
    never gets
    there within the horizon.
    """

    level_m: float | None = None
    seconds: float | None = None
    earliest_s: float | None = None
    latest_s: float | None = None
    refusal: Refusal | None = None


def time_to_next(
    curve: Curve,
    *,
    level_m: float,
    below_m: float | None,
    above_m: float | None,
    rate: NetRate | None,
    horizon_s: float = HORIZON_S,
) -> TimeToLevel:
    """Return the time to the next level below or above.

    The rate's sign decides which. A level that the curve has no storage for is no level that way.
    """
    if rate is None:
        return TimeToLevel(refusal="no_rate")
    if rate.contradicts:
        return TimeToLevel(refusal="contradicts")
    flow = rate.flow_m3s
    if not flow.signed:
        return TimeToLevel(refusal="steady")
    target_m = above_m if flow.value > 0 else below_m
    try:
        gained = None if target_m is None else curve.storage_at(target_m) - curve.storage_at(level_m)
    except LevelOutOfRange:
        gained = None
    if target_m is None or gained is None:
        return TimeToLevel(refusal="no_level")
    return _timed(target_m, gained, flow, horizon_s)


def _timed(target_m: float, gained_m3: float, flow: Rate, horizon_s: float) -> TimeToLevel:
    earliest, middle, latest = sorted(gained_m3 / each for each in (flow.low, flow.value, flow.high))
    if middle > horizon_s:
        return TimeToLevel(level_m=target_m, refusal="beyond", earliest_s=earliest)
    return TimeToLevel(
        level_m=target_m,
        seconds=middle,
        earliest_s=earliest,
        latest_s=latest if latest <= horizon_s else None,
    )
