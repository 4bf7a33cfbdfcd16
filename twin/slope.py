"""Compute slopes by Horn's method.

B. K. P. Horn, Hill shading and the reflectance map, Proceedings of the IEEE 69(1), 1981: differences over the
eight neighbours, those beside the cell counted twice; as ``gdaldem slope`` and GRASS do.
"""

from __future__ import annotations

import numpy as np
from pyproj import CRS

from twin.arrays import F32, F64
from twin.geodesy import ellipsoid
from twin.grid import Grid


def slope_deg(height_m: F32, grid: Grid) -> F32:
    """Return slopes in degrees, (rows, cols) float32.

    NaN at the raster's edge and beside cells without a height. ``height_m`` in metres on ``grid``; cells in
    degrees are measured on the ellipsoid.
    """
    width_m, height_of_cell_m = cell_size_m(grid)
    out = np.full(height_m.shape, np.nan, np.float32)
    if min(height_m.shape) < 3:
        return out
    step = max(1, 2_000_000 // height_m.shape[1])
    for first in range(1, height_m.shape[0] - 1, step):  # in strips: the float64 copies stay small
        last = min(first + step, height_m.shape[0] - 1)
        z = height_m[first - 1 : last + 1].astype(np.float64)
        down = z[:-2] + 2.0 * z[1:-1] + z[2:]
        across = z[:, :-2] + 2.0 * z[:, 1:-1] + z[:, 2:]
        east = (down[:, 2:] - down[:, :-2]) / (8.0 * width_m[first:last, None])
        south = (across[2:] - across[:-2]) / (8.0 * height_of_cell_m[first:last, None])
        steep = np.degrees(np.arctan(np.hypot(east, south)))
        steep[np.isnan(z[1:-1, 1:-1])] = np.nan
        out[first:last, 1:-1] = steep
    return out


def cell_size_m(grid: Grid) -> tuple[F64, F64]:
    """Return widths and heights of a grid's cells by row, m."""
    system = CRS.from_user_input(grid.crs)
    if not system.is_geographic:
        metre = system.axis_info[0].unit_conversion_factor
        return np.full(grid.rows, grid.dx * metre), np.full(grid.rows, grid.dy * metre)
    west, north = grid.centre_of(np.arange(grid.rows), np.zeros(grid.rows))
    geod = ellipsoid(grid.crs)
    width_m = geod.inv(west, north, west + grid.dx, north)[2]
    height_m = geod.inv(west, north - grid.dy / 2, west, north + grid.dy / 2)[2]
    return np.asarray(width_m), np.asarray(height_m)
