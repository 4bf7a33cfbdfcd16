"""The lake's level as its own gauge tells it, in working heights: what drives the water in live mode."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from twin.quantity import Quality
from twin.stations.model import Freshness, Station

if TYPE_CHECKING:
    from twin.stations.model import Datastream
    from twin.stations.now import ValueNow

TRUSTED: tuple[Quality, ...] = ("good", "unchecked", "estimate")
"""A level of another quality moves no water: the last one that can be trusted stays, and grows old."""


@dataclass(frozen=True, kw_only=True)
class LiveLevel:
    """A level, its time, its gauge, and whether it is still to be trusted."""

    level_m: float
    at: datetime
    station: Station
    datastream: str
    freshness: Freshness
    quality: Quality
    feed: str


@dataclass(frozen=True, kw_only=True)
class Gauge:
    """The station whose level is the lake's, and what turns its values into working heights."""

    station: Station
    datastream: Datastream
    to_working_m: Callable[[float, datetime], float]


def lake_gauge(
    stations: Mapping[str, Station],
    datastreams: Iterable[Datastream],
    to_working_m: Callable[[Station, float, datetime], float],
) -> Gauge | None:
    """The first observed level of a station of kind ``reservoir``, by its code; None where there is none."""
    found = sorted(
        (
            stream
            for stream in datastreams
            if stream.property == "level"
            and stream.origin == "observed"
            and stations[stream.station].kind == "reservoir"
        ),
        key=lambda stream: stream.station,
    )
    if not found:
        return None
    station = stations[found[0].station]
    return Gauge(
        station=station,
        datastream=found[0],
        to_working_m=lambda value_m, at: to_working_m(station, value_m, at),
    )


def heard(
    gauge: Gauge, value: ValueNow | None, *, elapsed_s: float, before: LiveLevel | None
) -> LiveLevel | None:
    """What the gauge says now; a value that is missing or in doubt leaves the one before it, grown old."""
    if value is None:
        return None if before is None else replace(before, freshness=Freshness.DEAD)
    freshness = value.freshness(elapsed_s=elapsed_s)
    if value.value is not None and value.phenomenon_at is not None and value.quality in TRUSTED:
        return LiveLevel(
            level_m=round(gauge.to_working_m(value.value, value.phenomenon_at), 4),
            at=value.phenomenon_at,
            station=gauge.station,
            datastream=gauge.datastream.id,
            freshness=freshness,
            quality=value.quality,
            feed=value.feed,
        )
    if before is None:
        return None
    doubt = Freshness.STALE if freshness is Freshness.FRESH else freshness
    return replace(before, freshness=doubt)
