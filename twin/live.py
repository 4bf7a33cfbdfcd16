"""Live side of a basin, headless.

Its feeds, the store, the newest values, the alarms.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import math
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from twin.alarms.alerting import Alerting
from twin.alarms.known_before import KnownBefore
from twin.alarms.operating import AlarmOperation, AlarmOutcome
from twin.alarms.rules import strangers
from twin.alarms.service import AlarmService
from twin.alarms.shift_entry import ShiftEntry, ShiftSummary
from twin.alarms.shift_log import ShiftLog
from twin.errors import TwinError
from twin.forecast_runs import ForecastRuns
from twin.journal import opened
from twin.runs_file import FILE as RUNS
from twin.runs_file import RunsFile
from twin.stations.clocks import Clocks, ForwardClocks, SystemClocks
from twin.stations.doubts import lake_of
from twin.stations.feeds.base import FeedContext, make_feed
from twin.stations.feeds.supervisor import Supervisor
from twin.stations.latest import LatestValues, value_at
from twin.stations.model import Observation
from twin.stations.network import Network
from twin.stations.retention import Retention
from twin.stations.snapshot import FeedNow, Now, Past, ValueNow
from twin.stations.store import Appended, Database, GroupWriter, Reader, StoreFullError, Writer
from twin.stations.store.events import Event
from twin.stations.store.schema import QUALITIES
from twin.stations.validation import Validation
from twin.store import StoreError

if TYPE_CHECKING:
    from twin.basin import Basin

logger = logging.getLogger(__name__)

FOLDER = "stations"
"""Beside the products in a basin's store."""

ALARM_TICK_S, ALARM_EVERY_S = 5.0, 0.2
KEEPING_TICK_S, STUCK_S = 1.0, 10.0
CLOCK_LEAD_S = 60.0
"""From here on a clock that was set back is told of."""


class NoStationsError(TwinError):
    """Basin without stations, or without feeds."""

    zh = "没有声明测站或数据来源：{message}"


class UnknownStreamError(TwinError):
    """Unknown datastream: the basin does not have it."""

    zh = "没有这个数据流：{message}"


