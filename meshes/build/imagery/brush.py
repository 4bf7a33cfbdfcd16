"""Paint pixels of land cover under daylight.

Classes become woods, parcels, roofs and ribbed shores.
"""

from __future__ import annotations

import math

import numpy as np
from numba import prange
from scipy import ndimage

from meshes.build.imagery.grain import noise_at
from meshes.build.imagery.parcels import parcel, roof
from twin.arrays import F32, U8, Bools
from twin.catalog.landcover_classes import COVER
from twin.compiled import parallel, serial
from twin.noise import hash01

FIELD, ORCHARD, SETTLEMENT, ROCK = COVER["field"], COVER["orchard"], COVER["settlement"], COVER["rock"]
BED, DRAWDOWN = COVER["bed"], COVER["drawdown"]
RIBBONS = (COVER["sand"], COVER["river"], COVER["road"], COVER["dam"])  # in the order they are laid
RIBBON_EDGES = (
    (0.38, 0.52),
    (0.30, 0.48),
    (0.24, 0.46),
    (0.30, 0.46),
)  # coverage where each begins and is full
SHOULDER = 0.68  # brighter values are held back, so that no slope burns out


@serial
def _linear(values: F32, row: float, col: float) -> float:
    """Linear interpolation at a place within the raster."""
    r, c = min(int(row), values.shape[0] - 2), min(int(col), values.shape[1] - 2)
    v, u = row - r, col - c
    upper = values[r, c] * (1.0 - u) + values[r, c + 1] * u
    lower = values[r + 1, c] * (1.0 - u) + values[r + 1, c + 1] * u
    return float(upper * (1.0 - v) + lower * v)


@parallel
def brush(
    cover: U8,
    ribbons: F32,
    banded: Bools,
    ground_m: F32,
    sun: F32,
    sky: F32,
    cell_m: float,
    scale: int,
    tile: F32,
    shades: F32,
    texture: F32,
    crops: F32,
    roofs: F32,
) -> U8:
    """Paint the picture, uint8 (rows · scale, cols · scale, 3).

    ``cover``, ``ground_m`` and the light (``sun``, ``sky``) are (rows, cols); ``ribbons`` (4, rows, cols) is
    the soft coverage by what runs in bands (``RIBBONS``), under which ``cover`` holds what lies beside it,
    ``banded`` where there are any;
    ``tile`` is the noise, the rest are the tables of ``palette``.
    """
    rows, cols = cover.shape
    out = np.empty((rows * scale, cols * scale, 3), np.uint8)
    pixel_m = cell_m / scale
    detail = min(1.0, 30.0 / pixel_m)  # what is finer than a pixel fades
    for py in prange(rows * scale):
        colour = np.empty(3, np.float32)
        for px in range(cols * scale):
            x, y = (px + 0.5) * pixel_m, (py + 0.5) * pixel_m
            row = min(max((py + 0.5) / scale - 0.5, 0.0), rows - 1.0)
            col = min(max((px + 0.5) / scale - 0.5, 0.0), cols - 1.0)
            bend_x = noise_at(tile, x / 64.0, y / 64.0)
            bend_y = noise_at(tile, x / 64.0 + 31.7, y / 64.0 + 17.3)
            patch = (
                0.5 + 0.7 * noise_at(tile, x / 610.0, y / 610.0) + 0.4 * noise_at(tile, y / 190.0, x / 190.0)
            )
            grain = noise_at(tile, y / 37.0, x / 37.0)
            speck = hash01(px, py, 38) - 0.5
            # Edges between kinds of ground wander, and fray a little.
            at_row = int(min(max(row + 0.62 * bend_y + 0.3 * speck, 0.0), rows - 1.0) + 0.5)
            at_col = int(min(max(col + 0.62 * bend_x + 0.3 * speck, 0.0), cols - 1.0) + 0.5)
            kind = cover[at_row, at_col]
            patch = min(max(patch, 0.0), 1.0)
            for b in range(3):
                colour[b] = shades[kind, 0, b] * (1.0 - patch) + shades[kind, 1, b] * patch
            tone = 1.0 + texture[kind, 0] * grain + texture[kind, 1] * speck * detail
            if kind == FIELD:
                number, edge = parcel(x, y, pixel_m)
                crop = crops[min(len(crops) - 1, int(number * len(crops)))]
                for b in range(3):
                    colour[b] += 0.55 * detail * detail * (crop[b] - colour[b])
                tone *= 1.0 - 0.15 * edge * detail * detail
            elif kind == SETTLEMENT:
                number = roof(x, y)
                if number >= 0.0:
                    top = roofs[min(len(roofs) - 1, int(number * len(roofs)))]
                    for b in range(3):
                        colour[b] += 0.8 * detail * (top[b] - colour[b])
            elif kind == ORCHARD:
                tone += 0.03 * detail * math.sin(0.19 * x + 3.0 * bend_x) * math.sin(0.19 * y + 3.0 * bend_y)
            elif kind in (BED, DRAWDOWN):
                # Every halt of the falling water leaves a line along the shore.
                height = _linear(ground_m, row, col)
                tone += 0.04 * math.sin(5.2 * height + 1.4 * bend_x) + 0.03 * math.sin(2.1 * height + bend_y)
            elif kind == ROCK:
                tone += 0.06 * math.sin(0.33 * _linear(ground_m, row, col) + 2.5 * bend_x + 1.5 * grain)
            for n in range(len(RIBBONS) if banded[at_row, at_col] else 0):
                coverage = _linear(ribbons[n], row, col)
                if coverage > RIBBON_EDGES[n][0]:
                    share = min(
                        1.0, (coverage - RIBBON_EDGES[n][0]) / (RIBBON_EDGES[n][1] - RIBBON_EDGES[n][0])
                    )
                    for b in range(3):
                        band = shades[RIBBONS[n], 0, b] * (1.0 - patch) + shades[RIBBONS[n], 1, b] * patch
                        colour[b] += share * (band - colour[b])
                    tone += share * (1.0 + 0.04 * grain - tone)
            light, open_sky = _linear(sun, row, col), _linear(sky, row, col)
            for b in range(3):
                warm = 0.70 if b == 0 else (0.68 if b == 1 else 0.65)  # the sun is warm, the sky is blue
                value = colour[b] * tone * (warm * light + 1.0 - warm) * open_sky
                if value > SHOULDER:
                    value = SHOULDER + (value - SHOULDER) / (1.0 + 2.5 * (value - SHOULDER))
                out[py, px, b] = np.uint8(min(max(value, 0.0), 1.0) * 255.0 + 0.5)
    return out


def lay_ribbons(cover: U8) -> tuple[U8, F32, Bools]:
    """Remove narrow bands from land cover; return their soft coverage.

    (cover with what lies beside the bands in their place, each band's coverage, where any is).
    """
    is_band = np.isin(cover, RIBBONS)
    ribbons = np.zeros((len(RIBBONS), *cover.shape), np.float32)
    if not is_band.any() or is_band.all():
        return cover, ribbons, is_band
    for n, kind in enumerate(RIBBONS):
        # Sand reaches under the river that runs through it.
        mask = np.isin(cover, RIBBONS[:2]) if n == 0 else cover == kind
        if mask.any():
            ndimage.gaussian_filter(mask.astype(np.float32), 0.75, output=ribbons[n], mode="nearest")
    near = ndimage.distance_transform_edt(is_band, return_distances=False, return_indices=True)
    return cover[tuple(near)], ribbons, ndimage.binary_dilation(is_band, iterations=3)
