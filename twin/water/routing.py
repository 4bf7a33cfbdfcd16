"""Route a plan through the level pool, with bounds and crossing times.

Where releases are given, storage between two points of the plan is a parabola in time: levels, crossings and
the peak are exact to rounding. Where outlets are opened the release depends on the level; then each hour's
mean release is integrated by Runge and Kutta's classical method (of fourth order), and what follows is the
same: mass is kept to rounding either way.

Bounds are two more runs, one from a lower start with less inflow, one from a higher start with more. Runs of
a pool never cross (its level is the one state of a scalar equation), so they enclose every run in between.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

import numpy as np

from twin.arrays import F64
from twin.comparing import within
from twin.water.curve import Curve
from twin.water.level_pool import PoolRun
from twin.water.outlets import Outlet
from twin.water.ranges import LevelOutOfRange
from twin.water.release_plan import PlanError, ReleasePlan

_TABLE_M: Final = 0.01

End = Literal["plan", "highest", "lowest"]
"""Where a run ends: with its plan, or where the pool leaves the levels for which there is an answer."""


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """Time (s) at which the pool crosses a level.

    ``earliest_s`` and ``latest_s`` are its bounds; None where it stood beyond the level from the start, or
    may not reach it before the end.
    """

    level_id: str
    level_m: float
    rising: bool
    at_s: float
    earliest_s: float | None
    latest_s: float | None


@dataclass(frozen=True, kw_only=True)
class RoutedPool:
    """Routed plan: the pool, its bounds, its crossings in order of time.

    ``low`` and ``high`` are the bounds; each may end before the plan does. ``start_error_m`` (m) and
    ``inflow_error`` (a share) are what they are the bounds of.
    """

    pool: PoolRun
    low: PoolRun
    high: PoolRun
    end: End
    low_end: End
    high_end: End
    start_error_m: float
    inflow_error: float
    crossings: tuple[Crossing, ...]

    @property
    def peak(self) -> tuple[float, float]:
        """Highest level (m) and its time (s)."""
        at = int(np.argmax(self.pool.level_m))
        return float(self.pool.level_m[at]), float(self.pool.time_s[at])

    def level_at(self, time_s: float) -> float:
        """Return the level (m) at a time (s); its end's beyond."""
        return float(np.interp(time_s, self.pool.time_s, self.pool.level_m))

    def highest_at(self, time_s: float) -> float:
        """Return the highest level (m) from the start to a time (s)."""
        past = self.pool.level_m[self.pool.time_s <= time_s]
        return max(self.level_at(time_s), float(past.max()) if len(past) else -np.inf)


def route_plan(
    curve: Curve,
    plan: ReleasePlan,
    *,
    start_m: float,
    start_error_m: float = 0.0,
    inflow_error: float = 0.0,
    levels: Mapping[str, float] | None = None,
    outlets: Mapping[str, Outlet] | None = None,
    lowest_m: float | None = None,
    highest_m: float | None = None,
) -> RoutedPool:
    """Route a plan from a level (m), within a range of levels.

    ``start_error_m`` (m) and ``inflow_error`` (a share, 0.1 is 10 %) give the bounds. ``levels`` are those
    whose crossings are wanted, m by id. The range is the curve's where none is given, and that of the tables
    of the outlets in use. Raises LevelOutOfRange for a start outside, PlanError for an outlet that is not
    there or errors below 0, OutletError for an opening that is not rated.
    """
    if not (start_error_m >= 0 and 0 <= inflow_error < 1):
        raise PlanError(
            "bounds are of at least 0 m, and of 0 % to less than 100 % of the inflow", code="bounds"
        )
    used = _used(plan, outlets or {})
    low_m = max(curve.lowest_m if lowest_m is None else lowest_m, curve.lowest_m)
    high_m = min(curve.highest_m if highest_m is None else highest_m, curve.highest_m)
    for outlet, openings in used.values():
        rated = outlet.levels_m(openings)
        low_m, high_m = max(low_m, rated[0]), min(high_m, rated[1])
    if not within(start_m, low_m, high_m):
        raise LevelOutOfRange(start_m, lowest_m=low_m, highest_m=high_m)
    fine = plan.refined()
    ends = (low_m, high_m)

    def run(start: float, sign: float) -> tuple[PoolRun, End]:
        inflow = fine.inflow_m3s + sign * inflow_error * np.abs(fine.inflow_m3s)
        return _run(curve, fine, used, min(max(start, low_m), high_m), inflow, ends)

    (pool, end), (low, low_end), (high, high_end) = (
        run(start_m + sign * start_error_m, sign) for sign in (0.0, -1.0, 1.0)
    )
    crossings = [
        Crossing(
            level_id=id_,
            level_m=level_m,
            rising=rising,
            at_s=at_s,
            **_bounds(curve, level_m, at_s, rising=rising, low=low, high=high),
        )
        for id_, level_m in (levels or {}).items()
        if low_m <= level_m <= high_m
        for at_s, rising in _crossed(curve, pool, level_m)
    ]
    return RoutedPool(
        pool=pool,
        low=low,
        high=high,
        end=end,
        low_end=low_end,
        high_end=high_end,
        start_error_m=start_error_m,
        inflow_error=inflow_error,
        crossings=tuple(sorted(crossings, key=lambda crossing: crossing.at_s)),
    )


