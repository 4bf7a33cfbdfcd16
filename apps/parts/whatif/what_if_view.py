"""Views of the what-if panel: fields, answer, crossings, chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

from apps.formatting import clock, exact_level, fixed, nice, plain, ticks, written
from apps.parts.whatif.what_if_forecasts import ForecastView, ShownForecast, drawn_forecast
from apps.parts.whatif.what_if_kept import KeptView
from apps.parts.whatif.what_if_supply import SupplyView
from apps.session.routed import ASKED, DAYS, Routed, holds_then, outlets_of
from apps.session.what_if import DAY_S, DRAWN, WhatIf
from apps.texts import texts
from twin.bilingual import Language
from twin.stations.freshness import Freshness

if TYPE_CHECKING:
    from apps.session.session import Session
    from twin.water.level_pool import PoolRun
    from twin.water.routing import Crossing

MOST_DRAWN = 240
"""A line of the chart has at most so many points."""


@dataclass(frozen=True, kw_only=True)
class CrossingView:
    """Crossing of a level, in words; ``at`` s since 1970 UTC."""

    at: float
    name: str
    level: str
    rising: bool
    time: str
    bounds: str


@dataclass(frozen=True, kw_only=True)
class PointView:
    """Point of a drawn series, in words."""

    number: int
    time: str
    value: str


@dataclass(frozen=True, kw_only=True)
class SeriesView:
    """Series of flows or openings.

    ``points`` are empty where there are too many to list."""

    id: str
    name: str
    unit: str
    count: int
    value: str = ""
    points: list[PointView] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class WhatIfView:
    """State of the panel; texts in the language shown.

    ``taken`` counts the edits that were; ``refused`` says why the last one was not, ``refused_field`` at
    which field.
    """

    ready: bool = False
    start: str = ""
    start_note: str = ""
    start_error: str = ""
    inflow_error: str = ""
    days: float = 7.0
    day_choices: list[int] = field(default_factory=lambda: list(DAYS))
    auto_days: bool = True
    target: str = ""
    answer: str = ""
    answer_bounds: str = ""
    answer_at: float | None = None
    peak: str = ""
    end: str = ""
    bounds_note: str = ""
    source: str = ""
    series: list[SeriesView] = field(default_factory=list)
    crossings: list[CrossingView] = field(default_factory=list)
    chart: dict[str, Any] = field(default_factory=dict)
    supply: SupplyView = field(default_factory=SupplyView)
    kept: KeptView = field(default_factory=KeptView)
    forecasts: list[ForecastView] = field(default_factory=list)
    taken: int = 0
    refused: str = ""
    refused_field: str = ""


def view(
    session: Session, routed: Routed, language: Language, forecasts: Sequence[ShownForecast] = ()
) -> WhatIfView:
    """Return the panel of a routed what-if."""
    t, asked, pool = texts(language), routed.what_if, routed.pool
    start = clock(asked.start_s, session.zone)
    return WhatIfView(
        ready=True,
        start=exact_level(asked.start_m),
        start_note=t["whatif_from_live" if asked.from_live else "whatif_from_given"].format(time=start),
        start_error=plain(asked.start_error_m),
        inflow_error=plain(100 * asked.inflow_error, 1),
        days=asked.days,
        auto_days=asked.auto_days,
        target="" if asked.target_m is None else exact_level(asked.target_m),
        **_answer(session, routed, t),
        peak=t["whatif_peak"].format(level=fixed(pool.peak[0], 2), time=clock(pool.peak[1], session.zone)),
        end=_end(session, routed, t),
        bounds_note=t["whatif_bounds"].format(
            level=plain(asked.start_error_m), percent=plain(100 * asked.inflow_error, 1)
        ),
        source=asked.source,
        series=series(session, asked, language),
        crossings=[
            _crossing(session, crossing, asked, language)
            for crossing in pool.crossings
            if crossing.level_id == ASKED or holds_then(session, crossing)
        ],
        chart=chart(session, routed, language, forecasts),
    )


def series(session: Session, asked: WhatIf, language: Language) -> list[SeriesView]:
    """Return inflow, release, and the openings of the basin's outlets."""
    t = texts(language)
    found = [
        _series("inflow", t["inflow"], t["unit_flow"], asked.inflow, session.zone),
        _series("release", t["release"], t["unit_flow"], asked.release, session.zone),
    ]
    for id_, outlet in outlets_of(session).items():
        points = asked.openings.get(id_, ((asked.start_s, 0.0),))
        name = t["whatif_opening"].format(name=outlet.name[language])
        found.append(_series(id_, name, outlet.opening_unit, points, session.zone))
    return found


