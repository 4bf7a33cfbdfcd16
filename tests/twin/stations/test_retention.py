"""Observations thin out by themselves: years under a simulated clock, and when they must not."""

from __future__ import annotations

import asyncio
import logging
import os
import random
from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from tests.twin.stations.nets import START, HandClocks
from twin.stations.clocks import ForwardClocks
from twin.stations.model import Observation
from twin.stations.retention import Retention
from twin.stations.store import Database, GroupWriter, Reader, Writer
from twin.stations.store.schema import hourly, observations
from twin.store import StoreError

DAY = timedelta(days=1)
LONG = os.environ.get("TWIN_ENDURANCE") == "1"


class _OverError(Exception):
    """The simulated years have passed."""


class Years:
    """A simulated clock that goes on by an hour a look; each day's values come, and the truth is kept."""

    def __init__(self, folder: Path, *, streams: tuple[str, ...], keep_days: int, every: timedelta) -> None:
        self.database = Database.sqlite(folder, write=True)
        self.clocks = HandClocks()
        self.streams, self.keep, self.every = streams, timedelta(days=keep_days), every
        self.luck = random.Random(keep_days)
        self.sums: dict[str, int] = defaultdict(int)
        self.highest: dict[str, int] = defaultdict(int)
        self.most_rows = 0
        self.pages: list[int] = []

    async def run(self, days: int) -> None:
        forward = ForwardClocks(self.clocks)
        async with GroupWriter(Writer(self.database)) as group:

            async def sleep(seconds: float) -> None:
                day = self.clocks.day.date()
                self.clocks.pass_(3600.0)
                if self.clocks.day.date() != day:
                    await self.one_day(group)
                    if self.clocks.day - START >= days * DAY:
                        raise _OverError

            retention = Retention(group.thin, clocks=forward, keep_days=self.keep.days, sleep=sleep)
            with pytest.raises(_OverError):
                await retention.run()

    async def one_day(self, group: GroupWriter) -> None:
        end = self.clocks.day.replace(hour=0, minute=0)
        many = []
        for stream in self.streams:
            for k in range(DAY // self.every):
                tenths = self.luck.choice([0, 0, 0, 1, 2, 5, self.luck.randrange(300)])
                self.sums[stream] += tenths
                self.highest[stream] = max(tenths, self.highest[stream])
                at = end - DAY + (k + 1) * self.every
                many.append(
                    Observation(
                        datastream=stream,
                        phenomenon_at=at,
                        received_at=end,
                        value=tenths / 10,
                        quality="good",
                    )
                )
        await group.submit(many)
        with self.database.engine.connect() as at_:
            rows = at_.scalar(select(func.count()).select_from(observations)) or 0
            self.most_rows = max(self.most_rows, rows)
            self.pages.append(int(at_.scalar(text("pragma page_count")) or 0))


async def test_years_thin_out_by_themselves_and_no_rain_is_lost(tmp_path: Path) -> None:
    streams = ("p.rain", "a.level")
    years = Years(tmp_path, streams=streams, keep_days=30, every=timedelta(minutes=30))
    days = 3 * 365 if LONG else 400
    await years.run(days)
    a_day = len(streams) * 48
    assert years.most_rows <= 32 * a_day  # what is kept whole, and the day that is going on
    reader = Reader(years.database)
    first, last = START - 2 * DAY, years.clocks.day + DAY
    rain = reader.history("p.rain", first, last)
    assert round(float(rain.values.sum()), 6) == years.sums["p.rain"] / 10
    for stream in streams:
        hours = reader.hours(stream, first, last)
        assert len(hours) > 24 * (days - 32)
        recent = reader.revisions(stream, years.clocks.day - 40 * DAY, last)
        highest = [hour.highest or 0.0 for hour in hours]
        highest += [o.value or 0.0 for o in recent if o.quality == "good"]
        assert max(highest) == years.highest[stream] / 10
    lines = [line for _, line in reader.events(kinds=["retention"]) if line.subject == "p.rain"]
    gaps = [later.at - earlier.at for earlier, later in pairwise(lines)]
    assert max(gaps) <= DAY + timedelta(hours=2)
    # What grows from then on are hours and lines of the journal: 4 kB a day and datastream, whatever came.
    assert 4096 * (years.pages[-1] - years.pages[60]) < 4096 * len(streams) * (days - 60)
    years.database.close()


async def test_ten_years_are_kept_whole_and_what_is_older_thins_day_by_day(tmp_path: Path) -> None:
    years = Years(tmp_path, streams=("p.rain",), keep_days=3650, every=timedelta(hours=6))
    times = [START + k * timedelta(hours=6) for k in range(4 * 3650)]
    Writer(years.database).append(
        [Observation(datastream="p.rain", phenomenon_at=t, received_at=t, value=0.1) for t in times]
    )
    years.sums["p.rain"] = len(times)
    reader, end = Reader(years.database), START + 3650 * DAY
    years.clocks.day = end - timedelta(hours=4)
    await years.run(3650)
    assert reader.hours("p.rain", START - DAY, end) == []
    await years.run(3650 + 30)
    hours = reader.hours("p.rain", START - DAY, end)
    assert START + 28 * DAY <= hours[-1].at <= START + 30 * DAY
    assert len(hours) == pytest.approx(4 * 29, abs=4)
    rain = reader.history("p.rain", START - DAY, end + 40 * DAY)
    assert round(float(rain.values.sum()), 6) == years.sums["p.rain"] / 10
    years.database.close()


# -- when not to -------------------------------------------------------------------------------------------


class Thinning:
    """What a retention asks for, and what it is told."""

    def __init__(self, *, keep_days: int = 30, fails: int = 0) -> None:
        self.clocks = HandClocks()
        self.forward = ForwardClocks(self.clocks)
        self.asked: list[tuple[datetime, datetime]] = []
        self.fails = fails
        self.retention = Retention(self.thin, clocks=self.forward, keep_days=keep_days, sleep=self.sleep)

    async def thin(self, *, before: datetime, now: datetime) -> int:
        if self.fails:
            self.fails -= 1
            raise StoreError("the disk is full")
        self.asked.append((before, now))
        return 1

    async def sleep(self, seconds: float) -> None:
        self.clocks.pass_(60.0)
        if self.clocks.seconds > self.until_s:
            raise _OverError

    async def days(self, days: float) -> None:
        self.until_s = self.clocks.seconds + 86_400 * days
        with pytest.raises(_OverError):
            await self.retention.run()


@pytest.mark.parametrize("step", [timedelta(hours=1), timedelta(hours=-1), timedelta(days=-20)])
async def test_once_a_day_whatever_the_clock_is_set_to(step: timedelta) -> None:
    thinning = Thinning()
    await thinning.days(1.5)
    thinning.clocks.step(step.total_seconds())
    await thinning.days(0.4)
    thinning.clocks.step(-step.total_seconds())
    await thinning.days(8)
    assert len(thinning.asked) == 10
    for before, now in thinning.asked:
        assert now - before == timedelta(days=30)
        assert before <= thinning.clocks.day - timedelta(days=30) + timedelta(hours=1)


async def test_what_failed_is_tried_again_within_the_hour(caplog: pytest.LogCaptureFixture) -> None:
    thinning = Thinning(fails=3)
    with caplog.at_level(logging.WARNING):
        await thinning.days(0.25)
    assert len(thinning.asked) == 1
    assert "the disk is full" in caplog.text


async def test_a_clock_years_ahead_of_all_stations_thins_out_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It cannot be undone: a battery that is empty, a year that was typed wrong."""
    thinning = Thinning()
    thinning.forward.heard("30500001", START)
    thinning.clocks.step(2 * 365 * 86_400)
    with caplog.at_level(logging.WARNING):
        await thinning.days(0.5)
    assert thinning.asked == []
    assert "the clock says 2028-07-27" in caplog.text
    thinning.clocks.step(-2 * 365 * 86_400)
    await thinning.days(0.1)
    assert [now.year for _, now in thinning.asked] == [2026]


async def test_a_group_thins_between_commits(tmp_path: Path) -> None:
    """Years at once do not keep a station's acknowledgement waiting for all of them."""
    database = Database.sqlite(tmp_path, write=True)
    writer = Writer(database)

    def seen(stream: str, at: datetime) -> Observation:
        return Observation(datastream=stream, phenomenon_at=at, received_at=at, value=1.0, quality="good")

    writer.append([seen(f"s{n}.rain", START + k * DAY) for n in range(4) for k in range(365)])
    order: list[str] = []
    async with GroupWriter(writer) as group:

        async def thin() -> None:
            assert await group.thin(before=START + 400 * DAY, now=START + 500 * DAY) == 4 * 365
            order.append("thinned")

        async def report() -> None:
            await asyncio.sleep(0)
            await group.submit([seen("s1.rain", START + 450 * DAY)])
            order.append("kept")

        await asyncio.gather(thin(), report())
    assert order == ["kept", "thinned"]
    with database.engine.connect() as at:
        assert at.scalar(select(func.count()).select_from(hourly)) == 4 * 365
    database.close()
