"""Measure true lengths, areas, ground profiles and lines of sight.

Lengths are those of the ellipsoid, not of the projection; edges are straight in the frame's CRS, as they are
drawn. Heights are working heights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from twin.arrays import F64, Bools
from twin.frame import Frame
from twin.geodesy import distance_m, ellipsoid

Point = tuple[float, float]

EARTH_M = 6_371_000.0
REFRACTION = 0.13
"""Of the earth's curvature, in a standard atmosphere over land (Gauss's coefficient)."""
EDGE_M = 200.0
"""Longer edges of an area are parted: a geodesic leaves a straight line of the CRS."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """Way sampled along straight edges, (n,) each.

    ``along_m`` is the true distance from its start.
    """

    east: F64
    north: F64
    along_m: F64

    @property
    def length_m(self) -> float:
        """Length without the ground's ups and downs, m."""
        return float(self.along_m[-1])

    def over_ground_m(self, ground_m: F64) -> float:
        """Return the length over ground of heights (n,), m.

        NaN where a height is unknown.
        """
        return float(np.hypot(np.diff(self.along_m), np.diff(ground_m)).sum())


@dataclass(frozen=True, kw_only=True)
class Sight:
    """Line of sight between the ends of a way.

    ``clear`` says whether it meets nothing; ``line_m`` is its height and ``raised_m`` the surface seen from
    it (n,), which curvature lifts between the ends. ``blocked_at_m`` is where it is met first, ``margin_m``
    the least height above the surface, negative where it is met.
    """

    clear: bool
    line_m: F64
    raised_m: F64
    blocked_at_m: float | None
    margin_m: float


def way_of(points: Sequence[Point], frame: Frame, *, step_m: float, most: int = 2000) -> Way:
    """Sample a way every ``step_m`` at least, its points among them.

    Each edge's true length is the geodesic one between its ends.
    """
    lengths = [distance_m(a, b, crs=frame.crs) for a, b in pairwise(points)]
    step = max(step_m, sum(lengths) / most)
    east, north, along = [np.array([points[0][0]])], [np.array([points[0][1]])], [np.zeros(1)]
    start = 0.0
    for (a, b), length in zip(pairwise(points), lengths, strict=True):
        shares = np.linspace(0.0, 1.0, max(1, round(length / step)) + 1)[1:]
        east.append(a[0] + shares * (b[0] - a[0]))
        north.append(a[1] + shares * (b[1] - a[1]))
        along.append(start + shares * length)
        start += length
    return Way(east=np.concatenate(east), north=np.concatenate(north), along_m=np.concatenate(along))


def ring_area(points: Sequence[Point], frame: Frame) -> tuple[float, float]:
    """Return area, m², and perimeter, m, of a ring.

    It must not cross itself, and need not be closed.
    """
    ring = way_of([*points, points[0]], frame, step_m=EDGE_M, most=100_000)
    lon, lat = frame.to_lonlat(ring.east[:-1], ring.north[:-1])
    area_m2, _ = ellipsoid(frame.crs).polygon_area_perimeter(lon, lat)
    return abs(float(area_m2)), ring.length_m


def crosses_itself(points: Sequence[Point]) -> bool:
    """Return whether two edges of a closed ring cross each other."""
    edges = list(pairwise([*points, points[0]]))
    count = len(edges)
    return any(
        _cross(*edges[i], *edges[j])
        for i in range(count)
        for j in range(i + 2, count)
        if not (i == 0 and j == count - 1)
    )


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    def side(p: Point, q: Point, r: Point) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def water_along(ground_m: F64, connection_m: F64, *, level_m: float, highest_m: float) -> F64:
    """Return heights of the water's surface, (n,) m, NaN where dry.

    Joined water has the level; a pocket that ``highest_m`` reached has that of its sill.
    """
    surface = np.where(
        connection_m <= level_m, level_m, np.where(connection_m <= highest_m, connection_m, np.nan)
    )
    out: F64 = np.where(surface > ground_m, surface, np.nan)
    return out


def wet_m(along_m: F64, is_wet: Bools) -> float:
    """Return the wet length of a way, m.

    An edge counts by half for each wet end.
    """
    return float((np.diff(along_m) * (is_wet[1:].astype(float) + is_wet[:-1]) / 2).sum())


def line_of_sight(along_m: F64, surface_m: F64, *, eye_m: float, target_m: float) -> Sight:
    """Compute the line of sight over a surface, (n,) m.

    Between heights above its ends.

    The surface between is raised by d₁ d₂ (1 − k) / 2R: the earth's curvature, less refraction. Unknown
    heights hide nothing.
    """
    total = float(along_m[-1])
    raised = surface_m + along_m * (total - along_m) * (1.0 - REFRACTION) / (2.0 * EARTH_M)
    start, end = surface_m[0] + eye_m, surface_m[-1] + target_m
    line = start + (end - start) * along_m / max(total, 1e-9)
    above = (line - raised)[1:-1]
    known = np.isfinite(above)
    margin = float(above[known].min()) if known.any() else float("inf")
    hit = np.flatnonzero(known & (above <= 0.0))
    return Sight(
        clear=not len(hit),
        line_m=line,
        raised_m=raised,
        blocked_at_m=float(along_m[1:-1][hit[0]]) if len(hit) else None,
        margin_m=margin,
    )
