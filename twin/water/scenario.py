"""Reconstruct a published flood.

Every published point kept, the least line that makes the pool agree. Between a few published inflows anything
may have happened; straight lines through the peaks bring far too much water. Two things are added, and only
two:

- one trough, half-way in time between the last two published inflows (the peaks);
- a recession after the last one, I(t) = b + (I₀ − b)·exp(−k·t), down to the inflow b before the flood.

They are solved from the published levels. The pool starts so that it stands at the first level at its time.
At the highest published level the pool neither rises nor falls, so inflow equals release there: that gives k.
The trough's inflow is the one with which the pool reaches that highest level at its time.

Storages come from the curve throughout. Reported storages are observations beside it: in a replay levels are
compared, never storages, for the published table and recent reports count from different surveys.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import numpy as np

from twin.arrays import F64, Bools
from twin.water.curve import Curve
from twin.water.flood_points import FloodPoint, ScenarioError
from twin.water.level_pool import PoolRun, route

Series = Literal["inflow_m3s", "release_m3s", "level_m"]

RELEASE_BEFORE_M3S: Final = 80.0
"""What Miyun Reservoir released on 26 and 27 July 2025 before the gates were opened."""


@dataclass(frozen=True, kw_only=True)
class PublishedComparison:
    """Published level or storage beside pool and curve.

    None where it was not published. ``level_off_m`` is published − pool. ``storage_off_m3`` is published −
    curve at the published level (at the pool's where none was published): what the curve and the report
    differ by, not an error of the replay.
    """

    time: datetime
    level_m: float | None
    storage_m3: float | None
    pool_level_m: float
    curve_storage_m3: float
    level_off_m: float | None
    storage_off_m3: float | None


@dataclass(frozen=True, kw_only=True)
class Reconstruction:
    """Flood over time.

    ``pool`` with n nodes, times in seconds since 1970 (UTC). ``published[series]`` tells, per node (n,),
    where the value at the node was published; everything else is reconstructed. Of levels the node carries
    the pool's value and ``observations`` the published one.
    """

    pool: PoolRun
    published: dict[Series, Bools]
    observations: tuple[PublishedComparison, ...]
    trough_time: datetime
    trough_m3s: float
    recession_per_s: float


def reconstruct(
    points: Sequence[FloodPoint],
    *,
    curve: Curve,
    release_before_m3s: float = RELEASE_BEFORE_M3S,
    step_s: float = 600.0,
) -> Reconstruction:
    """Reconstruct the flood through published points.

    From the first inflow to the last point, a node every ``step_s``. Needs three inflows or more, of which
    the last two are the peaks, a release, and two levels or more. Raises ScenarioError where there is less or
    no line meets them, LevelOutOfRange and StorageOutOfRange where the pool leaves the curve.
    """
    flood = _Flood(points, curve=curve, release_before_m3s=release_before_m3s, step_s=step_s)
    recession = flood.recession_per_s()
    trough = flood.trough_m3s(recession)
    pool = flood.run(trough, recession)
    return Reconstruction(
        pool=pool,
        published={
            name: np.isin(pool.time_s, [time for time, _ in _series(points, name)])
            for name in ("inflow_m3s", "release_m3s", "level_m")
        },
        observations=tuple(
            _observed(point, pool, curve)
            for point in points
            if point.level_m is not None or point.storage_m3 is not None
        ),
        trough_time=datetime.fromtimestamp(flood.trough_s, tz=points[0].time.tzinfo),
        trough_m3s=trough,
        recession_per_s=recession,
    )


def _series(points: Sequence[FloodPoint], name: Series) -> list[tuple[float, float]]:
    """(seconds since 1970, value) of the points that have one."""
    return [
        (point.time.timestamp(), value) for point in points if (value := getattr(point, name)) is not None
    ]


class _Flood:
    """The published points as arrays, and the two unknowns between them."""

    def __init__(
        self, points: Sequence[FloodPoint], *, curve: Curve, release_before_m3s: float, step_s: float
    ) -> None:
        inflow, release, level = (_series(points, name) for name in ("inflow_m3s", "release_m3s", "level_m"))
        if len(inflow) < 3 or not release or len(level) < 2:
            raise ScenarioError(
                f"{len(inflow)} inflows, {len(release)} releases and {len(level)} levels are too few to "
                "reconstruct a flood: 3, 1 and 2 are needed"
            )
        self.curve = curve
        self.inflow, self.first_level = inflow, level[0]
        self.highest = max(level, key=lambda each: each[1])
        self.trough_s = (inflow[-2][0] + inflow[-1][0]) / 2
        start, end = inflow[0][0], points[-1].time.timestamp()
        if not start <= self.first_level[0] < self.highest[0] or self.highest[0] <= inflow[-1][0]:
            raise ScenarioError(
                "the flood's first level must follow its first inflow, its highest its last peak"
            )
        grid = np.arange(start, end, step_s)
        known = [time for time, _ in (*inflow, *release, *level)]
        self.time_s = np.unique([*grid, *known, self.trough_s, end])
        self.time_s = self.time_s[(self.time_s >= start) & (self.time_s <= end)]
        released = np.searchsorted([time for time, _ in release], self.time_s, side="right")
        self.release_m3s = np.array([release_before_m3s, *(value for _, value in release)])[released]

    def recession_per_s(self) -> float:
        """k, from inflow = release at the highest level."""
        peak_s, peak = self.inflow[-1]
        before = self.inflow[0][1]
        at_highest = float(self.release_m3s[np.searchsorted(self.time_s, self.highest[0])])
        if not before < at_highest < peak:
            raise ScenarioError(
                f"no recession from {peak:g} m³/s towards {before:g} m³/s passes the release of "
                f"{at_highest:g} m³/s at the highest level"
            )
        return math.log((peak - before) / (at_highest - before)) / (self.highest[0] - peak_s)

    def trough_m3s(self, recession: float) -> float:
        """The trough's inflow with which the pool reaches the highest level at its time."""
        wanted_m3 = self.curve.storage_at(self.highest[1]) - self.curve.storage_at(self.first_level[1])
        between = (self.time_s >= self.first_level[0]) & (self.time_s <= self.highest[0])
        most = min(value for _, value in self.inflow[-2:])
        # What the pool gains is linear in the trough.
        least_m3, most_m3 = (self._gained_m3(trough, recession, between) for trough in (0.0, most))
        if not least_m3 <= wanted_m3 <= most_m3:
            raise ScenarioError(
                f"no trough between 0 and {most:g} m³/s brings the pool to {self.highest[1]:.2f} m"
            )
        return most * (wanted_m3 - least_m3) / (most_m3 - least_m3)

    def run(self, trough: float, recession: float) -> PoolRun:
        """The pool, started so that it stands at the first level at its time."""
        before = self.time_s <= self.first_level[0]
        start_m3 = self.curve.storage_at(self.first_level[1]) - self._gained_m3(trough, recession, before)
        return route(
            self.curve,
            time_s=self.time_s,
            inflow_m3s=self._inflow(trough, recession),
            release_m3s=self.release_m3s,
            start_m3=start_m3,
        )

    def _inflow(self, trough: float, recession: float) -> F64:
        """Straight lines through the published points and the trough, then the recession; (n,) m³/s."""
        knots = sorted([*self.inflow, (self.trough_s, trough)])
        peak_s, peak = self.inflow[-1]
        before = self.inflow[0][1]
        after = before + (peak - before) * np.exp(-recession * np.maximum(self.time_s - peak_s, 0.0))
        lines = np.interp(self.time_s, [time for time, _ in knots], [value for _, value in knots])
        return np.where(self.time_s > peak_s, after, lines)

    def _gained_m3(self, trough: float, recession: float, nodes: Bools) -> float:
        """What the pool gains between the first and the last of some nodes."""
        time, inflow, release = (
            self.time_s[nodes],
            self._inflow(trough, recession)[nodes],
            self.release_m3s[nodes],
        )
        return float(np.diff(time) @ ((inflow[1:] + inflow[:-1]) / 2 - release[:-1]))


def _observed(point: FloodPoint, pool: PoolRun, curve: Curve) -> PublishedComparison:
    level = float(np.interp(point.time.timestamp(), pool.time_s, pool.level_m))
    storage = curve.storage_at(level if point.level_m is None else point.level_m)
    return PublishedComparison(
        time=point.time,
        level_m=point.level_m,
        storage_m3=point.storage_m3,
        pool_level_m=level,
        curve_storage_m3=storage,
        level_off_m=None if point.level_m is None else point.level_m - level,
        storage_off_m3=None if point.storage_m3 is None else point.storage_m3 - storage,
    )
