"""Freeze the present: newest values of stations and the lake's level."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apps.session.live_level import Gauge, basin_gauge, heard, peak_of
from twin.basin import Basin
from twin.errors import TwinError
from twin.live import NoStationsError
from twin.stations.freshness import Freshness
from twin.stations.latest import value_at
from twin.stations.model import Datastream, Observation
from twin.stations.network import Network
from twin.stations.properties import PROPERTIES
from twin.stations.snapshot import Past, ValueNow
from twin.stations.status import main_datastream
from twin.stations.store import Reader
from twin.stations.store.schema import QUALITIES
from twin.storyboard.frozen_values import FrozenValue, FrozenValues

SINCE = timedelta(hours=72)
"""From when on the highest level counts, as on a desk."""
PRESENT = (Freshness.FRESH, Freshness.STALE)


class NothingToFreezeError(TwinError):
    """Observation store without a present value."""

    zh = "没有可冻结的实时数据：{message}"


@dataclass(frozen=True, kw_only=True)
class Freeze:
    """Frozen values; ``no_level`` is why the level is not among them."""

    frozen: FrozenValues
    no_level: str


def freeze(basin: Basin, reader: Reader, *, now: datetime) -> Freeze:
    """Return the newest present values of all stations, and the lake's level.

    Of each station its main value, of the reservoir's all. A value older than a day, and than ten of its
    intervals, is none of the present. Raises NoStationsError, NothingToFreezeError, StoreError.
    """
    network = basin.network()
    if network is None:
        raise NoStationsError(f"{basin.catalog.path}: declares no stations")
    latest = reader.latest(valid_at=now)
    present = {
        stream.id: value
        for stream in _streams(network)
        if (value := _present(stream, latest, now)) is not None
    }
    if not present:
        raise NothingToFreezeError("no station has a value of today: does 'twin live' or 'twin serve' run?")
    gauge = basin_gauge(basin, network)
    level_m, highest_m, why = _level(basin, gauge, present, reader, now)
    values = [
        FrozenValue(
            station=stream.station,
            parameter=stream.property,
            value=value.value,
            unit=PROPERTIES[stream.property].unit,
            time=value.phenomenon_at,
            quality=value.quality,
        )
        for stream in _streams(network)
        if (value := present.get(stream.id)) and value.value is not None and value.phenomenon_at is not None
    ]
    return Freeze(
        frozen=FrozenValues(at=now, level_m=level_m, highest_m=highest_m, values=values), no_level=why
    )


def _streams(network: Network) -> Iterator[Datastream]:
    for station in network.stations.values():
        streams = network.of_station(station.id)
        main = main_datastream(station, streams)
        for stream in streams:
            if stream == main or (station.kind == "reservoir" and stream.origin == "observed"):
                yield stream


def _present(stream: Datastream, latest: Mapping[str, Observation], now: datetime) -> ValueNow | None:
    value = value_at(stream, latest.get(stream.id), now)
    return value if value.value is not None and value.freshness() in PRESENT else None


def _level(
    basin: Basin, gauge: Gauge | None, present: Mapping[str, ValueNow], reader: Reader, now: datetime
) -> tuple[float | None, float | None, str]:
    """Level and highest level of the last 72 hours, m, or why there is none."""
    if gauge is None:
        return None, None, "this basin has no gauge of its lake"
    lowest_m, top_m = basin.water.answered_from_m, basin.water.highest_m
    value = present.get(gauge.datastream.id)
    live = heard(gauge, value, elapsed_s=0.0, before=None, lowest_m=lowest_m, highest_m=top_m)
    if live is None:
        return None, None, f"{gauge.station.id} has no present level that can be trusted"
    past = _past(reader, gauge.datastream.id, now)
    peak = peak_of(gauge, past, lowest_m=lowest_m, highest_m=top_m)
    return live.level_m, max(live.level_m, round(peak[0], 4)) if peak else live.level_m, ""


def _past(reader: Reader, datastream: str, now: datetime) -> Past:
    series = reader.history(datastream, now - SINCE, now)
    return Past(
        datastream=datastream,
        times_s=tuple((series.times_us / 1e6).tolist()),
        values=tuple(None if math.isnan(value) else value for value in series.values.tolist()),
        qualities=tuple(QUALITIES[quality] for quality in series.qualities.tolist()),
    )


def utc_now() -> datetime:
    """Return the time of day, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)