def _used(plan: ReleasePlan, outlets: Mapping[str, Outlet]) -> dict[str, tuple[Outlet, F64]]:
    for id_ in plan.openings:
        if id_ not in outlets:
            known = ", ".join(outlets) or "none"
            raise PlanError(f"opens {id_!r}, which is no outlet; there are: {known}", code="outlet", what=id_)
    return {id_: (outlets[id_], openings) for id_, openings in plan.openings.items() if openings.any()}


def _run(
    curve: Curve,
    plan: ReleasePlan,
    used: Mapping[str, tuple[Outlet, F64]],
    start_m: float,
    inflow: F64,
    ends: tuple[float, float],
) -> tuple[PoolRun, End]:
    """Route one inflow; the run ends where it leaves the range."""
    start_m3 = curve.storage_at(start_m)
    release = _means(curve, plan, used, inflow, start_m3) if used else plan.release_m3s
    time, inflow, release = _turning(plan.time_s, inflow, release)
    gained = np.diff(time) * ((inflow[1:] + inflow[:-1]) / 2 - release[:-1])
    storage = start_m3 + np.concatenate([[0.0], np.cumsum(gained)])
    low_m3, high_m3 = (curve.storage_at(level) for level in ends)
    slack = 1e-12 * high_m3
    outside = np.flatnonzero((storage < low_m3 - slack) | (storage > high_m3 + slack))
    end: End = "plan"
    if len(outside):
        last = int(outside[0])
        end = "highest" if storage[last] > high_m3 else "lowest"
        limit_m3 = high_m3 if end == "highest" else low_m3
        at = time[last - 1] + _reached(
            storage[last - 1],
            time[last] - time[last - 1],
            inflow[last - 1 : last + 1],
            release[last - 1],
            limit_m3,
        )
        there = float(np.interp(at, time, inflow))
        time, inflow, release, storage = (
            np.append(each[:last], value)
            for each, value in (
                (time, at),
                (inflow, there),
                (release, release[last - 1]),
                (storage, limit_m3),
            )
        )
    level = curve.levels_at(storage)
    run = PoolRun(time_s=time, inflow_m3s=inflow, release_m3s=release, storage_m3=storage, level_m=level)
    return run, end


