"""Circle around a basin, by which foreign places are refused."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from twin.basin import Basin

AWAY, AWAY_LEAST_M = 4.0, 20_000.0
FAR, FAR_LEAST_M = 20.0, 100_000.0


@dataclass(frozen=True, kw_only=True)
class BasinCircle:
    """Middle of the terrain, in the frame's CRS, and half diagonal, m."""

    east: float
    north: float
    radius_m: float

    @classmethod
    def of(cls, basin: Basin) -> BasinCircle:
        """Return the circle of a basin's terrain."""
        _, grid = basin.ground()
        west, south, east, north = grid.bounds
        x, y = basin.frame.from_crs(grid.crs, [west, east, west, east], [south, south, north, north])
        radius_m = math.hypot(float(np.ptp(x)), float(np.ptp(y))) / 2
        return cls(east=float(np.mean(x)), north=float(np.mean(y)), radius_m=radius_m)

    def away_m(self, east: float, north: float) -> float | None:
        """Return a place's distance from the middle, m, if too far.

        More than four half diagonals, and than 20 km; else None.
        """
        away_m = math.hypot(east - self.east, north - self.north)
        return away_m if away_m > max(AWAY * self.radius_m, AWAY_LEAST_M) else None

    def is_far(self, distance_m: float) -> bool:
        """Return whether the basin is too far away to be visible.

        More than twenty half diagonals, and than 100 km.
        """
        return distance_m > max(FAR * self.radius_m, FAR_LEAST_M)
