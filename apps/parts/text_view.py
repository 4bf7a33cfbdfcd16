"""Fill the text page: level, storage, villages, alarms and ages in words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from apps.ages import age
from apps.formatting import exact_level, fixed, written
from apps.parts import head
from apps.parts.alarms.alarm_rows import doubt_of
from apps.parts.provenance import curve_source
from apps.parts.readout import figures, remarks, shown
from apps.session.origins import level_origin
from apps.texts import texts
from apps.value_words import counted, reading
from twin.analysis.affected import Wetness
from twin.situation.alarm_counts import gravest_first
from twin.situation.margins import governing_level, margin, normal_level
from twin.stations.freshness import Freshness

if TYPE_CHECKING:
    from datetime import date, datetime

    from apps.session.session import Session
    from twin.analysis.affected import AffectedReport
    from twin.bilingual import Language
    from twin.stations.model import Station
    from twin.stations.snapshot import AlarmNow, Now
    from twin.stations.status import StationStatus

MOST_VILLAGES, MOST_ALARMS, MOST_STATIONS = 30, 30, 15
"""Rows of a table on a small screen; more are counted."""
SAID_M = 0.1
"""A level is announced again when it has changed by so much."""


@dataclass(frozen=True, kw_only=True)
class TextRow:
    """Term with its value, and what else is known of it."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class TextTable:
    """Table with heads; ``more`` is how many rows are left out."""

    heads: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    tones: list[str] = field(default_factory=list)
    more: str = ""


@dataclass(frozen=True, kw_only=True)
class TextSection:
    """Section of the page: a heading, terms, sentences, a table."""

    id: str
    title: str
    rows: list[TextRow] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    table: TextTable | None = None


@dataclass(frozen=True, kw_only=True)
class TextPage:
    """Text page of a scene.

    ``tone`` names what is not live, '' for live. ``said`` is what a screen reader is told when it changes,
    ``picture`` changes with the scene's picture.
    """

    name: str
    synthetic: str
    tone: str
    mode: str
    note: str
    said: str
    picture: str
    sections: list[TextSection]


def text_page(
    session: Session,
    *,
    now: Now | None,
    connected: bool,
    heard_at: datetime | None,
    statuses: Mapping[str, StationStatus],
    stations: Mapping[str, Station],
    day: date,
    language: Language,
) -> TextPage:
    """Return the page of a session's scene.

    ``now`` is what the live service knows, None where none runs; ``statuses`` are of the stations that the
    visitor sees, levels in force are those of ``day``.
    """
    t, basin = texts(language), session.basin
    title = head.view(basin.catalog, session, language)
    moment, affected = session.scene.moment, basin.affected
    state = basin.water.state(moment.level_m, highest_m=moment.highest_m)
    wet = affected.at(state) if len(affected.villages.id) else None
    mode = title.mode or t["mode_live"]
    note = title.note or " · ".join(x for x in (title.live_time, age(session.live_age_s, language)) if x)
    alarms = (
        []
        if now is None
        else gravest_first([a for a in now.alarms if a.station in stations or not a.station])
    )
    sections = [
        _water(session, day, language),
        _villages(wet, language),
        _alarms(session, now, alarms, stations, connected=connected, heard_at=heard_at, language=language),
        _stations(statuses, known=now is not None, connected=connected, language=language),
    ]
    level_m = round(moment.level_m / SAID_M) * SAID_M
    said = [mode, f"{t['level']} {fixed(level_m, 1)} {t['unit_level']}"]
    said += [] if wet is None else [t["text_wet"].format(n=wet.total.villages.certain)]
    said += [t["alarms_count"].format(n=len(alarms))] if now is not None else []
    return TextPage(
        name=title.title,
        synthetic=t["synthetic_long"] if basin.synthetic else "",
        tone=title.tone,
        mode=mode,
        note=note,
        said="，".join(said) if language == "zh" else ", ".join(said),
        picture=picture_mark(session),
        sections=sections,
    )


