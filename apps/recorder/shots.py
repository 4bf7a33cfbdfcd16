"""Evaluate a storyboard: a film's frames, each a Scene with its words."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from math import ceil

import numpy as np

from apps.recorder.film_frame import FilmFrame, FrameWords
from apps.recorder.shot_camera import ShotCamera
from apps.recorder.shot_words import caption_at, title_at
from apps.recorder.water_over_time import WaterOverTime, water_of
from layers.camera.poses import camera_of
from layers.heights import Ground, WaterLevels, ground_of
from twin.arrays import F64
from twin.basin import Basin
from twin.moment import Moment, what_if
from twin.scene import Marks, Scene
from twin.storyboard.storyboard import Shot, Storyboard
from twin.water.centimetres import extent_level_m

NEARLY = 1e-6
"""Of a frame: times are decimals."""


class Film:
    """Frames of a storyboard over a basin.

    ``film.frame(number)`` is pure: the same whenever and in whatever order it is asked. Raises ShotError for
    what the basin cannot show, before the first frame.
    """

    def __init__(self, storyboard: Storyboard, basin: Basin, *, ground: Ground | None = None) -> None:
        self.storyboard, self.basin = storyboard, basin
        self._ground = ground or ground_of(basin)
        fps = storyboard.fps
        starts = list(accumulate((shot.seconds for shot in storyboard.shots), initial=0.0))
        #: First frame of each shot, and the film's end.
        self.first = [ceil(start * fps - NEARLY) for start in starts]
        self._shots: list[_Playing] = []
        moment = self._at_first()
        for shot, start_s in zip(storyboard.shots, starts, strict=False):
            water = water_of(shot, basin, before=moment)
            self._shots.append(_Playing(self, shot, water=water, start_s=start_s))
            moment = water.at(shot.seconds)

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
        if t >= fade_s:
            return playing.frame(number)
        before = self._shots[k - 1].frame(number) if k else None
        return playing.frame(number, before=before, mix=t / fade_s)

    def _at_first(self) -> Moment:
        """What the water is where the first shot does not say."""
        water, wanted = self.basin.water, self.basin.site.start_level_m
        low, high = water.answered_from_m, water.highest_m
        level_m = (low + high) / 2 if wanted is None else min(high, max(low, wanted))
        return what_if(level_m, generation=self.basin.generation.id)

    @property
    def ground(self) -> Ground:
        """Surface of the terrain."""
        return self._ground


class _Playing:
    """A shot of a film: everything but its number of frame."""

    def __init__(self, film: Film, shot: Shot, *, water: WaterOverTime, start_s: float) -> None:
        self.film, self.shot, self.water, self.start_s = film, shot, water, start_s
        highest = max(water.at(float(t)).highest_m for t in np.linspace(0.0, shot.seconds, 65))
        level_m = extent_level_m(highest)
        flood = WaterLevels(level_m=level_m, highest_m=level_m)
        self._path = ShotCamera(film.basin, film.ground, shot, flood=flood).path()
        self._poses: F64 | None = None

    def frame(self, number: int, *, before: FilmFrame | None = None, mix: float = 1.0) -> FilmFrame:
        """The film's frame ``number`` in this shot, also after its end."""
        shot, board = self.shot, self.film.storyboard
        time_s = number / board.fps
        t = time_s - self.start_s
        scene = Scene(
            camera=camera_of(self._path.poses(np.array([t]))[0]),
            moment=self.water.at(t),
            layers=shot.layers,
            exaggeration=shot.exaggeration,
            density=shot.density,
            marks=Marks(uncertain=shot.uncertain),
            live_values=False,
            language=board.language,
        )
        words = FrameWords(
            title=title_at(shot, t, board.language), caption=caption_at(shot, t, board.language)
        )
        return FilmFrame(
            number=number, time_s=time_s, shot=shot.id, scene=scene, words=words, before=before, mix=mix
        )
