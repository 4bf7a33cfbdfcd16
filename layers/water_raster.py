"""The raster that says exactly what is wet: connection level and ground of every cell water can reach."""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkRenderingCore import vtkRenderWindow

from layers.arrays import texture
from layers.model import F32, I32

#: Stands in the rim for "never wet"; finite, so that nothing can go wrong with it in a shader.
NEVER_M = 1e6


class WaterRaster:
    """A float texture of (connection level, ground), m, cropped to the cells reached below ``cap_m``.

    ``start`` is (col, row) of its first texel on the raster. It has a rim of one cell that is never wet,
    so that a look outside, clamped to it, is dry.
    """

    def __init__(self, ground_m: F32, connection_cm: I32, window: vtkRenderWindow, *, cap_m: float) -> None:
        reached = connection_cm < round(cap_m * 100)
        rows, cols = np.flatnonzero(reached.any(axis=1)), np.flatnonzero(reached.any(axis=0))
        if not len(rows):
            rows, cols = np.array([0]), np.array([0])
        top, left, bottom, right = rows[0], cols[0], rows[-1] + 1, cols[-1] + 1
        cells = np.full((bottom - top + 2, right - left + 2, 2), NEVER_M, dtype=np.float32)
        inner = cells[1:-1, 1:-1]
        np.divide(connection_cm[top:bottom, left:right], 100.0, out=inner[..., 0], casting="same_kind")
        inner[..., 1] = np.nan_to_num(ground_m[top:bottom, left:right], nan=NEVER_M)
        self.cap_m = cap_m
        self.start = (int(left) - 1, int(top) - 1)
        self.texture = texture(cells, window, smooth=False)
