"""Follow a line with the camera: smoothed, at constant speed, turning slowly."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from layers.camera.pacing import paces
from twin.arrays import F64

STEPS = 2048
SMOOTH = 0.35
"""Bends of a line that are shorter than so much of the distance are cut."""
TURN_S = 2.5
"""The heading is a mean over about so long before and after."""


class FollowPath:
    """Flight along a line, aimed at its points from behind.

    ``line`` is (n, 2) east and north, m, in the direction of flight; ``heights`` gives working heights (k,)
    at its points. Speed is constant but for start and stop. Raises ValueError for a line without length.
    """

    def __init__(
        self,
        line: F64,
        heights: Callable[[F64, F64], F64],
        *,
        distance_m: float,
        pitch_deg: float,
        seconds: float,
        view_angle_deg: float = 30.0,
    ) -> None:
        steps = np.hypot(*np.diff(line, axis=0).T)
        ways = np.concatenate([[0.0], np.cumsum(steps)])
        if not ways[-1] > 0.0:
            raise ValueError("has no length")
        even = np.linspace(0.0, ways[-1], STEPS)
        east, north = (_smooth(np.interp(even, ways, row), SMOOTH * distance_m, even[1]) for row in line.T)
        turn_m = max(distance_m, TURN_S * ways[-1] / seconds)
        ahead = [np.gradient(_smooth(row, turn_m, even[1])) for row in (east, north)]
        heading = np.unwrap(np.degrees(np.arctan2(*ahead)), period=360.0)
        height = _smooth(heights(east, north), SMOOTH * distance_m, even[1])
        self._ways = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(east), np.diff(north)))])
        self._rows = np.stack([east, north, height, _smooth(heading, turn_m, even[1])])
        self._rest = (distance_m, pitch_deg, view_angle_deg)
        (self._pace,) = paces([float(self._ways[-1])], [seconds], [True, True])
        self._seconds = seconds

    def poses(self, t: F64) -> F64:
        """Return poses (n, 7) at times (n,), s."""
        way = self._pace.way(np.clip(t, 0.0, self._seconds))
        east, north, height, heading = (np.interp(way, self._ways, row) for row in self._rows)
        distance, pitch, angle = (np.full(len(t), value) for value in self._rest)
        return np.stack([east, north, height, distance, heading, pitch, angle], axis=1)


def _smooth(values: F64, width_m: float, step_m: float) -> F64:
    """Mean with a Gaussian of ``width_m``; both ends stay."""
    reach = min(width_m / step_m, len(values) / 6.0)
    pad = int(3.0 * reach) + 1
    bell = np.exp(-0.5 * (np.arange(-pad, pad + 1) / reach) ** 2)
    odd = np.pad(values, pad, mode="reflect", reflect_type="odd")
    return np.convolve(odd, bell / bell.sum(), mode="valid")
