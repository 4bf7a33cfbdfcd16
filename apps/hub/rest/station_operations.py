"""Answer stations and their newest values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Annotated
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from pydantic import Field

from apps.hub.rest.basin_operations import BilingualName
from apps.hub.rest.declared import Ask, JsonAnswer, Parameters, operation
from apps.hub.rest.problems import NoStationsHereError, NotThereError
from twin.basin import Basin
from twin.quantity import Quality
from twin.stations.freshness import Freshness
from twin.stations.latest import value_at
from twin.stations.model import Origin, StationKind
from twin.stations.properties import PROPERTIES
from twin.stations.snapshot import Trend, ValueNow
from twin.stations.status import main_datastream

if TYPE_CHECKING:
    from twin.stations.model import Datastream, Station
    from twin.stations.network import Network
    from twin.stations.store import Reader

_networks: WeakKeyDictionary[Basin, Network] = WeakKeyDictionary()


def stations_of(basin: Basin) -> Network:
    """Return the stations of a basin, read once; raises NoStationsHereError."""
    if (found := _networks.get(basin)) is None:
        found = basin.network()
        if found is None:
            raise NoStationsHereError
        _networks[basin] = found
    return found


class StationParameters(Parameters):
    id: Annotated[str, Field(min_length=1, max_length=64, description="Code of a station.")]


class StationsParameters(Parameters):
    kind: StationKind | None = Field(default=None, description="Only stations of this kind.")


class ValueAnswer(JsonAnswer):
    """Newest value of a datastream, with quality, age and source."""

    datastream: str
    property: str
    name: BilingualName
    origin: Origin
    value: float | None = Field(description="In `unit`; null where it is missing or not known.")
    unit: str
    time: datetime | None = Field(description="Time that the value is of.")
    received_at: datetime | None
    quality: Quality
    reason: str = Field(description="Slug of why the quality is not good.")
    age_s: float | None
    freshness: Freshness = Field(description="unknown: the live service has not said anything yet.")
    trend: Trend | None
    source: str = Field(description="Feed that it came by.")
    every_s: float = Field(description="Nominal interval of its values.")


class StationAnswer(JsonAnswer):
    """Station, its main value first."""

    id: str
    name: BilingualName
    kind: StationKind
    longitude: float
    latitude: float
    reference: str = Field(description="What the heights that it reports count from.")
    township: str
    watershed: str
    river: str
    owner: str
    values: list[ValueAnswer]


class StationsAnswer(JsonAnswer):
    """Stations with their main values.

    Values of a live service that is away stand with `live` false and grow old.
    """

    live: bool
    heard_at: datetime | None = Field(description="When the live service was heard last.")
    synthetic: bool
    stations: list[StationAnswer]


@dataclass(frozen=True, kw_only=True)
class NewestValues:
    """Newest values of a basin's datastreams.

    ``values`` is None where nothing is known of them yet.
    """

    values: Mapping[str, ValueNow] | None
    elapsed_s: Callable[[str], float]
    live: bool
    heard_at: datetime | None


def newest_values(ask: Ask, basin: Basin) -> NewestValues:
    """Return the live service's newest values.

    The store's where no service runs.
    """
    feed = ask.hub.live
    if feed is not None:
        client = feed.client
        values = None if client.now is None else client.now.values
        return NewestValues(
            values=values, elapsed_s=client.elapsed_s, live=client.connected, heard_at=client.heard_at
        )
    network, now = stations_of(basin), datetime.now(UTC)
    with reader_of(basin) as reader:
        latest = {} if reader is None else reader.latest()
    found = {id_: value_at(stream, latest.get(id_), now) for id_, stream in network.datastreams.items()}
    return NewestValues(values=found, elapsed_s=lambda _: 0.0, live=False, heard_at=None)


@contextmanager
def reader_of(basin: Basin) -> Iterator[Reader | None]:
    """Open a reader of a basin's observations.

    None where nothing was ever received. Raises StoreError.
    """
    from twin.live import open_database  # noqa: PLC0415  (brings SQLAlchemy, 12 MB)
    from twin.stations.store import NoObservationsError, Reader  # noqa: PLC0415

    try:
        database = open_database(basin, write=False)
    except NoObservationsError:
        yield None
        return
    try:
        yield Reader(database)
    finally:
        database.close()


@operation("GET", "/stations", parameters=StationsParameters, answer=StationsAnswer, refusals=(404,))
async def stations(ask: Ask, asked: StationsParameters) -> StationsAnswer:
    """List the stations, each with the newest value of its main datastream."""
    opened = await ask.opened()
    return await ask.read(_stations, ask, opened.basin, asked.kind)


def _stations(ask: Ask, basin: Basin, kind: str | None) -> StationsAnswer:
    network, newest, zone = stations_of(basin), newest_values(ask, basin), ZoneInfo(basin.site.time_zone)
    found = []
    for station in network.stations.values():
        if kind is None or station.kind == kind:
            main = main_datastream(station, network.of_station(station.id))
            found.append(_station(station, [] if main is None else [main], newest, zone))
    return StationsAnswer(
        live=newest.live, heard_at=local(newest.heard_at, zone), synthetic=basin.synthetic, stations=found
    )


@operation("GET", "/stations/{id}", parameters=StationParameters, answer=StationAnswer, refusals=(404,))
async def station(ask: Ask, asked: StationParameters) -> StationAnswer:
    """Describe a station with the newest value of each of its datastreams."""
    opened = await ask.opened()
    return await ask.read(_one, ask, opened.basin, asked.id)


def _one(ask: Ask, basin: Basin, id_: str) -> StationAnswer:
    network = stations_of(basin)
    found = network.stations.get(id_)
    if found is None:
        raise NotThereError(id_)
    zone = ZoneInfo(basin.site.time_zone)
    streams = network.of_station(id_)
    main = main_datastream(found, streams)
    ordered = sorted(streams, key=lambda stream: stream is not main)
    return _station(found, ordered, newest_values(ask, basin), zone)


def _station(
    found: Station, streams: list[Datastream], newest: NewestValues, zone: ZoneInfo
) -> StationAnswer:
    return StationAnswer(
        id=found.id,
        name=BilingualName(**found.name),
        kind=found.kind,
        longitude=found.lon,
        latitude=found.lat,
        reference=found.reference,
        township=found.township,
        watershed=found.watershed,
        river=found.river,
        owner=found.owner,
        values=[_value(stream, newest, zone) for stream in streams],
    )


def _value(stream: Datastream, newest: NewestValues, zone: ZoneInfo) -> ValueAnswer:
    kind = PROPERTIES[stream.property]
    value = None if newest.values is None else newest.values.get(stream.id)
    elapsed_s = 0.0 if value is None else newest.elapsed_s(stream.id)
    nothing = Freshness.UNKNOWN if newest.values is None else Freshness.NEVER
    return ValueAnswer(
        datastream=stream.id,
        property=stream.property,
        name=BilingualName(**kind.name),
        origin=stream.origin,
        value=None if value is None else value.value,
        unit=kind.shown,
        time=None if value is None else local(value.phenomenon_at, zone),
        received_at=None if value is None else local(value.received_at, zone),
        quality="missing" if value is None else value.quality,
        reason="" if value is None else value.reason,
        age_s=None if value is None or value.age_s is None else round(value.age_s + elapsed_s, 1),
        freshness=nothing if value is None else value.freshness(elapsed_s=elapsed_s),
        trend=None if value is None else value.trend,
        source="" if value is None else value.feed,
        every_s=stream.interval_s,
    )


def local(at: datetime | None, zone: tzinfo) -> datetime | None:
    """Return a time in a zone."""
    return None if at is None else at.astimezone(zone)
