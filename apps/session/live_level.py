"""Convert the lake gauge's reports to levels in working heights.

They drive the water in live mode.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from twin.errors import Reason, TwinError
from twin.quantity import Quality
from twin.stations.freshness import Freshness
from twin.stations.heights import working_level_m
from twin.stations.model import Station

if TYPE_CHECKING:
    from twin.basin import Basin
    from twin.stations.model import Datastream
    from twin.stations.network import Network
    from twin.stations.snapshot import Past, ValueNow

TRUSTED: tuple[Quality, ...] = ("good", "unchecked", "estimate")
"""A level of another quality moves no water: the last one that can be trusted stays, and grows old."""

Cause = Literal["no_gauge", "starting", "away", "never", "missing", "doubt", "outside", "heights"]


@dataclass(frozen=True, kw_only=True)
class Obstacle:
    """Reason why the gauge's newest report moves no water.

    ``level_m`` is the report as a working height where it has one, ``reason`` the word of
    ``twin.stations.quality`` for a value in doubt, ``unconverted`` why heights cannot be converted.
    """

    cause: Cause
    station: Station | None = None
    level_m: float | None = None
    at: datetime | None = None
    reason: str = ""
    unconverted: Reason | None = None
    quality: Quality = "missing"


@dataclass(frozen=True, kw_only=True)
class LiveLevel:
    """Level of the lake by its gauge.

    Its time, when it was received, its gauge, and whether it is still to be trusted.
    """

    level_m: float
    at: datetime
    station: Station
    datastream: str
    freshness: Freshness
    quality: Quality
    feed: str
    received_at: datetime | None = None
    stale_after_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class Gauge:
    """Station of the lake's level, with conversion to working heights."""

    station: Station
    datastream: Datastream
    to_working_m: Callable[[float, datetime], float]


def lake_gauge(
    stations: Mapping[str, Station],
    datastreams: Iterable[Datastream],
    to_working_m: Callable[[Station, float, datetime], float],
) -> Gauge | None:
    """Return the lake's gauge: the first observed reservoir level.

    Of a station of kind ``reservoir``, by its code; None where there is none.
    """
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


def basin_gauge(basin: Basin, network: Network) -> Gauge | None:
    """Return the lake's gauge of a basin's stations, or None."""
    settings, zone = basin.catalog.head.vertical, ZoneInfo(basin.site.time_zone)

    def to_working_m(station: Station, value_m: float, at: datetime) -> float:
        return working_level_m(station, value_m, at, settings=settings, zone=zone)

    return lake_gauge(network.stations, network.datastreams.values(), to_working_m)


def peak_of(gauge: Gauge, past: Past, *, lowest_m: float, highest_m: float) -> tuple[float, datetime] | None:
    """Return the highest level of a stretch and its first time.

    From that on levels are known. Pockets that were flooded then still hold water. None where no value of
    those that the water follows lies in the range.
    """
    known: list[tuple[float, datetime]] = []
    for at_s, value, quality in zip(past.times_s, past.values, past.qualities, strict=True):
        if value is not None and quality in TRUSTED:
            at = datetime.fromtimestamp(at_s, UTC)
            level_m = gauge.to_working_m(value, at)
            if lowest_m <= level_m <= highest_m:
                known.append((level_m, at))
    if not known:
        return None
    return max(level_m for level_m, _ in known), min(at for _, at in known)


def obstacle(gauge: Gauge, value: ValueNow | None, *, lowest_m: float, highest_m: float) -> Obstacle | None:
    """Return why the gauge's newest report cannot be the lake's level.

    None where it can. Every cause is found here and nowhere else, so the water stays for no reason that
    cannot be named.
    """
    if value is None or value.age_s is None or value.phenomenon_at is None:
        return Obstacle(cause="never", station=gauge.station)
    about = Obstacle(
        cause="missing",
        station=gauge.station,
        at=value.phenomenon_at,
        reason=value.reason,
        quality=value.quality,
    )
    if value.value is None:
        return about
    try:
        level_m = round(gauge.to_working_m(value.value, value.phenomenon_at), 4)
    except TwinError as error:
        return replace(about, cause="heights", unconverted=Reason.of(error))
    if not lowest_m <= level_m <= highest_m:
        return replace(about, cause="outside", level_m=level_m)
    return None if value.quality in TRUSTED else replace(about, cause="doubt", level_m=level_m)


def heard(
    gauge: Gauge,
    value: ValueNow | None,
    *,
    elapsed_s: float,
    before: LiveLevel | None,
    lowest_m: float = -500.0,
    highest_m: float = 9000.0,
) -> LiveLevel | None:
    """Return the level to be shown.

    A report that moves no water leaves the one before it, no longer fresh.
    """
    held = obstacle(gauge, value, lowest_m=lowest_m, highest_m=highest_m)
    if held is None:
        assert value is not None and value.value is not None and value.phenomenon_at is not None
        return LiveLevel(
            level_m=round(gauge.to_working_m(value.value, value.phenomenon_at), 4),
            at=value.phenomenon_at,
            station=gauge.station,
            datastream=gauge.datastream.id,
            freshness=value.freshness(elapsed_s=elapsed_s),
            quality=value.quality,
            feed=value.feed,
            received_at=value.received_at,
            stale_after_s=value.stale_after_s,
        )
    if before is None:
        return None
    if value is None or value.age_s is None:
        return replace(before, freshness=Freshness.DEAD)
    age_s = shown_age_s(value, elapsed_s=elapsed_s, at=before.at)
    dead = age_s is None or age_s > value.dead_after_s
    return replace(before, freshness=Freshness.DEAD if dead else Freshness.STALE)


def shown_age_s(value: ValueNow | None, *, elapsed_s: float, at: datetime) -> float | None:
    """Return the age, s, of the level of the time ``at``.

    By the age of the gauge's newest report. A level that was held back is newer than the one shown: its age
    says nothing of what is shown.
    """
    if value is None or value.age_s is None or value.phenomenon_at is None:
        return None
    return value.age_s + elapsed_s + max(0.0, (value.phenomenon_at - at).total_seconds())
