"""Flatten valley floors, and wear necks into islands.

Floors with gravel beside the channel.
"""

from __future__ import annotations

import math

import numpy as np

from twin.arrays import F32, F64, I32
from twin.compiled import serial
from twin.grid import Grid
from twin.noise import fractal
from twin.sample.erosion import Drained
from twin.sample.grids import sampled, zoomed
from twin.sample.rivers import NECKS, draw, near


@serial
def _lay_floor(
    height_m: F32,
    order: I32,
    receiver: I32,
    area_m2: F64,
    least_m2: float,
) -> None:
    z, area = height_m.ravel(), area_m2.ravel()
    channel_m = z.copy()  # height of the channel each cell drains to
    scale_m = np.zeros(z.size, np.float32)  # height above it up to which the valley is filled
    for k in range(order.size):
        i = order[k]
        j = receiver[i]
        if area[i] >= least_m2:
            scale_m[i] = min(15.0, 1.5 * (area[i] * 1e-6) ** 0.29)
        elif j >= 0:
            channel_m[i] = channel_m[j]
            scale_m[i] = scale_m[j]
    for i in range(z.size):
        above = z[i] - channel_m[i]
        if scale_m[i] > 0.0 and above > 0.0:
            z[i] = channel_m[i] + above * (1.0 - 0.93 * math.exp(-((above / scale_m[i]) ** 2)))


def lay_floors(height_m: F32, drained: Drained) -> None:
    """Flatten valley floors in place, large rivers first.

    So that tributaries come down with them. Heights above the channel are squeezed near it and kept far from
    it, which keeps every slope downhill.
    """
    for least_m2 in (800e6, 80e6, 10e6, 1.5e6):
        _lay_floor(height_m, drained.order, drained.receiver, drained.area_m2, least_m2)


NECK_M = 30.0  # half the width of a neck's floor
NECK_SIDE = 0.07  # slope beside it, growing outwards


def wear_necks(height_m: F32, grid: Grid, *, seed: int) -> None:
    """Wear the necks of peninsulas down, in place.

    A soft trough along each, never a rise.
    """
    coarse = zoomed(grid, 2)
    neck = near(coarse, draw(seed=seed, lines=NECKS))
    frayed = 1000.0 * neck.away_km + 190.0 * fractal(coarse, wave_m=650.0, octaves=3, seed=seed + 15)
    side = np.maximum(0.0, frayed - NECK_M)
    trough = neck.height_m + NECK_SIDE * side * (0.4 + side / 150.0)
    np.minimum(height_m, sampled(trough.astype(np.float32), coarse, grid), out=height_m)
