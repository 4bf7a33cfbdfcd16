"""Simulate what the sample's stations measure.

A function of seed, station and time. Diurnal and seasonal changes, storms and the floods after them, noise as
instruments have it; and what goes wrong in the field: gaps of some hours, values reported as missing, sensors
that drift, stations that are silent for good.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from twin.arrays import F64, Bools
from twin.sample.facts import SEED
from twin.sample.monitoring.lake import YEAR_S, lake_state
from twin.sample.monitoring.weather import rain_mm, wetness_mm
from twin.stations.model import Datastream, Station

Rule = Callable[[Station, Datastream, F64, F64, int], F64]
"""What a property does: (station, datastream, times in s, noise, seed) → values."""

DAY_S = 86_400.0
SILENT_SHARE, DRIFT_SHARE = 0.015, 0.01
GAP_SHARE, MISSING_SHARE = 0.02, 0.002


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Simulated values.

    (n,) values, NaN where the station reports "missing"; ``there`` is False where nothing was sent.
    """

    value: F64
    there: Bools


def measure(station: Station, stream: Datastream, times_s: F64, *, seed: int = SEED) -> Measured:
    """Simulate a datastream at given times.

    Seconds since 1970, multiples of its interval.
    """
    luck = np.random.default_rng([seed, crc32(station.id.encode())])
    silent, drifts = bool(luck.random() < SILENT_SHARE), bool(luck.random() < DRIFT_SHARE)
    if station.kind == "reservoir":
        silent = drifts = False
    value = _true(station, stream, times_s, seed=seed)
    if drifts:
        value = value * (1.0 + 0.08 * np.sin(2 * np.pi * times_s / (40 * DAY_S)) ** 2)
    key = crc32(stream.id.encode())
    return Measured(
        value=np.where(_chance(key + 1, times_s / stream.interval_s) < MISSING_SHARE, np.nan, value),
        there=~(_gap(key, times_s) | silent),
    )


def _gap(key: int, times_s: F64) -> Bools:
    """Once in a while a station is away for six hours."""
    away: Bools = _chance(key, np.floor(times_s / (6 * 3600.0))) < GAP_SHARE
    return away


def _true(station: Station, stream: Datastream, times_s: F64, *, seed: int) -> F64:
    rule = _RULES[stream.property]
    noise = _normal(crc32(stream.id.encode()), times_s / stream.interval_s)
    return rule(station, stream, times_s, noise, seed)


def _rain(station: Station, stream: Datastream, times_s: F64, noise: F64, seed: int) -> F64:
    fallen = rain_mm(station.lon, station.lat, times_s, period_s=stream.interval_s, seed=seed)
    tips = np.round(fallen * (1.0 + 0.1 * noise) / 0.1) * 0.1  # a bucket tips at 0.1 mm
    return np.asarray(np.maximum(0.0, tips), dtype=np.float64)


def _river(station: Station, times_s: F64, seed: int) -> F64:
    """How full the river is, 0 at its base flow."""
    lag_s = 60.0 * (10.0 + 30.0 * _own(station, "lag"))
    return wetness_mm(station.lon, station.lat, times_s, seed=seed, lag_s=lag_s) / 40.0


def _flow(station: Station, stream: Datastream, times_s: F64, noise: F64, seed: int) -> F64:
    base = 0.6 + 9.0 * _own(station, "size") ** 2
    if station.kind == "outfall":
        return 0.05 + 0.4 * _own(station, "size") * (1.0 + 0.25 * _daily(times_s, 10.0)) + 0.01 * noise
    return np.fmax(0.0, base * (1.0 + 9.0 * _river(station, times_s, seed) ** 1.5) * (1 + 0.01 * noise))


def _level(station: Station, stream: Datastream, times_s: F64, noise: F64, seed: int) -> F64:
    if station.kind == "reservoir":
        lake = lake_state(station.lon, station.lat, times_s, seed=seed)
        return np.round(lake.level_m + 0.0015 * noise, 2)
    base = 0.7 + 0.8 * _own(station, "depth")
    rise = 0.9 * _river(station, times_s, seed) ** 0.75
    above_zero = base + rise + 0.0015 * noise
    if station.gauge:
        return np.round(above_zero, 2)
    return np.round(140.0 + 60.0 * _own(station, "height") + above_zero, 2)


