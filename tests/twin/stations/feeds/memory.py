"""An intake in memory, in front of the real gatekeeper; and how to run a feed for a while."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from twin.catalog.feeds import spec_of
from twin.stations.clocks import Clocks
from twin.stations.feeds.base import Feed
from twin.stations.intake import Receipt
from twin.stations.model import Observation, Reading
from twin.stations.network import Network
from twin.stations.store import Appended, StoreFullError
from twin.stations.validation import Validation


class Kept:
    """What was stored, once each; full when told so."""

    def __init__(self) -> None:
        self.rows: list[Observation] = []
        self.full = False

    async def keep(self, many: Sequence[Observation]) -> Appended:
        if self.full:
            raise StoreFullError("full")
        known = {(o.datastream, o.phenomenon_at, o.value) for o in self.rows}
        new = [o for o in many if (o.datastream, o.phenomenon_at, o.value) not in known]
        self.rows += new
        return Appended(stored=tuple(new), duplicates=len(many) - len(new))

    def values(self, datastream: str) -> list[float | None]:
        """In the order of their times, a correction after what it corrects."""
        mine = [o for o in self.rows if o.datastream == datastream]
        return [o.value for o in sorted(mine, key=lambda o: o.phenomenon_at)]


class Noting:
    """An intake that takes everything unchecked; full when told so."""

    def __init__(self, *, full: bool = False) -> None:
        self.readings: list[Reading] = []
        self._full = full

    async def deliver(self, feed: str, readings: Sequence[Reading]) -> Receipt:
        if self._full:
            raise StoreFullError("full")
        self.readings += readings
        return Receipt(accepted=len(readings))

    def refuse(self, feed: str, reason: str, message: bytes | str, *, station: str = "") -> None:
        raise AssertionError(reason)


def gate(network: Network, *, clocks: Clocks | None = None) -> tuple[Validation, Kept]:
    kept = Kept()
    return Validation(network, kept.keep, clocks=clocks), kept


@asynccontextmanager
async def running(feed: Feed, intake: Validation) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(feed.run(intake))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(holds: Callable[[], bool], task: asyncio.Task[None] | None = None) -> None:
    """Wait until something holds; a feed that ends meanwhile says why."""
    async with asyncio.timeout(20):
        while not holds():
            if task is not None and task.done():
                task.result()
            await asyncio.sleep(0.01)


def read_spec(told: dict[str, Any]) -> Any:
    """What site.yaml says of a feed, by its driver. Raises ValidationError."""
    return spec_of(told["driver"]).model_validate(told)
