"""Route a what-if through a session's lake.

And find when a level is reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from apps.session.what_if import DAY_S, MOST_DAYS, WhatIf
from twin.moment import Moment
from twin.water.outlets import Outlet
from twin.water.routing import Crossing, RoutedPool, route_plan

if TYPE_CHECKING:
    from apps.session.session import Session

DAYS = (3, 7, 15, 30, 60, 90, 180, MOST_DAYS)
"""Lengths that are offered."""
USUAL_DAYS = 7
ASKED = "asked"
"""Id of the level that is asked for, among those whose crossings are wanted."""


@dataclass(frozen=True, kw_only=True)
class Routed:
    """Routed what-if, and when its target is first reached.

    With constant flows that is looked for in the whole year ahead, else to the end of the series; None where
    it is not reached.
    """

    what_if: WhatIf
    pool: RoutedPool
    reached: Crossing | None


def route_what_if(session: Session, asked: WhatIf) -> Routed:
    """Route a what-if on the default curve, within the reservoir's range.

    Where its days are to be found, they are. Raises LevelOutOfRange, PlanError, OutletError.
    """
    if asked.constant and (asked.target_m is not None or asked.auto_days):
        reached = _first(_pool(session, asked.changed(days=MOST_DAYS)))
        if asked.auto_days:
            asked = asked.changed(days=_days(asked, reached))
        return Routed(what_if=asked, pool=_pool(session, asked), reached=reached)
    pool = _pool(session, asked)
    return Routed(what_if=asked, pool=pool, reached=_first(pool))


def outlets_of(session: Session) -> Mapping[str, Outlet]:
    """Return the outlets of a session's basin, by id."""
    return session.basin.outlets


def holds_then(session: Session, crossing: Crossing) -> bool:
    """Return whether a level is in force when it is crossed."""
    day = datetime.fromtimestamp(crossing.at_s, UTC).astimezone(session.zone).date()
    return any(level.id == crossing.level_id for level in session.basin.site.levels_on(day))


def show_planned(session: Session, routed: Routed, at_s: float, *, run: str = "") -> None:
    """Show the lake at a time of a routed what-if.

    Seconds since 1970. A time outside is its nearer end. Pockets stay full up to the highest level before,
    the live one's too where it started there. ``run`` is the id of a kept what-if, '' for none. Raises
    LevelOutOfRange; nothing has changed then.
    """
    pool, asked = routed.pool, routed.what_if
    at_s = min(max(at_s, asked.start_s), float(pool.pool.time_s[-1]))
    level_m = round(session.levels.level_of("level", pool.level_at(at_s)), 4)
    before_m = session.live_peak.highest_m if asked.from_live else level_m
    highest_m = min(max(level_m, before_m, round(pool.highest_at(at_s), 4)), session.levels.highest_m)
    moment = Moment(
        mode="what-if",
        level_m=level_m,
        highest_m=highest_m,
        valid_at=datetime.fromtimestamp(round(at_s), UTC),
        run=run or None,
        generation=session.basin.generation.id,
    )
    session.show(moment, "plan")
    session.planned = asked


def _pool(session: Session, asked: WhatIf) -> RoutedPool:
    levels = {level.id: level.level_m for level in session.basin.site.levels}
    if asked.target_m is not None:
        levels[ASKED] = asked.target_m
    return route_plan(
        session.basin.water.curve,
        asked.plan,
        start_m=asked.start_m,
        start_error_m=asked.start_error_m,
        inflow_error=asked.inflow_error,
        levels=levels,
        outlets=outlets_of(session),
        lowest_m=session.levels.lowest_m,
        highest_m=session.levels.highest_m,
    )


def _first(pool: RoutedPool) -> Crossing | None:
    return next((crossing for crossing in pool.crossings if crossing.level_id == ASKED), None)


def _days(asked: WhatIf, reached: Crossing | None) -> float:
    """So many that the crossing lies in them, and its bounds where these are not far away."""
    if reached is None:
        return USUAL_DAYS
    needed = 1.1 * (reached.at_s - asked.start_s) / DAY_S
    latest = ((reached.latest_s or reached.at_s) - asked.start_s) / DAY_S
    wanted = latest if latest < 2 * needed else needed
    return next((days for days in DAYS if days >= wanted), MOST_DAYS)
