"""Shape the reservoir's bed and shores.

Heights given out in flood order, so that levels, areas and storages meet. A remap of heights alone fails,
because pockets behind sills are flooded with their sill. So the cells are taken in the order of a flood from
the seed (4-connected, dams closed), and the n-th square metre gets the level at which the wanted area–level
curve reaches n. The flood then takes the cells in the very same order.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from twin.areas import CellAreas
from twin.arrays import F32, F64, I32, Bools
from twin.sample.drainage import drain
from twin.sample.facts import BED_M, PUBLISHED
from twin.sample.relief import Relief

TOP_M = 160.5  # up to here heights are given out; above, they only shift
AREA_SLOPE_M2 = 4.27e6  # m² per m above the design level, as between the last two published points


def area_curve() -> tuple[F64, F64]:
    """Return levels and increasing flooded areas of the wanted curve.

    Levels are m, 1 cm apart from the bed to ``TOP_M``; areas m². Between two published points the area is the
    quadratic whose integral is the difference of the storages; below the first it is the power of the depth
    that stores what is published there.
    """
    level = np.arange(round(BED_M * 100), round(TOP_M * 100) + 1) / 100.0
    area = np.empty_like(level)
    first_level, first_area, first_storage = PUBLISHED[0]
    depth = first_level - BED_M
    power = first_area * depth / first_storage - 1.0
    below = level <= first_level
    area[below] = first_area * ((level[below] - BED_M) / depth) ** power
    for (h0, a0, v0), (h1, a1, v1) in pairwise(PUBLISHED[:-1]):
        between = (level > h0) & (level <= h1)
        t = (level[between] - h0) / (h1 - h0)
        bow = 6.0 * ((v1 - v0) / (h1 - h0) - (a0 + a1) / 2.0)
        area[between] = a0 + (a1 - a0) * t + bow * t * (1.0 - t)
    last_level, last_area, _ = PUBLISHED[-2]
    above = level > last_level
    area[above] = last_area + AREA_SLOPE_M2 * (level[above] - last_level)
    return level, area


@dataclass(frozen=True, kw_only=True)
class FloodedCells:
    """Cells that a rising flood takes, in order.

    Flat indices; and the level it ends at, m.
    """

    cells: I32
    level_m: float

    def mask(self, shape: tuple[int, int]) -> Bools:
        """Mask the lake, shape (rows, cols)."""
        inside = np.zeros(shape, np.bool_)
        inside.ravel()[self.cells] = True
        return inside

    def up_to(self, level_m: float, areas: CellAreas) -> I32:
        """Return the cells that are wet at a level.

        By the wanted curve.
        """
        level, area = area_curve()
        wanted_m2 = float(np.interp(level_m, level, area))
        return self.cells[: int(np.searchsorted(_covered_m2(self.cells, areas), wanted_m2))]


def fill(height_m: F32, *, seed: tuple[int, int], closed: Bools, areas: CellAreas) -> FloodedCells:
    """Flood the wanted curve's lake from the seed's cell.

    4-connected. Ground more than 70 m above ``TOP_M`` is not looked at.
    """
    start = np.zeros(height_m.shape, np.bool_)
    start[seed] = True
    order, _, spill = drain(height_m, start, closed | (height_m > TOP_M + 70.0), False)
    wanted_m2 = float(area_curve()[1][-1])
    cells = order[: int(np.searchsorted(_covered_m2(order, areas), wanted_m2, side="right"))]
    return FloodedCells(cells=cells, level_m=float(spill.ravel()[cells[-1]]))


def _covered_m2(cells: I32, areas: CellAreas) -> F64:
    """What a flood has covered when it is half over each cell, in the order of ``cells`` (flat), m²."""
    own = areas.at(*np.divmod(cells, len(areas.across)))
    return np.asarray(own.cumsum() - own / 2.0)


def to_datum(height_m: F32, basin: Relief, *, seed: tuple[int, int], areas: CellAreas) -> float:
    """Shift the mountains so that the lake ends near ``TOP_M``.

    In place; returns by how much. The lake has the wanted size. The basin is closed along the crest of its
    rim meanwhile; the plain keeps its heights.
    """
    lake = fill(height_m, seed=seed, closed=basin.rim_km < 0.15, areas=areas)
    shift = TOP_M - lake.level_m
    height_m += np.float32(shift) * np.clip((height_m - basin.plain_m) / np.float32(40.0), 0.0, 1.0)
    return shift


def meet_hypsometry(height_m: F32, *, lake: FloodedCells, keep: Bools, areas: CellAreas) -> F32:
    """Return heights with ``lake``'s bed on the wanted curve.

    And its shores. The lake ends at ``TOP_M``; ground above its natural rim is shifted by what the rim moves,
    the less the higher it lies, so that no slope turns over. ``keep`` (crests of dams) stays as it is.
    """
    level, area = area_curve()
    given = np.interp(_covered_m2(lake.cells, areas), area, level)
    rim_m = lake.level_m
    shift = TOP_M - rim_m
    fade = max(40.0, 3.0 * abs(shift))
    out = height_m.copy()
    above = height_m > rim_m - fade
    rise = np.clip((height_m[above] - rim_m) / fade, -1.0, None)
    weight = np.where(rise < 0, 1.0 + rise, np.exp(-np.maximum(rise, 0.0)))
    out[above] += (shift * weight).astype(np.float32)
    out[keep] = height_m[keep]
    out.ravel()[lake.cells] = given.astype(np.float32)
    return out
