"""The plan of the sample basin: where rivers, mountains, plain and gaps lie (EPSG:4548, metres).

It resembles the neighbourhood of Miyun in its outline only: two rivers from the west and the north-east, a
broad basin, a rim of low hills with gaps, a plain to the south-west, massifs around.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from twin.grid import Grid
from twin.sample.noise import fractal

Field = NDArray[np.float32]
Line = tuple[tuple[float, float], ...]  # kilometres east and north in the frame

WEST_RIVER: Line = (
    (416, 4560), (424, 4549), (436, 4543), (440, 4530), (449, 4524), (450, 4512), (458, 4507), (461, 4499),
    (469, 4496), (474, 4491), (480, 4487.5), (482.5, 4483.5), (480.8, 4480.2),
)  # fmt: skip
EAST_RIVER: Line = (
    (566, 4562), (556, 4548), (543, 4545), (538, 4532), (528, 4526), (524, 4514), (515, 4507), (509, 4500),
    (501, 4495.5), (496, 4489), (490, 4486.5), (488.5, 4480.5),
)  # fmt: skip
# Their gorges through the rim, and their ways over the plain.
WEST_OUTLET: Line = ((480.8, 4480.2), (479.6, 4478.2), (478.0, 4475.5), (478, 4471), (481, 4465), (480, 4456))
EAST_OUTLET: Line = ((488.5, 4480.5), (487.5, 4477.5), (486.5, 4475.5), (484, 4470), (480, 4456), (474, 4438))
# A low place within the basin, so that its two halves are one lake from the dead level on.
STRAIT: Line = ((482.0, 4485.5), (485.0, 4486.5), (488.0, 4486.0))
# Hills that part the basin from the plain.
RIM: Line = (
    (461, 4490.5),
    (470, 4484.5),
    (476, 4481.2),
    (482, 4479.4),
    (487.5, 4478.4),
    (494, 4478.2),
    (500, 4480),
)
SADDLES: Line = ((471.0, 4484.0), (493.5, 4477.5), (475.8, 4481.0), (479.5, 4479.5))
FRONT: Line = ((400, 4497), (440, 4492), (458, 4487), (468, 4479.5), (477, 4475.5), (486, 4474.5),
               (494, 4471.5), (503, 4465), (516, 4462.5), (530, 4452), (550, 4447), (580, 4436))  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The plan on one grid, every field float32 (rows, cols).

    ``steepness`` is k_sn (m^0.9); ``inside_km`` is negative on the plain and in the outlet's gorge, where
    heights are given by ``plain_m``; ``start_m`` is a first guess that sends the rivers the right way.
    """

    steepness: Field
    inside_km: Field
    plain_m: Field
    start_m: Field
    rim_km: Field


def distance_km(x: Field, y: Field, line: Line) -> tuple[Field, Field]:
    """Distance to a polyline and the way along it to the nearest point, both km."""
    nearest = np.full(x.shape, np.inf, np.float32)
    along = np.zeros(x.shape, np.float32)
    passed = 0.0
    for (x0, y0), (x1, y1) in pairwise(line):
        east, north = x1 - x0, y1 - y0
        length = float(np.hypot(east, north))
        share = np.clip(((x - x0) * east + (y - y0) * north) / length**2, 0, 1)
        away = np.hypot(x - x0 - share * east, y - y0 - share * north)
        closer = away < nearest
        nearest[closer] = away[closer]
        along[closer] = (passed + share * length)[closer]
        passed += length
    return nearest, along


def hump(
    x: Field, y: Field, centre: tuple[float, float], radii: tuple[float, float], turn_deg: float = 0.0
) -> Field:
    """A Gaussian hump of height 1: centre and radii in km, its long axis turned left from east."""
    c, s = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    east, north = x - centre[0], y - centre[1]
    u, v = (east * c + north * s) / radii[0], (north * c - east * s) / radii[1]
    return np.asarray(np.exp(-(u * u + v * v)), dtype=np.float32)


