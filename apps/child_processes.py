"""End child processes: by SIGTERM, then SIGKILL, and with their parent."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import signal
import sys

_PR_SET_PDEATHSIG = 1
END_S = 5.0


def end_with_parent() -> None:
    """Let Linux kill this process when the thread that started it ends.

    A child that hangs does not see its standard input close, and would hold the store's lock for ever.
    """
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


async def end(child: asyncio.subprocess.Process) -> None:
    """End a child and wait for it; one that is stopped takes no SIGTERM."""
    with contextlib.suppress(ProcessLookupError):
        child.terminate()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(END_S):  # wait_for may lose a cancellation in Python 3.11
                await child.wait()
        if child.returncode is None:
            child.kill()
            await child.wait()
