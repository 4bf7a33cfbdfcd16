"""View of the lake's storage, level and flows for the wall.

Always of the present: what a what-if shows stands on a card of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from apps.formatting import exact_level, fixed, storage
from apps.session.origins import why_held
from apps.texts import texts
from apps.value_words import TRENDS
from twin.bilingual import Language
from twin.situation import margins
from twin.situation.net_rate import NetRate, Rate, flow_balance, net_rate
from twin.situation.time_to_level import TimeToLevel, time_to_next
from twin.stations.freshness import Freshness

if TYPE_CHECKING:
    from apps.session.live_level import Gauge
    from apps.session.session import Session
    from twin.stations.snapshot import Now, ValueNow

TRUSTED = ("good", "unchecked", "estimate")
DAY_S = 86_400.0


@dataclass(frozen=True, kw_only=True)
class AgeView:
    """Age of a number and age at which it is stale, s."""

    age_s: float
    stale_s: float


@dataclass(frozen=True, kw_only=True)
class WallFigure:
    """Number of the wall.

    ``value`` is a dash where there is none, and ``why`` then says so; ``note`` stands beside it, ``tone`` is
    "over" where something is wrong. Its age has the key ``id`` in ``situation_ages``.
    """

    id: str
    label: str
    value: str
    unit: str = ""
    trend: str = ""
    note: str = ""
    tone: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class WaterView:
    """Figures of the lake.

    ``curve`` is the curve's storage where the reported one differs. ``fill`` is the storage in percent
    of that at the normal level.
    """

    storage: WallFigure
    curve: WallFigure | None = None
    fill: float | None = None
    fill_text: str = ""
    level: WallFigure
    margins: list[WallFigure] = field(default_factory=list)
    flows: list[WallFigure] = field(default_factory=list)
    next: WallFigure


@dataclass(frozen=True, kw_only=True)
class LakeReports:
    """Newest reports of the lake's gauge station, and its level's rate.

    ``values`` by property (storage, inflow, release), ``elapsed_s`` since each was received; ``rate_m_s`` of
    the last day's levels, ``flows_m3s`` the mean balance of flows over the same time.
    """

    values: Mapping[str, ValueNow]
    elapsed_s: Callable[[str], float]
    rate_m_s: Rate | None = None
    flows_m3s: Rate | None = None

    def fresh(self, property_: str) -> float | None:
        """Return a property's value if it is fresh and trusted."""
        value = self.values.get(property_)
        if value is None or value.value is None or value.quality not in TRUSTED:
            return None
        elapsed_s = self.elapsed_s(value.datastream)
        return value.value if value.freshness(elapsed_s=elapsed_s) is Freshness.FRESH else None

    def known(self, property_: str) -> ValueNow | None:
        """Return a property's newest report that has a value, or None."""
        value = self.values.get(property_)
        return None if value is None or value.value is None or value.age_s is None else value

    def age(self, value: ValueNow) -> AgeView:
        """Return the age of a report."""
        told_s = (value.age_s or 0.0) + self.elapsed_s(value.datastream)
        return AgeView(age_s=told_s, stale_s=value.stale_after_s)


def reports_of(
    gauge: Gauge,
    now: Now,
    elapsed_s: Callable[[str], float],
    rate: Rate | None,
    flows: Rate | None = None,
) -> LakeReports:
    """Return the newest reports of a gauge's station."""
    found = {}
    for property_ in ("storage", "inflow", "release"):
        value = now.values.get(f"{gauge.station.id}.{property_}")
        if value is not None:
            found[property_] = value
    return LakeReports(values=found, elapsed_s=elapsed_s, rate_m_s=rate, flows_m3s=flows)


