"""Gradient noise over the ground.

A function of place and seed alone, so it joins across grids.
"""

from __future__ import annotations

import math

import numpy as np
from numba import prange

from twin.arrays import F32, F64
from twin.compiled import parallel, serial
from twin.grid import Grid

_TURNS = 2.0 * np.pi * np.arange(256) / 256
_EAST, _NORTH = np.cos(_TURNS), np.sin(_TURNS)


@serial
def hash01(i: int, j: int, seed: int) -> float:
    """Hash a lattice point to a number in [0, 1).

    32-bit integer mixing, equal on every machine.
    """
    h = np.uint32(
        np.uint32(i) * np.uint32(374761393)
        + np.uint32(j) * np.uint32(668265263)
        + np.uint32(seed) * np.uint32(2246822519)
    )
    h = np.uint32((h ^ (h >> np.uint32(13))) * np.uint32(1274126177))
    h = np.uint32((h ^ (h >> np.uint32(16))) * np.uint32(2246822519))
    h = np.uint32(h ^ (h >> np.uint32(13)))
    return float(h) * (1.0 / 4294967296.0)


@serial
def gradient_noise(x: float, y: float, seed: int) -> float:
    """Return Perlin's gradient noise, about −1 … 1.

    With a quintic fade, for lattice spacing 1.
    """
    column, row = math.floor(x), math.floor(y)
    u, v = x - column, y - row
    fade_u = u * u * u * (u * (u * 6.0 - 15.0) + 10.0)
    fade_v = v * v * v * (v * (v * 6.0 - 15.0) + 10.0)
    total = 0.0
    for dj in range(2):
        for di in range(2):
            turn = int(hash01(int(column) + di, int(row) + dj, seed) * 256.0)
            slope = _EAST[turn] * (u - di) + _NORTH[turn] * (v - dj)
            weight_u = fade_u if di else 1.0 - fade_u
            weight_v = fade_v if dj else 1.0 - fade_v
            total += slope * weight_u * weight_v
    return 1.5 * total


@serial
def noise_along(x: F64, y: F64, wave: float, seed: int) -> F64:
    """Return gradient noise at the points of a line, shape (n,)."""
    out = np.empty(x.size, np.float64)
    for k in range(x.size):
        out[k] = gradient_noise(x[k] / wave, y[k] / wave, seed)
    return out


@parallel
def _fractal(
    rows: int,
    cols: int,
    west: float,
    north: float,
    cell: float,
    wave: float,
    octaves: int,
    gain: float,
    seed: int,
) -> F32:
    out = np.empty((rows, cols), np.float32)
    for row in prange(rows):
        for col in range(cols):
            x, y = west + (col + 0.5) * cell, north - (row + 0.5) * cell
            total, weight, amplitude, length = 0.0, 0.0, 1.0, wave
            for octave in range(octaves):
                total += amplitude * gradient_noise(x / length, y / length, seed + 101 * octave)
                weight += amplitude
                amplitude *= gain
                length *= 0.5
            out[row, col] = total / weight
    return out


def fractal(grid: Grid, *, wave_m: float, octaves: int, seed: int, gain: float = 0.5) -> F32:
    """Sum octaves of gradient noise at cell centres.

    float32 (rows, cols), about −1 … 1. ``wave_m`` is the length of the longest wave; every octave halves it
    and carries ``gain`` times less.
    """
    return _fractal(grid.rows, grid.cols, grid.west, grid.north, grid.dx, wave_m, octaves, gain, seed)


def fractal_m(
    shape: tuple[int, int], *, cell_m: float, wave_m: float, octaves: int, seed: int, gain: float = 0.5
) -> F32:
    """Sum octaves on cells of ``cell_m``.

    Counted from the raster's own corner.
    """
    return _fractal(*shape, 0.0, 0.0, cell_m, wave_m, octaves, gain, seed)
