"""Distribute a way over time, eased at stops, else nearly constant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from twin.arrays import F64

EASE_S = 2.0
"""So long a start, a stop and a change of speed take, where the time between keys allows."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Speed over a stretch of time: ramp, constant, ramp.

    Ramps are smoothsteps of ``ramps`` seconds from ``start`` to ``cruise`` and on to ``end`` (units/s), so
    that speed has no corner.
    """

    seconds: float
    start: float
    cruise: float
    end: float
    ramps: tuple[float, float]

    def way(self, t: F64) -> F64:
        """Return the way (n,) after ``t`` seconds (n,) of the stretch."""
        first, last = self.ramps
        x = np.clip(t / first, 0.0, 1.0) if first else np.ones_like(t)
        y = np.clip((self.seconds - t) / last, 0.0, 1.0) if last else np.ones_like(t)
        return (
            self.cruise * t
            + (self.start - self.cruise) * first * (0.5 - _below_ramp(1.0 - x))
            + (self.end - self.cruise) * last * _below_ramp(1.0 - y)
        )


def paces(ways: Sequence[float], seconds: Sequence[float], stops: Sequence[bool]) -> list[Pace]:
    """Return the pace of each of m stretches between keys.

    There are m + 1 keys. At a stop the speed is nil, at any other key the harmonic mean of its neighbours',
    which is a constant speed where ways are as long as their times.
    """
    ramps = [
        (
            min(EASE_S, time / (2.0 if stops[k] else 3.0)),
            min(EASE_S, time / (2.0 if stops[k + 1] else 3.0)),
        )
        for k, time in enumerate(seconds)
    ]
    means = [
        way / (time - (ramps[k][0] / 2 if stops[k] else 0.0) - (ramps[k][1] / 2 if stops[k + 1] else 0.0))
        for k, (way, time) in enumerate(zip(ways, seconds, strict=True))
    ]
    speeds = [
        0.0 if stop or not means[k - 1] * means[k] else 2.0 / (1.0 / means[k - 1] + 1.0 / means[k])
        for k, stop in enumerate(stops)
    ]
    found = []
    for k, (way, time) in enumerate(zip(ways, seconds, strict=True)):
        (first, last), start, end = ramps[k], speeds[k], speeds[k + 1]
        cruise = (way - start * first / 2 - end * last / 2) / (time - first / 2 - last / 2)
        found.append(Pace(seconds=time, start=start, cruise=cruise, end=end, ramps=ramps[k]))
    return found


def _below_ramp(x: F64) -> F64:
    """Integral of the smoothstep 3x² - 2x³ from 0 to x, for x of 0 to 1."""
    return x**3 - x**4 / 2.0
