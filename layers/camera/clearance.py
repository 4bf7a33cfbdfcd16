"""Lift a camera path above ground and water, early and smoothly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from layers.camera.camera import CLEARANCE_M
from layers.camera.path import CameraPath
from layers.camera.poses import DISTANCE, HEADING, PITCH
from layers.heights import Ground, WaterLevels
from twin.arrays import F64

STEP_S = 1 / 60
EARLY_S = 3.0
"""So long before and after an obstacle the lift begins and ends, where no key is nearer."""
NEAR_KEY = 0.5
"""Share of the time to a key, where that is less: at a key that is clear nothing is lifted."""
MARGIN_M = 2.0
MOST_BETWEEN = 16


class ClearPath:
    """Path that stays above ground and water.

    Its targets, headings and clear keys are kept. The eye is raised by a curve over time that is nowhere
    below what is needed: each need is spread over ``EARLY_S`` before and after it, and the result is averaged
    over windows of the same width.
    """

    def __init__(
        self,
        path: CameraPath,
        *,
        ground: Ground,
        flood: WaterLevels | None,
        exaggeration: float,
        seconds: float,
        keys: Sequence[float] = (),
    ) -> None:
        """``seconds`` is how long the path is asked for, ``keys`` the times, s, at which it has keys."""
        self._path, self._k = path, exaggeration
        self._times = np.linspace(0.0, seconds, max(2, round(seconds / STEP_S) + 1))
        need = self._needed(ground, flood)
        clear = [key for key in keys if float(np.interp(key, self._times, need)) <= MARGIN_M]
        self.lift_m = _envelope(need, self._times, clear)

    def poses(self, t: F64) -> F64:
        """Return poses (n, 7) at times (n,), s."""
        found = self._path.poses(t)
        lift = np.interp(t, self._times, self.lift_m)
        pitch = np.radians(found[:, PITCH])
        level, above = found[:, DISTANCE] * np.cos(pitch), lift - found[:, DISTANCE] * np.sin(pitch)
        lifted = lift > 0.0
        found[lifted, DISTANCE] = np.hypot(level, above)[lifted]
        found[lifted, PITCH] = -np.degrees(np.arctan2(above, level))[lifted]
        return found

    def _needed(self, ground: Ground, flood: WaterLevels | None) -> F64:
        """(n,) heights that the eye lacks; of a time the most on the way there and on."""
        poses = self._path.poses(self._times)
        heading, pitch = np.radians(poses[:, HEADING]), np.radians(poses[:, PITCH])
        level = poses[:, DISTANCE] * np.cos(pitch)
        eyes = np.stack(
            [
                poses[:, 0] - level * np.sin(heading),
                poses[:, 1] - level * np.cos(heading),
                poses[:, 2] * self._k - poses[:, DISTANCE] * np.sin(pitch),
            ]
        )
        steps = np.hypot(*np.diff(eyes[:2], axis=1))
        cell_m = ground.cell_m(float(eyes[0, 0]), float(eyes[1, 0]))
        parts = int(np.clip(np.ceil(2.0 * steps.max() / cell_m), 1, MOST_BETWEEN))
        shares = np.arange(parts) / parts
        east, north, z = (
            np.append((row[:-1, None] + shares * np.diff(row)[:, None]).ravel(), row[-1]) for row in eyes
        )
        floor = _floor(ground, east, north, flood) * self._k + CLEARANCE_M + MARGIN_M
        lacking = np.maximum(0.0, np.where(np.isfinite(floor), floor - z, 0.0))
        after = lacking[:-1].reshape(-1, parts).max(axis=1)
        most = np.zeros(len(self._times))
        most[:-1] = after
        most[1:] = np.maximum(most[1:], after)
        most[-1] = max(most[-1], lacking[-1])
        return most


def _floor(ground: Ground, east: F64, north: F64, flood: WaterLevels | None) -> F64:
    """(n,) heights to stay above; -inf where none is known."""
    found = ground.height(east, north, flood=flood)
    for k in np.flatnonzero(np.isnan(found)):
        found[k] = ground.floor(float(east[k]), float(north[k]), flood=flood)
    return found


def _envelope(need: F64, times: F64, keys: Sequence[float]) -> F64:
    """(n,) smooth curve over ``need`` that is nil at keys."""
    if not need.any():
        return need
    inverse = np.full(len(times), EARLY_S**-2)
    for key in keys:
        inverse += (NEAR_KEY * np.maximum(np.abs(times - key), 1e-6)) ** -2
    width = inverse**-0.5
    step = times[1] - times[0]
    reach = int(np.ceil(EARLY_S / step))
    spread = need.copy()
    for k in range(1, reach + 1):
        wide = np.where(k * step <= width, need, 0.0)
        spread[k:] = np.maximum(spread[k:], wide[:-k])
        spread[:-k] = np.maximum(spread[:-k], wide[k:])
    padded = np.pad(spread, reach, mode="edge")
    total, weight = np.zeros(len(times)), np.zeros(len(times))
    for k in range(-reach, reach + 1):
        share = np.maximum(0.0, 1.0 - (k * step / width) ** 2) ** 2
        total += share * padded[reach + k : reach + k + len(times)]
        weight += share
    found: F64 = total / weight
    return found
