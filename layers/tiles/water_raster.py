"""Upload the raster of connection levels that decides what is wet.

Connection level and ground of every cell that water can reach; exact to the cell.
"""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkRenderingCore import vtkRenderWindow

from layers.gl.textures import texture
from twin.arrays import F32, I32
from twin.water.centimetres import to_cm, whole_cm

NEVER = 65_535  # centimetres above the base: the level of cells that are never wet
SPAN_CM = 60_000  # from the base to the cap; deeper beds are drawn that deep
HAIR_CM = 0.01  # a float32 of 60,000 cm is exact to 0.004
RIM = 2  # cells around the crop that are never wet: a look outside, pulled into it, is dry


class WaterRaster:
    """Texture of 2 × 16 bits per cell.

    Connection level above ``base_cm``, and the ground's depth under it. Both are whole centimetres, exact.
    The raster is cropped to the cells reached below ``cap_m``; ``start`` is (col, row) of its first texel.
    """

    def __init__(self, ground_m: F32, connection_cm: I32, window: vtkRenderWindow, *, cap_m: float) -> None:
        cap_cm = round(cap_m * 100)
        reached = connection_cm < cap_cm
        rows, cols = np.flatnonzero(reached.any(axis=1)), np.flatnonzero(reached.any(axis=0))
        top, bottom = (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, 1)
        left, right = (int(cols[0]), int(cols[-1]) + 1) if len(cols) else (0, 1)
        self.cap_m = cap_m
        self.base_cm = cap_cm - SPAN_CM
        self.start = (left - RIM, top - RIM)
        cells = np.zeros((bottom - top + 2 * RIM, right - left + 2 * RIM, 2), dtype=np.uint16)
        cells[..., 0] = NEVER
        inner = cells[RIM:-RIM, RIM:-RIM]
        for row in range(top, bottom):  # row by row: the copies stay small
            link = connection_cm[row, left:right] - self.base_cm
            link = np.where(link < SPAN_CM, np.maximum(link, 0), NEVER)
            # In the whole centimetres of the connection level: a hollow here is one in every number, too.
            under = link - (to_cm(ground_m[row, left:right]).astype(np.int64) - self.base_cm)
            inner[row - top, :, 0] = link
            inner[row - top, :, 1] = np.clip(under, 0, NEVER)
        self.texture = texture(cells, window)

    def above_base_cm(self, level_m: float) -> float:
        """Return centimetres of a level above the base.

        The whole ones that its extent has, and a hair, so that float32 never misses them.
        """
        return whole_cm(level_m) - self.base_cm + HAIR_CM
