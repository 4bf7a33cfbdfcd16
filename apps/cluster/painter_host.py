"""Host a painter process on a node, for a Ray actor.

The process is the same that a hub starts on its own machine; the actor only passes on bytes.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from typing import Literal, NamedTuple

from apps.child_processes import end
from apps.cluster.node_check import project_digest

CHUNK = 4 * 1024 * 1024
WAITING = 16
"""Chunks that wait for the network."""

Channel = Literal["picture", "beat", "log"]


class Chunk(NamedTuple):
    """Bytes that a painter wrote, and to which stream."""

    channel: Channel
    content: bytes


class PainterHost:
    """Runs one painter process; ended with its actor."""

    def __init__(self) -> None:
        self._writer: asyncio.StreamWriter | None = None

    async def run(self, digest: str, arguments: Sequence[str]) -> AsyncIterator[Chunk | int | str]:
        """Yield what the painter writes, at last its exit status.

        ``digest`` is :func:`project_digest` of the hub's machine; another one here is all that is yielded.
        """
        if project_digest() != digest:
            yield project_digest()
            return
        ours, theirs = socket.socketpair()
        reader, self._writer = await asyncio.open_connection(sock=ours, limit=CHUNK)
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "apps.painter", str(theirs.fileno()), *arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            pass_fds=(theirs.fileno(),),
        )
        theirs.close()
        assert child.stdout is not None and child.stderr is not None
        chunks: asyncio.Queue[Chunk | None] = asyncio.Queue(WAITING)
        streams: dict[Channel, asyncio.StreamReader] = {
            "picture": reader,
            "beat": child.stdout,
            "log": child.stderr,
        }
        reading = [asyncio.create_task(_read(name, stream, chunks)) for name, stream in streams.items()]
        try:
            left = len(reading)
            while left:
                if (chunk := await chunks.get()) is None:
                    left -= 1
                else:
                    yield chunk
            yield await child.wait()
        finally:
            for task in reading:
                task.cancel()
            await end(child)

    async def write(self, content: bytes) -> None:
        """Pass bytes of the hub on to the painter."""
        if self._writer is not None:
            self._writer.write(content)
            with contextlib.suppress(ConnectionError):  # its end is seen where it is read
                await self._writer.drain()


async def _read(channel: Channel, stream: asyncio.StreamReader, chunks: asyncio.Queue[Chunk | None]) -> None:
    with contextlib.suppress(ConnectionError):
        while content := await stream.read(CHUNK):
            await chunks.put(Chunk(channel, content))
    await chunks.put(None)
