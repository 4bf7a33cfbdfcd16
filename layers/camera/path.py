"""Compute a shot's camera as a pure function of time: keys, orbit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

from layers.camera.pacing import paces
from layers.camera.poses import (
    DEG_PER_UNIT,
    HEADING,
    PITCH,
    apart,
    between,
    camera_of,
    moved,
    pose_of,
    tangent,
    unwrapped,
)
from twin.arrays import F64
from twin.scene import Camera

STEPS = 256
"""Parts of a stretch whose lengths are tabulated: speed is off by 1e-4, in a sharp bend by 1e-2."""
STILL = 1e-9
"""Perceived distance below which two keys are one view."""
BACK = 0.05
"""Mean of the directions to and from a key, below which the way goes back as it came."""

BEND = 0.7
"""Mean of both directions, below which a bend is flown slowly: of a turn of 90 degrees."""
STEEPEST_DEG = 90.0


class CameraPath(Protocol):
    """Camera over the seconds of a shot."""

    def poses(self, t: F64) -> F64:
        """Return poses (n, 7) at times (n,), s; see ``layers.camera.poses``."""


def camera_at(path: CameraPath, t: float) -> Camera:
    """Return a path's camera at a time, s."""
    return camera_of(path.poses(np.array([t]))[0])


@dataclass(frozen=True, kw_only=True)
class PathKey:
    """Camera at a time, s, and so many seconds after it."""

    at_s: float
    camera: Camera
    dwell_s: float = 0.0


class KeyPath:
    """Path through keys at their times.

    It rests before the first and after the last. Between two keys it is the shortest way in perceived
    distance, van Wijk and Nuij's; through several a cubic spline of that geometry (de Casteljau's
    construction along shortest ways, tangents as Catmull and Rom's), one run from stop to stop. It stops
    where keys dwell, where two are alike and where it goes back as it came; see ``pacing.paces`` for its
    speed. Raises ValueError for keys that are none or leave no time between them.
    """

    def __init__(self, keys: Sequence[PathKey]) -> None:
        if not keys:
            raise ValueError("there are none")
        self._arrive = np.array([key.at_s for key in keys])
        self._leave = self._arrive + [key.dwell_s for key in keys]
        if (self._leave[:-1] >= self._arrive[1:]).any():
            raise ValueError("there is no time between two of them")
        self._keys = unwrapped(pose_of(key.camera) for key in keys)
        chords = [float(apart(a, b)) for a, b in pairwise(self._keys)]
        through = [_through(self._keys, chords, k) for k in range(len(keys))]
        stops = [one is None or keys[k].dwell_s > 0.0 for k, one in enumerate(through)]
        hulls = [_hull(*self._keys[k : k + 2], *through[k : k + 2]) for k in range(len(chords))]
        self._curves = [_Curve(hull) for hull in hulls]
        seconds = [float(b - a) for a, b in zip(self._leave[:-1], self._arrive[1:], strict=True)]
        self._paces = paces([curve.length for curve in self._curves], seconds, stops)

    def poses(self, t: F64) -> F64:
        """Return poses (n, 7) at times (n,), s."""
        key = np.clip(np.searchsorted(self._arrive, t, side="right") - 1, 0, len(self._arrive) - 1)
        found = self._keys[key].copy()
        moving = (t > self._leave[key]) & (t >= self._arrive[0]) & (key < len(self._curves))
        for k in np.unique(key[moving]):
            rows = moving & (key == k)
            found[rows] = self._curves[k].at(self._paces[k].way(t[rows] - self._leave[k]))
        return found


class OrbitPath:
    """Circle around a target at constant speed.

    ``turn_deg`` in ``seconds``; the heading grows with a positive one.
    """

    def __init__(self, camera: Camera, *, turn_deg: float, seconds: float) -> None:
        self._pose = pose_of(camera)
        self._turn_deg_s = turn_deg / seconds

    def poses(self, t: F64) -> F64:
        """Return poses (n, 7) at times (n,), s."""
        found = np.tile(self._pose, (len(t), 1))
        found[:, HEADING] += self._turn_deg_s * t
        return found