def _series(
    id_: str, name: str, unit: str, points: tuple[tuple[float, float], ...], zone: ZoneInfo
) -> SeriesView:
    return SeriesView(
        id=id_,
        name=name,
        unit=unit,
        count=len(points),
        value=plain(points[0][1], 2) if len(points) == 1 else "",
        points=[
            PointView(number=number, time=clock(at, zone), value=plain(value, 2))
            for number, (at, value) in enumerate(points)
        ]
        if len(points) <= DRAWN
        else [],
    )


def _answer(session: Session, routed: Routed, t: Mapping[str, str]) -> dict[str, Any]:
    """When the level asked for is reached, in a sentence; how early and how late."""
    asked, crossing = routed.what_if, routed.reached
    if asked.target_m is None:
        return {}
    level = exact_level(asked.target_m)
    if crossing is None:
        if abs(asked.target_m - asked.start_m) < 0.005:
            return {"answer": t["whatif_there"].format(level=level)}
        highest, lowest = fixed(routed.pool.peak[0], 2), fixed(float(routed.pool.pool.level_m.min()), 2)
        above = asked.target_m > asked.start_m
        days = "365" if asked.constant else plain(asked.days, 1)
        words = t["whatif_never_up" if above else "whatif_never_down"]
        return {"answer": words.format(level=level, days=days, reached=highest if above else lowest)}
    words = t["whatif_reached_up" if crossing.rising else "whatif_reached_down"]
    return {
        "answer": words.format(
            level=level,
            time=clock(crossing.at_s, session.zone),
            after=after(crossing.at_s - asked.start_s, t),
        ),
        "answer_bounds": bounds(session, crossing, t),
        "answer_at": crossing.at_s if crossing.at_s <= asked.end_s else None,
    }


def bounds(session: Session, crossing: Crossing, t: Mapping[str, str]) -> str:
    """Return the earliest and latest time of a crossing, in words."""
    first = (
        t["whatif_from_start"]
        if crossing.earliest_s is None
        else t["whatif_earliest"].format(time=clock(crossing.earliest_s, session.zone))
    )
    last = (
        t["whatif_maybe_never"]
        if crossing.latest_s is None
        else t["whatif_latest"].format(time=clock(crossing.latest_s, session.zone))
    )
    return f"{first}{t['lack_and']}{last}"


