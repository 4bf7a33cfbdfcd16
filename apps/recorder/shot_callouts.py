"""Resolve call-outs of a shot to places of the frame."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from apps.recorder.film_frame import CalloutWords
from apps.recorder.film_layers import STATIONS
from apps.recorder.shot_error import ShotError
from apps.recorder.shot_words import opacity, said
from layers.camera.camera import eye as camera_eye
from layers.heights import Ground, flood_of
from twin.arrays import F64
from twin.basin import Basin
from twin.bilingual import Language
from twin.scene import Scene
from twin.search.gazetteer import STATION, Toponym, toponyms
from twin.storyboard.checking import feature_named
from twin.storyboard.shot_texts import Callout
from twin.storyboard.storyboard import Shot

LOOKS, NEAR_M = 96, 40.0
"""Looks along the way from a place to the eye, from so near on: a cell's roughness hides nothing."""
HIDDEN_SEEN = (-0.01, 0.02)
"""Slopes over the ground from which a place is hidden, and seen whole."""


class HeightField(Protocol):
    """Heights of the terrain; :class:`layers.heights.Ground`."""

    def height(self, east: ArrayLike, north: ArrayLike, /) -> F64: ...


@dataclass(frozen=True, kw_only=True)
class CalloutPlace:
    """Call-out with its place, m in the frame."""

    callout: Callout
    east: float
    north: float


class CalloutPlaces:
    """Places that call-outs of a film name.

    ``closed`` are layers that its readers may not see; call-outs to them are left out.
    """

    def __init__(self, basin: Basin, *, closed: Collection[str]) -> None:
        self._basin, self._closed = basin, closed

    def of(self, shot: Shot) -> list[CalloutPlace]:
        """Return a shot's call-outs with their places. Raises ShotError."""
        found = []
        for callout in shot.callouts:
            if (STATIONS if callout.station is not None else callout.layer) in self._closed:
                continue
            place = self._place(callout)
            if place is None:
                what = callout.station or f"{callout.layer}/{callout.feature}"
                raise ShotError(
                    f"a call-out is to {what}, which is not there",
                    shot=shot.id,
                    words=f"标注所指的 {what} 不存在",
                )
            found.append(CalloutPlace(callout=callout, east=place[0], north=place[1]))
        return found

    def _place(self, callout: Callout) -> tuple[float, float] | None:
        if callout.place is not None:
            return self._basin.frame.place(callout.place)
        if callout.station is not None:
            known = [one for one in self._places if one.id == f"{STATION}/{callout.station}"]
            return (known[0].east, known[0].north) if known else None
        known = [one for one in self._places if one.id.startswith(f"{callout.layer}/")]
        feature = feature_named(known, callout.feature or "")
        return None if feature is None else (feature.east, feature.north)

    @property
    def _places(self) -> list[Toponym]:
        return _places_of(self._basin)


@lru_cache(maxsize=1)
def _places_of(basin: Basin) -> list[Toponym]:
    """Named places: a second's reading, and a studio opens its film anew after each change."""
    return toponyms(basin)


def callouts_at(
    placed: list[CalloutPlace], t: float, shot: Shot, *, scene: Scene, ground: Ground, language: Language
) -> tuple[CalloutWords, ...]:
    """Return the call-outs that show at a time of a shot.

    Without a height of their own they lie on ground or water as the scene has it.
    """
    return tuple(_words(placed, t, shot, scene, ground, language))


def _words(
    placed: list[CalloutPlace], t: float, shot: Shot, scene: Scene, ground: Ground, language: Language
) -> Iterator[CalloutWords]:
    for one in placed:
        if not (shown := opacity(one.callout, t, seconds=shot.seconds)):
            continue
        height_m = one.callout.height_m
        if height_m is None:
            height_m = _surface(one, scene, ground)
        shown *= seen_share((one.east, one.north, height_m), scene, ground)
        yield CalloutWords(
            text=said(one.callout.text, language),
            east_m=one.east,
            north_m=one.north,
            height_m=height_m,
            opacity=shown,
        )


def seen_share(place: tuple[float, float, float], scene: Scene, ground: HeightField) -> float:
    """Return the share of a call-out that the terrain leaves.

    0 to 1, by the least slope between the way to the eye and the ground below it, seen from the place: a
    continuous function of the camera, so that nothing flickers. (east, north, working height), m.
    """
    k = scene.exaggeration
    at, eye = np.array([*place[:2], k * place[2]]), np.array(camera_eye(scene.camera, k))
    whole = float(np.linalg.norm(eye - at))
    if whole <= NEAR_M:
        return 1.0
    share = (NEAR_M / whole) ** np.linspace(1.0, 0.0, LOOKS)  # closer together near the place
    way = at + share[:, None] * (eye - at)
    free = (way[:, 2] - k * ground.height(way[:, 0], way[:, 1])) / (share * whole)
    known = free[np.isfinite(free)]
    least = float(known.min()) if len(known) else HIDDEN_SEEN[1]
    return min(1.0, max(0.0, (least - HIDDEN_SEEN[0]) / (HIDDEN_SEEN[1] - HIDDEN_SEEN[0])))


def _surface(one: CalloutPlace, scene: Scene, ground: Ground) -> float:
    height = float(ground.height(one.east, one.north, flood=flood_of(scene)))
    if not isfinite(height):
        height = float(ground.height_around(np.array([one.east]), np.array([one.north]))[0])
    return height if isfinite(height) else 0.0
