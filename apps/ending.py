"""Ends a child process: by SIGTERM, and by SIGKILL where that does not help."""

from __future__ import annotations

import asyncio
import contextlib

END_S = 5.0


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
