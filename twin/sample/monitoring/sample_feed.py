"""Feed of the synthetic basin's 429 stations.

They send what they would measure now.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Literal

import numpy as np

from twin.catalog.feeds import FeedSpec
from twin.stations.clocks import Clocks
from twin.stations.feeds.base import Feed, FeedContext
from twin.stations.intake import Intake
from twin.stations.model import Datastream, Reading
from twin.stations.network import Network

BACKFILL = timedelta(hours=80)
"""At the start the last days are told, so that charts and sums have a past."""
LAKE_BACKFILL = timedelta(days=30)
"""The lake's own past: some 10,000 values, told first."""
TICK_S = 5.0
CHUNK = 400
"""So many readings are delivered at once: judging them holds the event loop for some 50 ms."""


class SampleSpec(FeedSpec):
    """Synthetic basin's own stations.

    Invented values, marked as such wherever they are shown.
    """

    synthetic: ClassVar[bool] = True
    driver: Literal["sample"]

    @property
    def own_time(self) -> bool:
        return True

    def make(self, context: FeedContext) -> Feed:
        """Make the feed."""
        return SampleStations(self.id, context.network, clocks=context.clocks, newest=context.newest)


class SampleStations:
    """Feed of simulated values, by time alone.

    So every start continues the same series. ``newest`` is asked once, as the feed starts, up to when each
    datastream was kept before.
    """

    def __init__(
        self,
        feed_id: str,
        network: Network,
        *,
        clocks: Clocks,
        backfill: timedelta = BACKFILL,
        lake_backfill: timedelta = LAKE_BACKFILL,
        newest: Callable[[str], datetime | None] = lambda datastream: None,
    ) -> None:
        self.id = feed_id
        self._network = network
        self._streams = sorted(network.datastreams.values(), key=self._first)
        self._clocks = clocks
        self._newest = newest
        self._backfill, self._lake_backfill = backfill, lake_backfill
        self._started_at = clocks.now()
        self._told_until: datetime | None = None

    async def run(self, intake: Intake) -> None:
        """Send the missing past, then the present, until cancelled."""
        while True:
            now = self._clocks.now()
            async for chunk in self._chunks(self._told_until, now):
                await intake.deliver(self.id, chunk)
            self._told_until = now
            await asyncio.sleep(TICK_S)

    def _first(self, stream: Datastream) -> int:
        """What is looked at first is told first: the lake, then the rivers, then all others."""
        kind = self._network.stations[stream.station].kind
        return ("reservoir", "stage", "flow").index(kind) if kind in ("reservoir", "stage", "flow") else 3

    def _backfill_of(self, stream: Datastream) -> timedelta:
        """How much past a datastream is told: the lake's line on the wall is of a month."""
        is_lake = self._network.stations[stream.station].kind == "reservoir"
        return self._lake_backfill if is_lake else self._backfill

    async def _chunks(self, start: datetime | None, end: datetime) -> AsyncIterator[list[Reading]]:
        """What was measured after ``start`` and up to ``end``; without a start, after what was kept.

        Computed in a thread: SciPy's import and a month of the lake's values take over 2 s on a busy machine,
        and a service whose event loop is silent for 2.5 s counts as hung.
        """
        waiting: list[Reading] = []
        for stream in self._streams:
            first_at = self._started_at - self._backfill_of(stream)
            since = start or max(first_at, self._newest(stream.id) or first_at)
            first = math.floor(since.timestamp() / stream.interval_s) + 1
            last = math.floor(end.timestamp() / stream.interval_s)
            if last >= first:
                waiting += await asyncio.to_thread(self._readings, stream, first, last)
            while len(waiting) >= CHUNK:
                yield waiting[:CHUNK]
                waiting = waiting[CHUNK:]
        if waiting:
            yield waiting

    def _readings(self, stream: Datastream, first: int, last: int) -> list[Reading]:
        """Readings of the intervals from ``first`` to ``last``, counted from the epoch."""
        from twin.sample.monitoring.behaviour import measure  # noqa: PLC0415  (SciPy, only where it runs)

        times = stream.interval_s * np.arange(first, last + 1, dtype=np.float64)
        found = measure(self._network.stations[stream.station], stream, times)
        return [
            Reading(
                station=stream.station,
                property=stream.property,
                value=None if math.isnan(value) else round(value, 4),
                phenomenon_at=datetime.fromtimestamp(at, UTC),
            )
            for at, value, there in zip(
                times.tolist(), found.value.tolist(), found.there.tolist(), strict=True
            )
            if there
        ]
