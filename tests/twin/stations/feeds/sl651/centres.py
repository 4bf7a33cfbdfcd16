"""A centre before the real gatekeeper, and the frames that tests send it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from tests.twin.stations.feeds.memory import Kept, gate
from tests.twin.stations.feeds.sl651.test_centre import NOW, answer, listening_for, network
from tests.twin.stations.nets import HandClocks
from twin.stations.feeds.sl651 import elements as el
from twin.stations.feeds.sl651.centre import Centre
from twin.stations.feeds.sl651.frame import Sl651Frame, Splitter
from twin.stations.feeds.sl651.report_encoding import write_report
from twin.stations.feeds.sl651.times import bcd_time
from twin.stations.validation import Validation

STATION, CODE = "0031000001", "31000001"
HOUR = timedelta(hours=1)


_OPEN: list[asyncio.StreamWriter] = []


async def connect(centre: Centre) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A line that is cut when its centre ends."""
    assert centre.address is not None
    reader, writer = await asyncio.open_connection(*centre.address)
    _OPEN.append(writer)
    return reader, writer


@asynccontextmanager
async def running(
    count: int = 3, *, ahead: timedelta = timedelta(0), **settings: object
) -> AsyncIterator[tuple[Centre, Validation, Kept]]:
    """A centre before the real gatekeeper, whose clock is ``ahead`` of the stations'."""
    intake, kept = gate(network(count), clocks=HandClocks(day=NOW + ahead))
    try:
        async with listening_for(intake, count, **settings) as centre:
            try:
                yield centre, intake, kept
            finally:
                for writer in _OPEN:
                    writer.transport.abort()
                _OPEN.clear()
    finally:
        for _ in range(3):  # aborted transports close in the next turns of the loop
            await asyncio.sleep(0)


async def said(centre: Centre, *frames: bytes, within_s: float = 5.0) -> Sl651Frame | None:
    """What a centre answers on a line of its own."""
    reader, writer = await connect(centre)
    for frame in frames:
        writer.write(frame)
    found = await answer(reader, within_s)
    writer.transport.abort()
    return found


async def answers(reader: asyncio.StreamReader, *, until: int) -> list[Sl651Frame]:
    """What a centre answers up to a serial number."""
    splitter, found = Splitter(up=False), list[Sl651Frame]()
    async with asyncio.timeout(5):
        while not found or int.from_bytes(found[-1].body[:2], "big") != until:
            found += [p for p in splitter.feed(await reader.read(1000)) if isinstance(p, Sl651Frame)]
    return found


def element(identifier: int, value: float, size: int, decimals: int) -> bytes:
    return bytes([identifier, el.length_byte(size, decimals)]) + el.encoded(
        value, size=size, decimals=decimals
    )


def frame(rest: bytes = b"", *, function: int = 0x32, serial: int = 1, **more: object) -> bytes:
    body = serial.to_bytes(2, "big") + bcd_time(NOW) + b"\xf1\xf1" + bytes.fromhex(STATION) + b"H"
    body += b"\xf0\xf0" + bcd_time(NOW, seconds=False) + rest
    return Sl651Frame(station=STATION, function=function, body=body, **more).encode()  # type: ignore[arg-type]


def timed(station: str, serial: int) -> bytes:
    return write_report(
        station,
        serial=serial,
        sent_at=NOW,
        observed_at=NOW,
        values=[(0x39, 1.5 + serial / 100, 4, 3), (0x38, 12.0, 2, 2)],
    )
