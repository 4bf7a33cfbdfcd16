"""A live basin under clocks that are wrong, as days go by, and over a store that fails."""

from __future__ import annotations

import asyncio
import shutil
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.twin.stations.live.playing import report, until
from tests.twin.stations.nets import HandClocks
from twin.alarms.operating import AlarmOperation
from twin.basin import Basin
from twin.live import (
    folder_of,
    live_basin,
    open_database,
)
from twin.stations import clock_agreement
from twin.stations.model import Observation
from twin.stations.store import Reader, Writer
from twin.stations.store.database import LostDatabaseError


async def test_stations_that_agree_against_a_slow_clock_raise_a_banner_and_lose_nothing(
    basin: Basin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service starts on a machine that is an hour slow; the small basin has two stations only."""
    monkeypatch.setattr(clock_agreement, "LEAST_STATIONS", 2)
    clocks = HandClocks(day=datetime.now(UTC) - timedelta(hours=1))
    async with live_basin(basin, clocks=clocks) as live:
        task = asyncio.create_task(live.run())
        try:
            await report(basin, 2.5)
            await report(basin, 152.0, station="0030500001")
            now = live.now()
            assert now.trouble == "clock_slow"
            for name, level_m in (("31000001.level", 2.5), ("30500001.level", 152.0)):
                value = now.values[name]
                assert (value.value, value.quality, value.reason) == (level_m, "suspect", "future")
            clocks.step(3600)
            await report(basin, 2.51, minutes_ago=0)
            await report(basin, 152.01, station="0030500001", minutes_ago=0)
            await until(lambda: live.now().trouble == "")
            assert live.now().values["31000001.level"].quality == "good"
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_a_clock_that_was_set_back_is_told_of(basin: Basin) -> None:
    clocks = HandClocks(day=datetime.now(UTC))
    async with live_basin(basin, clocks=clocks) as live:
        clocks.step(-3600)
        assert live.now().trouble == "clock"


async def test_an_alarm_put_aside_comes_back_when_its_hour_has_passed_whatever_the_clock_shows(
    basin: Basin,
) -> None:
    clocks = HandClocks(day=datetime.now(UTC))
    async with live_basin(basin, clocks=clocks) as live:
        high = Observation(
            datastream="31000001.level",
            phenomenon_at=clocks.day,
            received_at=clocks.day,
            value=3.5,
            quality="good",
        )
        live.alarms.evaluate([high])
        await live.alarms.write()
        (alarm,) = live.alarms.standing()

        async def state_after(seconds: float, step: timedelta) -> str:
            clocks.pass_(seconds)
            clocks.step(step.total_seconds())
            await live.alarms.tick({}, [])
            return next(a.state for a in live.alarms.standing() if a.id == alarm.id)

        for hours in (2, -2):
            clocks.step(3600 * hours)
            ends = clocks.day + timedelta(hours=1)
            await live.operate(AlarmOperation(act="shelve", alarms=(alarm.id,), by="王工", until=ends))
            assert await state_after(0, -timedelta(hours=hours)) == "shelved"
            assert await state_after(3599, timedelta(hours=hours)) == "shelved"
            assert await state_after(1, -timedelta(hours=hours)) == "unacknowledged"


async def test_the_service_thins_out_by_itself_as_days_go_by(basin: Basin) -> None:
    """Under a simulated clock: nobody asks for it."""
    clocks = HandClocks(day=datetime(2026, 7, 1, 0, 30, tzinfo=UTC))
    start = clocks.day - timedelta(minutes=30)
    seen = [
        Observation(datastream="31000001.rain", phenomenon_at=at, received_at=at, value=0.5, quality="good")
        for at in (start - k * timedelta(minutes=5) for k in range(48))
    ]
    with closing(open_database(basin, write=True)) as database:
        Writer(database).append(seen)
    keep_days = basin.site.observations.keep_days
    async with live_basin(basin, clocks=clocks) as live:
        task = asyncio.create_task(live.run())
        reader = Reader(open_database(basin, write=False))

        def hours() -> list[float | None]:
            return [hour.value for hour in reader.hours("31000001.rain", start - timedelta(days=1), start)]

        try:
            clocks.pass_(keep_days * 86_400)
            await until(lambda: hours() == [6.0] * 4)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_a_disk_that_does_not_answer_is_told_until_it_does(
    basin: Basin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twin.live.KEEPING_TICK_S", 0.01)
    monkeypatch.setattr("twin.live.STUCK_S", 0.1)
    free = threading.Event()
    append = Writer.append_each

    def wait(self: Writer, parts: Any) -> Any:
        assert free.wait(30)
        return append(self, parts)

    monkeypatch.setattr(Writer, "append_each", wait)
    async with live_basin(basin) as live:
        running_ = asyncio.create_task(live.run())
        await until(lambda: live.now().trouble == "store_stuck")
        free.set()
        await until(lambda: live.now().trouble == "")
        running_.cancel()
        await asyncio.gather(running_, return_exceptions=True)


async def test_a_deleted_store_ends_the_service_and_nothing_more_is_acknowledged(
    basin: Basin,
) -> None:
    """SQLite goes on writing into a file that has no name any more."""
    async with live_basin(basin) as live:
        running_ = asyncio.create_task(live.run())
        await report(basin, 3.5)
        shutil.rmtree(folder_of(basin))
        at = datetime.now(UTC)
        late = Observation(
            datastream="31000001.level", phenomenon_at=at, received_at=at, value=3.6, quality="good"
        )
        with pytest.raises(LostDatabaseError, match="removed or replaced"):
            await live._keep([late])
        with pytest.raises(ExceptionGroup) as ended:
            async with asyncio.timeout(20):
                await running_
        assert ended.group_contains(LostDatabaseError)
