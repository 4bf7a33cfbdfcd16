"""Card of a station.

What it is, its last values with quality, age and source.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from apps.ages import age
from apps.formatting import fixed, written
from apps.session.views import CardView, RowView
from apps.texts import texts
from apps.value_words import aged, is_old, reading, why_doubtful
from twin.bilingual import Language
from twin.stations.properties import PROPERTIES

if TYPE_CHECKING:
    from twin.stations.model import Datastream, Station
    from twin.stations.snapshot import Now, ValueNow
    from twin.stations.status import StationStatus


def view(
    status: StationStatus,
    streams: Sequence[Datastream],
    now: Now | None,
    elapsed_s: Callable[[str], float],
    zone: ZoneInfo,
    language: Language,
    *,
    then: bool = False,
) -> CardView:
    """Return the card in a language.

    Of now, or of the past time that ``now`` is of.
    """
    t, station = texts(language), status.station
    rows = [
        RowView(label=t["station_code"], value=station.id),
        RowView(label=t["station_what"], value=t[f"station_{station.kind}"]),
        *_places(station, t),
    ]
    for stream in streams:
        if stream.origin == "observed":
            value = now.values.get(stream.id) if now is not None else None
            of = zone if then else None
            row = _value(stream, value, elapsed_s(stream.id) if value else 0.0, language, of=of)
            rows.append(row if now is not None else replace(row, value=t["not_known"]))
    rows += [RowView(label=t["alarm"], value=a.text[language], tone=f"warn-{a.tone}") for a in status.alarms]
    rows += _source(status, now, zone, language)
    return CardView(
        kind="station",
        title=station.name[language],
        value="" if status.main is None else reading(status.main, status.value, language),
        tone="old" if is_old(status.freshness) else (f"warn-{status.tone}" if status.rank else ""),
        rows=rows,
        note=texts(language)["station_then"] if then else _note(status, language),
    )


def _note(status: StationStatus, language: Language) -> str:
    """That the value is old; nothing where there is none."""
    if status.age_s is None or not is_old(status.freshness):
        return ""
    return texts(language)["station_old"].format(age=age(status.age_s, language))


def _places(station: Station, t: dict[str, str]) -> list[RowView]:
    named = (("township", station.township), ("watershed", station.watershed), ("river", station.river))
    rows = [RowView(label=t[f"station_{name}"], value=value) for name, value in named if value]
    rows.append(RowView(label=t["point_place"], value=f"{station.lat:.5f}° N, {station.lon:.5f}° E"))
    if station.gauge:
        zero = station.gauge[-1]
        words = f"{fixed(zero.zero_m, 2)} m · {zero.reference} · {zero.since:%Y-%m-%d}"
        rows.append(RowView(label=t["station_zero"], value=words))
    return rows


def _value(
    stream: Datastream,
    value: ValueNow | None,
    elapsed_s: float,
    language: Language,
    *,
    of: ZoneInfo | None = None,
) -> RowView:
    """One datastream; with its age, or with its time in the zone ``of``."""
    t = texts(language)
    words = reading(stream, value, language)
    tone = "missing"
    if value is not None and value.age_s is not None:
        fresh = value.freshness(elapsed_s=elapsed_s)
        why = why_doubtful(value.reason, language) if value.quality != "missing" else ""
        quality = t[f"quality_{value.quality}"] + (t["because"].format(why=why) if why else "")
        when = aged(fresh, value.age_s + elapsed_s, language)
        if of is not None and value.phenomenon_at is not None:
            when = written(value.phenomenon_at, of)
        words = f"{words} · {quality} · {when}"
        tone = "old" if is_old(fresh) else ("over" if value.quality in ("suspect", "poor") else "")
    return RowView(label=PROPERTIES[stream.property].name[language], value=words, tone=tone)


def _source(status: StationStatus, now: Now | None, zone: ZoneInfo, language: Language) -> list[RowView]:
    t, value = texts(language), status.value
    if value is None or value.phenomenon_at is None:
        return []
    feed = next((f for f in now.feeds if f.id == value.feed), None) if now is not None else None
    name = value.feed if feed is None else feed.title[language]
    if feed is not None and feed.synthetic:
        name = f"{name} · {t['synthetic']}"
    rows = [RowView(label=t["p_time"], value=written(value.phenomenon_at, zone))]
    if value.received_at is not None:
        rows.append(RowView(label=t["p_received"], value=written(value.received_at, zone)))
    return [*rows, RowView(label=t["p_source"], value=name)]
