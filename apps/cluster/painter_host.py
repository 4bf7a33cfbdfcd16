"""Host a painter process on a node, for a Ray actor.

The process is the same that a hub starts on its own machine; the actor only passes on bytes.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from typing import Literal, NamedTuple

from apps.child_processes import end
from apps.cluster.node_check import project_digest
from apps.painter.messages import LONGEST_LINE

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
        reader, self._writer = await asyncio.open_connection(sock=ours, limit=LONGEST_LINE)
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
    take = _whole_reply if channel == "picture" else _some
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        while content := await take(stream):
            await chunks.put(Chunk(channel, content))
    await chunks.put(None)


async def _some(stream: asyncio.StreamReader) -> bytes:
    return await stream.read(CHUNK)


async def _whole_reply(stream: asyncio.StreamReader) -> bytes:
    """A reply's line with the picture behind it: each chunk costs milliseconds on its way."""
    line = await stream.readuntil(b"\n")
    nbytes = int(json.loads(line).get("nbytes", 0))
    return line + await stream.readexactly(nbytes)
