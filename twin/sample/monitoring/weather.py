"""Invent the sample's storms, by the time alone.

Every start gets the same storms. Every two hours a storm drifts over the basin from the south-west: it grows
from the even hour on, is gravest at about 35 minutes and has faded at 70; its warnings stand from about half
past until shortly before the next even hour. Its rain at a place and time is a closed form; what the rivers
carry follows through a store.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import signal

from twin.arrays import F64

SPACING_S = 2.0 * 3600.0
"""One storm in each stretch of this length (since 1970 in UTC, so on even hours in China)."""
GRAVEST_S, GROWTH_S = 35 * 60.0, 13 * 60.0
"""When a storm is gravest in its stretch, and how fast it grows and fades (a Gaussian's deviation)."""
LASTS_S = 70 * 60.0

KM_PER_DEGREE_NORTH, KM_PER_DEGREE_EAST = 111.2, 84.6
MIDDLE_LON, MIDDLE_LAT = 116.85, 40.53
CORE_KM, SHOWER_KM, SHOWER_SHARE = 4.6, 9.0, 0.04
"""A core of heavy rain in a wide, light shower, which has that share of the core's intensity."""
RECESSION_S = 1.5 * 3600.0
MEMORY_S = 4.0 * RECESSION_S
STEP_S = 300.0


@dataclass(frozen=True, kw_only=True)
class Storm:
    """Moving rain field.

    Peak intensity in mm/h, speed in km/h, when and where it is gravest.
    """

    gravest_s: float
    peak_mm_h: float
    speed_km_h: float
    heading_deg: float
    ahead_km: float
    aside_km: float

    def rain_mm_h(self, lon: ArrayLike, lat: ArrayLike, time_s: ArrayLike) -> F64:
        """Return the intensity at places and times, mm/h.

        Broadcast together.
        """
        since_s = np.asarray(time_s, dtype=np.float64) - self.gravest_s
        east = (np.asarray(lon) - MIDDLE_LON) * KM_PER_DEGREE_EAST
        north = (np.asarray(lat) - MIDDLE_LAT) * KM_PER_DEGREE_NORTH
        turn = np.radians(self.heading_deg)
        ahead, aside = east * np.sin(turn) + north * np.cos(turn), east * np.cos(turn) - north * np.sin(turn)
        front = self.ahead_km + self.speed_km_h * since_s / 3600.0
        away2 = (ahead - front) ** 2 + (aside - self.aside_km) ** 2
        core = np.exp(-away2 / (2.0 * CORE_KM**2) - (since_s / GROWTH_S) ** 2 / 2.0)
        shower = SHOWER_SHARE * np.exp(-away2 / (2.0 * SHOWER_KM**2) - (since_s / (2 * GROWTH_S)) ** 2 / 2.0)
        rain: F64 = self.peak_mm_h * (core + shower)
        return np.where(rain < 0.6, 0.0, rain)


def storm(number: int, seed: int) -> Storm:
    """Return the storm of a stretch.

    Every one reaches the blue signal somewhere, most the yellow one.
    """
    rng = np.random.default_rng([seed, number])
    return Storm(
        gravest_s=number * SPACING_S + GRAVEST_S,
        peak_mm_h=float(rng.uniform(145, 210)),
        speed_km_h=float(rng.uniform(16, 26)),
        heading_deg=float(rng.uniform(35, 65)),
        ahead_km=float(rng.uniform(-14, 14)),
        aside_km=float(rng.uniform(-14, 14)),
    )


def rain_mm(lon: float, lat: float, ends_s: F64, *, period_s: float, seed: int) -> F64:
    """Return rain of periods ending at these times, (n,) mm.

    The intensity at their middle.
    """
    if not len(ends_s):
        return np.zeros(0)
    middle = ends_s - period_s / 2
    number = np.floor(middle / SPACING_S)
    total = np.zeros(len(ends_s))
    for k in np.unique(number).astype(int).tolist():
        there = (number == k) & (middle < k * SPACING_S + LASTS_S)
        if there.any():
            total[there] += storm(k, seed).rain_mm_h(lon, lat, middle[there])
    return total * period_s / 3600.0


def wetness_mm(lon: float, lat: float, times_s: F64, *, seed: int, lag_s: float = 0.0) -> F64:
    """Return remaining soil water (n,), mm.

    What is left of the rain that fell on a place: each mm fades as exp(-t/1.5 h) after ``lag_s``.
    """
    if not len(times_s):
        return np.zeros(0)
    first = float(times_s.min()) - lag_s - MEMORY_S
    count = int((float(times_s.max()) - lag_s - first) / STEP_S) + 2
    grid = np.floor(first / STEP_S) * STEP_S + STEP_S * np.arange(count + 1)
    fallen = rain_mm(lon, lat, grid, period_s=STEP_S, seed=seed)
    keep = np.exp(-STEP_S / RECESSION_S)
    store: F64 = signal.lfilter([1.0], [1.0, -keep], fallen)
    return np.asarray(np.interp(times_s - lag_s, grid, store), dtype=np.float64)
