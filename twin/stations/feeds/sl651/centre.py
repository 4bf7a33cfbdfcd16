"""The centre station: stations connect, report, and are answered once what they said is durable."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from twin.stations.feeds.base import FeedError
from twin.stations.feeds.sl651.assembling import Assembler
from twin.stations.feeds.sl651.frame import ENQ, EOT, Damage, Frame, Splitter
from twin.stations.feeds.sl651.message import KEEP_ALIVE, MessageError, bcd_time, read_message
from twin.stations.feeds.sl651.readings import readings
from twin.stations.intake import Intake
from twin.stations.network import Network
from twin.store import StoreError

logger = logging.getLogger(__name__)

IDLE_S = 600.0
"""A connection on which nothing whole has come for so long is ended."""
WRITE_S = 10.0
MOST_CONNECTIONS = 2_000
REMEMBERED = 20_000
"""Messages that are known to have been taken, so that one sent again is acknowledged and not taken twice."""
MOST_DAMAGE = 200
"""Damaged pieces after which a connection is ended: that is no station."""


_Key = tuple[str, int, bytes]


@dataclass(frozen=True, kw_only=True)
class CentreSettings:
    """Where to listen, and whom to believe. ``stations``: ours, by the ten digits that they send."""

    stations: Mapping[str, str]
    host: str = "127.0.0.1"
    port: int = 0
    centre: int = 1
    password: int | None = None


class Centre:
    """A feed. ``address`` is where it listens once it runs."""

    def __init__(self, feed_id: str, network: Network, settings: CentreSettings) -> None:
        self.id = feed_id
        self._network = network
        self._settings = settings
        self._taken: OrderedDict[_Key, None] = OrderedDict()
        self._connected: dict[str, asyncio.StreamWriter] = {}
        self._open = 0
        self.address: tuple[str, int] | None = None
        self.listening = asyncio.Event()

    async def run(self, intake: Intake) -> None:
        """Serve until cancelled. Raises FeedError where the port cannot be had."""
        own: set[asyncio.Task[None]] = set()

        def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(self._meet(intake, reader, writer))
            own.add(task)
            task.add_done_callback(own.discard)

        settings = self._settings
        try:
            # One that serves at once is lost where this is cancelled just then (Python 3.11).
            server = await asyncio.start_server(
                meet, settings.host, settings.port, limit=1 << 16, start_serving=False
            )
            async with server:
                await server.start_serving()
                host, port = server.sockets[0].getsockname()[:2]
                self.address = (host, port)
                self.listening.set()
                await server.serve_forever()
        except OSError as error:
            raise FeedError(
                f"cannot listen on {settings.host}:{settings.port}: {error.strerror or error}"
            ) from None
        finally:
            self.listening.clear()
            for task in own:
                task.cancel()
            await asyncio.gather(*own, return_exceptions=True)

    async def ask(self, station: str, function: int) -> None:
        """Ask a station that is connected (its ten digits) for its values now. Raises FeedError."""
        writer = self._connected.get(station)
        if writer is None:
            raise FeedError(f"the station {station} is not connected")
        await self._send(writer, self._down(station, function, serial=0, end=ENQ))

    # -- one connection -------------------------------------------------------------------------------

    async def _meet(self, intake: Intake, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._open >= MOST_CONNECTIONS:
            intake.refuse(self.id, "too-many-connections", "")
            writer.transport.abort()
            return
        self._open += 1
        spoken: set[str] = set()
        try:
            await self._listen(intake, reader, writer, spoken)
        except (ConnectionError, TimeoutError):
            pass
        finally:
            self._open -= 1
            for station in spoken:
                if self._connected.get(station) is writer:
                    del self._connected[station]
            writer.transport.abort()

    async def _listen(
        self,
        intake: Intake,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        spoken: set[str],
    ) -> None:
        splitter, assembler, damaged = Splitter(), Assembler(), 0
        loop = asyncio.get_running_loop()
        until = loop.time() + IDLE_S
        while data := await self._heard(reader, until):
            for piece in splitter.feed(data):
                if isinstance(piece, Damage):
                    intake.refuse(self.id, piece.reason, piece.data)
                    damaged += 1
                    continue
                until = loop.time() + IDLE_S
                spoken.add(piece.station)
                self._connected[piece.station] = writer
                await self._take(intake, piece, assembler, writer)
            if damaged > MOST_DAMAGE:
                intake.refuse(self.id, "no-station", "")
                return
        if splitter.rest:
            intake.refuse(self.id, "half-frame", splitter.rest)
        for _ in range(assembler.waiting):
            intake.refuse(self.id, "packets-missing", "")

    async def _take(
        self, intake: Intake, frame: Frame, assembler: Assembler, writer: asyncio.StreamWriter
    ) -> None:
        """A frame: refused, kept for the packets that follow, or taken and acknowledged."""
        settings = self._settings
        if settings.password is not None and frame.password != settings.password:
            intake.refuse(self.id, "wrong-password", frame.station)
            return
        station = settings.stations.get(frame.station)
        if station is None:
            intake.refuse(self.id, "unknown-station", frame.station)
            return
        try:
            body = assembler.take(frame)
            if body is None:
                return
            message = read_message(frame.station, frame.function, body)
        except (MessageError, ValueError) as error:
            intake.refuse(self.id, str(error), frame.encode())
            return
        key = (message.station, message.function, sha256(body).digest())
        if key not in self._taken and frame.function != KEEP_ALIVE:
            try:
                found = list(readings(message, station, self._network))
                if found:
                    await intake.deliver(self.id, found)
            except StoreError:
                return  # no acknowledgement: the station says it again later
            self._remember(key)
        if frame.function != KEEP_ALIVE:
            await self._send(
                writer, self._down(frame.station, frame.function, serial=message.serial, end=EOT)
            )

    def _remember(self, key: _Key) -> None:
        self._taken[key] = None
        if len(self._taken) > REMEMBERED:
            self._taken.popitem(last=False)

    def _down(self, station: str, function: int, *, serial: int, end: int) -> bytes:
        body = serial.to_bytes(2, "big") + bcd_time(datetime.now(UTC))
        return Frame(
            station=station,
            function=function,
            body=body,
            centre=self._settings.centre,
            password=self._settings.password or 0,
            up=False,
            end=end,
        ).encode()

    async def _heard(self, reader: asyncio.StreamReader, until: float) -> bytes:
        async with asyncio.timeout_at(until):  # wait_for may lose a cancellation in Python 3.11
            return await reader.read(1 << 14)

    async def _send(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        writer.write(data)
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(WRITE_S):
                await writer.drain()
