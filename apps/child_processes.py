"""Run child processes with heartbeats, restart and end them.

Restarted with growing pauses; ended with their parent.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import logging
import re
import signal
import sys
from collections.abc import Callable, Sequence

from apps.heartbeat import MISSED, HeartbeatMonitor
from twin.errors import Reason, TwinError

logger = logging.getLogger(__name__)

_PR_SET_PDEATHSIG = 1
END_S = 5.0
AGAIN_S = (0.0, 0.2, 0.5, 1.5, 3.0, 10.0, 30.0)
WELL_S = 30.0
"""A child that ran so long was well: it is started again at once."""
MOST_SLOWNESS = 8
"""A child that was ended as hung is given twice the time when it is started again, up to so many times: one
that is merely slow on a busy machine would otherwise be ended for ever."""


class ChildHungError(TwinError):
    """Child gave no sign of life and was ended."""

    zh = "没有响应，已被结束并重新启动"


class ChildEndedError(TwinError):
    """Child ended without a word.

    The message says how: by a signal, or an exit status.
    """

    zh = "意外结束（{message}）"


_LEVEL = re.compile(r"(DEBUG|INFO|WARNING|ERROR|CRITICAL) (?=[\w.]+: )")
"""How a line of :data:`apps.logs.FORMAT` begins."""

HUNG = Reason.of(ChildHungError("it gave no sign of life and was ended"))


class Restarts:
    """Pauses between a child's starts, and patience with hangs."""

    def __init__(self) -> None:
        self._failures = 0
        self._hung = False
        #: How much longer than usual a child may take: 1, doubled each time that one hangs.
        self.slowness = 1

    @property
    def patience(self) -> int:
        """Beats that a child may miss."""
        return MISSED * self.slowness

    def hung(self) -> None:
        """Give the next child twice the time."""
        self._hung = True
        self.slowness = min(2 * self.slowness, MOST_SLOWNESS)

    def wait_s(self, reason: Reason, *, ran_s: float, well: bool = False) -> float:
        """Return the pause, s, before a child's next start.

        After one that ended for a reason after so many seconds; ``well`` where it had worked before.
        """
        if ran_s > WELL_S and not self._hung:
            self.slowness = 1
        if reason == HUNG:
            self.hung()
        elif well and not self._hung:
            self.slowness = max(1, self.slowness // 2)
        self._hung = False
        if well or ran_s > WELL_S:
            self._failures = 0
        self._failures += 1
        return AGAIN_S[min(self._failures, len(AGAIN_S)) - 1]


async def run_child(
    command: Sequence[str],
    *,
    name: str,
    on_ready: Callable[[], None],
    patience: int = MISSED,
    pass_fds: Sequence[int] = (),
    log_level: int = logging.INFO,
) -> Reason:
    """Run a child with heartbeats; kill it when they stop.

    See :class:`apps.heartbeat.Heartbeat`. ``on_ready`` is called once it beats as ready; from then on it may
    miss ``patience`` beats. What it writes to its standard error is logged after ``name``, at the level that
    the line begins with, else at that of the line before, at first at ``log_level``. It inherits
    ``pass_fds``. Cancelled, this ends the child first.
    """
    child = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        pass_fds=pass_fds,
    )
    assert child.stdout is not None and child.stderr is not None
    monitor = HeartbeatMonitor(on_ready=on_ready)
    ended = asyncio.create_task(child.wait())
    hung = asyncio.create_task(monitor.silence(patience=patience))
    reading = [
        asyncio.create_task(monitor.listen(child.stdout)),
        asyncio.create_task(_log(child.stderr, name, log_level)),
    ]
    try:
        await asyncio.wait((ended, hung), return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            child.kill()  # a stopped process takes no other signal
            await ended
            return HUNG
        await asyncio.wait(reading, timeout=1.0)  # what it said last; a grandchild may hold the pipe
        return monitor.reason or Reason.of(ChildEndedError(how_ended(ended.result())))
    finally:
        for task in (hung, *reading):
            task.cancel()
        if child.returncode is None:
            await end(child)
        await asyncio.gather(ended, hung, *reading, return_exceptions=True)


def end_with_parent() -> None:
    """Let Linux kill this process when the thread that started it ends.

    A child that hangs does not see its standard input close, and would hold the store's lock for ever.
    """
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


async def end(child: asyncio.subprocess.Process) -> None:
    """End a child process and wait for it.

    One that is stopped takes no SIGTERM.
    """
    with contextlib.suppress(ProcessLookupError):
        child.terminate()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(END_S):  # wait_for may lose a cancellation in Python 3.11
                await child.wait()
        if child.returncode is None:
            child.kill()
            await child.wait()


async def _log(stream: asyncio.StreamReader, name: str, level: int) -> None:
    """Pass on what a child writes to its log; a line too long for the reader is left out."""
    while True:
        try:
            text = await stream.readline()
        except ValueError:
            continue
        if not text:
            return
        line = text.decode(errors="replace").rstrip()
        if (found := _LEVEL.match(line)) is not None:
            level, line = logging.getLevelNamesMapping()[found[1]], line[found.end() :]
        elif line.startswith("Traceback "):
            level = logging.ERROR
        logger.log(level, "%s: %s", name, line)


def how_ended(code: int) -> str:
    """Describe an exit status in words."""
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"it was ended by {signal.Signals(-code).name}"
    return f"it ended with status {code}"