class LiveBasin:
    """Live basin; from :func:`live_basin`, then :meth:`run` until cancelled."""

    def __init__(
        self,
        basin: Basin,
        network: Network,
        *,
        group: GroupWriter,
        reader: Reader,
        clocks: ForwardClocks,
    ) -> None:
        self._basin, self._network = basin, network
        self._group, self._reader, self._clocks = group, reader, clocks
        self._listeners: list[Callable[[], None]] = []
        self._trouble = ""
        self._numbers = itertools.count()
        self._since_s: dict[int, float] = {}
        self._judged = asyncio.Event()
        self._latest = LatestValues(network, clocks)
        self._specs = [spec for spec in basin.site.feeds if spec.enabled]
        self._own_time = {spec.id for spec in self._specs if spec.own_time}
        lake = lake_of(basin.catalog, curve=next(iter(basin.curves.values()), None))
        self._gate = Validation(network, self._keep, clocks=clocks, lake=lake, own_time=self._own_time)
        self._gate.on_stored(self._stored)
        for line in network.left_out:
            logger.warning("%s", line)
        for line in strangers(basin.site, network):
            logger.warning("%s", line)
        self.alarms = AlarmService(basin.catalog, network, record=self._record, clocks=clocks)
        self._shift_log = ShiftLog(
            reader, record=self._record, standing=self.alarms.standing, now=self._clocks.now
        )
        self._kept_until: dict[str, datetime] = {}
        runs = RunsFile(basin.generation.folder / RUNS)
        zone = ZoneInfo(basin.site.time_zone)
        forecasts = ForecastRuns(runs, zone=zone, curve=basin.water.curve)
        context = FeedContext(
            network=network,
            zone=zone,
            clocks=clocks,
            newest=self._kept_until.get,
            keep_forecast=forecasts.keep,
        )
        feeds = [make_feed(spec, context) for spec in self._specs]
        self._alerting = Alerting.of(basin, network, reader=reader, folder=folder_of(basin))
        keep_days = basin.site.observations.keep_days
        self._retention = Retention(group.thin, clocks=clocks, keep_days=keep_days)
        self._supervisor = Supervisor(feeds, self._gate, clocks=clocks, on_change=self._changed)

    async def run(self) -> None:
        """Take in what the feeds bring, and watch, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch_keeping())
            with contextlib.suppress(StoreError):  # said by the banner already
                await self._record([opened(self._basin.generation.id, self._clocks.now())])
            tasks.create_task(self._supervisor.run())
            tasks.create_task(self._watch())
            tasks.create_task(self._retention.run())
            if self._alerting is not None:
                tasks.create_task(self._alerting.run())

    # -- what is asked ---------------------------------------------------------------------------------

    def now(self) -> Now:
        """Return all that is known now."""
        return Now(
            made_s=self._clocks.elapsed_s(),
            values=self._latest.now(),
            rain=self.alarms.rain(),
            alarms=self.alarms.standing(),
            feeds=tuple(self._feeds()),
            trouble=self._trouble
            or self._gate.clock()
            or ("clock" if self._clocks.lead_s > CLOCK_LEAD_S else ""),
        )

    def on_change(self, call: Callable[[], None]) -> None:
        """Register ``call`` for changes of anything in :meth:`now`."""
        self._listeners.append(call)

    async def past(self, datastream: str, start: datetime, end: datetime) -> Past:
        """Return a stretch of the past.

        Raises UnknownStreamError, StoreError.
        """
        if datastream not in self._network.datastreams:
            raise UnknownStreamError(f"there is no datastream {datastream}", datastream=datastream)
        series = await asyncio.to_thread(self._reader.history, datastream, start, end)
        return Past(
            datastream=datastream,
            times_s=tuple((series.times_us / 1e6).tolist()),
            values=tuple(None if math.isnan(v) else v for v in series.values.tolist()),
            qualities=tuple(QUALITIES[q] for q in series.qualities.tolist()),
            counts=tuple(series.counts.tolist()) if series.counts.any() else (),
        )

    async def then(self, valid_at: datetime, known_at: datetime | None) -> tuple[ValueNow, ...]:
        """Return every observed datastream's value at ``valid_at``.

        As known at ``known_at`` (None: by now). Raises StoreError.
        """
        found = await asyncio.to_thread(self._reader.latest, known_at=known_at, valid_at=valid_at)
        streams = self._network.datastreams.values()
        return tuple(value_at(s, found.get(s.id), valid_at) for s in streams if s.origin == "observed")

    async def operate(self, operation: AlarmOperation) -> AlarmOutcome:
        """Acknowledge, shelve or unshelve alarms; durable when this returns.

        Raises StoreError.
        """
        if operation.until is not None:  # it is by the machine's clock as it is set
            ahead = timedelta(seconds=self._clocks.lead_s)
            operation = replace(operation, until=operation.until + ahead)
        outcome = await self.alarms.operate(operation)
        self._changed()
        return outcome

    async def write_shift(self, entry: ShiftEntry, alarms: Sequence[str] = ()) -> ShiftEntry:
        """Append an entry to the shift log; durable when this returns.

        ``alarms`` are ids of those it is about. A hand-over gets the summary. Raises StoreError.
        """
        return await self._shift_log.write(entry, alarms)

    async def shifts(self, most: int) -> tuple[list[ShiftEntry], ShiftSummary]:
        """Return the newest entries of the shift log, and a summary.

        Oldest first; the summary is what a change of shift would record now. Raises StoreError.
        """
        return await self._shift_log.newest(most)

    def restore(self) -> None:
        """Read newest values, standing alarms and sums back from the store.

        Raises StoreError. Called once before anything else: a :meth:`now` of before would say that there is
        no alarm.
        """
        before = KnownBefore(self._reader, self._network)
        self._kept_until.update(before.kept_until)
        self._latest.update(before.newest)
        self.alarms.remember(self._reader.events(kinds=["alarm"]))
        for name, values in before.judged(self._basin.site.alarms.nitrogen.means_mg_l):
            self.alarms.remember_values(name, values)

    # -- what happens ----------------------------------------------------------------------------------

    async def _keep(self, many: Sequence[Observation]) -> Appended:
        return await self._submit(many, ())

    async def _record(self, events: Sequence[Event]) -> None:
        await self._submit((), events)

    async def _submit(self, many: Sequence[Observation], events: Sequence[Event]) -> Appended:
        """Keep, and say so when nothing can be kept; the view goes on with what it has."""
        number = next(self._numbers)
        self._since_s[number] = self._clocks.elapsed_s()
        try:
            kept = await self._group.submit(many, events)
        except StoreError as error:
            self._troubled("store_full" if isinstance(error, StoreFullError) else "store")
            raise
        finally:
            del self._since_s[number]
        self._troubled("")
        return kept

    async def _watch_keeping(self) -> None:
        """A disk that does not answer raises nothing: what has waited for long is told."""
        while True:
            await asyncio.sleep(KEEPING_TICK_S)
            oldest_s = min(self._since_s.values(), default=math.inf)
            if self._clocks.elapsed_s() - oldest_s > STUCK_S:
                self._troubled("store_stuck")

    def _troubled(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            self._changed()

    def _stored(self, many: Sequence[Observation]) -> None:
        for o in many:
            if o.reason != "future" and o.feed not in self._own_time:
                self._clocks.heard(self._network.datastreams[o.datastream].station, o.phenomenon_at)
        self._latest.update(many)
        self.alarms.evaluate(many)
        self._judged.set()
        self._changed()

    async def _watch(self) -> None:
        """Alarms that come of time alone: delays, silence."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ALARM_TICK_S):  # wait_for may lose a cancellation in Python 3.11
                    await self._judged.wait()
            self._judged.clear()
            self._group.check_place()  # a service whose file is gone ends, and a new one says what is there
            if await self.alarms.tick(self._latest.now(), self._feeds()):
                self._changed()
            await asyncio.sleep(ALARM_EVERY_S)

    def _changed(self) -> None:
        for call in self._listeners:
            call()

    def _feeds(self) -> list[FeedNow]:
        return [
            FeedNow(
                id=spec.id,
                title=spec.title.model_dump(),
                driver=spec.driver,
                state=health.state,
                since=self._clocks.at(health.since_s),
                why=health.why,
                accepted=self._gate.accepted[spec.id],
                refused=self._gate.refused(spec.id),
                synthetic=spec.synthetic,
                refusals=self._gate.listed_refusals(spec.id),
            )
            for spec in self._specs
            for health in (self._supervisor.health[spec.id],)
        ]


