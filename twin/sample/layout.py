"""Lay out the sample basin.

Where mountains, basin, rim and plain lie (EPSG:4548). It resembles the neighbourhood of Miyun in its outline
only: two rivers from the west and the north-east, a broad basin, a rim of low hills with two gorges, a plain
to the south-west, massifs around.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from twin.arrays import F32
from twin.grid import Grid
from twin.noise import fractal
from twin.sample.rivers import Courses, near

Line = tuple[tuple[float, float], ...]  # kilometres east and north in the frame

# Hills that part the basin from the plain.
RIM: Line = (
    (461, 4490.5), (470, 4484.5), (476, 4481.2), (482, 4479.4), (487.5, 4478.4), (494, 4478.2), (500, 4480),
)  # fmt: skip
# Hills amid the basin that stay islands or become peninsulas: east, north and radius, km.
HILLS = (
    (486.2, 4488.6, 0.55), (492.4, 4491.0, 0.5), (483.6, 4486.2, 0.4), (490.6, 4484.6, 0.4),
    (496.0, 4491.8, 0.45), (478.0, 4490.8, 0.4), (489.0, 4490.0, 0.35), (499.6, 4492.6, 0.4),
    (481.2, 4482.6, 0.35), (487.6, 4486.0, 0.35), (502.6, 4497.6, 0.4),
)  # fmt: skip
FRONT: Line = (
    (400, 4497), (440, 4492), (458, 4487), (468, 4479.5), (477, 4475.5), (486, 4474.5), (494, 4471.5),
    (503, 4465), (516, 4462.5), (530, 4452), (550, 4447), (580, 4436),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class BasinPlan:
    """Plan on one grid, every field float32 (rows, cols).

    ``steepness`` is k_sn (m^0.9); ``inside_km`` is negative on the plain, whose heights are ``plain_m``;
    ``start_m`` is a first guess that sends the streams the right way; ``rim_km`` is the distance to the
    crest of the hills that close the basin.
    """

    steepness: F32
    inside_km: F32
    plain_m: F32
    start_m: F32
    rim_km: F32


def distance_km(x: F32, y: F32, line: Line) -> F32:
    """Return the distance to a polyline, km."""
    nearest = np.full(x.shape, np.inf, np.float32)
    for (x0, y0), (x1, y1) in pairwise(line):
        east, north = x1 - x0, y1 - y0
        share = np.clip(((x - x0) * east + (y - y0) * north) / (east * east + north * north), 0, 1)
        np.minimum(nearest, np.hypot(x - x0 - share * east, y - y0 - share * north), out=nearest)
    return nearest


def hump(
    x: F32, y: F32, centre: tuple[float, float], radii: tuple[float, float], turn_deg: float = 0.0
) -> F32:
    """Return a Gaussian hump of height 1.

    Centre and radii in km, its long axis turned left from east.
    """
    c, s = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    east, north = x - centre[0], y - centre[1]
    u, v = (east * c + north * s) / radii[0], (north * c - east * s) / radii[1]
    return np.asarray(np.exp(-(u * u + v * v)), dtype=np.float32)


def plan(grid: Grid, courses: Courses, *, seed: int) -> BasinPlan:
    """Draw the layout on a grid.

    Lines are bent by noise so that none of them shows.
    """
    col, row = np.meshgrid(np.arange(grid.cols), np.arange(grid.rows))
    x, y = (np.asarray(v / 1000.0, dtype=np.float32) for v in grid.centre_of(row, col))
    bend_x = fractal(grid, wave_m=22e3, octaves=5, seed=seed + 1)
    bend_y = fractal(grid, wave_m=22e3, octaves=5, seed=seed + 2)
    xs, ys = x + 3.0 * bend_x, y + 3.0 * bend_y
    river = near(grid, courses)

    front_y = np.interp(xs, [p[0] for p in FRONT], [p[1] for p in FRONT]).astype(np.float32)
    inside = ys - front_y
    knolls = fractal(grid, wave_m=6e3, octaves=3, seed=seed + 4)
    inselberg = np.clip(6 * (knolls - 0.30) + 0.12 * inside, -9, 1)
    inside = np.where(inside < 0, np.maximum(inside, inselberg), inside)
    plain_m = 28 + 1.78 * np.clip(y - 4440, -5, 60) + 0.25 * np.clip(x - 480, 0, 60)
    plain_m += 1.2 * fractal(grid, wave_m=5e3, octaves=3, seed=seed + 3)

    steepness = _steepness(grid, xs, ys, river.away_km, seed)
    steepness *= 0.45 + 0.55 * np.clip(inside / 2.0, 0, 1)  # foothills
    rim_km = distance_km(x + 1.2 * bend_x, y + 1.2 * bend_y, RIM)
    steepness += 12 * np.exp(-((rim_km / 0.9) ** 2))
    for east, north, radius in HILLS:
        place = (x + 0.6 * bend_x, y + 0.6 * bend_y)
        steepness += 19 * hump(*place, (east, north), (1.5 * radius, radius), 40 * east)
    steepness *= 1 - 0.5 * np.exp(-((rim_km / 3) ** 2)) * np.exp(-((river.away_km / 0.5) ** 2))  # gorges

    rough = fractal(grid, wave_m=16e3, octaves=6, seed=seed + 5, gain=0.6)
    start_m = river.height_m + 9 * river.away_km + 150 * rough * np.clip(river.away_km / 4, 0.05, 1)
    fields = (np.asarray(f, dtype=np.float32) for f in (steepness, inside, plain_m, start_m, rim_km))
    return BasinPlan(
        **dict(zip(("steepness", "inside_km", "plain_m", "start_m", "rim_km"), fields, strict=True))
    )


def _steepness(grid: Grid, x: F32, y: F32, river_km: F32, seed: int) -> F32:
    """k_sn: massifs, the soft rock of the basin, hills of the rim, wide valleys, knolls for islands."""
    k_sn = np.maximum(24, 44 + 44 * fractal(grid, wave_m=42e3, octaves=3, seed=seed + 6))
    k_sn += 40 * hump(x, y, (467, 4503), (10, 9)) + 40 * hump(x, y, (505, 4477), (9, 6.5), 25)
    k_sn += 30 * hump(x, y, (497, 4512), (16, 7), -10) + 22 * hump(x, y, (457, 4486), (9, 7))
    basin = hump(x, y, (487, 4488), (12, 6.5), 12) + hump(x, y, (499, 4494), (9, 4.5), 38)
    basin += 0.8 * hump(x, y, (476, 4490.5), (7.5, 3.6), -12)
    rim = hump(x, y, (482, 4479), (13, 4.5), -20)
    valleys = 0.8 * np.exp(-((river_km / np.where(x > 497, 4.0, 1.8)) ** 2))
    k_sn = k_sn * (1 - 0.93 * np.clip(1.5 * basin, 0, 1)) * (1 - 0.5 * rim) * (1 - valleys) + 6.5
    knolls = fractal(grid, wave_m=3.6e3, octaves=2, seed=seed + 7)
    k_sn += 17 * np.clip(basin, 0, 1) * np.clip(2.2 * knolls - 0.35, 0, 1)
    return np.asarray(k_sn, dtype=np.float32)
