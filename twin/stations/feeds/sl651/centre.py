"""Centre station: receives reports, answers once they are durable.

What is acknowledged is kept, or counted with its reason; what is refused as a whole is not acknowledged.
docs/feeds.md has the rule for each reason.
"""

from __future__ import annotations

import asyncio
import logging
import resource
from collections import OrderedDict
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

from twin.stations.feeds.base import FeedError
from twin.stations.feeds.sl651 import answers
from twin.stations.feeds.sl651.claims import LONGEST_WAIT_S, Claims, Turn
from twin.stations.feeds.sl651.coding import Damage, Sl651Frame
from twin.stations.feeds.sl651.guesses import Guesses
from twin.stations.feeds.sl651.line import BUFFER_BYTES, Line, TooDamagedError
from twin.stations.feeds.sl651.message import (
    KEEP_ALIVE,
    SETTINGS,
    Message,
    read_message,
)
from twin.stations.feeds.sl651.pace import Bucket
from twin.stations.feeds.sl651.readings import understand
from twin.stations.feeds.sl651.reassembly import Budget
from twin.stations.feeds.sl651.relative import Bases
from twin.stations.feeds.sl651.times import MessageError
from twin.stations.intake import Intake
from twin.stations.network import Network
from twin.stations.refusals import LEFT_OUT
from twin.store import StoreError

logger = logging.getLogger(__name__)

MOST_CONNECTIONS, FILES_KEPT = 2_000, 200
"""Lines at once, if the system lets this process have so many files and some for its store and its views."""
REMEMBERED = 20_000
"""Messages that are known to have been taken, so that one sent again is acknowledged and not taken twice."""
STRANGERS_SHARE, STRANGERS_BURST_S = 0.2, 0.5
"""The share of a processor for lines on which no station of ours has spoken yet, and s of it at once."""
MEETING_S, GRACE_S = 0.0005, 2.0
"""What a new connection costs, and from which wait on it is put off."""
TARPIT_S = 2.0
"""So long a line that brings only damage is neither read nor ended."""
TOO_OFTEN_S = 1.0
"""So long a line waits that brings more messages of a station than can be taken: refusing costs time, too."""
SWEEP_S = 15.0
PACKET_TRIES = 2
KNOWN = (*range(0x2F, 0x3B), *SETTINGS)
"""Functions of the standard (table B.1); others are somebody's own."""

_Key = tuple[str, int, bytes]


@dataclass(frozen=True, kw_only=True)
class CentreSettings:
    """Listening address, and accepted senders.

    ``centre``: our address, None for any. ``stations``: ours, by the ten hexadecimal digits that they send.
    ``level_bases_m``: bases of relative stages, by the same.
    """

    stations: Mapping[str, str]
    host: str = "127.0.0.1"
    port: int = 0
    centre: int | None = None
    password: int | None = None
    level_bases_m: Mapping[str, float] = field(default_factory=dict)


def most_connections() -> int:
    """Return the most concurrent lines.

    Beyond the limit of open files nobody could be met, nor room be made.
    """
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_CONNECTIONS if files < 0 else max(1, min(MOST_CONNECTIONS, files - FILES_KEPT))


