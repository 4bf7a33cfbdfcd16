"""A slow line: a proxy that passes so many bytes a second each way, after a delay."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

CHUNK = 2048
QUEUE_S = 0.25
"""What waits in the line; a sender is held back beyond it."""


class Way:
    """One direction of a line that all connections share."""

    def __init__(self, bytes_per_s: float, delay_s: float) -> None:
        self._bytes_per_s, self._delay_s = bytes_per_s, delay_s
        self._free_at = 0.0
        self.count = 0

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what comes, in its order, until it ends."""
        loop = asyncio.get_running_loop()
        arriving: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        delivering = asyncio.create_task(self._deliver(arriving, writer))
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(CHUNK):
                self._free_at = max(self._free_at, loop.time()) + len(data) / self._bytes_per_s
                self.count += len(data)
                arriving.put_nowait((self._free_at + self._delay_s, data))
                await asyncio.sleep(max(0.0, self._free_at - QUEUE_S - loop.time()))
        arriving.put_nowait((loop.time() + self._delay_s, b""))
        await delivering

    async def _deliver(
        self, arriving: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter
    ) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.suppress(ConnectionError):
            while True:
                at, data = await arriving.get()
                await asyncio.sleep(max(0.0, at - loop.time()))
                if not data:
                    break
                writer.write(data)
                await writer.drain()
        writer.close()


class SlowLine:
    """Proxy of a server, at ``url``; ``down`` and ``up`` have counts of bytes."""

    def __init__(self, server: str, *, kbit_per_s: float, delay_s: float) -> None:
        self._server = urlsplit(server)
        rate = kbit_per_s * 1000 / 8
        self.down, self.up = Way(rate, delay_s), Way(rate, delay_s)
        self.url = ""
        self._writers: list[asyncio.StreamWriter] = []

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            theirs, ours = await asyncio.open_connection(self._server.hostname, self._server.port)
        except OSError:
            writer.close()
            return
        self._writers += [ours, writer]
        with contextlib.suppress(asyncio.CancelledError):  # the line's own end
            await asyncio.gather(self.up.carry(reader, ours), self.down.carry(theirs, writer))

    async def run(self, ready: threading.Event, end: asyncio.Event) -> None:
        """Serve until ``end``."""
        proxy = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=CHUNK)
        self.url = f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}/"
        ready.set()
        await end.wait()
        proxy.close()
        own = asyncio.current_task()
        tasks = [task for task in asyncio.all_tasks() if task is not own]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*(writer.wait_closed() for writer in self._writers), return_exceptions=True)
        await proxy.wait_closed()


@contextmanager
def slow_line(server: str, *, kbit_per_s: float = 200.0, delay_s: float = 0.075) -> Iterator[SlowLine]:
    """A line to a server, in a thread of its own; ``delay_s`` each way."""
    line, ready = SlowLine(server, kbit_per_s=kbit_per_s, delay_s=delay_s), threading.Event()
    loop, end = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(line.run(ready, end),))
    thread.start()
    ready.wait()
    try:
        yield line
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join()
        loop.close()
