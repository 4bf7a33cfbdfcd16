"""Flood on the time bar.

Its hydrograph, its published points, and what holds at a time.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from apps.session.views import SharedView
from twin.arrays import F64
from twin.catalog import RunEntry
from twin.errors import TwinError
from twin.water.flood_points import FloodPoint, points_from_csv
from twin.water.scenario import PublishedComparison, reconstruct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twin.basin import Basin

logger = logging.getLogger(__name__)

Series = Literal["inflow", "release", "level"]
SERIES: tuple[Series, ...] = ("inflow", "release", "level")
AT_S = 30.0
"""A point is shown at its own minute: the track is read and set in whole ones."""

Mark = Literal["published", "held", "reconstructed", "assumed"]
"""What a value of a flood is: published at its time, the last published one that holds until the next
(releases), computed, or taken for granted where nothing was published yet."""


@dataclass(frozen=True)
class Marked:
    """Value of a series at a time, and what it is."""

    value: float
    mark: Mark


@dataclass(frozen=True, kw_only=True)
class Flood:
    """Time series of a flood on the time bar.

    Times are seconds since 1970, arrays (n,); flows in m³/s, levels in m. ``published`` holds the published
    points of each series: their times and values, (k,) each; everything between them is reconstructed. A
    release holds until the next one.
    """

    id: str
    name: dict[str, str]
    source: str
    times: F64
    inflow: F64
    release: F64
    level: F64
    published: dict[Series, tuple[F64, F64]]
    observations: tuple[PublishedComparison, ...] = ()
    #: Charts of it that were computed: desks share them.
    charts: dict[object, SharedView] = field(default_factory=dict, compare=False, repr=False)

    @property
    def start(self) -> float:
        return float(self.times[0])

    @property
    def end(self) -> float:
        return float(self.times[-1])

    def value(self, series: Series, time: float) -> Marked:
        """Return the value at a time as it is shown.

        The published number at its own minute, else the line's.
        """
        times, values = self.published[series]
        if len(times):
            nearest = int(np.abs(times - time).argmin())
            if abs(float(times[nearest]) - time) <= AT_S:
                return Marked(float(values[nearest]), "published")
        if series != "release":
            return Marked(self.at(series, time), "reconstructed")
        known = bool(len(times)) and float(times[0]) <= time
        return Marked(self.at(series, time), "held" if known else "assumed")

    def at(self, series: Series, time: float) -> float:
        """Interpolate the line's value at a time."""
        if series == "release":
            step = int(np.searchsorted(self.times, time, side="right")) - 1
            return float(self.release[max(0, step)])
        return float(np.interp(time, self.times, self.inflow if series == "inflow" else self.level))

    def highest_m(self, time: float) -> float:
        """Return the highest level from the flood's start to a time.

        Published ones among them, m.
        """
        times, values = self.published["level"]
        known = (self.level[self.times <= time], values[times <= time + AT_S])
        return max(self.value("level", time).value, *(float(v) for each in known for v in each))

    def peak(self, series: Series) -> tuple[float, float]:
        """Return time and value of a series' highest point.

        Published ones among them."""
        return self._peaks[series]

    @cached_property
    def _peaks(self) -> dict[Series, tuple[float, float]]:
        """Of each series; every picture of every desk asks for them."""
        found: dict[Series, tuple[float, float]] = {}
        lines: dict[Series, F64] = {"inflow": self.inflow, "release": self.release, "level": self.level}
        for series, line in lines.items():
            times, values = self.published[series]
            at, height = np.concatenate((self.times, times)), np.concatenate((line, values))
            highest = int(np.flatnonzero(height == height.max())[-1])  # the published one of equals
            found[series] = float(at[highest]), float(height[highest])
        return found

    def observed(self, time: float) -> PublishedComparison | None:
        """Return what was published of the lake at a time, or None."""
        near = [o for o in self.observations if abs(o.time.timestamp() - time) <= AT_S]
        return min(near, key=lambda o: abs(o.time.timestamp() - time)) if near else None


def first_flood(basin: Basin) -> Flood | None:
    """Return the catalog's first flood that can be replayed, or None.

    What cannot is logged.
    """
    for entry in basin.catalog.of_class(RunEntry):
        table = basin.table(entry.id)
        if table is None:
            continue
        try:
            points = points_from_csv(table, zone=basin.site.time_zone)
            return flood_of(entry, points, basin)
        except TwinError as error:
            logger.warning("the flood %s cannot be replayed: %s", entry.id, error)
    return None


def flood_of(entry: RunEntry, points: Sequence[FloodPoint], basin: Basin) -> Flood:
    """Return a published flood, reconstructed on the basin's default curve.

    Raises ScenarioError and others.
    """
    made = reconstruct(points, curve=basin.water.curve)
    pool = made.pool
    return Flood(
        id=entry.id,
        name=entry.title.model_dump(),
        source=entry.source,
        times=pool.time_s,
        inflow=pool.inflow_m3s,
        release=pool.release_m3s,
        level=pool.level_m,
        published={
            "inflow": _points([(p.time.timestamp(), p.inflow_m3s) for p in points]),
            "release": _points([(p.time.timestamp(), p.release_m3s) for p in points]),
            "level": _points([(p.time.timestamp(), p.level_m) for p in points]),
        },
        observations=made.observations,
    )


def _points(pairs: Sequence[tuple[float, float | None]]) -> tuple[F64, F64]:
    known = np.array([(time, value) for time, value in pairs if value is not None], dtype=np.float64)
    known = known.reshape(-1, 2)
    return known[:, 0], known[:, 1]