def picture_mark(session: Session) -> str:
    """Return a mark that changes when the scene's picture is another one.

    Levels count in whole centimetres; times and ages do not.
    """
    scene, moment = session.scene, session.scene.moment
    water = [moment.mode, f"{moment.level_m:.2f}", f"{moment.highest_m:.2f}", moment.run or ""]
    told = scene.model_dump_json(exclude={"moment", "selection"}) + "|".join(water)
    return hashlib.sha256(f"{told}|{session.basin.generation.id}".encode()).hexdigest()[:16]


def _water(session: Session, day: date, language: Language) -> TextSection:
    t, origin = texts(language), level_origin(session, language)
    rows = []
    for figure in sorted(figures(session), key=lambda figure: figure.id != "level"):
        value, unit = shown(session, figure, language)
        if figure.formula == "level":
            time = figure.quantity.time
            parts = [
                t[figure.mark] if figure.mark else "",
                "" if time is None else written(time, session.zone),
            ]
            parts += [age(session.live_age_s, language)] if session.scene.moment.is_live else []
            note = " · ".join(part for part in (*parts, origin.source) if part)
        else:
            note = curve_source(session, language)
        times = "× " if unit.startswith("10") else ""  # 10⁸ m³
        rows.append(TextRow(label=t[figure.text], value=f"{value} {times}{unit}", note=note))
        if figure.formula == "level":
            rows += _margins(session, day, language)
    return TextSection(id="water", title=t["text_water"], rows=rows, lines=remarks(session, language))


def _margins(session: Session, day: date, language: Language) -> Iterator[TextRow]:
    """Distance to the level that holds in this season, and to the normal level."""
    t, site, level_m = texts(language), session.basin.site, session.scene.moment.level_m
    governing, normal = governing_level(site, day), normal_level(site, day)
    for level in (governing, normal if normal != governing else None):
        if level is None:
            continue
        found = margin(level, level_m)
        words = t["text_above" if found.exceeded else "text_below"]
        value = words.format(margin=fixed(abs(found.margin_m), 2), name=level.name[language])
        limit = f"{level.name[language]} {exact_level(level.level_m)} {t['unit_level']}"
        season = t["text_in_force"] if level == governing else ""
        yield TextRow(label=t["text_margin"], value=value, note=" · ".join(x for x in (season, limit) if x))


def _villages(found: AffectedReport | None, language: Language) -> TextSection:
    t = texts(language)
    section = TextSection(id="villages", title=t["text_villages"])
    if found is None:
        section.lines.append(t["wall_villages_none"])
        return section
    total = found.total
    section.rows.append(TextRow(label=t["text_villages_count"], value=counted(total.villages, language)))
    if total.villages.at_most or total.households.at_most:
        section.rows.append(TextRow(label=t["text_households"], value=counted(total.households, language)))
        section.rows.append(TextRow(label=t["text_people"], value=counted(total.people, language)))
    section.lines.append(t["text_error"].format(error=fixed(found.vertical_error_m, 1)))
    rows = [
        (
            village.name[language] or t["text_outside"],
            village.township[language],
            t["text_certain" if village.wetness == Wetness.CERTAIN else "text_possible"],
            t["none"]
            if village.first_wet_m is None
            else f"{fixed(village.first_wet_m, 2)} {t['unit_level']}",
            counted(village.sum.households, language),
        )
        for village in found.villages
    ]
    if not rows:
        return section
    heads = ("text_village", "station_township", "text_state", "text_first_wet", "text_households")
    return TextSection(
        id=section.id,
        title=section.title,
        rows=section.rows,
        lines=section.lines,
        table=_table(heads, rows, MOST_VILLAGES, language),
    )


