"""Figures of the numbers panel: level, storage, area, margins, villages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from apps.formatting import exact_level, fixed, storage, storage_unit
from apps.line_translation import translated
from apps.recorder.film_frame import NumberWords
from apps.texts import texts
from apps.value_words import counted
from twin.analysis.affected import AffectedSum
from twin.basin import Basin
from twin.bilingual import Language
from twin.catalog.site import CharacteristicLevel
from twin.moment import Moment
from twin.reservoir import WaterReport
from twin.situation.margins import NORMAL, governing_level, margin, normal_level


class FilmNumbers:
    """Figures of a basin's water in a film's language."""

    def __init__(self, basin: Basin, language: Language) -> None:
        self._basin, self._language = basin, language
        self._unit = storage_unit(basin.water.at(level_m=basin.water.highest_m).storage_m3)
        self._affected = lru_cache(maxsize=256)(self._sum)

    def of(self, moment: Moment, *, source: str, day: date | None) -> tuple[NumberWords, ...]:
        """Return the figures of a moment with their sources.

        ``source`` is the level's; ``day`` decides which levels are in force, None: those of all seasons.
        """
        return (
            *self._water(self._report(moment), source),
            *(self._margin(level, moment.level_m) for level in limits(self._basin, day)),
            *self._people(moment),
        )

    def affected(self, moment: Moment) -> AffectedSum:
        """Return what a moment's water affects in all."""
        return self._affected(moment.level_m, moment.highest_m)

    def storage_words(self, moment: Moment) -> str:
        """Format a moment's storage with its unit."""
        unit = texts(self._language)[self._unit.text]
        value = storage(self._report(moment).storage_m3, self._unit)
        return f"{value} × {unit}" if unit.startswith("10") else f"{value} {unit}"

    def area_words(self, moment: Moment) -> str:
        """Format the area of a moment's water with its unit."""
        area_m2 = self._report(moment).curve_area_m2
        return f"{fixed(area_m2 / 1e6, 1)} {texts(self._language)['unit_area']}"

    def _report(self, moment: Moment) -> WaterReport:
        return self._basin.water.at(level_m=moment.level_m, highest_m=moment.highest_m)

    def _water(self, report: WaterReport, source: str) -> Iterator[NumberWords]:
        t, unit = texts(self._language), texts(self._language)[self._unit.text]
        curve = self._basin.catalog.entries.get(report.curve)
        by = t["source_curve"].format(edition=report.curve if curve is None else curve.edition)
        if report.extrapolated:
            by = f"{by} · {t['extrapolated']}"
        yield NumberWords(
            label=t["level"], value=fixed(report.level_m, 2), unit=t["unit_level"], source=source
        )
        yield NumberWords(
            label=t["storage"],
            value=storage(report.storage_m3, self._unit),
            unit=f"× {unit}" if unit.startswith("10") else unit,
            source=by,
        )
        yield NumberWords(
            label=t["area"], value=fixed(report.curve_area_m2 / 1e6, 1), unit=t["unit_area"], source=by
        )

    def _margin(self, level: CharacteristicLevel, level_m: float) -> NumberWords:
        t, found = texts(self._language), margin(level, level_m)
        limit = f"{level.name[self._language]} {exact_level(level.level_m)} {t['unit_level']}"
        source = t["source_site"].format(source=translated(level.source, self._language))
        return NumberWords(
            label=t["film_above" if found.exceeded else "film_below"].format(name=level.name[self._language]),
            value=fixed(abs(found.margin_m), 2),
            unit=t["unit_level"],
            source=f"{limit} · {source}",
        )

    def _people(self, moment: Moment) -> Iterator[NumberWords]:
        affected, t = self._basin.affected, texts(self._language)
        if not len(affected.villages.id):
            return
        total = self.affected(moment)
        entries = self._basin.catalog.entries
        titles = [entries[id_].title[self._language] for id_ in affected.sources if id_ in entries]
        error = t["text_error"].format(error=fixed(affected.vertical_error_m, 1))
        source = " · ".join(part for part in (t["paper_and"].join(titles), error) if part)
        for text, count in (("text_villages_count", total.villages), ("text_people", total.people)):
            yield NumberWords(label=t[text], value=counted(count, self._language), unit="", source=source)

    def _sum(self, level_m: float, highest_m: float) -> AffectedSum:
        return self._basin.affected.total(self._basin.water.state(level_m, highest_m=highest_m))


def limits(basin: Basin, day: date | None) -> list[CharacteristicLevel]:
    """Return the levels that margins are counted to.

    The season's, and the normal one. Without a day all that hold in a season of every year instead of it.
    """
    site = basin.site
    if day is not None:
        found = (governing_level(site, day), normal_level(site, day))
        return list({level.id: level for level in found if level is not None}.values())
    return [
        level
        for level in sorted(site.levels, key=lambda level: level.level_m)
        if level.until is None and (level.season is not None or level.id == NORMAL)
    ]
