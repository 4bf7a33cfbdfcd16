"""Send and count a child's heartbeats, one JSON document a line.

The parent counts its own ticks without a sign, not seconds: after a suspend, and on a machine that starves
both, it has waited for as few ticks as its child had to miss.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import select
from collections.abc import Callable

from twin.errors import Reason

BEAT_S = 0.5
MISSED = 5
"""Ticks without a sign after which a child that had become ready is hung."""
MISSED_STARTING = 80
"""The same before that: imports and a long journal hold the interpreter."""
LONGEST = 500
"""Characters of a reason: what a pipe takes at once (PIPE_BUF, 4 KiB) is written whole or not at all."""


class Heartbeat:
    """Heartbeat of a child process.

    ``handle`` is a file descriptor, None where nobody listens. A pipe that nobody empties is left alone: a
    sign of life never blocks.
    """

    def __init__(self, handle: int | None) -> None:
        self._handle = handle
        self.ready = False

    async def run(self) -> None:
        """Send beats until cancelled, in the event loop.

        A loop that is stuck does not beat.
        """
        while True:
            self._write({"alive": self.ready})
            await asyncio.sleep(BEAT_S)

    def failed(self, error: Exception) -> None:
        """Report why this process ends."""
        reason = Reason.of(error)
        self._write({"failed": reason.message[:LONGEST], "zh": reason.zh[:LONGEST]})

    def _write(self, document: dict[str, object]) -> None:
        if self._handle is None:
            return
        line = json.dumps(document, ensure_ascii=False).encode() + b"\n"
        with contextlib.suppress(OSError, ValueError):
            if select.select([], [self._handle], [], 0)[1]:
                os.write(self._handle, line)


class HeartbeatMonitor:
    """Parent's side of the heartbeat.

    Reads the lines, and counts ticks without one.
    """

    def __init__(self, *, on_ready: Callable[[], None] = lambda: None) -> None:
        self.ready = False
        self._on_ready = on_ready
        self.reason: Reason | None = None
        self._heard = False

    async def listen(self, stream: asyncio.StreamReader) -> None:
        """Read until the child closes its end."""
        async for line in stream:
            self._heard = True
            with contextlib.suppress(ValueError, TypeError, AttributeError):
                told = json.loads(line)
                if told.get("alive") is True and not self.ready:
                    self.ready = True
                    self._on_ready()
                if "failed" in told:
                    self.reason = Reason(str(told["failed"]), str(told.get("zh")))

    async def silence(self, *, patience: int = MISSED, beat_s: float = BEAT_S) -> None:
        """Wait until a ready child has missed ``patience`` beats."""
        missed = 0
        while missed < (patience if self.ready else MISSED_STARTING):
            self._heard = False
            await asyncio.sleep(beat_s)
            missed = 0 if self._heard else missed + 1