def _alarms(
    session: Session,
    now: Now | None,
    alarms: Sequence[AlarmNow],
    stations: Mapping[str, Station],
    *,
    connected: bool,
    heard_at: datetime | None,
    language: Language,
) -> TextSection:
    t = texts(language)
    lines = []
    if now is None:
        return TextSection(id="alarms", title=t["alarms"], lines=[t["alarms_unknown"]])
    doubt = doubt_of(now)
    if doubt:
        lines.append(t[f"alarms_{doubt}"])
    if not connected and heard_at is not None:
        words = t["alarms_last_known" if alarms else "alarms_last_none"]
        lines.append(words.format(time=written(heard_at, session.zone)))
    elif not alarms and not doubt:
        lines.append(t["alarms_none"])
    if not session.scene.moment.is_live:
        lines.append(t["text_alarms_live"])
    rows, tones, made_at = [], [], heard_at
    for alarm in alarms:
        station = stations.get(alarm.station)
        since_s = None if made_at is None else max(0.0, (made_at - alarm.raised_at).total_seconds())
        rank = t[f"wall_rank_{alarm.rank}"] if f"wall_rank_{alarm.rank}" in t else str(alarm.rank)
        rows.append(
            (
                rank,
                alarm.text[language],
                "" if station is None else station.name[language],
                f"{written(alarm.raised_at, session.zone)} · {age(since_s, language)}",
                t[f"alarm_{alarm.state}"],
            )
        )
        tones.append(alarm.tone)
    heads = ("text_rank", "alarm", "text_station", "text_since", "text_state")
    table = _table(heads, rows, MOST_ALARMS, language, tones) if rows else None
    count = TextRow(label=t["alarms"], value=t["alarms_count"].format(n=len(alarms)))
    return TextSection(
        id="alarms", title=t["alarms"], rows=[count] if alarms else [], lines=lines, table=table
    )


def _stations(
    statuses: Mapping[str, StationStatus], *, known: bool, connected: bool, language: Language
) -> TextSection:
    """Stations in alarm, how many are silent, and the oldest value that is still of use."""
    t = texts(language)
    if not statuses:
        return TextSection(id="stations", title=t["stations"], lines=[t["text_no_stations"]])
    told = [one for one in statuses.values() if one.age_s is not None and one.freshness is not Freshness.DEAD]
    silent = sum(one.freshness in (Freshness.DEAD, Freshness.NEVER) for one in statuses.values())
    rows = []
    if told:
        oldest = max(told, key=lambda one: one.age_s or 0.0)
        rows.append(
            TextRow(
                label=t["text_oldest"], value=age(oldest.age_s, language), note=oldest.station.name[language]
            )
        )
    count = t["text_of"].format(n=silent, of=len(statuses))
    rows.append(TextRow(label=t["text_silent"], value=count if known else t["none"]))
    in_alarm = sorted((one for one in statuses.values() if one.rank), key=lambda one: one.rank)
    cells = [
        (
            one.station.name[language],
            t["none"] if one.main is None else reading(one.main, one.value, language),
            age(one.age_s, language),
        )
        for one in in_alarm
    ]
    heads = ("text_station", "p_value", "p_age")
    table = _table(heads, cells, MOST_STATIONS, language, [one.tone for one in in_alarm]) if cells else None
    lines = [] if connected else [t["live_away" if known else "live_starting"]]
    title = t["text_stations_alarm"].format(n=len(in_alarm)) if in_alarm else t["stations"]
    return TextSection(id="stations", title=title, rows=rows, lines=lines, table=table)


def _table(
    heads: Sequence[str],
    rows: Sequence[tuple[str, ...]],
    most: int,
    language: Language,
    tones: Sequence[str] = (),
) -> TextTable:
    t, left = texts(language), len(rows) - most
    return TextTable(
        heads=tuple(t[head] for head in heads),
        rows=list(rows[:most]),
        tones=list(tones[:most]),
        more=t["text_more"].format(n=left) if left > 0 else "",
    )
