"""Classify probable land cover by rule, where none was mapped.

From height, slope, aspect and the shape of the ground.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from twin.arrays import F32, U8, Bools
from twin.catalog.landcover_classes import COVER
from twin.noise import fractal_m


def probable_cover(ground_m: F32, cell_m: float) -> U8:
    """Classify every cell by rule, uint8 (rows, cols).

    For finite heights in metres.
    """
    z = ndimage.gaussian_filter(ground_m, max(0.6, 30.0 / cell_m), mode="nearest")
    down, right = np.gradient(z, cell_m)
    slope = np.hypot(down, right)
    steep = slope * (max(cell_m, 30.0) / 30.0) ** 0.28  # coarse cells average slopes away
    sunny = np.where(slope > 0.04, -down / np.maximum(slope, 1e-6), 0.0)
    convex = (z - ndimage.gaussian_filter(z, 240.0 / cell_m, mode="nearest")) if cell_m < 200 else 0.0 * z
    gentle = ndimage.uniform_filter(steep, max(1, round(150.0 / cell_m)))
    patch = fractal_m(z.shape, cell_m=cell_m, wave_m=2600.0, octaves=5, seed=60, gain=0.6)
    grain = fractal_m(z.shape, cell_m=cell_m, wave_m=700.0, octaves=3, seed=61, gain=0.6)

    out = np.full(z.shape, COVER["broadleaf"], np.uint8)
    out[(z > 860 + 240 * patch) | ((sunny < -0.3) & (grain + 0.6 * patch > 0.18))] = COVER["conifer"]
    out[(sunny + 1.1 * grain + 0.4 * patch > 0.72) & (steep > 0.12)] = COVER["shrub"]
    out[(convex > 15 + 12 * grain) & (patch > 0.16)] = COVER["grass"]
    out[(steep > 0.60 + 0.25 * grain) & (patch + 0.5 * convex / 20 > 0.1)] = COVER["rock"]
    low = z < 330 + 120 * patch
    out[low & (gentle < 0.17 + 0.08 * grain) & (patch + 0.7 * grain > -0.12)] = COVER["orchard"]
    out[low & (gentle < 0.06 + 0.03 * grain)] = COVER["field"]
    return out


def lakes(ground_m: F32, cell_m: float) -> Bools:
    """Mask flat cells that are a lake's surface, not its bed.

    Level to the centimetre over a square kilometre.
    """
    level = ndimage.maximum_filter(ground_m, 3) - ndimage.minimum_filter(ground_m, 3) < 0.01
    parts, count = ndimage.label(level)
    large = np.bincount(parts.ravel(), minlength=count + 1) * cell_m**2 > 1e6
    large[0] = False
    return np.asarray(ndimage.binary_dilation(large[parts], iterations=1))
