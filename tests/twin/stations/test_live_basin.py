"""A whole live basin, headless: from the catalog's tables over a feed and the store to a screen."""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.small import write_small_basin
from tests.twin.stations.nets import HandClocks
from tests.twin.stations.postgres import free_port
from twin.basin import Basin
from twin.journal import state
from twin.stations import agreement
from twin.stations.feeds.sl651.simulator import Simulator
from twin.stations.feeds.sl651.writing import write_report
from twin.stations.live import (
    LiveBasin,
    NoStationsError,
    UnknownStreamError,
    folder_of,
    live_basin,
    open_database,
)
from twin.stations.model import Freshness, Observation
from twin.stations.store import Reader, Writer, WriterBusyError
from twin.stations.store.database import LostDatabaseError

STATIONS = """STCD,STNM,LGTD,LTTD,STTP,watershed
31000001,云溪,116.95,40.50,ZZ,云溪河
30500001,大坝,116.93,40.49,RR,云溪河
"""
STREAMS = """station,property,interval_s
31000001,level,300
31000001,rain,300
30500001,level,300
"""
ADDRESSES = {"0031000001": "31000001", "0030500001": "30500001"}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from meshes.build.pipeline import build

    path = write_small_basin(tmp_path_factory.mktemp("live"))
    told = yaml.safe_load(path.read_text("utf-8"))
    told["entries"]["stations"] = {
        "kind": "stations",
        "title": {"zh": "测站", "en": "Stations"},
        "driver": "table",
        "uri": "stations.csv",
        "datastreams": "datastreams.csv",
        "edition": "1",
        "source": "a test",
        "access": "public",
    }
    path.write_text(yaml.safe_dump(told, allow_unicode=True), "utf-8")
    (path.parent / "stations.csv").write_text(STATIONS, "utf-8")
    (path.parent / "datastreams.csv").write_text(STREAMS, "utf-8")
    site = path.parent / told["site"]
    plan = yaml.safe_load(site.read_text("utf-8"))
    plan["feeds"] = [
        {
            "id": "telemetry",
            "title": {"zh": "遥测", "en": "telemetry"},
            "way": "sl651",
            "stations": "stations",
            "host": "127.0.0.1",
            "port": free_port(),
        }
    ]
    plan["alarms"] = {"rivers": {"levels": [{"station": "31000001", "warning_m": 3.0}], "on_delay_min": 0}}
    site.write_text(yaml.safe_dump(plan, allow_unicode=True), "utf-8")
    build(path)
    return path


@pytest.fixture
def basin(catalog: Path, tmp_path: Path) -> Basin:
    """The basin with a live folder of its own."""
    store = tmp_path / "store"
    store.mkdir()
    for item in (catalog.parent / ".twin").iterdir():
        (store / item.name).symlink_to(item)
    return Basin.open(catalog, store=store)


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


async def test_stations_that_agree_against_a_slow_clock_raise_a_banner_and_lose_nothing(
    basin: Basin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service starts on a machine that is an hour slow; the small basin has two stations only."""
    monkeypatch.setattr(agreement, "LEAST_STATIONS", 2)
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
        await live.acknowledge(alarm.id, "王工")
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
        await live.acknowledge("river:warning@31000001", "王工")
    async with running(basin) as live:
        assert live.now().values["31000001.level"].value == 3.5
        (alarm,) = live.now().alarms
        assert (alarm.state, alarm.by) == ("acknowledged", "王工")


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
        later = state(reader, valid_at=asked, known_at=datetime.now(UTC) + timedelta(seconds=1))
        assert (later.values["31000001.level"].value, later.values["31000001.level"].revision) == (2.0, 1)


async def test_there_is_one_live_service_for_a_store(basin: Basin) -> None:
    async with running(basin):
        with pytest.raises(WriterBusyError, match="another program"):
            async with live_basin(basin):
                pass


async def test_a_live_basin_knows_all_that_its_store_knows_before_anyone_can_ask(basin: Basin) -> None:
    """What a service tells first is shown at once: without the book it would read "no alarm stands"."""
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
        live.alarms.take([high])
        await live.alarms.write()
        (alarm,) = live.alarms.standing()

        async def state_after(seconds: float, step: timedelta) -> str:
            clocks.pass_(seconds)
            clocks.step(step.total_seconds())
            await live.alarms.tick({}, [])
            return next(a.state for a in live.alarms.standing() if a.id == alarm.id)

        for hours in (2, -2):
            clocks.step(3600 * hours)
            await live.shelve(alarm.id, "王工", clocks.day + timedelta(hours=1))
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
    monkeypatch.setattr("twin.stations.live.KEEPING_TICK_S", 0.01)
    monkeypatch.setattr("twin.stations.live.STUCK_S", 0.1)
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


async def test_a_basin_without_feeds_says_so(small_basin_without_feeds: Basin) -> None:
    with pytest.raises(NoStationsError, match="declares no stations or no feeds"):
        async with live_basin(small_basin_without_feeds):
            pass


@pytest.fixture
def small_basin_without_feeds(tmp_path: Path) -> Basin:
    from meshes.build.pipeline import build

    path = write_small_basin(tmp_path)
    build(path)
    return Basin.open(path)


WRITING = """
import asyncio, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from twin.stations.model import Observation
from twin.stations.store import Database, GroupWriter, Writer

async def main():
    start = datetime(2026, 1, 1, tzinfo=UTC)
    async with GroupWriter(Writer(Database.sqlite(Path(sys.argv[1]), write=True))) as group:
        async def station(number):
            for k in range(100_000):
                at = start + timedelta(seconds=k)
                o = Observation(datastream=f"s{number}", phenomenon_at=at, received_at=at, value=float(k))
                await group.submit([o])
                print(number, k, flush=True)
        await asyncio.gather(*(station(n) for n in range(8)))

asyncio.run(main())
"""


@pytest.mark.parametrize("seed", range(200 if os.environ.get("TWIN_ENDURANCE") == "1" else 3))
def test_a_kill_loses_nothing_that_was_acknowledged(tmp_path: Path, seed: int) -> None:
    check_kill(tmp_path, seed=seed)


def check_kill(folder: Path, *, seed: int) -> None:
    """Write from eight sides, kill at a random moment, look at what is there."""
    luck = random.Random(seed)
    command = [sys.executable, "-c", textwrap.dedent(WRITING), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        assert process.stdout is not None
        acknowledged: dict[int, int] = {}
        until_line = luck.randrange(40, 1500)
        for number, line in enumerate(process.stdout):
            station, k = map(int, line.split())
            acknowledged[station] = k
            if number == until_line:
                process.send_signal(signal.SIGKILL)
                break
        for line in process.stdout.read().splitlines():
            if len(line.split()) == 2:
                station, k = map(int, line.split())
                acknowledged[station] = max(k, acknowledged.get(station, -1))
    with sqlite3.connect(folder / "observations.sqlite") as at:
        assert at.execute("pragma integrity_check").fetchone() == ("ok",)
        kept = dict(
            at.execute(
                "select s.name, count(*) from observations o join streams s on s.id = o.stream group by 1"
            )
        )
    at.close()
    for station, k in acknowledged.items():
        assert kept[f"s{station}"] >= k + 1


def test_the_store_and_what_it_says_is_plain_json(basin: Basin) -> None:
    assert json.loads((basin.generation.path("stations/stations") / "network.json").read_text())["stations"]
