"""Site the 43 villages, and level the ground under them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from twin.arrays import F32, Bools
from twin.errors import TwinError
from twin.grid import Grid
from twin.noise import hash01
from twin.sample.names import VILLAGES

LOWEST_M = 155.4  # no pad lies lower: the first-class protection line runs at 155 m
BELT_TOP_M = 159.4
IN_BELT = 11  # villages in the belt between the protection line and 160 m
APART_M = 1500.0
STEEPEST = 0.14  # mean slope of ground that is built on


class VillageRoomError(TwinError):
    """Basin has too little gentle ground for its villages."""

    zh = "示例流域生成失败：{message}"


@dataclass(frozen=True, kw_only=True)
class Village:
    """Village of the sample.

    Its names, centre (frame, m), level of its ground, radius, people and township (invented).
    """

    number: int
    name_zh: str
    name_en: str
    east: float
    north: float
    level_m: float
    radius_m: float
    households: int
    people: int
    township_zh: str = ""
    township_en: str = ""

    def outline(self, *, seed: int, points: int = 28) -> list[tuple[float, float]]:
        """Return the footprint as a closed, lobed ring.

        In the frame.
        """
        turns = 2 * np.pi * np.arange(points) / points
        phase = [2 * np.pi * hash01(self.number, k, seed + 50) for k in range(3)]
        wave = np.sum([0.11 * np.cos((k + 2) * turns + phase[k]) for k in range(3)], axis=0)
        radius = self.radius_m * (0.88 + wave)
        ring = [
            (float(self.east + r * np.cos(t)), float(self.north + 0.8 * r * np.sin(t)))
            for r, t in zip(radius, turns, strict=True)
        ]
        return [*ring, ring[0]]


def choose_sites(
    height_m: F32,
    grid: Grid,
    *,
    lake: Bools,
    stream: Bools,
    inside_km: F32,
    seed: int,
) -> list[Village]:
    """Choose gentle sites near the lake, the belt first.

    Away from streams, apart from each other. ``height_m`` is final but for the pads, ``lake`` the ground that
    floods up to 160.5 m.
    """
    down, right = np.gradient(ndimage.uniform_filter(height_m, 5), grid.dy)
    slope = ndimage.uniform_filter(np.hypot(down, right), 7)
    from_lake = ndimage.distance_transform_edt(~(lake & (height_m < 155.0))) * grid.dx
    from_stream = ndimage.distance_transform_edt(~stream) * grid.dx
    inner = np.zeros(grid.shape, np.bool_)
    inner[60:-60, 60:-60] = True
    good = (
        inner
        & (slope < STEEPEST)
        & (from_stream > 130)
        & (from_lake > 60)
        & (from_lake < 14_000)
        & (inside_km > 0)
    )
    belt = good & lake & (height_m > LOWEST_M + 0.3) & (height_m < BELT_TOP_M)
    upland = good & ~lake & (height_m > 161.0) & (height_m < 420.0)
    worth = slope / STEEPEST + from_lake / 9e3 + 0.3 * np.exp(-from_stream / 400.0)
    sites = _spread(belt, slope / STEEPEST, grid, count=IN_BELT, taken=[], seed=seed)
    sites = _spread(upland, worth, grid, count=len(VILLAGES), taken=sites, seed=seed + 1)
    if len(sites) < len(VILLAGES):
        raise VillageRoomError(
            f"room for {len(sites)} villages, {len(VILLAGES)} are wanted", found=len(sites)
        )
    return [_settle(k, row, col, height_m, grid, seed=seed) for k, (row, col) in enumerate(sites)]


def _spread(
    allowed: Bools,
    worth: F32,
    grid: Grid,
    *,
    count: int,
    taken: list[tuple[int, int]],
    seed: int,
) -> list[tuple[int, int]]:
    """The best cells one after the other, none within ``APART_M`` of one taken, until there are ``count``."""
    rows, cols = np.nonzero(allowed)
    chance = np.random.default_rng(seed).random(rows.size)
    order = np.argsort(worth[rows, cols] + 0.9 * chance, kind="stable")
    rows, cols = rows[order], cols[order]
    free = np.ones(rows.size, np.bool_)
    for row, col in taken:
        free &= np.hypot(rows - row, cols - col) * grid.dx > APART_M
    sites = list(taken)
    while len(sites) < count and free.any():
        k = int(np.argmax(free))
        sites.append((int(rows[k]), int(cols[k])))
        free &= np.hypot(rows - rows[k], cols - cols[k]) * grid.dx > APART_M
    return sites


def _settle(number: int, row: int, col: int, height_m: F32, grid: Grid, *, seed: int) -> Village:
    east, north = grid.centre_of(row, col)
    size = hash01(number, 1, seed + 40)
    radius = 110.0 + 110.0 * size * size
    level = max(LOWEST_M, float(height_m[row, col]))
    households = round(40 + 260 * size * size + 25 * hash01(number, 2, seed + 40))
    zh, en = VILLAGES[number]
    return Village(
        number=number + 1,
        name_zh=zh,
        name_en=en,
        east=float(east),
        north=float(north),
        level_m=level,
        radius_m=radius,
        households=households,
        people=round(households * (2.3 + 0.9 * hash01(number, 3, seed + 40))),
    )


def found_levels(height_m: F32, grid: Grid, villages: list[Village]) -> list[Village]:
    """Return the villages with their finished ground levels."""
    out = []
    for village in villages:
        row, col = map(int, grid.nearest_cells(village.east, village.north))
        out.append(replace(village, level_m=float(np.median(height_m[row - 2 : row + 3, col - 2 : col + 3]))))
    return out


def level_pads(height_m: F32, grid: Grid, villages: list[Village]) -> Bools:
    """Level the ground of every village, in place.

    With slopes around. Returns the pads' mask.
    """
    pads = np.zeros(grid.shape, np.bool_)
    for village in villages:
        reach = int(village.radius_m / grid.dx) + 8
        row, col = map(int, grid.nearest_cells(village.east, village.north))
        rows, cols = slice(row - reach, row + reach + 1), slice(col - reach, col + reach + 1)
        x, y = grid.centre_of(*np.mgrid[rows, cols])
        away = np.hypot(x - village.east, (y - village.north) / 0.85) - village.radius_m * 1.15
        weight = np.clip(1.0 - away / 130.0, 0.0, 1.0)
        weight = weight * weight * (3.0 - 2.0 * weight)
        height_m[rows, cols] += (weight * (village.level_m - height_m[rows, cols])).astype(np.float32)
        pads[rows, cols] |= away <= 0
    return pads
