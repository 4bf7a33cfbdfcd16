"""Run the service of a live basin and report to it as a station."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from twin.basin import Basin
from twin.live import (
    LiveBasin,
    live_basin,
)
from twin.stations.feeds.sl651.report_encoding import write_report
from twin.stations.feeds.sl651.simulator import Simulator


def port(basin: Basin) -> int:
    return int(basin.site.feeds[0].port)  # type: ignore[union-attr]


@asynccontextmanager
async def running(basin: Basin) -> AsyncIterator[LiveBasin]:
    async with live_basin(basin) as live:
        task = asyncio.create_task(live.run())
        try:
            await until(lambda: any(f.state == "running" for f in live.now().feeds))
            yield live
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.01)


async def report(
    basin: Basin, level_m: float, *, station: str = "0031000001", minutes_ago: float = 1
) -> None:
    """One station reports one level, and is acknowledged."""
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)

    def body(address: str, serial: int) -> bytes:
        identifier = 0x3B if address == "0030500001" else 0x39
        return write_report(
            address, serial=serial, sent_at=at, observed_at=at, values=[(identifier, level_m, 4, 3)]
        )

    for _ in range(200):  # until it listens
        play = Simulator("127.0.0.1", port(basin), [station], report=body)
        tally = await play.run(reports=1)
        if tally.acknowledged:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("no acknowledgement")