def plan(grid: Grid, *, seed: int) -> Plan:
    """Lay the plan out on a grid; lines are warped by noise so that none of them shows."""
    col, row = np.meshgrid(np.arange(grid.cols), np.arange(grid.rows))
    x, y = (np.asarray(v / 1000.0, dtype=np.float32) for v in grid.centre_of(row, col))
    bend_x = fractal(grid, wave_m=22e3, octaves=5, seed=seed + 1)
    bend_y = fractal(grid, wave_m=22e3, octaves=5, seed=seed + 2)
    xs, ys = x + 3.0 * bend_x, y + 3.0 * bend_y  # for soft shapes
    xr, yr = x + 1.6 * bend_x, y + 1.6 * bend_y  # for rivers, which must meet their gap

    west_km, west_along = distance_km(xr, yr, WEST_RIVER)
    east_km, east_along = distance_km(xr, yr, EAST_RIVER)
    xg, yg = x + 0.5 * bend_x, y + 0.5 * bend_y  # for gorges
    outlet_km = np.minimum(distance_km(xg, yg, WEST_OUTLET)[0], distance_km(xg, yg, EAST_OUTLET)[0])

    front_y = np.interp(xs, [p[0] for p in FRONT], [p[1] for p in FRONT]).astype(np.float32)
    beyond = ys - front_y  # km from the mountain front, negative on the plain
    knolls = fractal(grid, wave_m=6e3, octaves=3, seed=seed + 4)
    beyond = np.where(
        beyond < 0, np.maximum(beyond, np.clip(6 * (knolls - 0.30) + 0.12 * beyond, -9, 1)), beyond
    )
    head_km = y - np.where(x < 484.0, WEST_OUTLET[1][1], EAST_OUTLET[1][1])  # north of where a gorge begins
    inside = np.minimum(beyond, np.where(head_km < 0, outlet_km - 0.16, np.hypot(outlet_km, head_km)))
    plain_m = 28 + 1.78 * np.clip(y - 4440, -5, 60) + 0.25 * np.clip(x - 480, 0, 60)
    plain_m = (plain_m + 1.2 * fractal(grid, wave_m=5e3, octaves=3, seed=seed + 3)).astype(np.float32)

    steepness = _steepness(grid, xs, ys, west_km, east_km, seed)
    steepness *= 0.45 + 0.55 * np.clip(beyond / 2.0, 0, 1)  # foothills
    rim_km, _ = distance_km(xr, yr, RIM)
    steepness += 14 * np.exp(-((rim_km / 0.9) ** 2))
    for centre in SADDLES:
        steepness *= 1 - 0.8 * hump(xr, yr, centre, (1.6, 1.6))
    strait_km, _ = distance_km(xr, yr, STRAIT)
    steepness *= 1 - 0.7 * np.exp(-((strait_km / 1.0) ** 2))
    steepness *= 1 - 0.7 * np.exp(-((outlet_km / 0.5) ** 2))

    rough = fractal(grid, wave_m=16e3, octaves=6, seed=seed + 5, gain=0.6)
    fall = np.minimum(
        (west_along.max() - west_along) * 2 + west_km * 9, (east_along.max() - east_along) * 2 + east_km * 9
    )
    start_m = np.where(
        inside < 0, plain_m, 100 + fall + 160 * rough * np.clip(np.minimum(west_km, east_km) / 4, 0.05, 1)
    )
    return Plan(
        steepness=steepness,
        inside_km=inside.astype(np.float32),
        plain_m=plain_m,
        start_m=start_m.astype(np.float32),
        rim_km=rim_km,
    )


def _steepness(grid: Grid, x: Field, y: Field, west_km: Field, east_km: Field, seed: int) -> Field:
    k_sn = 40 + 26 * fractal(grid, wave_m=42e3, octaves=3, seed=seed + 6)
    k_sn += 26 * hump(x, y, (468, 4504), (11, 10)) + 34 * hump(x, y, (505, 4477), (9, 6.5), 25)
    k_sn += 16 * hump(x, y, (503, 4516), (22, 8)) + 20 * hump(x, y, (455, 4484), (10, 7))
    basin = hump(x, y, (487, 4488), (12, 6.5), 12) + hump(x, y, (499, 4494), (9, 4.5), 38)
    basin += 0.8 * hump(x, y, (476, 4490.5), (7.5, 3.6), -12)
    rim = hump(x, y, (482, 4479), (13, 4.5), -20)
    valleys = np.maximum(0.55 * np.exp(-((west_km / 1.8) ** 2)), 0.85 * np.exp(-((east_km / 4.5) ** 2)))
    k_sn = k_sn * (1 - 0.93 * np.clip(1.5 * basin, 0, 1)) * (1 - 0.5 * rim) * (1 - valleys) + 5
    knolls = fractal(grid, wave_m=3.6e3, octaves=2, seed=seed + 7)
    k_sn += 17 * np.clip(basin, 0, 1) * np.clip(2.2 * knolls - 0.35, 0, 1)
    return np.asarray(k_sn, dtype=np.float32)
