"""A whole live basin, headless: from the catalog's tables over a feed and the store to a screen."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.twin.stations.live.playing import report, running, until
from twin.alarms.operating import AlarmOperation
from twin.alarms.shift_entry import ShiftEntry, ShiftSummary
from twin.basin import Basin
from twin.journal import state
from twin.live import (
    NoStationsError,
    UnknownStreamError,
    live_basin,
    open_database,
)
from twin.stations.freshness import Freshness
from twin.stations.model import Observation
from twin.stations.store import Reader, Writer, WriterBusyError


def seen(*alarms: str) -> AlarmOperation:
    return AlarmOperation(act="acknowledge", alarms=alarms, by="王工", note="已核实")


async def test_a_report_is_seen_within_a_moment_and_its_alarm_can_be_acknowledged(basin: Basin) -> None:
    async with running(basin) as live:
        changes: list[None] = []
        live.on_change(lambda: changes.append(None))
        await report(basin, 3.5)
        now = live.now()
        value = now.values["31000001.level"]
        assert (value.value, value.quality, value.feed) == (3.5, "good", "telemetry")
        assert value.freshness() is Freshness.FRESH
        assert now.values["31000001.rain"].freshness() is Freshness.NEVER
        assert changes
        await until(lambda: bool(live.now().alarms))
        (alarm,) = live.now().alarms
        assert (alarm.id, alarm.state) == ("river:warning@31000001", "unacknowledged")
        done = await live.operate(seen(alarm.id, "river:warning@gone"))
        assert (done.done, set(done.refused)) == ((alarm.id,), {"river:warning@gone"})
        assert live.now().alarms[0].state == "acknowledged"
        past = await live.past("31000001.level", datetime(2020, 1, 1, tzinfo=UTC), datetime.now(UTC))
        assert past.values == (3.5,)
        with pytest.raises(UnknownStreamError):
            await live.past("x", datetime(2020, 1, 1, tzinfo=UTC), datetime.now(UTC))
        feed = live.now().feeds[0]
        assert (feed.accepted, feed.synthetic) == (1, False)


async def test_after_a_restart_values_alarms_and_who_has_seen_them_are_there_again(basin: Basin) -> None:
    async with running(basin) as live:
        await report(basin, 3.5)
        await until(lambda: bool(live.now().alarms))
        await live.operate(seen("river:warning@31000001"))
    async with running(basin) as live:
        assert live.now().values["31000001.level"].value == 3.5
        (alarm,) = live.now().alarms
        assert (alarm.state, alarm.by, alarm.note) == ("acknowledged", "王工", "已核实")


async def test_a_shelved_alarm_keeps_who_why_and_until_over_a_restart_and_can_be_taken_back(
    basin: Basin,
) -> None:
    until_ = datetime.now(UTC) + timedelta(hours=2)
    ids = ("river:warning@31000001",)
    async with running(basin) as live:
        await report(basin, 3.5)
        await until(lambda: bool(live.now().alarms))
        shelved = AlarmOperation(act="shelve", alarms=ids, by="王工", note="检修", until=until_)
        assert (await live.operate(shelved)).done == ids
        assert set((await live.operate(shelved)).refused) == set(ids)
    async with running(basin) as live:
        (alarm,) = live.now().alarms
        assert (alarm.state, alarm.by, alarm.note, alarm.until) == ("shelved", "王工", "检修", until_)
        back = AlarmOperation(act="unshelve", alarms=ids, by="李工")
        assert (await live.operate(back)).done == ids
        (alarm,) = live.now().alarms
        assert (alarm.state, alarm.by, alarm.until) == ("unacknowledged", "", None)
        assert set((await live.operate(back)).refused) == set(ids)


async def test_after_a_restart_rain_in_doubt_counts_as_little_as_before_it(basin: Basin) -> None:
    at = datetime.now(UTC) - timedelta(minutes=10)
    fell = (("good", 2.0), ("suspect", 55.0), ("good", 1.0))
    seen = [
        Observation(
            datastream="31000001.rain",
            phenomenon_at=at + k * timedelta(minutes=1),
            received_at=at,
            value=mm,
            quality=quality,  # type: ignore[arg-type]
        )
        for k, (quality, mm) in enumerate(fell)
    ]
    with closing(open_database(basin, write=True)) as database:
        Writer(database).append(seen)
    async with running(basin) as live:
        await until(lambda: "31000001" in live.alarms.rain())
        assert live.alarms.rain()["31000001"].h24_mm == 3.0


async def test_rain_of_the_last_hours_is_whole_over_the_border_of_what_was_thinned_out(basin: Basin) -> None:
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    times = [hour - k * timedelta(minutes=5) for k in range(48)]  # four whole hours
    seen = [
        Observation(datastream="31000001.rain", phenomenon_at=at, received_at=at, value=0.7, quality="good")
        for at in times
    ]
    with closing(open_database(basin, write=True)) as database:
        writer = Writer(database)
        writer.append(seen)
        writer.thin(before=hour - timedelta(hours=1), now=hour)
    async with running(basin) as live:
        await until(lambda: "31000001" in live.alarms.rain())
        rain = live.alarms.rain()["31000001"]
        assert (rain.h1_mm, rain.h3_mm, rain.h24_mm) == (8.4, 25.2, 33.6)
        assert rain.known == pytest.approx(4 / 24, abs=0.01)
        past = await live.past("31000001.rain", hour - timedelta(hours=5), hour)
        assert past.counts == (12, 12, 12, *[0] * 12)
        assert sum(value or 0.0 for value in past.values) == pytest.approx(33.6)


async def test_what_was_known_then_comes_back_after_a_correction(basin: Basin) -> None:
    async with running(basin) as live:
        await report(basin, 3.5, minutes_ago=5)
        await until(lambda: bool(live.now().alarms))
        asked = datetime.now(UTC)
        reader = Reader(open_database(basin, write=False))
        then = state(reader, valid_at=asked, known_at=asked)
        await report(basin, 2.0, minutes_ago=5)  # the same minute, another value
        again = state(reader, valid_at=asked, known_at=asked)
        assert again == then
        assert again.values["31000001.level"].value == 3.5
        assert set(again.alarms) == {"river:warning@31000001"}
        assert again.generation == basin.generation.id
        seen = {v.datastream: v for v in await live.then(asked, asked)}
        assert seen["31000001.level"].value == 3.5
        assert 299.0 <= (seen["31000001.level"].age_s or 0.0) < 375.0  # a report is of a whole minute
        now = {v.datastream: v for v in await live.then(asked, None)}
        assert now["31000001.level"].value == 2.0, "all that is known by now"
        before = {v.datastream: v for v in await live.then(asked - timedelta(hours=1), None)}
        assert (before["31000001.level"].value, before["31000001.level"].age_s) == (None, None)
        later = state(reader, valid_at=asked, known_at=datetime.now(UTC) + timedelta(seconds=1))
        assert (later.values["31000001.level"].value, later.values["31000001.level"].revision) == (2.0, 1)


async def test_the_shift_log_keeps_entries_with_alarms_and_sums_up_a_hand_over(basin: Basin) -> None:
    id_ = "river:warning@31000001"

    def entry(text: str, **more: Any) -> ShiftEntry:
        return ShiftEntry(at=datetime.now(UTC), by="王工", text=text, **more)

    async with running(basin) as live:
        await report(basin, 3.5)
        await until(lambda: bool(live.now().alarms))
        await live.write_shift(entry("水位上涨", link="2.abc"), [id_, "over@gone"])
        first = await live.write_shift(entry("交班", kind="handover", to="李工"))
        assert first.summary == ShiftSummary(standing=1, open=1, raised=1)
        await live.operate(seen(id_))
    async with running(basin) as live:
        entries, summary = await live.shifts(10)
        assert [(e.text, e.by, e.to, e.link) for e in entries] == [
            ("水位上涨", "王工", "", "2.abc"),
            ("交班", "王工", "李工", ""),
        ]
        assert [alarm.id for alarm in entries[0].alarms] == [id_]
        assert entries[0].number < entries[1].number
        assert summary == ShiftSummary(standing=1, acknowledged=1, since=first.at)
        assert [e.text for e in (await live.shifts(1))[0]] == ["交班"]


async def test_there_is_one_live_service_for_a_store(basin: Basin) -> None:
    async with running(basin):
        with pytest.raises(WriterBusyError, match="another program"):
            async with live_basin(basin):
                pass


async def test_a_live_basin_knows_all_that_its_store_knows_before_anyone_can_ask(basin: Basin) -> None:
    """What a service tells first is shown at once: without the log it would read "no alarm stands"."""
    async with running(basin) as live:
        await report(basin, 3.5)
        await until(lambda: bool(live.now().alarms))
        before = live.now()
    async with live_basin(basin) as live:  # nothing runs yet
        first = live.now()
        assert [(alarm.id, alarm.state) for alarm in first.alarms] == [
            (alarm.id, alarm.state) for alarm in before.alarms
        ]
        assert first.values["31000001.level"].value == before.values["31000001.level"].value == 3.5
        assert set(first.rain) == set(before.rain)


async def test_a_basin_without_feeds_says_so(small_basin: Path) -> None:
    with pytest.raises(NoStationsError, match="declares no stations or no feeds"):
        async with live_basin(Basin.open(small_basin)):
            pass


def test_the_store_and_what_it_says_is_plain_json(basin: Basin) -> None:
    assert json.loads((basin.generation.path("stations/stations") / "network.json").read_text())["stations"]