def water_view(
    session: Session, reports: LakeReports, day: date, language: Language, ages: dict[str, AgeView]
) -> WaterView:
    """Return the lake's figures; their ages go into ``ages``.

    Levels and limits are those of ``day``.
    """
    t = texts(language)
    level_m = None if session.live is None else session.live.level_m
    curve_m3 = None if level_m is None else float(session.basin.water.at(level_m=level_m).storage_m3)
    if session.live is not None and session.live_age_s is not None:
        stale_s = session.live.stale_after_s
        held = session.obstacle is not None or session.live.freshness is not Freshness.FRESH
        if stale_s is not None:
            ages["level"] = AgeView(age_s=session.live_age_s, stale_s=0.0 if held else stale_s)
    why = "" if level_m is not None else why_no_level(session, language)
    shown, curve, storage_m3 = _storage(session, reports, curve_m3, why, language, ages)
    full_m3 = session.levels.storage_named_m3(margins.NORMAL)
    fill = None if full_m3 is None or storage_m3 is None else 100.0 * storage_m3 / full_m3
    level = WallFigure(
        id="level",
        label=t["level"],
        value=t["none"] if level_m is None else fixed(level_m, 2),
        unit=t["unit_level"],
        why=why,
        note=_held(session, language) or _rise(reports, language),
    )
    rate = _net(session, reports, level_m)
    return WaterView(
        storage=shown,
        curve=curve,
        fill=fill,
        fill_text="" if fill is None else t["fill"].format(percent=fixed(fill, 1)),
        level=level,
        margins=[] if level_m is None else _margins(session, level_m, day, language),
        flows=_flows(reports, rate, language, ages),
        next=_next(session, level_m, day, rate, language),
    )


def why_no_level(session: Session, language: Language) -> str:
    """Return why there is no live level, in words."""
    if session.obstacle is None:
        return texts(language)["live_starting"]
    return why_held(session, session.obstacle, language)


def _held(session: Session, language: Language) -> str:
    held = session.live is not None and session.obstacle is not None
    return why_held(session, session.obstacle, language) if held and session.obstacle else ""


def _rise(reports: LakeReports, language: Language) -> str:
    """How much the level has risen in a day, by its rate."""
    if reports.rate_m_s is None:
        return ""
    day = reports.rate_m_s.times(DAY_S)
    sign = "+" if day.value > 0 else ""
    half = max(0.01, (day.high - day.low) / 2)
    return texts(language)["wall_rise"].format(value=f"{sign}{fixed(day.value, 2)}", half=fixed(half, 2))


def _storage(
    session: Session,
    reports: LakeReports,
    curve_m3: float | None,
    why: str,
    language: Language,
    ages: dict[str, AgeView],
) -> tuple[WallFigure, WallFigure | None, float | None]:
    """The storage as reported and the curve's beside it, or the curve's alone; and the one that counts."""
    t, unit = texts(language), session.levels.storage_unit
    told = reports.known("storage")
    plain = WallFigure(id="storage", label=t["storage"], value=t["none"], unit=t[unit.text], why=why)
    if told is None or told.value is None:
        if curve_m3 is None:
            return plain, None, None
        if "level" in ages:
            ages["storage"] = ages["level"]
        by_curve = WallFigure(
            id="storage",
            label=t["storage"],
            value=storage(curve_m3, unit),
            unit=t[unit.text],
            note=t["wall_by_curve"],
        )
        return by_curve, None, curve_m3
    ages["storage"] = reports.age(told)
    reported = WallFigure(
        id="storage",
        label=t["storage"],
        value=storage(told.value, unit),
        unit=t[unit.text],
        note=t["wall_reported"],
    )
    if curve_m3 is None or storage(curve_m3, unit) == storage(told.value, unit):
        return reported, None, told.value
    if "level" in ages:
        ages["curve"] = ages["level"]
    difference = (told.value - curve_m3) / unit.m3
    sign = "+" if difference > 0 else ""
    beside = WallFigure(
        id="curve",
        label=t["wall_curve"],
        value=storage(curve_m3, unit),
        unit=t[unit.text],
        note=t["wall_difference"].format(value=f"{sign}{fixed(difference, unit.digits)}"),
    )
    return reported, beside, told.value


def _margins(session: Session, level_m: float, day: date, language: Language) -> list[WallFigure]:
    """How far it is to the level that holds in this season, and to the normal level."""
    t, site = texts(language), session.basin.site
    limit, normal = margins.governing_level(site, day), margins.normal_level(site, day)
    wanted = [limit, normal] if limit is not normal else [limit]
    found = []
    for level in wanted:
        if level is None:
            continue
        far = margins.margin(level, level_m)
        words = "wall_over" if far.exceeded else "wall_below"
        found.append(
            WallFigure(
                id=f"margin-{level.id}",
                label=t[words].format(name=level.name[language], level=exact_level(level.level_m, 1)),
                value=fixed(abs(far.margin_m), 2),
                unit=t["unit_level"],
                tone="over" if far.exceeded else "",
            )
        )
    return found


