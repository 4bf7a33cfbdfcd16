"""A flood on the time bar: its hydrograph, its published points, and what holds at a time."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from twin.catalog import RunEntry
from twin.errors import TwinError
from twin.water.flood_points import FloodPoint, points_from_csv
from twin.water.scenario import Observation, reconstruct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twin.basin import Basin

logger = logging.getLogger(__name__)

Column = NDArray[np.float64]
Series = Literal["inflow", "release", "level"]
SERIES: tuple[Series, ...] = ("inflow", "release", "level")
NEAR_S = 900.0
"""A replay within so many seconds of a published point shows that point."""


@dataclass(frozen=True, kw_only=True)
class Flood:
    """Times are seconds since 1970, arrays (n,); flows in m³/s, levels in m.

    ``published`` holds the published points of each series: their times and values, (k,) each; everything
    between them is reconstructed. A release holds until the next one.
    """

    id: str
    name: dict[str, str]
    source: str
    times: Column
    inflow: Column
    release: Column
    level: Column
    published: dict[Series, tuple[Column, Column]]
    observations: tuple[Observation, ...] = ()

    @property
    def start(self) -> float:
        return float(self.times[0])

    @property
    def end(self) -> float:
        return float(self.times[-1])

    def at(self, series: Series, time: float) -> float:
        """The value at a time."""
        if series == "release":
            step = int(np.searchsorted(self.times, time, side="right")) - 1
            return float(self.release[max(0, step)])
        return float(np.interp(time, self.times, self.inflow if series == "inflow" else self.level))

    def highest_m(self, time: float) -> float:
        """The highest level from the flood's start to a time."""
        past = self.level[self.times <= time]
        now = self.at("level", time)
        return max(now, float(past.max())) if len(past) else now

    def is_published(self, series: Series, time: float) -> bool:
        """Whether a published point of the series lies at a time."""
        times = self.published[series][0]
        return bool(len(times)) and float(np.abs(times - time).min()) <= NEAR_S

    def observed(self, time: float) -> Observation | None:
        """What was published of the lake at a time, or None."""
        near = [o for o in self.observations if abs(o.time.timestamp() - time) <= NEAR_S]
        return near[0] if near else None


def first_flood(basin: Basin) -> Flood | None:
    """The first flood of a basin's catalog that can be replayed, or None; what cannot is logged."""
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
    """A published flood, reconstructed on the basin's default curve. Raises ScenarioError and others."""
    made = reconstruct(points, curve=basin.water.curve)
    pool = made.pool
    return Flood(
        id=entry.id,
        name={"zh": entry.title.zh, "en": entry.title.en},
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


def _points(pairs: Sequence[tuple[float, float | None]]) -> tuple[Column, Column]:
    known = np.array([(time, value) for time, value in pairs if value is not None], dtype=np.float64)
    known = known.reshape(-1, 2)
    return known[:, 0], known[:, 1]