@asynccontextmanager
async def live_basin(basin: Basin, *, clocks: Clocks | None = None) -> AsyncIterator[LiveBasin]:
    """Open a basin's live side, as its only writer.

    With all that its store has from before. Raises NoStationsError where the basin has no stations or feeds,
    StoreError where the store cannot be used (WriterBusyError where another program writes there).
    """
    network = basin.network()
    if network is None or not basin.site.feeds:
        raise NoStationsError(
            f"{basin.catalog.path}: declares no stations or no feeds; see docs/feeds.md for how to"
        )
    database = open_database(basin, write=True)
    try:
        reading = open_database(basin, write=False)
        try:
            async with GroupWriter(Writer(database)) as group:
                live = LiveBasin(
                    basin,
                    network,
                    group=group,
                    reader=Reader(reading),
                    clocks=ForwardClocks(clocks or SystemClocks()),
                )
                await asyncio.to_thread(live.restore)
                yield live
        finally:
            reading.close()
    finally:
        database.close()


def open_database(basin: Basin, *, write: bool) -> Database:
    """Open a basin's database of observations.

    By the URL in the environment that its site names, else in the store. Raises StoreError.
    """
    name = basin.site.observations.url_env
    if name is None:
        return Database.sqlite(folder_of(basin), write=write)
    url = os.environ.get(name)
    if not url:
        raise StoreError(
            f"site.yaml says that observations are kept where {name} points, and {name} is not set: "
            "set it to the database's URL",
            name=name,
        )
    return Database(url, write=write)


def folder_of(basin: Basin) -> Path:
    """Return the folder of all live things in a basin's store."""
    return basin.generation.folder / FOLDER
