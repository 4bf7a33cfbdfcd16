"""Resolve a shot's water track to water over its seconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NoReturn
from zoneinfo import ZoneInfo

import numpy as np

from apps.error_messages import told
from apps.formatting import written
from apps.line_translation import translated
from apps.recorder.observed import Observed
from apps.recorder.shot_error import ShotError
from apps.recorder.water_over_time import DatedWater, HeldWater, KeyedWater, StartWater, WaterOverTime
from apps.session.flood_replay import flood_of
from apps.session.what_if import WhatIf
from apps.texts import texts
from twin.access import allows
from twin.arrays import F64
from twin.basin import Basin
from twin.bilingual import Language, in_both
from twin.catalog import RunEntry
from twin.errors import Reason, TwinError
from twin.forecast_table import forecast_of
from twin.runs_file import FILE, KeptRun, RunsFile
from twin.storyboard.storyboard import Shot, Storyboard
from twin.storyboard.water_track import NamedSpan, Span, WaterTrack
from twin.water.flood_points import points_from_csv
from twin.water.routing import route_plan

BEFORE = timedelta(hours=72)
"""So long before an observed level its highest counts, as on a desk."""


class ShotWater:
    """Waters of a film's shots over a basin, one after the other."""

    def __init__(self, storyboard: Storyboard, basin: Basin, *, observed: Observed | None) -> None:
        self._board, self._basin, self._observed = storyboard, basin, observed
        self._zone = ZoneInfo(basin.site.time_zone)
        self._generation = basin.generation.id

    def of(self, shot: Shot, *, before: tuple[WaterOverTime, float] | None) -> WaterOverTime:
        """Return the water of a shot.

        ``before`` is that of the former shot and its length, s. Raises ShotError.
        """
        if shot.water is None and before is not None:
            return HeldWater(before[0], seconds=before[1])
        if shot.water is None:
            return StartWater(self._basin, seconds=shot.seconds)
        try:
            water = self._of(shot, shot.water)
            for t in np.linspace(0.0, shot.seconds, 33):
                moment = water.at(float(t))
                self._basin.water.state(moment.level_m, highest_m=moment.highest_m)
        except ShotError:
            raise
        except TwinError as error:
            words = told(Reason.of(error), "zh")
            raise ShotError(str(error), shot=shot.id, words=words) from None
        return water

    def _of(self, shot: Shot, track: WaterTrack) -> WaterOverTime:
        if track.scenario is not None:
            return self._flood(shot, track.scenario)
        if track.run is not None:
            return self._run(shot, track.run)
        if track.history is not None:
            return self._history(shot, track.history)
        return self._frozen(shot) if track.frozen else self._keyed(shot, track)

    def _keyed(self, shot: Shot, track: WaterTrack) -> KeyedWater:
        levels, storages = track.levels, track.storages
        return KeyedWater(
            self._basin,
            [key.at_s for key in levels or storages],
            seconds=shot.seconds,
            levels_m=[key.level_m for key in levels],
            storages_m3=[key.storage_m3 for key in storages],
        )

    def _flood(self, shot: Shot, span: NamedSpan) -> DatedWater:
        entry, table = self._basin.catalog.entries.get(span.id), self._basin.table(span.id)
        if not isinstance(entry, RunEntry) or table is None:
            _refuse(shot, f"the catalog has no flood {span.id!r}", f"目录中没有洪水过程 {span.id}")
        flood = flood_of(entry, points_from_csv(table, zone=self._basin.site.time_zone), self._basin)
        self._covers(shot, span, flood.times)
        published_at, published_m = flood.published["level"]
        before = np.searchsorted(published_at, flood.times, side="right")
        known = np.maximum.accumulate(np.append(-np.inf, published_m))[before]

        def words(language: Language) -> str:
            t = texts(language)
            name = t["source_scenario"].format(name=flood.name[language])
            return f"{name} · {t['at_reconstructed']} · {translated(flood.source, language)}"

        return DatedWater(
            mode="history",
            times=flood.times,
            levels_m=flood.level,
            peaks_m=np.maximum(np.maximum.accumulate(flood.level), known),
            span=(span.from_, span.to),
            seconds=shot.seconds,
            generation=self._generation,
            source=words,
            name=flood.name,
            run=span.id,
            since=span.id,
        )

    def _run(self, shot: Shot, span: NamedSpan) -> DatedWater:
        run = self._kept(shot, span.id)
        if run.kind == "forecast":
            levels = forecast_of(run.document)
            times, levels_m = levels.time_s, levels.level_m
        else:
            times, levels_m = self._routed(WhatIf.from_document(run.document))
        self._covers(shot, span, times)
        by = " · ".join((run.name, run.author_name or run.author, written(run.issued_at, self._zone)))

        def words(language: Language) -> str:
            t = texts(language)
            if run.kind == "forecast":
                return t["source_forecast"].format(run=by)
            return f"{by} · {t['source_plan']}"

        return DatedWater(
            mode=run.kind,
            times=times,
            levels_m=levels_m,
            peaks_m=np.maximum.accumulate(levels_m),
            span=(span.from_, span.to),
            seconds=shot.seconds,
            generation=self._generation,
            source=words,
            name=in_both(run.name),
            run=run.id,
        )

    def _kept(self, shot: Shot, id_: str) -> KeptRun:
        runs = RunsFile(self._basin.generation.folder / FILE)
        found = next((run for run in (*runs.all("what-if"), *runs.all("forecast")) if run.id == id_), None)
        if found is None or not allows(self._board.access, found.access):
            _refuse(
                shot,
                f"there is no kept run {id_!r} that is open to this film's readers",
                f"没有向影片观众开放的推演或预报 {id_}",
            )
        return found

    def _routed(self, asked: WhatIf) -> tuple[F64, F64]:
        """(times, levels) of a kept what-if."""
        water = self._basin.water
        pool = route_plan(
            water.curve,
            asked.plan,
            start_m=asked.start_m,
            outlets=self._basin.outlets,
            lowest_m=water.answered_from_m,
            highest_m=water.highest_m,
        ).pool
        return pool.time_s, pool.level_m

    def _history(self, shot: Shot, span: Span) -> DatedWater:
        if self._observed is None:
            _refuse(shot, "there is no store of observations here", "此处没有观测数据库")
        known_at = None if self._board.frozen is None else self._board.frozen.at
        observed = self._observed.levels(span.from_ - BEFORE, span.to + timedelta(hours=6), known_at)
        self._covers(shot, span, observed.times)

        def words(language: Language) -> str:
            t = texts(language)
            said = t["film_observed"].format(station=observed.station[language])
            known = "" if known_at is None else t["film_known"].format(at=written(known_at, self._zone))
            return " · ".join(part for part in (said, known) if part)

        return DatedWater(
            mode="history",
            times=observed.times,
            levels_m=observed.levels_m,
            peaks_m=np.maximum.accumulate(observed.levels_m),
            span=(span.from_, span.to),
            seconds=shot.seconds,
            generation=self._generation,
            source=words,
            known_at=known_at,
        )

    def _frozen(self, shot: Shot) -> DatedWater:
        frozen = self._board.frozen
        if frozen is None or frozen.level_m is None:
            _refuse(shot, "no level is frozen in the storyboard", "脚本中没有冻结的水位")
        highest_m = max(frozen.level_m, frozen.highest_m or frozen.level_m)

        def words(language: Language) -> str:
            return texts(language)["film_frozen"].format(at=written(frozen.at, self._zone))

        return DatedWater(
            mode="history",
            times=np.array([frozen.at.timestamp()]),
            levels_m=np.array([frozen.level_m]),
            peaks_m=np.array([highest_m]),
            span=(frozen.at, frozen.at),
            seconds=shot.seconds,
            generation=self._generation,
            source=words,
            known_at=frozen.at,
        )

    def _covers(self, shot: Shot, span: Span, times: F64) -> None:
        """Refuse a span that levels are not known over."""
        if len(times) and times[0] <= span.from_.timestamp() and span.to.timestamp() <= times[-1]:
            return
        known = "none" if not len(times) else " to ".join(self._clock(times[k]) for k in (0, -1))
        asked = f"{written(span.from_, self._zone)} to {written(span.to, self._zone)}"
        _refuse(
            shot,
            f"levels are asked for from {asked}; known are {known}",
            f"所要时段 {asked.replace(' to ', ' 至 ')} 没有水位，已知：{known.replace(' to ', ' 至 ')}",
        )

    def _clock(self, seconds: float) -> str:
        return written(datetime.fromtimestamp(seconds, UTC), self._zone)


def _refuse(shot: Shot, message: str, words: str) -> NoReturn:
    raise ShotError(message, shot=shot.id, words=words)
