"""Network of stations and datastreams, checked once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from twin.errors import TwinError
from twin.stations.model import STATION_KINDS, Datastream, GaugeZero, Station
from twin.stations.properties import PROPERTIES
from twin.strict_json import read_json

FILE = "network.json"
LONGEST_INTERVAL_S = 400 * 86_400.0


class NetworkError(TwinError):
    """Stations or datastreams that do not fit together."""

    zh = "测站资料有误：{message}"


@dataclass(frozen=True, kw_only=True)
class Network:
    """Stations and datastreams by id.

    Every datastream's station is there, every property known. ``left_out`` names the rows of the source
    tables that could not be used, one line each.
    """

    stations: Mapping[str, Station]
    datastreams: Mapping[str, Datastream]
    left_out: tuple[str, ...] = ()

    @cached_property
    def _by_station(self) -> dict[str, tuple[Datastream, ...]]:
        found: dict[str, list[Datastream]] = {id_: [] for id_ in self.stations}
        for stream in self.datastreams.values():
            found[stream.station].append(stream)
        return {id_: tuple(streams) for id_, streams in found.items()}

    def of_station(self, station: str) -> tuple[Datastream, ...]:
        """Return a station's datastreams, in their order.

        None for an unknown station.
        """
        return self._by_station.get(station, ())

    def find(self, station: str, property_: str) -> Datastream | None:
        """Return a station's observed datastream of a property, or None."""
        stream = self.datastreams.get(f"{station}.{property_}")
        return stream if stream is not None and stream.origin == "observed" else None


def network_of(stations: Iterable[Station], datastreams: Iterable[Datastream]) -> Network:
    """Make a network.

    Raises NetworkError for what does not fit, one line for the first fault.
    """
    found: dict[str, Station] = {}
    for station in stations:
        if station.id in found:
            raise NetworkError(f"the station {station.id} is there twice", station=station.id)
        check_station(station)
        found[station.id] = station
    streams: dict[str, Datastream] = {}
    for stream in datastreams:
        if stream.id in streams:
            raise NetworkError(f"the datastream {stream.id} is there twice", datastream=stream.id)
        check_datastream(stream, found)
        streams[stream.id] = stream
    return Network(stations=found, datastreams=streams)


def check_station(station: Station) -> None:
    """Raise NetworkError for unknown kinds and impossible places.

    A station nowhere on earth.
    """
    if station.kind not in STATION_KINDS:
        raise NetworkError(
            f"the station {station.id} is of an unknown kind {station.kind!r}; "
            f"known are {', '.join(STATION_KINDS)}",
            station=station.id,
        )
    if not (-180 <= station.lon <= 180 and -90 <= station.lat <= 90):
        raise NetworkError(
            f"the station {station.id} lies nowhere on earth: {station.lon:g}, {station.lat:g}",
            station=station.id,
        )


def check_datastream(stream: Datastream, stations: Mapping[str, Station]) -> None:
    """Raise NetworkError for an invalid datastream.

    Without its station, an unknown property, an absurd interval.
    """
    if stream.station not in stations:
        raise NetworkError(
            f"the datastream {stream.id} names a station that is not there: {stream.station!r}",
            datastream=stream.id,
        )
    if stream.property not in PROPERTIES:
        raise NetworkError(
            f"the datastream {stream.id} measures the unknown property {stream.property!r}; "
            f"known are {', '.join(PROPERTIES)}",
            datastream=stream.id,
        )
    if not 1.0 <= stream.interval_s <= LONGEST_INTERVAL_S:
        raise NetworkError(
            f"the datastream {stream.id} has an interval of {stream.interval_s:g} s; it is 1 s to 400 days",
            datastream=stream.id,
        )


def save_network(folder: Path, network: Network) -> None:
    """Write ``network.json`` into a folder."""
    document = {
        "stations": [asdict(station) for station in network.stations.values()],
        "datastreams": [asdict(stream) for stream in network.datastreams.values()],
        "left_out": network.left_out,
    }
    text = json.dumps(document, ensure_ascii=False, default=str, separators=(",", ":"))
    (folder / FILE).write_text(text, encoding="utf-8")


def load_network(folder: Path) -> Network:
    """Load the network of a folder.

    Raises NetworkError where the file is missing or not whole.
    """
    try:
        told = read_json(folder / FILE)
        found = network_of(
            (_station(item) for item in told["stations"]), (Datastream(**x) for x in told["datastreams"])
        )
        return replace(found, left_out=tuple(told.get("left_out", ())))  # older products have none
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NetworkError(f"{folder / FILE}: no readable stations ({error}); run 'twin build'") from error


def _station(told: dict[str, Any]) -> Station:
    gauge = tuple(GaugeZero(**{**zero, "since": date.fromisoformat(zero["since"])}) for zero in told["gauge"])
    return Station(**{**told, "gauge": gauge})
