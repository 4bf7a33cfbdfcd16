"""Keeps the live service of a basin running beside a view, in a process of its own: neither takes the other
along when it falls."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from pathlib import Path

logger = logging.getLogger(__name__)

AGAIN_S = (1.0, 2.0, 5.0, 15.0, 30.0)
WELL_S = 60.0
"""A service that ran so long was well: the next wait is the shortest again."""


async def keep_running(catalog: Path, *, root: Path | None, store: Path | None) -> None:
    """Start the service, and again whenever it ends, until cancelled.

    Where another server's service already holds the store, ours ends at once and is tried again later.
    """
    failures = 0
    loop = asyncio.get_running_loop()
    while True:
        started = loop.time()
        code, said = await _run(catalog, root=root, store=store)
        failures = 0 if loop.time() - started > WELL_S else failures + 1
        wait_s = AGAIN_S[min(failures, len(AGAIN_S) - 1)]
        logger.warning("the live service ended (%s): %s; again in %g s", code, said, wait_s)
        await asyncio.sleep(wait_s)


async def _run(catalog: Path, *, root: Path | None, store: Path | None) -> tuple[int, str]:
    command = [sys.executable, "-m", "apps.cli", "live", str(catalog), "--until-eof"]
    command += ["--root", str(root)] if root else []
    command += ["--store", str(store)] if store else []
    child = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert child.stderr is not None
    last = ""
    try:
        async for text in child.stderr:
            last = text.decode(errors="replace").strip() or last
            logger.info("live service: %s", last)
        return await child.wait(), last
    finally:
        if child.returncode is None:
            child.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(child.wait(), 5.0)
            if child.returncode is None:
                child.kill()
                await child.wait()
