"""Read and answer one connection to a centre within its share."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable

from twin.stations.feeds.sl651.coding import Damage, Sl651Frame
from twin.stations.feeds.sl651.frame import Splitter
from twin.stations.feeds.sl651.pace import Bucket
from twin.stations.feeds.sl651.reassembly import Assembler, Budget

READ_BYTES = 4096
BUFFER_BYTES = 1 << 13
"""What is read ahead of a line; it waits in the network from there on."""
IDLE_S = 600.0
"""A connection on which nothing whole has come for so long is ended."""
STRANGER_S = 60.0
"""The same for one on which no station of ours has spoken yet."""
PAUSE_S, HALF_FRAME_S = 3.0, 60.0
"""After a pause within a frame others are looked for behind its start; after HALF_FRAME_S it is given up."""
WRITE_S = 10.0
BYTES_PER_S, BYTES_BURST = 16_384.0, 32_768.0
"""A line's share; a station on GPRS sends a tenth of it."""
DAMAGES_PER_S, DAMAGES_BURST, DAMAGE_BYTES = 0.1, 50.0, 256
"""More damaged pieces than these (each counts once, and once more for each 256 bytes) end a connection: that
is no station. Modems that send signs of life of their own stay below."""


class TooDamagedError(Exception):
    """Line brings more damage than a station would."""


class Line:
    """Connection of a station.

    ``proven``: a station of ours has sent on it. ``spoken``: the addresses it has used.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        budget: Budget,
        strangers: Bucket,
    ) -> None:
        self._reader, self._writer = reader, writer
        self._strangers = strangers
        self._bytes = Bucket(per_s=BYTES_PER_S, burst=BYTES_BURST)
        self._damages = Bucket(per_s=DAMAGES_PER_S, burst=DAMAGES_BURST)
        self._splitter = Splitter()
        self._until_s = asyncio.get_running_loop().time() + STRANGER_S
        self.assembler = Assembler(budget)
        self.proven = False
        self.wrong_passwords = 0
        self.last: dict[str, Sl651Frame] = {}

    @property
    def rest(self) -> bytes:
        """Bytes of a frame that is not complete."""
        return self._splitter.rest

    async def pieces(self) -> AsyncIterator[Sl651Frame | Damage]:
        """Yield frames and damages until the line ends.

        Raises TooDamagedError, TimeoutError, ConnectionError.
        """
        pauses = 0
        while True:
            data = await self._heard()
            if data == b"":
                return
            pauses = pauses + 1 if data is None else 0
            spent_s = 0.0
            found = iter(self._split(data, given_up=pauses * PAUSE_S >= HALF_FRAME_S))
            while True:
                begun_s = time.perf_counter()
                piece = next(found, None)
                spent_s += time.perf_counter() - begun_s
                if piece is None:
                    break
                yield piece
                if isinstance(piece, Damage):
                    self._bear(piece)
            await self._wait_for_share(len(data or b""), spent_s)

    def _bear(self, damage: Damage) -> None:
        if self._damages.take(1.0 + len(damage.data) / DAMAGE_BYTES) > 0.0:
            raise TooDamagedError

    def _split(self, data: bytes | None, *, given_up: bool) -> Iterable[Sl651Frame | Damage]:
        if data is not None:
            return self._splitter.feed(data)
        return self._splitter.give_up() if given_up else self._splitter.look_behind()

    def heard_of(self, frame: Sl651Frame) -> None:
        """Mark the line as proven.

        A frame of a known station has come.
        """
        self.proven = True
        self._until_s = asyncio.get_running_loop().time() + IDLE_S
        self.last[frame.station] = frame

    async def send(self, data: bytes) -> None:
        """Write; raises TimeoutError where the other side does not read."""
        self._writer.write(data)
        async with asyncio.timeout(WRITE_S):
            await self._writer.drain()

    def cut(self) -> None:
        """End the connection at once."""
        self.assembler.close()
        self._writer.transport.abort()

    async def _heard(self) -> bytes | None:
        """The next bytes; b'' at the end, None after a pause within a frame."""
        until_s = self._until_s
        loop = asyncio.get_running_loop()
        pause = bool(self.rest) and loop.time() + PAUSE_S < until_s
        try:
            # wait_for may lose a cancellation in Python 3.11
            async with asyncio.timeout_at(loop.time() + PAUSE_S if pause else until_s):
                return await self._reader.read(READ_BYTES)
        except TimeoutError:
            if not pause:
                raise
            return None

    async def _wait_for_share(self, count: int, spent_s: float) -> None:
        """Read on only when it is this line's turn; meanwhile what is sent waits in the network."""
        wait_s = self._bytes.take(count)
        if not self.proven:
            wait_s = max(wait_s, self._strangers.take(spent_s))
        await asyncio.sleep(wait_s)
