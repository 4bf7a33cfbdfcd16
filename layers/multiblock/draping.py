"""Query heights for draping, beyond the terrain of its surroundings."""

from __future__ import annotations

import numpy as np

from layers.heights import Ground
from twin.arrays import F64


def draped(places: F64, ground: Ground) -> F64:
    """Add heights to (n, 2) east and north in the frame's CRS.

    (n, 3), NaN where none is known.
    """
    east, north = places.T
    height = ground.height(east, north)
    beyond = np.isnan(height)
    height[beyond] = ground.height_around(east[beyond], north[beyond])
    return np.column_stack([places, height])