def _net(session: Session, reports: LakeReports, level_m: float | None) -> NetRate | None:
    inflow, release = reports.fresh("inflow"), reports.fresh("release")
    by_flows = None if inflow is None or release is None else flow_balance(inflow, release)
    by_levels = None
    fresh = session.live is not None and session.live.freshness is Freshness.FRESH
    if reports.rate_m_s is not None and level_m is not None and fresh and session.obstacle is None:
        by_levels = reports.rate_m_s.times(session.basin.water.curve.rise_at(level_m))
    return net_rate(by_flows=by_flows, by_levels=by_levels, flows_then=reports.flows_m3s)


def _flows(
    reports: LakeReports, rate: NetRate | None, language: Language, ages: dict[str, AgeView]
) -> list[WallFigure]:
    t = texts(language)
    found = []
    for id_ in ("inflow", "release"):
        value = reports.known(id_)
        if value is not None:
            ages[id_] = reports.age(value)
        found.append(
            WallFigure(
                id=id_,
                label=t[f"wall_{id_}"],
                value=t["none"] if value is None or value.value is None else _flow(value.value),
                unit=t["unit_flow"],
                trend="" if value is None else TRENDS[value.trend],
                why=t["wall_no_report"] if value is None else "",
            )
        )
    net = WallFigure(
        id="net", label=t["wall_net"], value=t["none"], unit=t["unit_flow"], why=t["wall_no_rate"]
    )
    if rate is not None:
        flow = rate.flow_m3s
        sign = "+" if flow.value > 0 else ""
        net = WallFigure(
            id="net",
            label=t["wall_net"],
            value=f"{sign}{_flow(flow.value)}",
            unit=t["unit_flow"],
            note=f"± {_flow((flow.high - flow.low) / 2)} · {t[f'wall_net_by_{rate.basis}']}",
        )
    return [*found, net]


def _flow(value: float) -> str:
    return fixed(value, 0 if abs(value) >= 100 else 1)


def _next(
    session: Session, level_m: float | None, day: date, rate: NetRate | None, language: Language
) -> WallFigure:
    """When the next characteristic level is reached at the present rate, or why nobody can tell."""
    t, site = texts(language), session.basin.site
    plain = WallFigure(id="next", label=t["wall_next"], value=t["none"])
    if level_m is None:
        return replace(plain, why=t["wall_next_no_rate"])
    below, above = margins.next_levels(site, day, level_m)
    found = time_to_next(
        session.basin.water.curve,
        level_m=level_m,
        below_m=None if below is None else below.level_m,
        above_m=None if above is None else above.level_m,
        rate=rate,
    )
    level = above if rate is not None and rate.flow_m3s.value > 0 else below
    if found.level_m is None or level is None:
        return replace(plain, why=t[f"wall_next_{found.refusal or 'no_level'}"])
    label = t["wall_next_to"].format(name=level.name[language], level=exact_level(level.level_m, 1))
    if found.seconds is None:
        return replace(plain, label=label, value=t["wall_next_beyond"])
    return replace(plain, label=label, value=duration(found.seconds, language), note=_bounds(found, language))


def _bounds(found: TimeToLevel, language: Language) -> str:
    t = texts(language)
    first = "" if found.earliest_s is None else duration(found.earliest_s, language)
    last = t["wall_next_open"] if found.latest_s is None else duration(found.latest_s, language)
    return f"{first} – {last}"


def duration(seconds: float, language: Language) -> str:
    """Format a duration: hours up to two days, then days."""
    t = texts(language)
    if seconds < 2 * DAY_S:
        return t["wall_hours"].format(n=fixed(seconds / 3600.0, 1 if seconds < 36_000 else 0))
    return t["wall_days"].format(n=fixed(seconds / DAY_S, 1 if seconds < 10 * DAY_S else 0))
