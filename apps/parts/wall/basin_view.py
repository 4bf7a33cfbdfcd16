"""View of rain, water quality and flooded villages for the wall."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from apps.formatting import fixed
from apps.parts.wall.water_view import AgeView
from apps.texts import texts
from twin.alarms.texts import NUMERALS
from twin.bilingual import Language
from twin.situation.section_classes import class_counts, sections
from twin.situation.wettest import rain_situation

if TYPE_CHECKING:
    from twin.alarms.gb3838 import Class
    from twin.basin import Basin
    from twin.stations.model import Datastream, Station
    from twin.stations.network import Network
    from twin.stations.snapshot import Now

WORST = 3
"""Sections that miss their class are named, so many of them."""


@dataclass(frozen=True, kw_only=True)
class RankedRow:
    """Row of a ranking: a place and its figures."""

    name: str
    values: list[str] = field(default_factory=list)
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class RainView:
    """Rain now: a line of summary, and the wettest stations."""

    text: str = ""
    rows: list[RankedRow] = field(default_factory=list)
    note: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class ClassCell:
    """Number of sections of a class; ``worse`` of them miss their target."""

    name: str
    count: int
    worse: int = 0


@dataclass(frozen=True, kw_only=True)
class QualityView:
    """Classes of the sections, and those that miss their target."""

    cells: list[ClassCell] = field(default_factory=list)
    rows: list[RankedRow] = field(default_factory=list)
    text: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class WetView:
    """Villages under water at a level; ``why`` where that is not known."""

    certain: str = ""
    possible: str = ""
    places: str = ""
    tone: str = ""
    why: str = ""


def wet_view(basin: Basin, level_m: float | None, highest_m: float | None, language: Language) -> WetView:
    """Return the villages under water at a level, certainly and possibly.

    ``highest_m`` is the highest level before, whose pockets stay full.
    """
    t, affected = texts(language), basin.affected
    count = len(affected.villages.id)
    if not count:
        return WetView(why=t["wall_villages_none"])
    if level_m is None:
        return WetView(why=t["wall_villages_no_level"])
    state = basin.water.state(level_m, highest_m=highest_m)
    found = affected.at(state).total.villages
    return WetView(
        certain=str(found.certain),
        possible=str(found.possible),
        places=t["wall_villages_of"].format(n=count, error=fixed(affected.vertical_error_m, 1)),
        tone="over" if found.certain else "",
    )


@dataclass(frozen=True, kw_only=True)
class Sampled:
    """Stations of a network by what they sample: rain's datastream, sections' datastreams."""

    rain: Mapping[str, str]
    sections: Mapping[str, Sequence[Datastream]]

    @classmethod
    def of(cls, network: Network) -> Sampled:
        """Collect them once for a network."""
        rain: dict[str, str] = {}
        found: dict[str, list[Datastream]] = {}
        for stream in network.datastreams.values():
            station = network.stations[stream.station]
            if station.kind == "rain" and stream.property == "rain":
                rain[station.id] = stream.id
            if station.kind == "quality" and stream.origin == "observed":
                found.setdefault(station.id, []).append(stream)
        return cls(rain=rain, sections=found)


def rain_view(
    now: Now,
    sampled: Sampled,
    stations: Mapping[str, Station],
    elapsed_s: Callable[[str], float],
    language: Language,
    ages: dict[str, AgeView],
) -> RainView:
    """Return the rain of the last hour and day by station."""
    t = texts(language)
    if not sampled.rain:
        return RainView(why=t["wall_no_stations"])
    found = rain_situation(now, elapsed_s=elapsed_s, streams=sampled.rain)
    if not found.reporting or found.mean_24h_mm is None:
        return RainView(why=t["wall_rain_silent"].format(stations=found.stations))
    shown = [sampled.rain[rain.station] for rain in found.wettest] or list(sampled.rain.values())
    told = [now.values[stream] for stream in shown if stream in now.values]
    known = [(v.age_s + elapsed_s(v.datastream), v.stale_after_s) for v in told if v.age_s is not None]
    fresh = [one for one in known if one[0] <= one[1]]
    if fresh:
        oldest = max(fresh)
        ages["rain"] = AgeView(age_s=oldest[0], stale_s=oldest[1])
    words = "wall_raining" if found.raining else "wall_no_rain"
    return RainView(
        text=t[words].format(n=found.raining, mean=fixed(found.mean_24h_mm, 1)),
        rows=[
            RankedRow(
                name=stations[rain.station].name[language],
                values=[_mm(rain.h1_mm, language), _mm(rain.h24_mm, language)],
            )
            for rain in found.wettest
        ],
        note=t["wall_reporting"].format(n=found.reporting, of=found.stations),
    )


def _mm(value: float | None, language: Language) -> str:
    return texts(language)["none"] if value is None else fixed(value, 1)


def quality_view(
    now: Now,
    sampled: Sampled,
    stations: Mapping[str, Station],
    elapsed_s: Callable[[str], float],
    language: Language,
    ages: dict[str, AgeView],
    *,
    target_of: Callable[[str], Class],
) -> QualityView:
    """Return how many sections have which class, and which miss theirs."""
    t = texts(language)
    found = sections(
        now, elapsed_s=elapsed_s, stations=sampled.sections, network=stations, target_of=target_of
    )
    if not found:
        return QualityView(why=t["wall_no_stations" if not sampled.sections else "wall_quality_silent"])
    oldest = max(found, key=lambda section: section.oldest_s)
    ages["quality"] = AgeView(
        age_s=oldest.oldest_s, stale_s=0.0 if oldest.stale else max(oldest.oldest_s, 86_400.0)
    )
    worse = [section for section in found if section.worse]
    counts = class_counts(found)
    return QualityView(
        cells=[
            ClassCell(
                name=t["wall_class_worse"] if name == "VI" else NUMERALS[name] if language == "zh" else name,
                count=count,
                worse=sum(section.verdict.water_class == name for section in worse),
            )
            for name, count in counts.items()
        ],
        rows=[
            RankedRow(
                name=section.station.name[language],
                values=[
                    t["wall_class_for"].format(
                        found=_class(section.verdict.water_class, language),
                        target=_class(section.target, language),
                    )
                ],
                tone="over",
            )
            for section in worse[:WORST]
        ],
        text=t["wall_quality_worse" if worse else "wall_quality_met"].format(
            n=len(worse), of=len(found), stations=len(sampled.sections)
        ),
    )


def _class(name: Class, language: Language) -> str:
    if name == "VI":
        return texts(language)["wall_class_worse"]
    return NUMERALS[name] if language == "zh" else name