class _Curve:
    """Cubic between two keys by its hull, (4, 7), at a way from its start.

    A way is perceived distance, but longer in sharp bends, where the parameter's speed is low: they are flown
    slowly. At a key that speed is the same from both sides, and so is the camera's.
    """

    def __init__(self, hull: F64) -> None:
        self._hull = hull
        self._shares = np.linspace(0.0, 1.0, STEPS + 1)
        points = _de_casteljau(hull, self._shares)
        steps, chord = apart(points[:-1], points[1:]), float(apart(hull[0], hull[3]))
        ways = steps / _unhurried(steps * STEPS / max(chord, STILL))
        self._ways = np.concatenate([[0.0], np.cumsum(ways)])
        self.length = float(self._ways[-1])
        speed = np.maximum(np.gradient(self._ways, self._shares, edge_order=2), 1e-12)
        self._slopes = 1.0 / speed

    def at(self, way: F64) -> F64:
        """Poses (n, 7) at ways (n,)."""
        if self.length <= STILL:
            return np.tile(self._hull[0], (len(way), 1))
        return _de_casteljau(self._hull, _hermite(way, self._ways, self._shares, self._slopes))


def _unhurried(speed: F64) -> F64:
    """Share of the cruising speed at a parameter's speed, 1 of a straight line: 1 but in sharp bends."""
    slow = np.maximum(0.0, 1.0 - speed / BEND)
    return np.maximum(1e-3, 1.0 - slow * slow)


def _through(keys: F64, chords: Sequence[float], k: int) -> F64 | None:
    """Tangent at a key for a unit of way: mean of both directions, the nearer key's more; None: a stop."""
    if k in (0, len(chords)) or min(chords[k - 1 : k + 1]) <= STILL:
        return None
    before, after = chords[k - 1 : k + 1]
    back, ahead = -tangent(keys[k], keys[k - 1]) / before, tangent(keys[k], keys[k + 1]) / after
    mean: F64 = (after * back + before * ahead) / (before + after)
    size = float(np.linalg.norm(mean))
    if size < BACK:
        return None
    swing_deg = DEG_PER_UNIT * max(before, after) / 3.0 * abs(float(mean[PITCH]))
    if abs(keys[k, PITCH]) + swing_deg > STEEPEST_DEG:
        mean[PITCH] = 0.0  # the curve would go on beyond straight down
    return mean


def _hull(start: F64, end: F64, leave: F64 | None, arrive: F64 | None) -> F64:
    """Hull (4, 7) of the cubic between two keys with tangents; None: straight."""
    chord = float(apart(start, end))
    ahead = tangent(start, end) if leave is None else chord * leave
    back = tangent(end, start) if arrive is None else -chord * arrive
    return np.stack([start, moved(start, ahead / 3.0), moved(end, back / 3.0), end])


def _de_casteljau(hull: F64, shares: F64) -> F64:
    points = [np.broadcast_to(corner, (len(shares), len(corner))) for corner in hull]
    while len(points) > 1:
        points = [between(a, b, shares) for a, b in pairwise(points)]
    return points[0]


def _hermite(x: F64, xs: F64, ys: F64, slopes: F64) -> F64:
    """Cubic through (xs, ys) with slopes, at x."""
    k = np.clip(np.searchsorted(xs, x, side="right") - 1, 0, len(xs) - 2)
    width = xs[k + 1] - xs[k]
    u = np.clip((x - xs[k]) / width, 0.0, 1.0)
    rise = ys[k + 1] - ys[k]
    a, b = slopes[k] * width - rise, rise - slopes[k + 1] * width
    found: F64 = ys[k] + u * rise + u * (1 - u) * ((1 - u) * a + u * b)
    return found
