"""Evaluate a storyboard: a film's frames, each a Scene with its words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from itertools import accumulate
from math import ceil
from types import MappingProxyType

import numpy as np

from apps.recorder.film_chart import FilmChart
from apps.recorder.film_frame import FilmFrame, FrameWords
from apps.recorder.film_layers import FilmLayers
from apps.recorder.film_words import FilmWords
from apps.recorder.observed import Observed
from apps.recorder.shot_callouts import CalloutPlaces, callouts_at
from apps.recorder.shot_camera import ShotCamera
from apps.recorder.shot_signs import RENEWED_S, FilmSigns
from apps.recorder.shot_water import ShotWater
from apps.recorder.shot_words import caption_at, title_at
from apps.recorder.water_over_time import WaterOverTime
from layers.camera.path import CameraPath
from layers.camera.poses import camera_of
from layers.heights import Ground, WaterLevels, ground_of
from layers.labels.signs import NO_SIGNS, Signs
from twin.basin import Basin
from twin.moment import Moment
from twin.scene import Marks, Scene
from twin.storyboard.film_basin import closed_titles
from twin.storyboard.storyboard import Shot, Storyboard
from twin.water.centimetres import extent_level_m

NEARLY = 1e-6
"""Of a frame: times are decimals."""


class Film:
    """Frames of a storyboard over a basin.

    ``film.frame(number)`` is pure: the same whenever and in whatever order it is asked.
    """

    def __init__(
        self,
        storyboard: Storyboard,
        basin: Basin,
        *,
        ground: Ground | None = None,
        observations: Observed | None = None,
        left_out: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
        before: Film | None = None,
    ) -> None:
        """``basin`` is whole, or as the film's readers may see it.

        Then ``left_out`` are titles of what is closed to them, as ``FilmBasin`` has them. ``ground`` is the
        basin's, if made; ``observations`` are those of its store, opened where a shot shows history.
        ``before`` is a film over the same basin: camera paths that are as in it are taken over (12 ms each).
        Raises ShotError for what the basin cannot show, NothingToSeeError where the ground is closed to the
        readers.
        """
        seen = basin.seen_by(storyboard.access)
        titles = {**closed_titles(basin, seen), **left_out}
        if observations is None and any(_shows_history(shot) for shot in storyboard.shots):
            from apps.recorder.observed_store import stored_observations  # noqa: PLC0415  (SQLAlchemy)

            observations = stored_observations(seen)
        self.storyboard, self.basin, self.ground = storyboard, seen, ground or ground_of(seen)
        self.words = FilmWords(storyboard, seen)
        self.layers = FilmLayers(seen, left_out=titles, language=storyboard.language)
        self.places = CalloutPlaces(seen, closed=titles)
        self._observations = observations
        #: Camera paths by all that they depend on, and those of the film before.
        self._paths: dict[object, CameraPath] = {}
        is_alike = before is not None and before.storyboard.access == storyboard.access
        self._paths_before = before._paths if before is not None and is_alike else {}
        fps = storyboard.fps
        starts = list(accumulate((shot.seconds for shot in storyboard.shots), initial=0.0))
        #: First frame of each shot, and the film's end.
        self.first = [ceil(start * fps - NEARLY) for start in starts]
        waters = ShotWater(storyboard, seen, observed=observations)
        self._shots: list[_PlayingShot] = []
        earlier: tuple[WaterOverTime, float] | None = None
        for shot, start_s in zip(storyboard.shots, starts, strict=False):
            water = waters.of(shot, before=earlier)
            earlier = water, shot.seconds
            self._shots.append(_PlayingShot(self, shot, water=water, start_s=start_s))

    def __len__(self) -> int:
        return self.first[-1]

    def frame(self, number: int) -> FilmFrame:
        """Return a frame by its number. Raises IndexError outside the film."""
        if not 0 <= number < len(self):
            raise IndexError(f"the film has {len(self)} frames, from 0")
        k = bisect_right(self.first, number) - 1
        playing = self._shots[k]
        t = number / self.storyboard.fps - playing.start_s
        fade_s = playing.shot.fade_s
        if t >= fade_s or not k:
            return playing.frame(number)
        return playing.frame(number, before=self._shots[k - 1].frame(number), mix=t / fade_s)

    def moment(self, shot: int, t: float) -> Moment:
        """Return the water's moment at a second of a shot."""
        return self._shots[shot].water.at(t)

    def filled(self, shot: int, text: str, t: float) -> str:
        """Fill a text's fields as of a second of a shot."""
        return self._shots[shot].filled(text, t)

    def path(self, shot: Shot, camera: ShotCamera, *, level_m: float) -> CameraPath:
        """Return the camera path of a shot over water of a level.

        Raises ShotError.
        """
        key = (shot.camera.model_dump_json(), shot.exaggeration, shot.seconds, level_m)
        if key not in self._paths:
            self._paths[key] = self._paths_before.get(key) or camera.path()
        return self._paths[key]

    def camera(self, shot: int) -> ShotCamera:
        """Return the camera of a shot by its number."""
        return self._shots[shot].camera

    @cached_property
    def signs(self) -> FilmSigns:
        """Signs of stations."""
        return FilmSigns(
            self.basin,
            language=self.storyboard.language,
            frozen=self.storyboard.frozen,
            observed=self._observations,
        )


