"""Check a storyboard against its basin: names, levels, times, files.

What drawing alone can show (cameras under the ground, fonts) is added by ``apps/recorder/film_check.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from twin.access import allows
from twin.basin_circle import BasinCircle
from twin.catalog.layer_kinds import kind_of
from twin.catalog.problems import Problem
from twin.catalog.types import Access, Place
from twin.catalog.validation_messages import nearest
from twin.catalog.yaml_tree import Document
from twin.catalog.yaml_tree import Path as KeyPath
from twin.crs import FrameError
from twin.errors import TwinError
from twin.runs_file import FILE, KeptRun, RunsFile
from twin.scene import LinkError, Scene
from twin.search.gazetteer import Toponym, toponyms
from twin.storyboard.h264_limits import h264_doubt, h264_fault
from twin.storyboard.links import link_of
from twin.storyboard.problem_list import ProblemList
from twin.storyboard.shot_timing import check_timing
from twin.storyboard.storyboard import Shot, Storyboard
from twin.storyboard.text_fields import check_fields
from twin.storyboard.water_track import NamedSpan

if TYPE_CHECKING:
    from twin.basin import Basin

ALWAYS = ("terrain", "water", "surroundings", "sky")
"""Layers of every scene, whatever its catalog has."""
MOST_NAMED = 12


def storyboard_problems(
    storyboard: Storyboard,
    basin: Basin,
    *,
    file: Path,
    document: Document | None = None,
    left_out: Mapping[str, Access] = MappingProxyType({}),
) -> tuple[Problem, ...]:
    """Return what of a storyboard its basin cannot show, by line.

    ``basin`` and ``left_out`` are those of :func:`twin.storyboard.film_basin.open_film_basin`; ``document``,
    from ``read_storyboard``, gives the lines. Errors must be mended before a frame is drawn; warnings need
    not.
    """
    problems = ProblemList(file, document)
    check_file(storyboard, problems)
    check_timing(storyboard, problems)
    check_fields(storyboard, problems)
    _BasinCheck(basin, storyboard, problems, left_out).run()
    return problems.sorted()


def check_file(storyboard: Storyboard, problems: ProblemList) -> None:
    """Add picture sizes that H.264 cannot hold, and sound files refused.

    A sound file lies in the storyboard's folder.
    """
    if fault := h264_fault(storyboard.size, storyboard.fps):
        problems.add(("size",), "bad-size", fault)
    elif doubt := h264_doubt(storyboard.size, storyboard.fps):
        problems.add(("size",), "large-size", doubt, severity="warning")
    if storyboard.sound is not None:
        folder = problems.file.parent.resolve()
        sound = (folder / storyboard.sound).resolve()
        if not sound.is_relative_to(folder):
            problems.add(("sound",), "outside-folder", f"lies outside the storyboard's folder, {folder}")
        elif not sound.is_file():
            problems.add(("sound",), "missing-file", f"there is no file {sound}")


class _BasinCheck:
    def __init__(
        self, basin: Basin, storyboard: Storyboard, problems: ProblemList, left_out: Mapping[str, Access]
    ) -> None:
        self.basin, self.storyboard, self.problems = basin, storyboard, problems
        self.left_out = left_out

    def run(self) -> None:
        for id_, access in self.left_out.items():
            words = f"{id_} is {access}: it is left out of this film, which is {self.storyboard.access}"
            self.problems.add(("access",), "left-out", words, severity="warning")
        if self.storyboard.shots[0].water is None and self.basin.site.start_level_m is None:
            words = (
                "the first shot needs water: site.yaml names no start_level_m, and later ones go on from it"
            )
            self.problems.add(("shots", 0), "missing-key", words)
        for number, shot in enumerate(self.storyboard.shots):
            at: KeyPath = ("shots", number)
            self._camera(shot, at)
            self._water(shot, at)
            for name in shot.layers:
                self._layer((*at, "layers", name), name)
            for k, callout in enumerate(shot.callouts):
                where = (*at, "callouts", k)
                if callout.station is not None and (self.stations or not self.left_out):
                    self._known((*where, "station"), "station", callout.station, self.stations)
                self._place((*where, "place"), callout.place)
                if callout.layer is not None and callout.feature is not None:
                    self._feature(where, callout.layer, callout.feature)
            self._stations(shot, at)
        self._frozen()

    # -- camera ----------------------------------------------------------------------------------------

    def _camera(self, shot: Shot, at: KeyPath) -> None:
        for k, key in enumerate(shot.camera.keys):
            where = (*at, "camera", "keys", k)
            if key.viewpoint is not None:
                views = [view.id for view in self.basin.site.viewpoints]
                self._known((*where, "viewpoint"), "viewpoint", key.viewpoint, views)
            if key.link is not None:
                self._link((*where, "link"), key.link)
            self._place((*where, "target"), key.target)
            if key.eye is not None:
                self._place((*where, "eye", "place"), key.eye.place)
                self._place((*where, "eye", "look_at"), key.eye.look_at)
        if shot.camera.orbit is not None:
            self._place((*at, "camera", "orbit", "around"), shot.camera.orbit.around)
        follow = shot.camera.follow
        for k, place in enumerate(() if follow is None else follow.places):
            self._place((*at, "camera", "follow", "places", k), place)
        if follow is not None and follow.layer is not None and follow.feature is not None:
            self._feature((*at, "camera", "follow"), follow.layer, follow.feature)

    def _link(self, at: KeyPath, link: str) -> None:
        try:
            camera = Scene.from_link(link_of(link)).camera
        except LinkError as error:
            self.problems.add(at, "bad-link", str(error))
            return
        self._near((*at,), camera.target_east_m, camera.target_north_m)

    def _place(self, at: KeyPath, place: Place | None) -> None:
        if place is None:
            return
        try:
            east, north = self.basin.frame.place(place)
        except FrameError as error:
            self.problems.add(at, "bad-place", str(error))
        else:
            self._near(at, east, north)

    def _near(self, at: KeyPath, east: float, north: float) -> None:
        away_m = self.circle.away_m(east, north)
        if away_m is not None:
            words = f"lies {away_m / 1000:,.0f} km from the middle of this basin"
            self.problems.add(at, "far-place", words, hint="is it one of another basin?")

    # -- water -----------------------------------------------------------------------------------------

    def _water(self, shot: Shot, at: KeyPath) -> None:
        water, where = shot.water, (*at, "water")
        if water is None:
            return
        for k, level in enumerate(water.levels):
            self._level((*where, "levels", k, "level_m"), level.level_m)
        for k, storage in enumerate(water.storages):
            try:
                level_m = self.basin.water.curve.level_at(storage.storage_m3)
            except TwinError as error:
                self.problems.add((*where, "storages", k, "storage_m3"), "out-of-range", str(error))
            else:
                self._level((*where, "storages", k, "storage_m3"), level_m)
        if water.scenario is not None:
            self._scenario((*where, "scenario"), water.scenario)
        if water.run is not None:
            self._run((*where, "run", "id"), water.run.id)
        if water.frozen:
            frozen = self.storyboard.frozen
            if frozen is None or frozen.level_m is None:
                self._not_frozen((*where, "frozen"), "the water's level")

    def _level(self, at: KeyPath, level_m: float) -> None:
        try:
            level_m = self.basin.water.check(level_m)
        except TwinError as error:
            self.problems.add(at, "out-of-range", str(error))
            return
        if level_m >= self.basin.cap_m:
            words = f"the flood is known below {self.basin.cap_m:.2f} m only, not at {level_m:g} m"
            self.problems.add(at, "out-of-range", words)

    def _scenario(self, at: KeyPath, span: NamedSpan) -> None:
        floods = self.basin.floods
        if span.id in self.basin.flood_faults:
            why = self.basin.flood_faults[span.id]
            self.problems.add((*at, "id"), "broken-scenario", f"{span.id} cannot be replayed: {why}")
            return
        if not self._known((*at, "id"), "scenario", span.id, floods):
            return
        pool = floods[span.id].pool
        start_s, end_s = float(pool.time_s[0]), float(pool.time_s[-1])
        for key, time in (("from", span.from_), ("to", span.to)):
            if not start_s <= time.timestamp() <= end_s:
                known = f"{self._clock(start_s)} to {self._clock(end_s)}"
                words = f"{self._clock(time.timestamp())} lies outside {span.id}, {known}"
                self.problems.add((*at, key), "outside-span", words)

    def _run(self, at: KeyPath, id_: str) -> None:
        if self._known(at, "kept run", id_, self.runs) and not allows(
            self.storyboard.access, self.runs[id_].access
        ):
            words = f"the run is {self.runs[id_].access}, and the film is {self.storyboard.access}"
            self.problems.add(
                at, "closed-run", words, hint=f"access: {self.runs[id_].access} of the storyboard"
            )

    def _clock(self, time_s: float) -> str:
        return datetime.fromtimestamp(time_s, self._zone).isoformat(timespec="minutes")

    # -- stations --------------------------------------------------------------------------------------

    def _stations(self, shot: Shot, at: KeyPath) -> None:
        if shot.stations == "frozen" and self.storyboard.frozen is None:
            self._not_frozen((*at, "stations"), "what stations show")
        if shot.stations != "none" and not self.stations and not self.left_out:
            self.problems.add((*at, "stations"), "no-stations", "this basin has no stations")
        if shot.stations == "history" and (shot.water is None or shot.water.history is None):
            words = "shows what was observed at times of the past: give the shot water.history"
            self.problems.add((*at, "stations"), "no-history", words)

    def _not_frozen(self, at: KeyPath, what: str) -> None:
        words = f"{what} is not frozen in this file, so the film could not be made again"
        self.problems.add(at, "not-frozen", words, hint="run 'twin storyboard freeze'")

    def _frozen(self) -> None:
        frozen = self.storyboard.frozen
        if frozen is None:
            return
        if frozen.level_m is not None:
            self._level(("frozen", "level_m"), frozen.level_m)
        if frozen.highest_m is not None:
            self._level(("frozen", "highest_m"), frozen.highest_m)
        for k, value in enumerate(frozen.values):
            where: KeyPath = ("frozen", "values", k)
            if not self.stations and self.left_out:
                return  # they are closed to the film's readers
            if self._known((*where, "station"), "station", value.station, self.stations):
                own = self.stations[value.station]
                self._known((*where, "parameter"), f"property of {value.station}", value.parameter, own)

    # -- names -----------------------------------------------------------------------------------------

    def _known(self, at: KeyPath, what: str, name: str, known: Iterable[str]) -> bool:
        known = list(known)
        if name in known:
            return True
        self.problems.add(at, "unknown-name", f"there is no {what} {name!r} here", hint=_nearest(name, known))
        return False

    def _layer(self, at: KeyPath, name: str) -> None:
        broken = self.basin.catalog.broken.get(name)
        if broken is not None:
            words = f"{name} is broken and shows nothing: {broken.reason}"
            self.problems.add(at, "broken-layer", words, severity="warning")
        elif name not in self.left_out:
            self._known(at, "layer", name, self.layers)

    def _feature(self, at: KeyPath, layer: str, feature: str) -> None:
        if layer in self.left_out or not self._known((*at, "layer"), "layer", layer, self.layers):
            return  # what is left out is named already
        known = [place for place in self.places if place.id.startswith(f"{layer}/")]
        if feature_named(known, feature) is None:
            names = [place.name["zh"] for place in known]
            words = f"{layer} has no feature {feature!r}"
            self.problems.add((*at, "feature"), "unknown-name", words, hint=_nearest(feature, names))

    @cached_property
    def circle(self) -> BasinCircle:
        return BasinCircle.of(self.basin)

    @cached_property
    def layers(self) -> frozenset[str]:
        """Ids of the layers that a scene of the basin has."""
        entries = self.basin.catalog.entries.values()
        own = {kind_of(entry.kind).shown_by or entry.id for entry in entries}
        rain = {"rain"} if "stations" in own else set[str]()
        return frozenset({*ALWAYS, *own, *rain, *self.basin.catalog.broken})

    @cached_property
    def stations(self) -> dict[str, tuple[str, ...]]:
        """Properties of each station."""
        network = self.basin.network()
        if network is None:
            return {}
        return {id_: tuple(s.property for s in network.of_station(id_)) for id_ in network.stations}

    @cached_property
    def places(self) -> list[Toponym]:
        return toponyms(self.basin)

    @cached_property
    def runs(self) -> dict[str, KeptRun]:
        file = RunsFile(self.basin.generation.folder / FILE)
        return {run.id: run for run in (*file.all("what-if"), *file.all("forecast"))}

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.basin.site.time_zone)


def feature_named(places: Iterable[Toponym], feature: str) -> Toponym | None:
    """Return the place of a feature, or None.

    By its name in either language, or the number in its id.
    """
    for place in places:
        if feature in (place.name["zh"], place.name["en"], place.id, place.id.rpartition("/")[2]):
            return place
    return None


def _nearest(word: str, options: list[str]) -> str:
    """The nearest option, or what there is: all, or a few of thousands."""
    hint = nearest(word, options)
    if len(options) > MOST_NAMED and not hint.startswith("did"):
        return f"known here, among {len(options)}: {', '.join(sorted(options)[:MOST_NAMED])}"
    return hint
