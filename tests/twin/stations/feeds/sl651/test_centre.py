"""Stations on a real line: what they say is kept before they are answered; no line takes another along."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import psutil
import pytest

from twin.stations.feeds.base import FeedError
from twin.stations.feeds.sl651.centre import Centre, CentreSettings
from twin.stations.feeds.sl651.frame import EOT, Sl651Frame, Splitter
from twin.stations.feeds.sl651.report_encoding import write_report
from twin.stations.feeds.sl651.simulator import Simulator, addresses
from twin.stations.intake import Intake, Receipt
from twin.stations.model import Datastream, Reading, Station
from twin.stations.network import Network, network_of
from twin.stations.store import StoreFullError

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


def network(count: int) -> Network:
    ids = [address[2:] for address in addresses(count)]
    stations = [
        Station(id=id_, name={"zh": id_, "en": id_}, kind="stage", lon=116.9, lat=40.5) for id_ in ids
    ]
    streams = [
        Datastream(id=f"{id_}.{name}", station=id_, property=name, interval_s=300)
        for id_ in ids
        for name in ("level", "rain", "voltage")
    ]
    return network_of(stations, streams)


class Memory:
    """An intake that keeps everything, unless it is full."""

    def __init__(self) -> None:
        self.kept: list[Reading] = []
        self.refused: list[tuple[str, bytes | str]] = []
        self.full = False

    async def deliver(self, feed: str, readings: Sequence[Reading]) -> Receipt:
        await asyncio.sleep(0)
        if self.full:
            raise StoreFullError("full")
        self.kept += readings
        return Receipt(accepted=len(readings))

    def refuse(self, feed: str, reason: str, message: bytes | str, *, station: str = "") -> None:
        self.refused.append((reason, message))


@asynccontextmanager
async def listening_for(intake: Intake, count: int, **settings: object) -> AsyncIterator[Centre]:
    """A centre that listens, for so many stations."""
    stations = {address: address[2:] for address in addresses(count)}
    centre = Centre("sl651", network(count), CentreSettings(stations=stations, **settings))  # type: ignore[arg-type]
    task = asyncio.create_task(centre.run(intake))
    async with asyncio.timeout(10):
        await centre.listening.wait()
    try:
        yield centre
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def running(count: int = 3, **settings: object) -> AsyncIterator[tuple[Centre, Memory]]:
    intake = Memory()
    async with listening_for(intake, count, **settings) as centre:
        yield centre, intake


def listening() -> set[tuple[str, int]]:
    """Where this process listens."""
    own = psutil.Process().net_connections("tcp")
    return {tuple(at.laddr) for at in own if at.status == psutil.CONN_LISTEN}


def report(station: str = "0031000001", *, serial: int = 1, level_m: float = 1.5, password: int = 0) -> bytes:
    body = write_report(
        station,
        serial=serial,
        sent_at=NOW,
        observed_at=NOW,
        values=[(0x39, level_m, 4, 3), (0x38, 12.0, 2, 2)],
    )
    return Sl651Frame(station=station, function=0x32, body=body, password=password).encode()


async def answer(reader: asyncio.StreamReader, within_s: float = 5.0) -> Sl651Frame | None:
    splitter = Splitter(up=False)
    try:
        async with asyncio.timeout(within_s):
            while data := await reader.read(1000):
                for piece in splitter.feed(data):
                    assert isinstance(piece, Sl651Frame)
                    return piece
    except TimeoutError:
        pass
    return None


async def connect(centre: Centre) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    assert centre.address is not None
    return await asyncio.open_connection(*centre.address)


async def test_a_report_is_kept_and_then_answered() -> None:
    async with running() as (centre, intake):
        reader, writer = await connect(centre)
        writer.write(report(serial=7))
        said = await answer(reader)
        assert said is not None
        assert (said.station, said.function, said.end) == ("0031000001", 0x32, EOT)
        assert int.from_bytes(said.body[:2], "big") == 7
        assert [(r.station, r.property, r.value) for r in intake.kept] == [
            ("31000001", "level", 1.5),
            ("31000001", "voltage", 12.0),
        ]
        assert {r.phenomenon_at for r in intake.kept} == {NOW}
        writer.close()


async def test_what_cannot_be_kept_is_not_answered_and_taken_when_it_comes_again() -> None:
    async with running() as (centre, intake):
        intake.full = True
        reader, writer = await connect(centre)
        writer.write(report())
        assert await answer(reader, 0.3) is None
        intake.full = False
        writer.write(report())
        assert await answer(reader) is not None
        assert len(intake.kept) == 2
        writer.close()


async def test_a_report_sent_again_is_answered_again_and_not_taken_twice() -> None:
    async with running() as (centre, intake):
        reader, writer = await connect(centre)
        for _ in range(3):
            writer.write(report())
            assert await answer(reader) is not None
        assert len(intake.kept) == 2
        writer.close()


async def test_strangers_and_wrong_passwords_are_refused_and_counted() -> None:
    async with running(password=0x1234) as (centre, intake):
        reader, writer = await connect(centre)
        writer.write(report(password=0x4321) + report("0099999999", password=0x1234))
        assert await answer(reader, 0.3) is None
        writer.write(report(password=0x1234))
        assert await answer(reader) is not None
        assert [reason for reason, _ in intake.refused] == ["wrong-password", "unknown-station"]
        writer.close()


async def test_half_a_frame_is_told_of_when_the_line_ends() -> None:
    async with running() as (centre, intake):
        _, writer = await connect(centre)
        writer.write(report()[:30])
        writer.close()
        async with asyncio.timeout(5):
            while not intake.refused:
                await asyncio.sleep(0.01)
        assert intake.refused[0][0] == "half-frame"


async def test_a_line_full_of_junk_is_ended_and_the_others_go_on() -> None:
    async with running() as (centre, intake):
        reader, writer = await connect(centre)
        other_reader, other = await connect(centre)
        writer.write(b"\x7e\x7e\x01garbage" * 3000)
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(10):
                assert await reader.read() == b""
        assert "no-station" in {reason for reason, _ in intake.refused}
        other.write(report())
        assert await answer(other_reader) is not None
        for line in (writer, other):
            line.close()
            with contextlib.suppress(ConnectionError):
                await line.wait_closed()


async def test_a_station_that_is_connected_can_be_asked() -> None:
    async with running() as (centre, _):
        reader, writer = await connect(centre)
        writer.write(report())
        assert await answer(reader) is not None
        await centre.ask("0031000001", 0x37)
        said = await answer(reader)
        assert said is not None and said.function == 0x37
        with pytest.raises(FeedError, match="not connected"):
            await centre.ask("0031000002", 0x37)
        writer.close()


async def test_a_port_that_is_taken_is_one_line() -> None:
    async with running() as (centre, intake):
        assert centre.address is not None
        other = Centre("b", network(1), CentreSettings(stations={}, port=centre.address[1]))
        with pytest.raises(FeedError, match="cannot listen on"):
            await other.run(intake)


@pytest.mark.parametrize("steps", range(8))
async def test_a_centre_that_is_ended_as_it_starts_listens_no_longer(steps: int) -> None:
    """Python's start_server loses its socket where it is cancelled at one moment of these."""
    before = listening()
    task = asyncio.create_task(Centre("sl651", network(1), CentreSettings(stations={})).run(Memory()))
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert listening() == before


async def test_two_hundred_stations_at_once_with_faults_and_packets_lose_nothing() -> None:
    async with running(200) as (centre, intake):
        assert centre.address is not None
        stations = addresses(200)
        tally = await Simulator(*centre.address, stations, faults=0.1, packets=0.3, seed=3).run(reports=2)
        assert (tally.sent, tally.acknowledged, tally.lost) == (400, 400, 0)
        assert tally.again > 0
        reported = {(r.station, r.property) for r in intake.kept}
        assert reported == {(a[2:], name) for a in stations for name in ("level", "rain", "voltage")}
        newest = max(r.phenomenon_at for r in intake.kept)  # type: ignore[type-var]
        assert abs(newest - NOW) <= timedelta(hours=1)  # type: ignore[operator]