def _means(
    curve: Curve, plan: ReleasePlan, used: Mapping[str, tuple[Outlet, F64]], inflow: F64, start_m3: float
) -> F64:
    """Mean release (m³/s) of each step where outlets are open, the last one's at the end; (n,).

    dV/dt = I(t) − R − ΣQ(opening, h(V)) by the classical Runge–Kutta method (Hairer, Nørsett, Wanner 1993,
    table II.1.2), at the plan's steps of an hour at most. Q is tabulated by storage, every centimetre.
    """

    opened = np.array([openings for _, openings in used.values()])
    _, which = np.unique(opened, axis=1, return_inverse=True)
    which = which.reshape(-1)
    levels = np.union1d(
        np.arange(curve.lowest_m, curve.highest_m, _TABLE_M),
        [curve.highest_m, *(level for o, _ in used.values() for r in o.ratings for level in r.level_m)],
    )
    levels = levels[(levels >= curve.lowest_m) & (levels <= curve.highest_m)]
    volumes = [curve.storage_at(float(level)) for level in levels]
    tables: dict[int, list[float]] = {}
    for number, table in enumerate(which):
        if table not in tables:
            through = sum(o.discharge_m3s(float(openings[number]), levels) for o, openings in used.values())
            tables[int(table)] = list(np.broadcast_to(through, levels.shape))

    def released(number: int, volume_m3: float) -> float:
        table = tables[int(which[number])]
        above = min(max(bisect_left(volumes, volume_m3), 1), len(volumes) - 1)
        share = (volume_m3 - volumes[above - 1]) / (volumes[above] - volumes[above - 1])
        share = min(max(share, 0.0), 1.0)
        return float(plan.release_m3s[number]) + table[above - 1] + share * (table[above] - table[above - 1])

    volume = start_m3
    means = np.empty_like(inflow)
    for number, (start, end) in enumerate(pairwise(plan.time_s)):
        step = float(end - start)
        before, after = float(inflow[number]), float(inflow[number + 1])
        middle = (before + after) / 2
        first = released(number, volume)
        second = released(number, volume + step / 2 * (before - first))
        third = released(number, volume + step / 2 * (middle - second))
        fourth = released(number, volume + step * (middle - third))
        means[number] = (first + 2 * second + 2 * third + fourth) / 6
        volume += step * (middle - means[number])
    means[-1] = released(len(means) - 1, volume)
    return means


def _turning(time: F64, inflow: F64, release: F64) -> tuple[F64, F64, F64]:
    """The same series with a point wherever inflow equals release, so that storage turns at points only."""
    before, after = inflow[:-1] - release[:-1], inflow[1:] - release[:-1]
    turns = np.flatnonzero(before * after < 0)
    share = before[turns] / (before[turns] - after[turns])
    at = time[turns] + share * (time[turns + 1] - time[turns])
    inside = (at > time[turns]) & (at < time[turns + 1])
    turns, at = turns[inside], at[inside]
    return (
        np.insert(time, turns + 1, at),
        np.insert(inflow, turns + 1, release[turns]),
        np.insert(release, turns + 1, release[turns]),
    )


def _reached(storage_m3: float, step_s: float, inflow: F64, release: float, wanted_m3: float) -> float:
    """Seconds after a point at which the storage is reached, in a step in which it only rises or falls.

    The root of b·t² + a·t + c in the step, by the form that does not cancel.
    """
    a = float(inflow[0]) - release
    b = float(inflow[1] - inflow[0]) / (2 * step_s)
    c = storage_m3 - wanted_m3
    q = -(a + np.copysign(np.sqrt(max(a * a - 4 * b * c, 0.0)), a)) / 2
    roots = [c / q if q else 0.0, q / b if b else np.inf]
    return float(min(max(min(roots, key=lambda t: max(-t, t - step_s, 0.0)), 0.0), step_s))


def _crossed(curve: Curve, pool: PoolRun, level_m: float) -> list[tuple[float, bool]]:
    """Times (s) at which a run crosses a level, and whether it rises there; none at its very start."""
    wanted_m3 = curve.storage_at(level_m)
    reached = pool.storage_m3 >= wanted_m3
    found = []
    for at in np.flatnonzero(reached[1:] != reached[:-1]):
        step = float(pool.time_s[at + 1] - pool.time_s[at])
        after = _reached(
            float(pool.storage_m3[at]),
            step,
            pool.inflow_m3s[at : at + 2],
            float(pool.release_m3s[at]),
            wanted_m3,
        )
        if at or after > 0:
            found.append((float(pool.time_s[at]) + after, bool(reached[at + 1])))
    return found


def _bounds(
    curve: Curve, level_m: float, at_s: float, *, rising: bool, low: PoolRun, high: PoolRun
) -> dict[str, float | None]:
    """Between which times a crossing lies, given that no run crosses another.

    When the pool rises through a level the higher run has passed it before, the lower one will after.
    """
    first, last = (high, low) if rising else (low, high)
    before = [at for at, rises in _crossed(curve, first, level_m) if rises == rising and at <= at_s]
    after = [at for at, rises in _crossed(curve, last, level_m) if rises == rising and at >= at_s]
    return {"earliest_s": max(before, default=None), "latest_s": min(after, default=None)}
