"""Live service: runs a basin's feeds and alarms, and serves views."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from pathlib import Path
from typing import Any

from apps.child_processes import end_with_parent
from apps.heartbeat import Heartbeat
from apps.live.server import LiveServer
from apps.logs import configure_logging
from apps.memory import HeapTrimmer, set_malloc_thresholds
from twin.basin import Basin
from twin.errors import TwinError
from twin.live import folder_of, live_basin

logger = logging.getLogger(__name__)

TRIM_EVERY_S = 15.0
"""What a flood or a back-fill has held is given back to the system after so long at most."""


async def run(catalog: Path, *, root: Path | None, store: Path | None, until_eof: bool) -> None:
    """Serve until a signal, or the end of standard input.

    The latter where that is requested. Where it is asked, standard output carries signs of life. Raises what
    opening the basin and its store raise.
    """
    configure_logging(level=logging.INFO)
    if until_eof:
        end_with_parent()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    heartbeat = Heartbeat(sys.stdout.fileno() if until_eof else None)
    work = asyncio.create_task(_serve(catalog, root=root, store=store, heartbeat=heartbeat))
    waits: list[asyncio.Task[Any]] = [asyncio.create_task(stop.wait()), asyncio.create_task(heartbeat.run())]
    if until_eof:
        waits.append(asyncio.create_task(_until_eof()))
    await asyncio.wait([work, *waits], return_when=asyncio.FIRST_COMPLETED)
    fell = work.done()
    for task in (work, *waits):
        task.cancel()
    await asyncio.gather(work, *waits, return_exceptions=True)
    if fell:
        try:
            work.result()
        except (TwinError, OSError) as error:
            heartbeat.failed(error)
            raise


async def _serve(catalog: Path, *, root: Path | None, store: Path | None, heartbeat: Heartbeat) -> None:
    """Open the basin, restore what its store knows, and only then tell views anything."""
    basin = await asyncio.to_thread(Basin.open, catalog, root=root, store=store)
    async with live_basin(basin) as live:
        server = LiveServer(live, folder=folder_of(basin))
        heartbeat.ready = True
        work = [asyncio.create_task(t) for t in (live.run(), server.run(), _trim_heap())]
        try:
            await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in work:
                task.cancel()
            ends = await asyncio.gather(*work, return_exceptions=True)
        for fault in ends:  # one fell: say why
            if isinstance(fault, Exception):
                raise _first(fault)


async def _trim_heap() -> None:
    """Return freed memory to the system; 3 ms each time, in a thread."""
    set_malloc_thresholds()
    gaps = HeapTrimmer(every_s=0.0)
    while True:
        await asyncio.sleep(TRIM_EVERY_S)
        await asyncio.to_thread(gaps.trim)


def _first(fault: Exception) -> Exception:
    """What a group of tasks fell by."""
    return _first(fault.exceptions[0]) if isinstance(fault, ExceptionGroup) else fault


async def _until_eof() -> None:
    """Wait until whoever started this program is gone."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    with contextlib.suppress(ConnectionError):
        while await reader.read(1024):
            pass
