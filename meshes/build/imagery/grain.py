"""Noise for painting.

One periodic tile of gradient noise, read at any scale for a few nanoseconds.
"""

from __future__ import annotations

import numpy as np

from twin.arrays import F32
from twin.compiled import serial

WAVES = 64  # lattice cells along the tile
TEXELS = 8  # texels along a lattice cell


def noise_tile() -> F32:
    """Return repeating Perlin noise, float32 (512, 512), about −1 … 1.

    It repeats after ``WAVES``, and is the same on every run.
    """
    angle = np.random.default_rng(7).random((WAVES, WAVES)) * 2 * np.pi
    place = np.arange(WAVES * TEXELS) / TEXELS
    cell = place.astype(int)
    inside = place - cell
    fade = inside**3 * (inside * (inside * 6 - 15) + 10)
    total = np.zeros((place.size, place.size))
    for dv in (0, 1):
        for du in (0, 1):
            corner = angle[np.ix_((cell + dv) % WAVES, (cell + du) % WAVES)]
            slope = np.cos(corner) * (inside - du)[None, :] + np.sin(corner) * (inside - dv)[:, None]
            along = fade if du else 1 - fade
            down = fade if dv else 1 - fade
            total += slope * down[:, None] * along[None, :]
    return (1.5 * total).astype(np.float32)


@serial
def noise_at(tile: F32, u: float, v: float) -> float:
    """Sample the noise tile at a place counted in waves.

    Turned so that its period does not show.
    """
    x = (0.9239 * u - 0.3827 * v) * TEXELS
    y = (0.3827 * u + 0.9239 * v) * TEXELS
    col, row = int(np.floor(x)), int(np.floor(y))
    fx, fy = x - col, y - row
    mask = WAVES * TEXELS - 1
    c0, c1, r0, r1 = col & mask, (col + 1) & mask, row & mask, (row + 1) & mask
    upper = tile[r0, c0] * (1.0 - fx) + tile[r0, c1] * fx
    lower = tile[r1, c0] * (1.0 - fx) + tile[r1, c1] * fx
    return float(upper * (1.0 - fy) + lower * fy)
