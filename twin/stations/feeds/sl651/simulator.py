"""Stations that play against a centre: for tests, for trials, for training."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from twin.stations.feeds.sl651.coding import ETB, ETX, NAK, Sl651Frame
from twin.stations.feeds.sl651.frame import Splitter
from twin.stations.feeds.sl651.message import HOURLY, KEEP_ALIVE, TIMED
from twin.stations.feeds.sl651.report_encoding import write_report
from twin.stations.feeds.sl651.times import FIVE_MINUTES, bcd_time

ANSWER_S = 10.0
TRIES = 3
PACKET_BYTES = 60
Reports = Callable[[str, int], bytes]
"""(station, serial) → a report's body."""


@dataclass
class Tally:
    """Counts of what became of sent reports."""

    sent: int = 0
    acknowledged: int = 0
    again: int = 0
    lost: int = 0
    refused_connections: int = 0
    waits_s: list[float] = field(default_factory=list)


def hourly_report(
    station: str, serial: int, *, now: datetime | None = None, level_m: float | None = None
) -> bytes:
    """Return an hour's rain and stage by station and hour.

    In steps of five minutes, with totals and voltage.
    """
    now = now or datetime.now(UTC)
    hour = now.replace(minute=0, second=0, microsecond=0)
    luck = random.Random(f"{station}{hour.isoformat()}")
    rain = [round(max(0.0, luck.gauss(-0.2, 0.4)), 1) for _ in range(12)]
    base = 1.5 if level_m is None else level_m
    stages = [round(base + 0.02 * k + luck.gauss(0, 0.003), 2) for k in range(12)]
    start = hour - 11 * FIVE_MINUTES
    return write_report(
        station,
        serial=serial,
        sent_at=now,
        observed_at=hour,
        values=[(0x26, 100.0 + sum(rain), 3, 1), (0x39, stages[-1], 4, 3), (0x38, 12.1, 2, 2)],
        rain_5min=(start, rain),
        stage_5min=(start, stages),
    )


class Simulator:
    """Simulated stations.

    ``stations`` are addresses of ten digits; ``faults`` is the share of frames spoilt on purpose.
    """

    def __init__(
        self,
        host: str,
        port: int,
        stations: Sequence[str],
        *,
        report: Reports = hourly_report,
        centre: int = 1,
        password: int = 0,
        faults: float = 0.0,
        packets: float = 0.0,
        seed: int = 0,
    ) -> None:
        self._host, self._port, self._stations = host, port, stations
        self._report = report
        self._centre, self._password = centre, password
        self._faults, self._packets = faults, packets
        self._luck = random.Random(seed)
        self.tally = Tally()

    async def run(self, *, reports: int, every_s: float = 0.0) -> Tally:
        """Send reports of each station; return the tally.

        Each over a connection of its own.
        """
        await asyncio.gather(*(self._play(station, reports, every_s) for station in self._stations))
        return self.tally

    async def _play(self, station: str, reports: int, every_s: float) -> None:
        try:
            reader, writer = await asyncio.open_connection(self._host, self._port)
        except OSError:
            self.tally.refused_connections += 1
            return
        splitter = Splitter(up=False)
        try:
            writer.write(self._frame(station, KEEP_ALIVE, _alive(1)).encode())
            for serial in range(1, reports + 1):
                await self._tell(station, serial, reader, writer, splitter)
                if every_s:
                    await asyncio.sleep(every_s)
        except ConnectionError:
            self.tally.lost += 1
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _tell(
        self,
        station: str,
        serial: int,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        splitter: Splitter,
    ) -> None:
        """Send a report until it is acknowledged, three times at most."""
        body = self._report(station, serial)
        function = HOURLY if serial % 2 else TIMED
        self.tally.sent += 1
        loop = asyncio.get_running_loop()
        for attempt in range(TRIES):
            self.tally.again += attempt > 0
            spoil = attempt == 0 and self._luck.random() < self._faults
            frames = self._frames(station, function, body)
            for frame in frames:
                writer.write(self._spoilt(frame) if spoil else frame)
            await writer.drain()
            started = loop.time()
            heard = self._heard(serial, frames, reader, writer, splitter)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.5 if spoil else ANSWER_S):
                    if await heard:
                        self.tally.acknowledged += 1
                        self.tally.waits_s.append(loop.time() - started)
                        return
        self.tally.lost += 1

    async def _heard(
        self,
        serial: int,
        frames: Sequence[bytes],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        splitter: Splitter,
    ) -> bool:
        """Wait for the confirmation; packets that are asked for are sent again."""
        while data := await reader.read(4096):
            for piece in splitter.feed(data):
                if not isinstance(piece, Sl651Frame):
                    continue
                if piece.end == NAK and piece.packet is not None:
                    writer.write(frames[piece.packet[1] - 1])
                elif int.from_bytes(piece.body[:2], "big") == serial:
                    return True
        return False

    def _frames(self, station: str, function: int, body: bytes) -> list[bytes]:
        if self._luck.random() >= self._packets:
            return [self._frame(station, function, body).encode()]
        parts = [body[k : k + PACKET_BYTES] for k in range(0, len(body), PACKET_BYTES)]
        return [
            self._frame(
                station,
                function,
                part,
                packet=(len(parts), k + 1),
                end=ETX if k + 1 == len(parts) else ETB,
            ).encode()
            for k, part in enumerate(parts)
        ]

    def _frame(
        self,
        station: str,
        function: int,
        body: bytes,
        *,
        packet: tuple[int, int] | None = None,
        end: int = ETX,
    ) -> Sl651Frame:
        return Sl651Frame(
            station=station,
            function=function,
            body=body,
            centre=self._centre,
            password=self._password,
            packet=packet,
            end=end,
        )

    def _spoilt(self, frame: bytes) -> bytes:
        """A frame with a wrong byte, cut off, or with junk before it."""
        k = self._luck.randrange(len(frame))
        return self._luck.choice(
            [
                frame[:k] + bytes([frame[k] ^ 0x55]) + frame[k + 1 :],
                frame[:k],
                self._luck.randbytes(20) + frame[:-1],
            ]
        )


def _alive(serial: int) -> bytes:
    return serial.to_bytes(2, "big") + bcd_time(datetime.now(UTC))


def addresses(count: int, *, first: int = 31_000_001) -> list[str]:
    """Return so many addresses of ten digits.

    From a code of eight on.
    """
    return [f"{first + k:010d}" for k in range(count)]
