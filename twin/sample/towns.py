"""Build the plain's settlements, nameless scenery."""

from __future__ import annotations

import numpy as np

from twin.arrays import Bools
from twin.grid import Grid
from twin.noise import fractal

LATTICE_M = 1900.0
SHARE = 0.62  # of the lattice's places that are settled
TOWN_SHARE = 0.035  # of them that are towns


def lay_towns(plain: Bools, grid: Grid, *, seed: int) -> tuple[Bools, list[tuple[float, float]]]:
    """Return built-up cells, and the centres (east, north).

    Blobs on a jittered lattice, a few of them large.
    """
    rng = np.random.default_rng(seed + 62)
    mask = np.zeros(grid.shape, np.bool_)
    centres: list[tuple[float, float]] = []
    lattice = round(LATTICE_M / grid.dx)
    wobble = fractal(grid, wave_m=420.0, octaves=2, seed=seed + 63)
    for row in range(lattice // 2, grid.rows, lattice):
        for col in range(lattice // 2, grid.cols, lattice):
            jitter = rng.integers(-lattice // 3, lattice // 3 + 1, size=2)
            size, settled = rng.random(2)
            r = int(np.clip(row + jitter[0], 0, grid.rows - 1))
            c = int(np.clip(col + jitter[1], 0, grid.cols - 1))
            if settled > SHARE or not plain[r, c]:
                continue
            radius = (160 + 190 * size + (900 if size > 1 - TOWN_SHARE else 0)) / grid.dx
            reach = int(radius * 1.6) + 1
            rows = slice(max(0, r - reach), min(grid.rows, r + reach + 1))
            cols = slice(max(0, c - reach), min(grid.cols, c + reach + 1))
            y, x = np.mgrid[rows, cols]
            blob = np.maximum(abs(x - c), 1.2 * abs(y - r)) < radius * (1 + 0.9 * wobble[rows, cols])
            mask[rows, cols] |= blob & plain[rows, cols]
            east, north = grid.centre_of(r, c)
            centres.append((float(east), float(north)))
    return mask, centres
