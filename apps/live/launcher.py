"""Keeps the live service of a basin running beside a view, in a process of its own: neither takes the other
along when it falls."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from apps.child_processes import end
from apps.live.heartbeat import MISSED, HeartbeatMonitor
from twin.errors import Reason, TwinError

logger = logging.getLogger(__name__)

AGAIN_S = (0.0, 0.2, 0.5, 1.5, 3.0, 10.0, 30.0)
WELL_S = 30.0
"""A service that ran so long was well: it is started again at once."""
MOST_PATIENCE = 8 * MISSED
"""A service that is ended as hung is given twice the time when it is started again, up to this: one that is
merely slow on a busy machine would otherwise be ended for ever."""


class LiveHungError(TwinError):
    """The live service gave no sign of life and was ended."""

    zh = "没有响应，已被结束并重新启动"


class LiveEndedError(TwinError):
    """The live service ended without a word; the message says how: by a signal, or an exit status."""

    zh = "意外结束（{message}）"


HUNG = Reason.of(LiveHungError("it gave no sign of life and was ended"))


class Launcher:
    """Starts the live service, and again whenever it ends or hangs.

    ``reason`` says why it ended last; None while it runs. ``on_change`` is called when that changes. Where
    another server's service already holds the store, ours ends at once and is tried again later.
    """

    def __init__(
        self,
        catalog: Path,
        *,
        root: Path | None,
        store: Path | None,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self._command = [sys.executable, "-m", "apps.cli", "live", str(catalog), "--until-eof"]
        self._command += ["--root", str(root)] if root else []
        self._command += ["--store", str(store)] if store else []
        self.on_change = on_change
        self.reason: Reason | None = None

    async def run(self) -> None:
        """Keep it running until cancelled."""
        failures, patience = 0, MISSED
        loop = asyncio.get_running_loop()
        while True:
            started = loop.time()
            reason = await run_child(self._command, on_ready=lambda: self._say(None), patience=patience)
            if loop.time() - started > WELL_S:
                failures, patience = 0, MISSED
            if reason == HUNG:
                patience = min(2 * patience, MOST_PATIENCE)
            wait_s = AGAIN_S[min(failures, len(AGAIN_S) - 1)]
            failures += 1
            logger.warning("the live service ended: %s; again in %g s", reason, wait_s)
            self._say(reason)
            await asyncio.sleep(wait_s)

    def _say(self, reason: Reason | None) -> None:
        if reason != self.reason:
            self.reason = reason
            self.on_change()


async def run_child(
    command: Sequence[str], *, on_ready: Callable[[], None], patience: int = MISSED
) -> Reason:
    """Run a child that beats (:class:`apps.live.heartbeat.Heartbeat`) until it ends, or hangs and is killed.

    ``on_ready`` is called once it says that it is ready; from then on it may miss ``patience`` beats.
    Cancelled, it ends the child first.
    """
    child = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None and child.stderr is not None
    monitor = HeartbeatMonitor(on_ready=on_ready)
    ended = asyncio.create_task(child.wait())
    hung = asyncio.create_task(monitor.silence(patience=patience))
    reading = [asyncio.create_task(monitor.listen(child.stdout)), asyncio.create_task(_log(child.stderr))]
    try:
        await asyncio.wait((ended, hung), return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            child.kill()  # a stopped process takes no other signal
            await ended
            return HUNG
        await asyncio.wait(reading, timeout=1.0)  # what it said last; a grandchild may hold the pipe
        return monitor.reason or Reason.of(LiveEndedError(_how(ended.result())))
    finally:
        for task in (hung, *reading):
            task.cancel()
        if child.returncode is None:
            await end(child)
        await asyncio.gather(ended, hung, *reading, return_exceptions=True)


async def _log(stream: asyncio.StreamReader) -> None:
    """Pass on what the service writes to its log; a line too long for the reader is left out."""
    while True:
        try:
            text = await stream.readline()
        except ValueError:
            continue
        if not text:
            return
        logger.info("live service: %s", text.decode(errors="replace").strip())


def _how(code: int) -> str:
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"it was ended by {signal.Signals(-code).name}"
    return f"it ended with status {code}"
