"""Evaluate the water of a shot over its seconds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from apps.recorder.shot_error import ShotError
from twin.basin import Basin
from twin.moment import Moment
from twin.storyboard.storyboard import Shot


class WaterOverTime(Protocol):
    """Water of a shot."""

    def at(self, t: float) -> Moment:
        """Return the moment ``t`` seconds after the shot's first frame."""


class HeldWater:
    """Water that stays."""

    def __init__(self, moment: Moment) -> None:
        self._moment = moment

    def at(self, t: float) -> Moment:
        """Return the moment."""
        return self._moment


class KeyedWater:
    """What-if of levels (m) or storages (m³), straight between keys.

    Pockets stay full up to the highest level since the first key.
    """

    def __init__(
        self,
        basin: Basin,
        times: Sequence[float],
        *,
        levels_m: Sequence[float] = (),
        storages_m3: Sequence[float] = (),
    ) -> None:
        self._curve, self._generation = basin.water.curve, basin.generation.id
        self._times = np.array(times)
        self._values = np.array(levels_m or storages_m3)
        self._stored = not levels_m

    def at(self, t: float) -> Moment:
        """Return the moment ``t`` seconds after the shot's first frame."""
        value = float(np.interp(t, self._times, self._values))
        most = max(value, float(self._values[self._times <= t].max(initial=-np.inf)))
        level_m, highest_m = (self._level(value), self._level(most))
        return Moment(mode="what-if", level_m=level_m, highest_m=highest_m, generation=self._generation)

    def _level(self, value: float) -> float:
        return float(self._curve.level_at(value)) if self._stored else value


def water_of(shot: Shot, basin: Basin, *, before: Moment) -> WaterOverTime:
    """Return the water of a shot.

    ``before`` is the moment at the end of the former shot. Raises ShotError.
    """
    track = shot.water
    if track is None:
        return HeldWater(before)
    if track.levels:
        times = [key.at_s for key in track.levels]
        return KeyedWater(basin, times, levels_m=[key.level_m for key in track.levels])
    if track.storages:
        times = [key.at_s for key in track.storages]
        return KeyedWater(basin, times, storages_m3=[key.storage_m3 for key in track.storages])
    raise ShotError("this water is not known", shot=shot.id, words="不支持这种水情")
