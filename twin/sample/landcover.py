"""Classify the sample's land cover, a class a cell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from scipy import ndimage

from twin.arrays import F32, F64, U8, Bools
from twin.grid import Grid
from twin.noise import fractal
from twin.sample.grids import sampled, zoomed


class SampleCover(IntEnum):
    """Classes of ``landcover.tif``: the numbers of ``twin.catalog.landcover_classes``."""

    RIVER = 1  # running water outside the reservoir
    BED = 2  # reservoir bed that is seldom dry: silt
    DRAWDOWN = 3  # shore that falls dry every year: bare sand, mud, annual plants
    WETLAND = 4  # reeds and shrubs, 155 to 157.5 m
    SHORE_WOOD = 5  # tree belt, 157.5 to 160 m
    SAND = 6  # river gravel and sand
    FIELD = 7
    ORCHARD = 8
    BROADLEAF = 9
    CONIFER = 10
    SHRUB = 11
    GRASS = 12
    ROCK = 13
    SETTLEMENT = 14
    ROAD = 15
    DAM = 16


@dataclass(frozen=True, kw_only=True)
class CoverInputs:
    """Inputs of land cover, each (rows, cols)."""

    height_m: F32
    catchment_m2: F64
    plain_km: F32  # distance from the plain, negative on it
    lake: Bools  # floods up to 160.5 m
    built: Bools  # villages and towns
    roads: Bools
    dams: Bools


def cover(ground: CoverInputs, grid: Grid, *, seed: int) -> U8:
    """Return the class of every cell, uint8 (rows, cols)."""
    z = ground.height_m
    down, right = np.gradient(ndimage.gaussian_filter(z, 1.0), grid.dy)
    slope = np.hypot(down, right)
    sunny = np.where(slope > 0.05, -down / np.maximum(slope, 1e-6), 0.0)  # 1 on slopes that face south
    convex = ndimage.gaussian_filter(z, 2.0) - ndimage.gaussian_filter(z, 8.0)
    coarse = zoomed(grid, 2)
    patch = sampled(fractal(coarse, wave_m=2600.0, octaves=5, seed=seed + 60, gain=0.6), coarse, grid)
    grain = sampled(fractal(coarse, wave_m=700.0, octaves=3, seed=seed + 61, gain=0.6), coarse, grid)

    out = np.full(grid.shape, SampleCover.BROADLEAF, np.uint8)
    out[(z > 860 + 240 * patch) | ((sunny < -0.3) & (grain + 0.6 * patch > 0.18))] = SampleCover.CONIFER
    out[(sunny + 1.1 * grain + 0.4 * patch > 0.72) & (slope > 0.12)] = SampleCover.SHRUB
    out[(convex > 15 + 12 * grain) & (patch > 0.16)] = SampleCover.GRASS
    out[(slope > 0.60 + 0.25 * grain) & (patch + 0.5 * convex / 20 > 0.1)] = SampleCover.ROCK
    gentle = ndimage.uniform_filter(slope, 5)
    low = z < 330 + 120 * patch
    out[low & (gentle < 0.20 + 0.08 * grain) & (patch + 0.7 * grain > -0.12)] = SampleCover.ORCHARD
    out[low & (gentle < 0.085 + 0.03 * grain)] = SampleCover.FIELD
    plain = ground.plain_km < 0
    out[plain & (slope < 0.10)] = SampleCover.FIELD
    out[plain & (patch + 0.8 * grain > 0.55)] = SampleCover.ORCHARD
    out[plain & (patch - 0.6 * grain < -0.52)] = SampleCover.BROADLEAF

    _waters(out, ground, grid, grain)
    out[ground.built] = SampleCover.SETTLEMENT
    out[ground.roads] = SampleCover.ROAD
    out[ground.dams] = SampleCover.DAM
    return out


def _waters(out: U8, ground: CoverInputs, grid: Grid, grain: F32) -> None:
    z, lake = ground.height_m, ground.lake
    out[lake & (z < 160.0) & (grain > -0.25)] = SampleCover.SHORE_WOOD
    out[lake & (z < 157.5)] = SampleCover.WETLAND
    out[lake & (z < 154.8 + 0.8 * grain)] = SampleCover.DRAWDOWN
    out[lake & (z < 149.0 + 2.0 * grain)] = SampleCover.BED
    river = ground.catchment_m2 >= 100e6
    near = ndimage.distance_transform_edt(~river, return_distances=False, return_indices=True)
    row, col = np.ogrid[: grid.rows, : grid.cols]
    away = np.hypot(near[0] - row, near[1] - col) * grid.dx
    size = np.log10(ground.catchment_m2[near[0], near[1]] / 100e6)  # 0 for a brook, 2 for a main river
    rise = z - z[near[0], near[1]]
    dry = ~(lake & (z < 154.0))
    out[dry & (away < (45.0 + 95.0 * size) * (0.65 + 1.1 * grain)) & (rise < 4.5)] = SampleCover.SAND
    out[dry & (away < 8.0 + 20.0 * size)] = SampleCover.RIVER
