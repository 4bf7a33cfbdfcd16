"""Compute light on relief.

A soft sun from the north-west, light from the whole sky, and shadows of mountains. The scene draws the
surface picture as it is, so all the light on land is painted here.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from twin.arrays import F32
from twin.interpolation import bilinear_grid

RELIEF = 1.5  # heights count this much: slopes read better from above than they are
COARSER = 0.5  # ground surveyed in cells wider than 60 m counts more, by this power: it has lost its slopes
# Compass direction, height (degrees) and share: the first is the sun, the others open its shadows.
SUNS = ((315.0, 42.0, 0.62), (270.0, 45.0, 0.16), (0.0, 45.0, 0.16), (225.0, 60.0, 0.06))
SUN_HEIGHT_DEG = 42.0
BRIGHTEST = 1.42  # no slope is lit more, or bare crests would glare


def _lambert(z: F32, cell_m: float) -> F32:
    """Sunlight on a surface, 1 on level ground."""
    down, right = np.gradient(z, np.float32(cell_m))
    across = np.sqrt(1.0 + down * down + right * right)
    light = np.zeros(z.shape, np.float32)
    for heading, height, share in SUNS:
        turn, up = np.radians(heading), np.radians(height)
        north, east = np.float32(np.cos(up) * np.cos(turn)), np.float32(np.cos(up) * np.sin(turn))
        facing = (np.float32(np.sin(up)) + north * down - east * right) / across
        light += np.float32(share / np.sin(up)) * np.maximum(facing, np.float32(0.0))
    return light


def _shadow(z: F32, cell_m: float) -> F32:
    """How deep each cell lies in the shadow of ground to its north-west, m; the rays run along diagonals."""
    drop = np.float32(np.tan(np.radians(SUN_HEIGHT_DEG)) * np.sqrt(2.0) * cell_m)
    depth = np.zeros(z.shape, np.float32)
    ray = z[0].copy()
    for row in range(1, z.shape[0]):
        ray[1:] = ray[:-1] - drop
        ray[0] = z[row, 0]
        np.subtract(ray, z[row], out=depth[row])
        np.maximum(ray, z[row], out=ray)
    return np.maximum(depth, 0.0)


def _openness(z: F32, cell_m: float) -> F32:
    """How much more or less sky a cell sees than level ground, about −1 (gorge) … 1 (crest)."""
    out = np.zeros(z.shape, np.float32)
    for reach_m, share in ((90.0, 0.30), (300.0, 0.40), (1100.0, 0.30)):
        sigma = max(0.7, reach_m / cell_m)
        rise = (z - _blur(z, sigma)) * np.float32(1.6 / (sigma * cell_m))
        out += np.float32(share) * np.tanh(rise)
    return out


def _blur(z: F32, sigma: float) -> F32:
    """A Gaussian blur; a wide one on every n-th cell."""
    step = int(sigma // 3)
    if step < 2:
        return np.asarray(ndimage.gaussian_filter(z, sigma, mode="nearest", truncate=3.0))
    small = ndimage.gaussian_filter(
        ndimage.uniform_filter(z, step, mode="nearest")[::step, ::step],
        sigma / step,
        mode="nearest",
        truncate=3.0,
    )
    row, col = (np.arange(n, dtype=np.float32) / np.float32(step) for n in z.shape)
    return bilinear_grid(small, row, col)


def daylight(ground_m: F32, cell_m: float, *, surveyed_m: float) -> tuple[F32, F32]:
    """Return sun and sky light on every cell of ``ground_m``.

    Finite heights, m; float32, about 1 on level ground. ``surveyed_m`` is the width of the cells that the
    heights were known for.
    """
    z = ground_m * np.float32(RELIEF * max(1.0, surveyed_m / 60.0) ** COARSER)
    fine = _lambert(z, cell_m)
    broad = _lambert(_blur(z, max(1.0, 260.0 / cell_m)), cell_m)
    lit = np.float32(1.0) - np.float32(0.5) * (1.0 - np.exp(-_shadow(z, cell_m) / np.float32(27.0)))
    lit = ndimage.gaussian_filter(lit, 0.8, mode="nearest")
    sun = np.minimum((0.72 * fine + 0.28 * broad) * lit, BRIGHTEST)
    sky = 1.0 + 0.42 * np.minimum(_openness(z, cell_m), 0.5)
    return sun.astype(np.float32), sky.astype(np.float32)
