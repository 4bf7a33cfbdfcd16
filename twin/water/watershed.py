"""Divide a terrain by two floods that rise together.

Which side drains to the reservoir's seed, which to outside. The line between them is the watershed of the two
(Beucher and Meyer 1993): it runs along crests, and where it lies low, water passes.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from twin.arrays import I32, Bools
from twin.water.connection import MOVES, Cell, checked_seeds, crests_above
from twin.water.flood import flood_from_sides, pack
from twin.water.walls import FaceWalls

INSIDE: Final = 1
OUTSIDE: Final = 2


def divide(
    ground_cm: I32,
    *,
    seed: Cell,
    outside: Bools,
    below_cm: int,
    walls: FaceWalls | None = None,
) -> tuple[I32, NDArray[np.int8]]:
    """Flood from the seed and from ``outside`` cells at once.

    4-connected, up to a level. Returns, shape (rows, cols): the level (cm) at which each cell is reached from
    its own side, ``below_cm`` where it is not reached below that; and the side, INSIDE, OUTSIDE or 0 for
    neither. At equal levels the seed goes first. Raises NoSeedCellError as ``connection_level`` does.
    """
    ((row, col),) = checked_seeds(ground_cm, seed=seed, cap_cm=below_cm)
    outside = outside & (ground_cm < below_cm)
    outside[row, col] = False
    base_cm = min(int(ground_cm[row, col]), int(ground_cm.min(where=outside, initial=below_cm)))

    rows, cols = ground_cm.shape
    width = cols + 2
    state = np.empty((rows + 2) * width, np.int32)
    buckets = pack(np.ascontiguousarray(ground_cm), base_cm, below_cm, state)
    east, south, highest = crests_above(
        walls or FaceWalls.none((rows, cols)), base_cm=base_cm, cap_cm=below_cm
    )
    edge = np.argwhere(outside)
    starts = np.append((edge[:, 0] + 1) * width + edge[:, 1] + 1, (row + 1) * width + col + 1)
    side = np.zeros(state.size, np.int8)
    side[starts[:-1]] = OUTSIDE
    side[starts[-1]] = INSIDE
    starts = starts[np.argsort(state[starts], kind="stable")]  # the seed stays last among its equals
    flood_from_sides(state, side, (MOVES[4], width, east, south), starts, max(buckets, highest + 1))

    inner = (slice(1, -1), slice(1, -1))
    sides = side.reshape(rows + 2, width)[inner]
    levels = (state.reshape(rows + 2, width)[inner] & ((1 << 30) - 1)) + base_cm
    return np.where(sides > 0, levels, below_cm).astype(np.int32), sides
