"""Answer a what-if: route flows through the lake, find crossing times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from apps.hub.rest.declared import Ask, JsonAnswer, Parameters, operation, read_body
from apps.hub.rest.problems import ParameterError
from apps.hub.rest.scene_operations import asked_session
from apps.observation_rows import time_of
from apps.session.routed import ASKED, holds_then, outlets_of, route_what_if
from apps.session.what_if import DAY_S, MOST_DAYS, MOST_FLOW, WhatIf
from twin.plan_table import read_plan

if TYPE_CHECKING:
    from apps.session.session import Session
    from twin.water.level_pool import PoolRun
    from twin.water.routing import Crossing, RoutedPool

MOST_TARGETS, MOST_LISTED = 5, 400

Metres = Annotated[float, Field(ge=-500, le=9000)]


class RoutePoint(BaseModel):
    """Value of a series from a time on.

    An inflow runs straight to the next point.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    at: Annotated[str, Field(max_length=40, description="Time; without a zone the site's.")]
    value: Annotated[float, Field(ge=-MOST_FLOW, le=MOST_FLOW)]


Points = Annotated[list[RoutePoint], Field(min_length=1, max_length=1000)]
Flows = Annotated[float, Field(ge=-MOST_FLOW, le=MOST_FLOW)] | Points


class RouteBody(BaseModel):
    """What-if: start, flows (m³/s, constant or points) or a plan, target levels.

    Its fields are those of the desk's panel, with the same defaults.
    """

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    start_m: Metres | None = Field(default=None, description="Start level, m; without it the live one.")
    start: Annotated[str, Field(max_length=40)] | None = Field(
        default=None, description="Start time; without it that of the live level, or now."
    )
    inflow: Flows | None = Field(default=None, description="Inflow, m³/s.")
    release: Flows = Field(default=0.0, description="Release beside openings, m³/s; a point's holds.")
    openings: Annotated[dict[str, Flows], Field(max_length=50)] = Field(
        default={}, description="Openings by outlet, in the unit of its rating table."
    )
    plan: Annotated[str, Field(max_length=60_000)] | None = Field(
        default=None,
        description="CSV of inflow, releases and openings instead, as `twin route --plan` reads.",
    )
    levels_m: Annotated[list[Metres], Field(max_length=MOST_TARGETS)] = Field(
        default=[],
        description="Levels whose first crossing is wanted; with constant flows within a year.",
    )
    days: Annotated[float, Field(gt=0, le=MOST_DAYS)] | None = Field(
        default=None, description="Length in days; without it as many as the levels take, 7 without levels."
    )
    start_error_m: Annotated[float, Field(ge=0, le=5)] = Field(
        default=0.05, description="Error of the start level, m, for the bounds."
    )
    inflow_error: Annotated[float, Field(ge=0, le=0.9)] = Field(
        default=0.1, description="Error of the inflow as a share, for the bounds."
    )


class CrossingAnswer(JsonAnswer):
    """Time at which a level is crossed, with its bounds."""

    level_m: float
    rising: bool
    days: float = Field(description="From the start.")
    at: datetime
    earliest: datetime | None = Field(description="null where it may lie beyond the level from the start.")
    latest: datetime | None = Field(description="null where it may not be reached before the end.")


class CharacteristicAnswer(CrossingAnswer):
    """Characteristic level that is crossed."""

    id: str
    in_force: bool = Field(description="Whether it holds at that time of the year.")


class TargetAnswer(JsonAnswer):
    """Target level and its first crossing, null where it is not reached."""

    level_m: float
    reached: CrossingAnswer | None


class RouteLevelAnswer(JsonAnswer):
    """Level at a time, with its bounds.

    null after a bound has left the curve.
    """

    at: datetime
    level_m: float
    low_m: float | None
    high_m: float | None


class RouteAnswer(JsonAnswer):
    """Routed what-if: never a measured or forecast state."""

    mode: Literal["what-if"] = "what-if"
    start: datetime
    start_m: float
    from_live: bool
    start_error_m: float
    inflow_error: float
    days: float
    end: Literal["plan", "highest", "lowest"] = Field(
        description="Where it ends: with its length, or where the lake leaves the answered levels."
    )
    highest_m: float
    highest_at: datetime
    last_m: float
    last_at: datetime
    targets: list[TargetAnswer]
    crossings: list[CrossingAnswer]
    levels: list[RouteLevelAnswer] = Field(description=f"At most {MOST_LISTED}, evenly chosen.")
    curve: str
    generation: str
    synthetic: bool


@operation("POST", "/water/route", body=RouteBody, answer=RouteAnswer, refusals=(413, 415))
async def route(ask: Ask, _: Parameters) -> RouteAnswer:
    """Route a what-if through the lake; find when levels are reached.

    Give one of `inflow` and `plan`. By the same level pool as the desk's panel and `twin route`.
    """
    body = await read_body(ask, RouteBody)
    if (body.inflow is None) == (body.plan is None):
        raise ParameterError("inflow, plan", "give one of inflow and plan", "inflow 与 plan 须且仅须给出一个")
    session = await asked_session(ask, None, await ask.opened(), {})
    return await ask.work(_answer, session, body)


