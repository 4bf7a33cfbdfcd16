"""Join the basin and its surroundings at the window's edge."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from twin.arrays import F32, F64
from twin.interpolation import bilinear
from twin.sample.grids import REGION, WINDOW, sampled

REACH_M = 2500.0  # how far inside the edge the basin gives way
RIVER_M2 = 2e7
BED_M, BANK_M = 60.0, 600.0  # a river keeps its bed; beyond, its valley's sides give way too
SEAM = 10  # outermost cells that lie on the surroundings' own surface


def _edge_distance(rows: int, cols: int) -> F32:
    """Cells to the nearest edge, 0 in the outermost."""
    row = np.minimum(np.arange(rows), np.arange(rows)[::-1])
    col = np.minimum(np.arange(cols), np.arange(cols)[::-1])
    return np.minimum(row[:, None], col[None, :]).astype(np.float32)


def join_edge(height_m: F32, region_m: F32, catchment_m2: F64) -> F32:
    """Return the basin with its edge on the region's surface.

    Broad differences fade over ``REACH_M``, and the last ``SEAM`` cells turn into the coarse surface itself.
    Rivers' beds stay as they are.
    """
    river_m = ndimage.distance_transform_edt(catchment_m2 < RIVER_M2) * WINDOW.dx
    free = np.clip((river_m - BED_M) / (BANK_M - BED_M), 0.0, 1.0)
    coarse = sampled(region_m, REGION, WINDOW)
    away = _edge_distance(*height_m.shape)
    band = away < REACH_M / WINDOW.dx * 2.5
    miss = ndimage.uniform_filter(coarse - height_m, 25, mode="nearest")
    edge = np.ones(height_m.shape, np.bool_)
    edge[1:-1, 1:-1] = False
    rim = ndimage.distance_transform_edt(~edge, return_distances=False, return_indices=True)
    pull = miss[rim[0], rim[1]] * np.exp(-((away * WINDOW.dx / REACH_M) ** 2))
    out = np.where(band, height_m + free * pull, height_m)
    weight = np.clip(1.0 - away / SEAM, 0.0, 1.0)
    weight = free * weight * weight * (3.0 - 2.0 * weight)
    return np.asarray(out + weight * (coarse - out), dtype=np.float32)


def join_surroundings(region_m: F32, height_m: F32) -> F32:
    """Return the region with the basin's mean heights inside.

    Except along the basin's edge.
    """
    smooth = ndimage.uniform_filter(height_m, round(REGION.dx / WINDOW.dx), mode="nearest")
    out = region_m.copy()
    west, south, east, north = WINDOW.bounds
    row, col = np.mgrid[0 : REGION.rows, 0 : REGION.cols]
    x, y = REGION.centre_of(row, col)
    inside = (x > west + 400) & (x < east - 400) & (y > south + 400) & (y < north - 400)
    out[inside] = bilinear(smooth, *WINDOW.row_col(x[inside], y[inside]))
    return out