class Centre:
    """Feed of a centre station.

    ``address`` is where it listens once it runs.
    """

    def __init__(self, feed_id: str, network: Network, settings: CentreSettings) -> None:
        self.id = feed_id
        self._network = network
        self._settings = settings
        self._taken: OrderedDict[_Key, None] = OrderedDict()
        self._coming: set[_Key] = set()
        self._lines: dict[Line, None] = {}
        self._connected: dict[str, Line] = {}
        self._claims, self._guesses, self._budget = Claims(), Guesses(), Budget()
        self._bases = Bases(settings.level_bases_m)
        self._strangers = Bucket(per_s=STRANGERS_SHARE, burst=STRANGERS_BURST_S)
        self.address: tuple[str, int] | None = None
        self.listening = asyncio.Event()

    async def run(self, intake: Intake) -> None:
        """Serve until cancelled.

        Raises FeedError where the port cannot be had.
        """
        own: set[asyncio.Task[None]] = set()

        def start(work: Coroutine[None, None, None]) -> None:
            task = asyncio.create_task(work)
            own.add(task)
            task.add_done_callback(own.discard)

        def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            start(self._meet(intake, reader, writer))

        settings = self._settings
        try:
            # One that serves at once is lost where this is cancelled just then (Python 3.11).
            server = await asyncio.start_server(
                meet, settings.host, settings.port, limit=BUFFER_BYTES, start_serving=False
            )
            async with server:
                await server.start_serving()
                host, port = server.sockets[0].getsockname()[:2]
                self.address = (host, port)
                self.listening.set()
                start(self._sweep(intake))
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
        """Request present values of a connected station.

        By its ten digits. Raises FeedError.
        """
        line = self._connected.get(station)
        if line is None:
            raise FeedError(f"the station {station} is not connected")
        try:
            await line.send(answers.question(line.last[station], function, password=self._password))
        except (ConnectionError, TimeoutError):
            raise FeedError(f"the station {station} does not listen") from None

    # -- lines ----------------------------------------------------------------------------------------

    async def _meet(self, intake: Intake, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = Line(reader, writer, budget=self._budget, strangers=self._strangers)
        self._lines[line] = None
        try:
            if len(self._lines) > most_connections():
                self._make_room(intake, line)
            # Who comes first is heard at once, unless very many come: then in turn.
            await asyncio.sleep(max(0.0, self._strangers.take(MEETING_S) - GRACE_S))
            await self._listen(intake, line)
        except (ConnectionError, TimeoutError):
            pass
        finally:
            self._lines.pop(line, None)
            self._claims.ended(line, set(line.last))
            for station in line.last:
                if self._connected.get(station) is line:
                    del self._connected[station]
            line.cut()
            self._count_dropped(intake, line)

    def _make_room(self, intake: Intake, newest: Line) -> None:
        """The oldest line on which no station has spoken goes, be it the newest itself."""
        intake.refuse(self.id, "too-many-connections", "")
        goes = next((line for line in self._lines if not line.proven), newest)
        del self._lines[goes]  # the next one in this turn must find another
        goes.cut()

    async def _listen(self, intake: Intake, line: Line) -> None:
        try:
            async for piece in line.pieces():
                if isinstance(piece, Damage):
                    intake.refuse(self.id, piece.reason, piece.data)
                elif not await self._hear(intake, piece, line):
                    return
        except TooDamagedError:
            intake.refuse(self.id, "no-station", "")
            await asyncio.sleep(TARPIT_S)  # it would only come back at once
            return
        if line.rest:
            intake.refuse(self.id, "half-frame", line.rest)

    async def _sweep(self, intake: Intake) -> None:
        """Give up long messages whose packets come no more, also on lines that say nothing."""
        while True:
            await asyncio.sleep(SWEEP_S)
            for line in self._lines:
                line.assembler.expire()
                self._count_dropped(intake, line)

    def _count_dropped(self, intake: Intake, line: Line) -> None:
        for _ in range(line.assembler.dropped):
            self._refuse(intake, "packets-missing", next(iter(line.last), ""))
        line.assembler.dropped = 0

    # -- frames ---------------------------------------------------------------------------------------

    async def _hear(self, intake: Intake, frame: Sl651Frame, line: Line) -> bool:
        """Take a frame; whether the line may go on."""
        if self._settings.centre not in (None, frame.centre):
            self._refuse(intake, "other-centre", frame.station, f"{frame.station} to {frame.centre}")
            return True
        trusted, goes_on = self._may_speak(intake, frame, line)
        if not trusted:
            return goes_on
        known = frame.station in self._settings.stations
        if known:
            line.heard_of(frame)
            self._connected[frame.station] = line
        try:
            body = line.assembler.take(frame)
        except ValueError as error:
            self._refuse(intake, str(error), frame.station, f"{frame.station} in packets")
            return True
        self._count_dropped(intake, line)
        if body is None:
            await self._ask_again(frame, line)
        elif frame.function != KEEP_ALIVE:
            await self._take(intake, frame, body, line)
        elif not known:
            self._refuse(intake, "unknown-station", frame.station)
        return True

    def _may_speak(self, intake: Intake, frame: Sl651Frame, line: Line) -> tuple[bool, bool]:
        """Whether the frame's password is right, and whether the line may go on."""
        password = self._settings.password
        if password is None:
            return True, True
        if not line.proven and self._guesses.too_many(frame.station):
            self._refuse(intake, "password-guessing", frame.station)
            return False, False
        if frame.password == password:
            return True, True
        self._refuse(intake, "wrong-password", frame.station)
        return False, self._guesses.wrong(frame.station, line)

    async def _ask_again(self, frame: Sl651Frame, line: Line) -> None:
        """Ask for a missing packet of a message whose last packet is here."""
        assert frame.packet is not None
        total, _ = frame.packet
        if total not in line.assembler.received(frame.station, frame.function):
            return
        missing = line.assembler.ask_again(frame.station, frame.function, most=PACKET_TRIES)
        if missing is not None:
            await line.send(answers.again(frame, missing, password=self._password))

    async def _take(self, intake: Intake, frame: Sl651Frame, body: bytes, line: Line) -> None:
        """A whole message: taken and acknowledged, or refused and not."""
        key = (frame.station, frame.function, sha256(body).digest())
        turn = self._claims.heard(frame.station, line, repeated=key in self._taken or key in self._coming)
        self._coming.add(key)
        try:
            await self._answer(intake, frame, body, line, key, turn)
        finally:
            self._coming.discard(key)

    async def _answer(
        self, intake: Intake, frame: Sl651Frame, body: bytes, line: Line, key: _Key, turn: Turn
    ) -> None:
        if turn.news:
            self._refuse(intake, "two-speak", frame.station)
            logger.warning(
                "%s: two lines speak by turns for the station %s: its values are kept as suspect",
                self.id,
                frame.station,
            )
        if turn.wait_s > LONGEST_WAIT_S:
            self._refuse(intake, "too-often", frame.station)
            await asyncio.sleep(TOO_OFTEN_S)
            return
        await asyncio.sleep(turn.wait_s)
        if frame.function not in KNOWN:
            self._refuse(intake, "unknown-function", frame.station, f"{frame.function:02X}H")
            return
        try:
            message = read_message(frame.station, frame.function, body)
        except MessageError as error:
            self._refuse(intake, str(error), frame.station, body.hex().upper())
            return
        if key not in self._taken:
            try:
                taken = await self._keep(intake, message, doubt="two-speak" if turn.contested else "")
            except StoreError:
                return  # no acknowledgement: the station says it again later
            if not taken:
                return
            self._remember(key)
            line.heard_of(frame)
        await line.send(answers.confirmed(frame, message.serial, password=self._password))

    async def _keep(self, intake: Intake, message: Message, *, doubt: str) -> bool:
        """Keep what a message says and count what is left out; whether it is taken. Raises StoreError."""
        known = message.station in self._settings.stations
        found = understand(message, self._settings.stations, self._network, self._bases)
        if not known and not found.readings:  # a relay may speak for stations of ours
            self._refuse(intake, "unknown-station", message.station)
            return False
        if not found.readings and not found.left_out:
            found.leave("no-values", message.station, f"{message.function:02X}H")
        readings = [replace(r, doubt=doubt or r.doubt) for r in found.readings]
        if readings:
            receipt = await intake.deliver(self.id, readings)
            if receipt.refused >= len(readings):
                return False
        for left in found.left_out:
            self._refuse(intake, left.reason, left.station, left.shown)
        return True

    def _refuse(self, intake: Intake, reason: str, address: str, what: str = "") -> None:
        """Count what a station (its ten digits) sent; parts that have no place here are counted for all."""
        code = "" if reason in LEFT_OUT else self._settings.stations.get(address, address)
        intake.refuse(self.id, reason, what or address, station=code)

    def _remember(self, key: _Key) -> None:
        self._taken[key] = None
        if len(self._taken) > REMEMBERED:
            self._taken.popitem(last=False)

    @property
    def _password(self) -> int:
        return self._settings.password or 0
