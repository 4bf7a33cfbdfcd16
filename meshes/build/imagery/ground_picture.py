"""Paint the picture of the terrain.

Its land cover, or plain relief, with the light painted in.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from meshes.build.imagery.brush import brush, lay_ribbons
from meshes.build.imagery.grain import noise_tile
from meshes.build.imagery.hillshade import daylight
from meshes.build.imagery.landcover_rules import lakes, probable_cover
from meshes.build.imagery.palette import crops, roofs, shades, texture
from meshes.errors import NoGroundError
from twin.arrays import F32, U8
from twin.catalog.landcover_classes import COVER
from twin.noise import fractal_m

FINEST_M = 11.0  # no pixel is narrower: there is no detail to show
WORKED_M = 40.0  # coarser ground is worked on in finer cells, so that its slopes look round
MOST_SCALE = 4
GULLIES_M = 120.0  # ground surveyed in cells wider than this has lost its gullies: some are painted in


def paint(
    ground_m: F32,
    *,
    cell_m: float,
    landcover: U8 | None = None,
    guess: bool = False,
    width_limit: int = 4096,
) -> U8:
    """Paint the ground from above, sRGB uint8 (h, w, 3).

    North up, same extent as ``ground_m``. ``ground_m`` is (rows, cols) float32, m, NaN where there is no
    ground (painted as if the ground went on); ``landcover`` the classes of ``twin.catalog.landcover_classes``
    on the same cells, 0 where unknown. What is unknown is plain shaded relief; with ``guess``, which is for
    invented basins alone, its cover is guessed from the relief, and coarse ground gets gullies. The picture
    has a whole number of pixels to a cell, as many as ``width_limit`` and the detail allow; a raster wider
    than the limit is thinned. Equal on every run.

    Raises NoGroundError where no height is finite.
    """
    ground = _filled(np.asarray(ground_m, dtype=np.float32))
    if landcover is None:
        landcover = np.zeros(ground.shape, np.uint8)
        if guess:
            landcover[lakes(ground, cell_m)] = COVER["bed"]
    surveyed_m = cell_m
    thin = -(-max(ground.shape) // width_limit)
    finer = int(np.clip(min(width_limit // max(ground.shape), cell_m // WORKED_M + 1), 1, MOST_SCALE))
    if thin > 1:
        ground = np.ascontiguousarray(ndimage.uniform_filter(ground, thin, mode="nearest")[::thin, ::thin])
        landcover = landcover[::thin, ::thin]
        cell_m *= thin
    elif finer > 1:
        ground = ndimage.zoom(_without_steps(ground, cell_m), finer, order=3, mode="nearest", grid_mode=True)
        landcover = landcover.repeat(finer, axis=0).repeat(finer, axis=1)
        cell_m /= finer
    else:
        ground = _without_steps(ground, cell_m)
    if guess and not landcover.all():
        landcover = np.where(landcover == 0, probable_cover(ground, cell_m), landcover)
    relief = _gullied(ground, cell_m, surveyed_m) if guess and surveyed_m > GULLIES_M else ground
    sun, sky = daylight(relief, cell_m, surveyed_m=surveyed_m)
    scale = int(np.clip(min(width_limit // max(ground.shape), cell_m / FINEST_M), 1, MOST_SCALE))
    beside, ribbons, banded = lay_ribbons(landcover)
    return brush(
        np.ascontiguousarray(beside), ribbons, banded, ground, sun, sky, cell_m, scale,
        noise_tile(), shades(), texture(), crops(), roofs(),
    )  # fmt: skip


def _filled(ground: F32) -> F32:
    """Holes take the height of the nearest ground."""
    hole = ~np.isfinite(ground)
    if hole.all() or min(ground.shape) < 2:
        raise NoGroundError("the picture needs at least 2 × 2 cells with a height", shape=ground.shape)
    if not hole.any():
        return ground
    near = ndimage.distance_transform_edt(hole, return_distances=False, return_indices=True)
    return np.asarray(ground[tuple(near)])


def _without_steps(ground: F32, cell_m: float) -> F32:
    """Heights without the steps of whole metres that show as terraces on gentle ground."""
    soft = ndimage.gaussian_filter(ground, 1.3, mode="nearest")
    down, right = np.gradient(soft, cell_m)
    keep = np.clip(np.hypot(down, right) / 0.12, 0.15, 1.0).astype(np.float32)
    return np.asarray(soft + keep * (ground - soft), dtype=np.float32)


def _gullied(ground: F32, cell_m: float, surveyed_m: float) -> F32:
    """Heights with ridges and gullies finer than the survey, higher on steep ground; for light only."""
    down, right = np.gradient(ndimage.gaussian_filter(ground, surveyed_m / cell_m, mode="nearest"), cell_m)
    folds = 1.0 - 2.0 * np.abs(
        fractal_m(ground.shape, cell_m=cell_m, wave_m=4.5 * surveyed_m, octaves=4, seed=71, gain=0.55)
    )
    height_m = np.minimum(np.hypot(down, right), 0.4) * surveyed_m * 0.75
    return np.asarray(ground + height_m * folds, dtype=np.float32)
