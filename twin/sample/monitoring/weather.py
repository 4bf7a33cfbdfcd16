"""The sample's storms: invented, and told by the time alone, so that every start tells the same story.

About every five days a storm crosses the basin from the south-west within a day. Its rain at a place and time
is a closed form; what the rivers carry follows it through a store that empties by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

SPACING_S = 5.0 * 86_400.0
"""A storm begins in each stretch of this length."""

KM_PER_DEGREE_NORTH, KM_PER_DEGREE_EAST = 111.2, 84.6
MIDDLE_LON, MIDDLE_LAT = 116.85, 40.55
RECESSION_S = 14.0 * 3600.0
MEMORY_S = 4.0 * RECESSION_S
STEP_S = 900.0


@dataclass(frozen=True, kw_only=True)
class Storm:
    """A rain field that moves: peak intensity in mm/h, radius in km, speed in km/h, its start in seconds."""

    start_s: float
    peak_mm_h: float
    radius_km: float
    speed_km_h: float
    heading_deg: float
    aside_km: float

    def rain_mm_h(self, lon: ArrayLike, lat: ArrayLike, time_s: ArrayLike) -> F64:
        """Intensity at places and times (broadcast together), mm/h."""
        hours = (np.asarray(time_s, dtype=np.float64) - self.start_s) / 3600.0
        east = (np.asarray(lon) - MIDDLE_LON) * KM_PER_DEGREE_EAST
        north = (np.asarray(lat) - MIDDLE_LAT) * KM_PER_DEGREE_NORTH
        turn = np.radians(self.heading_deg)
        ahead, aside = east * np.sin(turn) + north * np.cos(turn), east * np.cos(turn) - north * np.sin(turn)
        front = -130.0 + self.speed_km_h * hours
        away2 = (ahead - front) ** 2 / 1.6 + (aside - self.aside_km) ** 2
        rain: F64 = self.peak_mm_h * np.exp(-away2 / (2.0 * self.radius_km**2))
        return np.where(rain < 0.15, 0.0, rain)


def storms(start_s: float, end_s: float, *, seed: int) -> list[Storm]:
    """The storms that may rain between two times."""
    first, last = int(start_s // SPACING_S) - 1, int(end_s // SPACING_S)
    return [_storm(number, seed) for number in range(first, last + 1)]


def _storm(number: int, seed: int) -> Storm:
    rng = np.random.default_rng([seed, number])
    grave = rng.random() < 0.2
    return Storm(
        start_s=(number + 0.8 * float(rng.random())) * SPACING_S,
        peak_mm_h=float(rng.uniform(28, 48) if grave else rng.uniform(4, 18)),
        radius_km=float(rng.uniform(16, 34)),
        speed_km_h=float(rng.uniform(9, 18)),
        heading_deg=float(rng.uniform(20, 70)),
        aside_km=float(rng.normal(0, 25)),
    )


def rain_mm(lon: float, lat: float, ends_s: F64, *, period_s: float, seed: int) -> F64:
    """(n,) rain of the periods that end at these times, mm: the intensity at their middle."""
    if not len(ends_s):
        return np.zeros(0)
    middle = ends_s - period_s / 2
    total = np.zeros(len(ends_s))
    for storm in storms(float(middle.min()), float(middle.max()), seed=seed):
        total += storm.rain_mm_h(lon, lat, middle)
    return total * period_s / 3600.0


def wetness_mm(lon: float, lat: float, times_s: F64, *, seed: int, lag_s: float = 0.0) -> F64:
    """(n,) what is left of the rain that fell on a place: each mm goes on as exp(-t/14 h) after ``lag_s``."""
    if not len(times_s):
        return np.zeros(0)
    first = float(times_s.min()) - lag_s - MEMORY_S
    count = int((float(times_s.max()) - lag_s - first) / STEP_S) + 2
    grid = np.floor(first / STEP_S) * STEP_S + STEP_S * np.arange(count + 1)
    fallen = rain_mm(lon, lat, grid, period_s=STEP_S, seed=seed)
    keep = np.exp(-STEP_S / RECESSION_S)
    store = np.zeros(len(grid))
    for k in range(1, len(grid)):
        store[k] = store[k - 1] * keep + fallen[k]
    return np.interp(times_s - lag_s, grid, store)
