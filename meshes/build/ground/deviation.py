"""Measure the error of triangles against their raster, dry and flooded."""

from __future__ import annotations

import numpy as np
from numba import njit

from meshes.build.ground.rtin import lifted
from twin.arrays import F32, I32


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def deviation(
    ground: F32, connection: F32, triangles: I32, lo: float, hi: float, shore_weight: float
) -> float:
    """Return the largest vertical error of triangles over cells, m.

    Between a triangle and a cell's centre under it. ``ground`` and ``connection`` are (rows, cols) float32,
    m; ``triangles`` (m, 3) int32 flat cell indices, counter-clockwise with north up. Both surfaces are
    compared dry and, ``shore_weight`` times, flooded: between the four connection levels of a cell and its
    triangle's corners every height is linear in the water level, so the largest distance over all levels in
    [lo, hi) is at one of them (just reached, or just not) or at an end. Cells without a height do not count.
    """
    cols = ground.shape[1]
    z, link = ground.ravel(), connection.ravel()
    worst = 0.0
    for k in range(len(triangles)):
        a, b, c = triangles[k, 0], triangles[k, 1], triangles[k, 2]
        ar, ac, br, bc, cr, cc = a // cols, a % cols, b // cols, b % cols, c // cols, c % cols
        twice = float((bc - ac) * (ar - cr) - (cc - ac) * (ar - br))
        wet = min(link[a], link[b], link[c]) < hi
        for row in range(min(ar, br, cr), max(ar, br, cr) + 1):
            for col in range(min(ac, bc, cc), max(ac, bc, cc) + 1):
                v = float((col - ac) * (ar - cr) - (cc - ac) * (ar - row)) / twice
                w = float((bc - ac) * (ar - row) - (col - ac) * (ar - br)) / twice
                u = 1.0 - v - w
                p = row * cols + col
                if v < 0.0 or w < 0.0 or u < -1e-12 or np.isnan(z[p]):
                    continue
                worst = max(worst, abs(u * z[a] + v * z[b] + w * z[c] - z[p]))
                if not (wet or link[p] < hi):
                    continue
                for side in range(10):
                    at_level = side % 2 == 0
                    if side < 2:
                        level = lo if at_level else hi
                    else:
                        level = link[triangles[k, side // 2 - 1] if side < 8 else p]
                        if not lo <= level < hi:
                            continue
                    off = (
                        u * lifted(z[a], link[a], level, at_level)
                        + v * lifted(z[b], link[b], level, at_level)
                        + w * lifted(z[c], link[c], level, at_level)
                        - lifted(z[p], link[p], level, at_level)
                    )
                    worst = max(worst, shore_weight * abs(off))
    return float(worst)
