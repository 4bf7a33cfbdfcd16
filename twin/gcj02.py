"""GCJ-02, the shifted coordinates of Chinese web maps, from and to WGS84.

The shift is a fixed function of longitude and latitude; the formula is the one that circulates publicly
(eviltransform, coordtransform). Near Miyun it is about 520 m east and 140 m north. Outside the rectangle in
which the maps apply it, nothing is shifted.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from twin.arrays import F64

_A = 6378245.0  # the Krasovsky 1940 ellipsoid that the formula scales with
_EE = 0.00669342162296594323


def to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[F64, F64]:
    """Transform WGS84 degrees to GCJ-02; any shape."""
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    east, north = _shift(x, y)
    return x + east, y + north


def from_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[F64, F64]:
    """Transform GCJ-02 degrees to WGS84, to 1e-12 degrees.

    By fixed-point iteration. The shift changes by less than 1 % of the distance moved, so each round gains
    two digits or more.
    """
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    guess_x, guess_y = x, y
    for _ in range(12):
        east, north = _shift(guess_x, guess_y)
        guess_x, guess_y = x - east, y - north
    return guess_x, guess_y


def _shift(lon: F64, lat: F64) -> tuple[F64, F64]:
    """The shift in degrees, east and north, at WGS84 positions."""
    x, y = lon - 105.0, lat - 35.0
    pi = np.pi
    root = np.sqrt(np.abs(x))
    ripple = (20.0 * np.sin(6.0 * x * pi) + 20.0 * np.sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north += (20.0 * np.sin(y * pi) + 40.0 * np.sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * pi) + 320.0 * np.sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east += (20.0 * np.sin(x * pi) + 40.0 * np.sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * pi) + 300.0 * np.sin(x / 30.0 * pi)) * 2.0 / 3.0
    phi = np.radians(lat)
    magic = 1.0 - _EE * np.sin(phi) ** 2
    north = np.degrees(north * magic * np.sqrt(magic) / (_A * (1.0 - _EE)))
    east = np.degrees(east * np.sqrt(magic) / (_A * np.cos(phi)))
    inside = (lon >= 72.004) & (lon <= 137.8347) & (lat >= 0.8293) & (lat <= 55.8271)
    return np.where(inside, east, 0.0), np.where(inside, north, 0.0)
