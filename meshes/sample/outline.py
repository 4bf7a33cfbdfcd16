"""Measure a village's outline.

What lies inside, and how far it reaches in each direction.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshes.sample.village_model import VillageSite, VillageSiteError
from twin.arrays import F64, Bools

DIRECTIONS = 720


@dataclass(frozen=True, kw_only=True)
class Outline:
    """Reach of the outline from the centre, m, by direction.

    In ``DIRECTIONS`` directions from east, anticlockwise.
    """

    east: float
    north: float
    reach_m: F64

    @property
    def area_m2(self) -> float:
        return float(0.5 * np.sin(2 * np.pi / DIRECTIONS) * np.sum(self.reach_m * np.roll(self.reach_m, 1)))

    def reach(self, turn: F64) -> F64:
        """Reach in the directions ``turn`` (radians)."""
        at = np.mod(turn, 2 * np.pi) * (DIRECTIONS / (2 * np.pi))
        ring = np.append(self.reach_m, self.reach_m[0])
        out: F64 = np.interp(at, np.arange(DIRECTIONS + 1), ring)
        return out

    def inside_m(self, east: F64, north: F64) -> F64:
        """Return depth inside along the ray from the centre, m.

        Negative outside.
        """
        x, y = east - self.east, north - self.north
        out: F64 = self.reach(np.arctan2(y, x)) - np.hypot(x, y)
        return out


def outline_of(site: VillageSite) -> Outline:
    """Return the outline as reaches.

    Raises VillageSiteError where a ray from the centre misses the ring.
    """
    ring = np.asarray(site.outline, dtype=np.float64) - (site.east, site.north)
    turns = 2 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    ray = np.column_stack([np.cos(turns), np.sin(turns)])
    start, end = ring[:-1], ring[1:]
    side = ray[:, None, 0] * start[None, :, 1] - ray[:, None, 1] * start[None, :, 0]
    other = ray[:, None, 0] * end[None, :, 1] - ray[:, None, 1] * end[None, :, 0]
    crosses: Bools = (side <= 0) & (other > 0)  # an anticlockwise ring crosses a ray once
    if start[:, 0] @ end[:, 1] - start[:, 1] @ end[:, 0] < 0:
        crosses = (side >= 0) & (other < 0)
    if not (crosses.sum(axis=1) == 1).all():
        raise VillageSiteError(
            f"the footprint of village {site.number} does not lie round its centre; give one that does",
            number=site.number,
        )
    hit = np.argmax(crosses, axis=1)
    rows = np.arange(DIRECTIONS)
    share = side[rows, hit] / (side[rows, hit] - other[rows, hit])
    point = start[hit] + share[:, None] * (end - start)[hit]
    return Outline(east=site.east, north=site.north, reach_m=np.hypot(point[:, 0], point[:, 1]))