def _shows_history(shot: Shot) -> bool:
    return shot.stations == "history" or (shot.water is not None and shot.water.history is not None)


class _PlayingShot:
    """A shot of a film: everything but its number of frame."""

    def __init__(self, film: Film, shot: Shot, *, water: WaterOverTime, start_s: float) -> None:
        self.film, self.shot, self.water, self.start_s = film, shot, water, start_s
        highest_m = max(water.at(float(t)).highest_m for t in np.linspace(0.0, shot.seconds, 65))
        level_m = extent_level_m(highest_m)
        flood = WaterLevels(level_m=level_m, highest_m=level_m)
        self.camera = ShotCamera(film.basin, film.ground, shot, flood=flood)
        self._path = film.path(shot, self.camera, level_m=level_m)
        self._placed = film.places.of(shot)
        self._layers = film.layers.states(shot)

    def frame(self, number: int, *, before: FilmFrame | None = None, mix: float = 1.0) -> FilmFrame:
        """The film's frame ``number`` in this shot, also after its end."""
        shot, board = self.shot, self.film.storyboard
        time_s = number / board.fps
        t = time_s - self.start_s
        scene = Scene(
            camera=camera_of(self._path.poses(np.array([t]))[0]),
            moment=self.water.at(t),
            layers=self._layers,
            exaggeration=shot.exaggeration,
            density=shot.density,
            marks=Marks(uncertain=shot.uncertain),
            live_values=False,
            language=board.language,
        )
        return FilmFrame(
            number=number,
            time_s=time_s,
            shot=shot.id,
            scene=scene,
            signs=self._signs(t),
            words=self._words(t, scene),
            before=before,
            mix=mix,
        )

    def _words(self, t: float, scene: Scene) -> FrameWords:
        film, shot, language = self.film, self.shot, self.film.storyboard.language
        moment = scene.moment
        title, caption = title_at(shot, t, language), caption_at(shot, t, language)
        callouts = callouts_at(self._placed, t, shot, scene=scene, ground=film.ground, language=language)
        return FrameWords(
            title=title
            and replace(title, text=self.filled(title.text, t), under=self.filled(title.under, t)),
            caption=caption and replace(caption, text=self.filled(caption.text, t)),
            callouts=tuple(replace(one, text=self.filled(one.text, t)) for one in callouts),
            numbers=film.words.numbers(shot, moment, self.water),
            chart=None if self._chart is None else self._chart.at(t, moment.level_m),
            inset="inset" in shot.panels,
            moment=film.words.moment(moment, self.water),
            block=film.words.block,
            attributions=self._attributions,
            lacking=self._lacking,
        )

    def filled(self, text: str, t: float) -> str:
        """A text with its fields filled, as of a second of the shot."""
        return self.film.words.filled(text, self.water, t, seconds=self.shot.seconds)

    def _signs(self, t: float) -> Signs:
        if self.shot.stations == "none":
            return NO_SIGNS
        if self.shot.stations == "frozen":
            return self.film.signs.frozen
        moment = self.water.at(min(t, self.shot.seconds) // RENEWED_S * RENEWED_S)
        return NO_SIGNS if moment.valid_at is None else self.film.signs.then(moment.valid_at, moment.known_at)

    @cached_property
    def _chart(self) -> FilmChart | None:
        return self.film.words.chart(self.shot, self.water)

    @cached_property
    def _attributions(self) -> str:
        return self.film.layers.attributions(self.shot)

    @cached_property
    def _lacking(self) -> str:
        return self.film.layers.lacking(self.shot)
