"""Lay out parcels of fields and blocks of roofs.

Parcels are turned together by districts.
"""

from __future__ import annotations

import math

from twin.compiled import serial
from twin.noise import hash01

DISTRICT_M = 1300.0
PARCEL_WIDTH_M = 70.0
PARCEL_LENGTH_M = 210.0


@serial
def district(x: float, y: float) -> tuple[int, int]:
    """Return the district (its lattice point) of a place.

    The nearest of jittered points.
    """
    column, row = math.floor(x / DISTRICT_M), math.floor(y / DISTRICT_M)
    nearest, nearest_i, nearest_j = 1e30, 0, 0
    for dj in range(-1, 2):
        for di in range(-1, 2):
            i, j = int(column) + di, int(row) + dj
            east = (i + 0.15 + 0.7 * hash01(i, j, 11)) * DISTRICT_M - x
            north = (j + 0.15 + 0.7 * hash01(i, j, 12)) * DISTRICT_M - y
            away = east * east + north * north
            if away < nearest:
                nearest, nearest_i, nearest_j = away, i, j
    return nearest_i, nearest_j


@serial
def parcel(x: float, y: float, pixel_m: float) -> tuple[float, float]:
    """Return a place's parcel number and share of boundary.

    Both 0 … 1.
    """
    i, j = district(x, y)
    angle = 1.1 * (hash01(i, j, 13) - 0.5) + (0.5 * math.pi if hash01(i, j, 14) < 0.5 else 0.0)
    width = PARCEL_WIDTH_M * (0.75 + 0.6 * hash01(i, j, 15))
    length = PARCEL_LENGTH_M * (0.75 + 0.6 * hash01(i, j, 16))
    across = x * math.cos(angle) + y * math.sin(angle)
    along = y * math.cos(angle) - x * math.sin(angle)
    band = math.floor(along / length)
    across += 5.0 * width * hash01(int(band), i, 17)
    strip = math.floor(across / width)
    number = hash01(int(strip) * 7919 + i, int(band) * 104729 + j, 18)
    edge = min(
        across - strip * width,
        (strip + 1) * width - across,
        along - band * length,
        (band + 1) * length - along,
    )
    return number, math.exp(-((edge / (0.55 * pixel_m + 3.0)) ** 2))


@serial
def roof(x: float, y: float) -> float:
    """Return a roof's number, 0 … 1; −1 on a street.

    The same for a yard.
    """
    i, j = district(x, y)
    angle = 0.25 * (hash01(i, j, 13) - 0.5)
    across = x * math.cos(angle) + y * math.sin(angle)
    along = y * math.cos(angle) - x * math.sin(angle)
    if (across / 150.0) % 1.0 < 0.10 or (along / 96.0) % 1.0 < 0.15:
        return -1.0
    return hash01(int(across // 30.0), int(along // 19.0), 21)
