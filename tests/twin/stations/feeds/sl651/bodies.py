"""Bodies of SL 651 reports in both codings, and what becomes of them at a network."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from twin.stations.feeds.sl651 import elements as el
from twin.stations.feeds.sl651.message import read_message
from twin.stations.feeds.sl651.readings import Understood, understand
from twin.stations.feeds.sl651.times import bcd_time, digits_of
from twin.stations.model import Datastream, Station, StationKind
from twin.stations.network import Network, network_of
from twin.stations.properties import PROPERTIES

NOON = datetime(2026, 7, 28, 4, 0, tzinfo=UTC)
ADDRESS, CODE = "0031000001", "31000001"
MINUTES = timedelta(minutes=1)
RAIN = bytes([5, 0, 0xFF, *range(9)])  # F4H: an hour in steps of five minutes, the third missing


def network(kind: StationKind = "stage", *, rain_s: float = 300.0, leave: tuple[str, ...] = ()) -> Network:
    """Two stations that measure everything that we know."""
    stations = [
        Station(id=id_, name={"zh": id_, "en": id_}, kind=kind, lon=116.9, lat=40.5)
        for id_ in (CODE, "31000002")
    ]
    streams = [
        Datastream(
            id=f"{station.id}.{name}",
            station=station.id,
            property=name,
            interval_s=rain_s if name == "rain" else 300.0,
        )
        for station in stations
        for name in PROPERTIES
        if name not in leave
    ]
    return network_of(stations, streams)


STATIONS = {ADDRESS: CODE, "0031000002": "31000002"}


def head(*, at: datetime = NOON, serial: int = 1, station: str = ADDRESS) -> bytes:
    body = serial.to_bytes(2, "big") + bcd_time(at) + b"\xf1\xf1" + bytes.fromhex(station) + b"H"
    return body + b"\xf0\xf0" + bcd_time(at, seconds=False)


def text(rest: str, *, at: datetime = NOON) -> bytes:
    return f"0001{digits_of(at)}ST {ADDRESS} H TT {digits_of(at, seconds=False)} {rest} ".encode()


def element(identifier: int, value: float | None, size: int, decimals: int) -> bytes:
    first = identifier.to_bytes(2 if identifier > 0xFF else 1, "big")
    return first + bytes([el.length_byte(size, decimals)]) + el.encoded(value, size=size, decimals=decimals)


def understood(body: bytes, function: int = 0x32, *, net: Network | None = None) -> Understood:
    return understand(read_message(ADDRESS, function, body), STATIONS, net or network())


def kept(found: Understood) -> list[tuple[str, object, datetime]]:
    return [(r.property, r.value, r.phenomenon_at) for r in found.readings]  # type: ignore[misc]


def reasons(found: Understood) -> Counter[str]:
    return Counter(left.reason for left in found.left_out)