def _inflow(station: Station, stream: Datastream, times_s: F64, noise: F64, seed: int) -> F64:
    lake = lake_state(station.lon, station.lat, times_s, seed=seed)
    return _tenths(lake.inflow_m3s * (1 + 0.02 * noise))


def _release(station: Station, stream: Datastream, times_s: F64, noise: F64, seed: int) -> F64:
    lake = lake_state(station.lon, station.lat, times_s, seed=seed)
    return _tenths(lake.release_m3s * (1 + 0.01 * noise))


def _around(
    middle: float,
    *,
    own: float,
    season: float = 0.0,
    daily: float = 0.0,
    wet: float = 0.0,
    noise: float = 0.02,
) -> Rule:
    """A property that keeps near ``middle``: shares of it by which stations differ, by which it changes over
    the year and the day, by mm of wetness, and at random."""

    def rule(station: Station, stream: Datastream, times_s: F64, rough: F64, seed: int) -> F64:
        bias = own * (2.0 * _own(station, stream.property) - 0.6)
        swing = season * np.sin(2 * np.pi * (times_s / YEAR_S - 0.3)) + daily * _daily(times_s, 15.0)
        flood = np.zeros(len(times_s))
        if wet:
            flood = wet * wetness_mm(station.lon, station.lat, times_s, seed=seed, lag_s=1800.0)
        return np.maximum(0.0, middle * (1.0 + bias + swing + flood + noise * rough))

    return rule


def _tenths(value: F64) -> F64:
    """Not below zero, to one decimal."""
    return np.asarray(np.round(np.maximum(0.0, value), 1), dtype=np.float64)


def _own(station: Station, what: str) -> float:
    """A station's own constant, 0 to 1."""
    return crc32(f"{station.id}/{what}".encode()) / 2**32


def _daily(times_s: F64, peak_hour: float) -> F64:
    """-1 to 1, highest at an hour of the day in China."""
    wave: F64 = np.cos(2 * np.pi * ((times_s / 3600.0 + 8.0) - peak_hour) / 24.0)
    return wave


def _chance(key: int, at: F64) -> F64:
    """(n,) even numbers in [0, 1), told by key and place alone (splitmix64)."""
    x = np.asarray(np.floor(at), dtype=np.int64).astype(np.uint64)
    x = x + np.array([key], dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray((x ^ (x >> np.uint64(31))) >> np.uint64(11), dtype=np.float64) / 2**53


def _normal(key: int, at: F64) -> F64:
    """(n,) normal numbers, told by key and place alone (Box and Muller)."""
    one, two = _chance(key * 2 + 1, at), _chance(key * 2 + 2, at)
    bell: F64 = np.sqrt(-2.0 * np.log(1.0 - one)) * np.cos(2 * np.pi * two)
    return bell


_RULES: Mapping[str, Rule] = {
    "rain": _rain,
    "flow": _flow,
    "level": _level,
    "inflow": _inflow,
    "release": _release,
    "voltage": _around(12.6, own=0.02, daily=0.02, noise=0.003),
    "ph": _around(7.9, own=0.03, daily=0.01, noise=0.004),
    "oxygen": _around(8.6, own=0.12, season=-0.15, daily=0.04),
    "codmn": _around(3.1, own=0.35, season=0.12, wet=0.003),
    "ammonia": _around(0.16, own=0.8, season=-0.2, wet=0.01, noise=0.08),
    "phosphorus": _around(0.028, own=0.6, season=0.04, wet=0.002, noise=0.015),
    "nitrogen": _around(1.1, own=0.5, season=-0.15, wet=0.004),
    "cod": _around(22.0, own=0.5, daily=0.1, noise=0.05),
    "water_temperature": _around(13.0, own=0.05, season=0.75, daily=0.03, noise=0.01),
    "chlorophyll": _around(6.0, own=0.6, season=0.5, noise=0.06),
    "algae": _around(2.5e6, own=0.6, season=0.6, noise=0.1),
    "soil_moisture": _around(19.0, own=0.3, season=0.15, wet=0.012, noise=0.01),
    "sediment": _around(0.06, own=0.5, wet=0.08, noise=0.1),
}
