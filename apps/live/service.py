"""The live service: runs a basin's feeds and alarms, and serves the views that follow it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from pathlib import Path
from typing import Any

from apps.live.server import LiveServer
from twin.basin import Basin
from twin.stations.live import folder_of, live_basin

logger = logging.getLogger(__name__)


async def run(catalog: Path, *, root: Path | None, store: Path | None, until_eof: bool) -> None:
    """Serve until a signal, or the end of standard input where that is asked.

    Raises what opening the basin and its store raise.
    """
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    basin = await asyncio.to_thread(Basin.open, catalog, root=root, store=store)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with live_basin(basin) as live:
        server = LiveServer(live, folder=folder_of(basin))
        work = [asyncio.create_task(live.run()), asyncio.create_task(server.run())]
        waits: list[asyncio.Task[Any]] = [asyncio.create_task(stop.wait())]
        if until_eof:
            waits.append(asyncio.create_task(_until_eof()))
        done, _ = await asyncio.wait([*work, *waits], return_when=asyncio.FIRST_COMPLETED)
        for task in (*work, *waits):
            task.cancel()
        await asyncio.gather(*work, *waits, return_exceptions=True)
        for task in done:
            if task in work:
                task.result()  # it fell: say why


async def _until_eof() -> None:
    """Wait until whoever started this program is gone."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    with contextlib.suppress(ConnectionError):
        while await reader.read(1024):
            pass
