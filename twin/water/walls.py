"""Dams of no width, on the faces between cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from twin.arrays import I32

NO_WALL_CM: Final = int(np.iinfo(np.int32).min)
"""The level that passes a face without a wall: lower than any ground."""


@dataclass(frozen=True, kw_only=True)
class FaceWalls:
    """Lowest levels that pass the faces of cells, int32 cm.

    Of the grid's shape (rows, cols). ``east[r, c]`` is that of the face between (r, c) and (r, c + 1),
    ``south[r, c]`` between (r, c) and (r + 1, c): the first whole centimetre above the wall's crest
    (``Barrier.past_cm``). Water crosses a face at max(its level, the ground beyond, this). The last column of
    ``east`` and the last row of ``south`` lie on the raster's edge and mean nothing.
    """

    east: I32
    south: I32

    def __post_init__(self) -> None:
        if self.east.shape != self.south.shape:
            raise ValueError(f"east {self.east.shape} and south {self.south.shape} must have one shape")

    @classmethod
    def none(cls, shape: tuple[int, int]) -> FaceWalls:
        """Return walls of no height, to raise some of them."""
        return cls(east=np.full(shape, NO_WALL_CM, np.int32), south=np.full(shape, NO_WALL_CM, np.int32))

    @property
    def count(self) -> int:
        """Return the number of faces with a wall."""
        return int(np.count_nonzero(self.east != NO_WALL_CM) + np.count_nonzero(self.south != NO_WALL_CM))