def after(seconds: float, t: Mapping[str, str]) -> str:
    """Format a duration in days and hours.

    Below a day in hours and minutes."""
    minutes = round(seconds / 60)
    if minutes >= 1440:
        hours = round(seconds / 3600)
        return t["whatif_days_hours"].format(days=hours // 24, hours=hours % 24)
    return t["whatif_hours_minutes"].format(hours=minutes // 60, minutes=minutes % 60)


def _end(session: Session, routed: Routed, t: Mapping[str, str]) -> str:
    """Where the run ends before its plan does."""
    pool = routed.pool
    if pool.end == "plan":
        return ""
    return t[f"whatif_end_{pool.end}"].format(
        time=clock(float(pool.pool.time_s[-1]), session.zone), level=fixed(float(pool.pool.level_m[-1]), 2)
    )


def _crossing(session: Session, crossing: Crossing, asked: WhatIf, language: Language) -> CrossingView:
    t = texts(language)
    named = {level.id: level.name[language] for level in session.basin.site.levels}
    return CrossingView(
        at=crossing.at_s,
        name=named.get(crossing.level_id, t["whatif_asked"]),
        level=exact_level(crossing.level_m),
        rising=crossing.rising,
        time=f"{clock(crossing.at_s, session.zone)} · {after(crossing.at_s - asked.start_s, t)}",
        bounds=bounds(session, crossing, t),
    )


def chart(
    session: Session, routed: Routed, language: Language, forecasts: Sequence[ShownForecast] = ()
) -> dict[str, Any]:
    """Return lines, axes and levels of the chart.

    Lines are [s since 1970, value]."""
    asked, pool = routed.what_if, routed.pool
    start, end = asked.start_s, asked.end_s
    lines = {name: _line(run) for name, run in (("pool", pool.pool), ("low", pool.low), ("high", pool.high))}
    levels = [value for line in lines.values() for _, value in line]
    dashed = [drawn for run in forecasts if (drawn := drawn_forecast(run, start, end))]
    levels += [value for run in dashed for name in ("line", "low", "high") for _, value in run[name]]
    live = session.live
    if live is not None:
        levels.append(live.level_m)
    if asked.target_m is not None:
        levels.append(asked.target_m)
    low, high = min(levels), max(levels)
    room = max(0.08 * (high - low), 0.05)
    low, high = low - room, high + room
    flows = [value for points in (asked.inflow, asked.release) for _, value in points]
    most = max(10.0, *flows, *pool.pool.release_m3s.tolist())
    top = nice(1.05 * most)
    day = datetime.fromtimestamp(start, UTC).astimezone(session.zone).date()
    return {
        "start": start,
        "end": end,
        "days": _days(session.zone, start, end),
        "low_m": low,
        "high_m": high,
        "ticks": ticks(low, high, about=4),
        **lines,
        "limits": [
            {"name": level.name[language], "level": level.level_m}
            for level in session.basin.site.levels_on(day)
            if low <= level.level_m <= high
        ],
        "target": asked.target_m,
        "forecasts": dashed,
        "crossings": [
            [crossing.at_s, crossing.level_m]
            for crossing in pool.crossings
            if crossing.level_id == ASKED or holds_then(session, crossing)
        ],
        "points": {
            "inflow": _drawn(asked.inflow),
            "release": _drawn(asked.release),
            **{id_: _drawn(asked.openings.get(id_, ((start, 0.0),))) for id_ in outlets_of(session)},
        },
        "released": _steps(pool.pool),
        "rated": bool(asked.openings),
        "least": min(0.0, *flows),
        "top": top,
        "flow_ticks": ticks(min(0.0, *flows), top, about=3),
        "drawable": max(len(asked.inflow), len(asked.release)) <= DRAWN,
    }


def live_mark(session: Session, language: Language) -> dict[str, Any] | None:
    """Return the live level as the chart marks it; None without one."""
    live = session.live
    if live is None:
        return None
    fresh = live.freshness is Freshness.FRESH
    words = texts(language)["whatif_live_level" if fresh else "whatif_live_old"]
    text = words.format(level=fixed(live.level_m, 2), time=written(live.at, session.zone))
    return {"at": live.at.timestamp(), "level": live.level_m, "text": text, "old": not fresh}


def _line(run: PoolRun) -> list[list[float]]:
    """A run's levels, thinned to what a screen shows; its ends and its highest are kept."""
    which = np.unique(
        np.concatenate(
            [
                np.linspace(0, len(run.time_s) - 1, min(MOST_DRAWN, len(run.time_s))).round().astype(int),
                [int(np.argmax(run.level_m)), int(np.argmin(run.level_m))],
            ]
        )
    )
    return [[round(float(run.time_s[k])), round(float(run.level_m[k]), 3)] for k in which]


def _steps(run: PoolRun) -> list[list[float]]:
    """Where the release changes, and to what."""
    changes = np.concatenate([[True], np.abs(np.diff(run.release_m3s)) > 0.05])
    which = np.flatnonzero(changes)
    if len(which) > MOST_DRAWN:
        which = which[np.linspace(0, len(which) - 1, MOST_DRAWN).round().astype(int)]
    return [[round(float(run.time_s[k])), round(float(run.release_m3s[k]), 1)] for k in which]


def _drawn(points: tuple[tuple[float, float], ...]) -> list[list[float]]:
    which = range(len(points))
    if len(points) > MOST_DRAWN:
        which = [round(k * (len(points) - 1) / (MOST_DRAWN - 1)) for k in range(MOST_DRAWN)]  # type: ignore[assignment]
    return [[points[k][0], points[k][1]] for k in which]


def _days(zone: ZoneInfo, start: float, end: float) -> list[dict[str, Any]]:
    """Midnights that an axis names, ten at most."""
    every = next(n for n in (1, 2, 5, 10, 30, 60, 120) if (end - start) / DAY_S / n <= 8)
    day = (
        datetime.fromtimestamp(start, UTC).astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    )
    found = []
    day += timedelta(days=1)
    while day.timestamp() < end:
        found.append({"at": day.timestamp(), "text": f"{day.month}/{day.day}"})
        day += timedelta(days=every)
    return found