def _answer(session: Session, body: RouteBody) -> RouteAnswer:
    asked = _what_if(session, body)
    wanted_m = [session.levels.level_of("level", level_m) for level_m in body.levels_m]
    targets = [route_what_if(session, asked.changed(target_m=level_m)) for level_m in wanted_m]
    longest = max(targets or [route_what_if(session, asked)], key=lambda routed: routed.what_if.days)
    pool, zone = longest.pool, session.zone

    def time(at_s: float) -> datetime:
        return datetime.fromtimestamp(round(at_s), UTC).astimezone(zone)

    def crossed(crossing: Crossing) -> dict[str, Any]:
        bounds = {"earliest": crossing.earliest_s, "latest": crossing.latest_s}
        return {
            "level_m": crossing.level_m,
            "rising": crossing.rising,
            "days": (crossing.at_s - asked.start_s) / DAY_S,
            "at": time(crossing.at_s),
            **{name: None if at_s is None else time(at_s) for name, at_s in bounds.items()},
        }

    highest_m, highest_s = pool.peak
    return RouteAnswer(
        start=time(asked.start_s),
        start_m=asked.start_m,
        from_live=asked.from_live,
        start_error_m=asked.start_error_m,
        inflow_error=asked.inflow_error,
        days=longest.what_if.days,
        end=pool.end,
        highest_m=highest_m,
        highest_at=time(highest_s),
        last_m=float(pool.pool.level_m[-1]),
        last_at=time(float(pool.pool.time_s[-1])),
        targets=[
            TargetAnswer(
                level_m=level_m,
                reached=None if routed.reached is None else CrossingAnswer(**crossed(routed.reached)),
            )
            for level_m, routed in zip(wanted_m, targets, strict=True)
        ],
        crossings=[
            CharacteristicAnswer(id=one.level_id, in_force=holds_then(session, one), **crossed(one))
            for one in pool.crossings
            if one.level_id != ASKED
        ],
        levels=[
            RouteLevelAnswer(at=time(at_s), level_m=level_m, low_m=low_m, high_m=high_m)
            for at_s, level_m, low_m, high_m in _levels(pool)
        ],
        curve=session.basin.water.curve.id,
        generation=session.basin.generation.id,
        synthetic=session.basin.synthetic,
    )


def _what_if(session: Session, body: RouteBody) -> WhatIf:
    """The what-if of a body. Raises ParameterError, PlanError, TimedTableError, BadTimeError."""
    live = session.live
    if body.start_m is None and live is None:
        raise ParameterError(
            "start_m", "no live level is known now: give the level", "目前没有实况水位，请给出起始水位"
        )
    now_s = float(round(datetime.now(UTC).timestamp() if live is None else live.at.timestamp()))
    start_s = now_s if body.start is None else float(round(_seconds(session, body.start)))
    level_m = live.level_m if body.start_m is None and live is not None else body.start_m
    asked = WhatIf(start_s=now_s, start_m=0.0, inflow=((now_s, 0.0),), release=((now_s, 0.0),)).changed(
        start_s=start_s,
        start_m=level_m,
        from_live=live is not None and body.start_m is None and body.start is None,
        start_error_m=body.start_error_m,
        inflow_error=body.inflow_error,
    )
    if body.plan is not None:
        plan = read_plan(body.plan, zone=session.zone, outlets=outlets_of(session))
        asked = asked.with_plan(plan, source="")
    else:
        asked = asked.changed(
            inflow=_series(session, body.inflow, start_s),
            release=_series(session, body.release, start_s),
            openings={id_: _series(session, flows, start_s) for id_, flows in body.openings.items()},
        )
    return asked if body.days is None else asked.changed(days=body.days, auto_days=False)


def _series(session: Session, flows: Flows | None, start_s: float) -> list[tuple[float, float]]:
    if not isinstance(flows, list):
        return [(start_s, flows or 0.0)]
    return sorted((_seconds(session, point.at), point.value) for point in flows)


def _seconds(session: Session, text: str) -> float:
    return time_of(text, session.zone).timestamp()


def _levels(pool: RoutedPool) -> Iterator[tuple[float, float, float | None, float | None]]:
    """Times (s), levels and bounds (m); None after a bound has left the levels with an answer."""
    times = pool.pool.time_s
    if len(times) > MOST_LISTED:
        times = times[np.linspace(0, len(times) - 1, MOST_LISTED).round().astype(int)]

    def bound(run: PoolRun) -> list[float | None]:
        levels = np.interp(times, run.time_s, run.level_m, right=np.nan)
        return [None if np.isnan(level) else float(level) for level in levels]

    levels = np.interp(times, pool.pool.time_s, pool.pool.level_m).tolist()
    yield from zip(times.tolist(), levels, bound(pool.low), bound(pool.high), strict=True)
