"""A view hears what is known, what changes, and that the service is away; over a real socket."""

from __future__ import annotations

import asyncio
import contextlib
import json
import stat
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from apps.live.client import LiveAwayError, LiveClient, LiveRefusedError
from apps.live.server import ADDRESS, LiveServer
from twin.alarms.operating import AlarmOperation, AlarmOutcome
from twin.alarms.shift_entry import ShiftEntry, ShiftSummary
from twin.errors import Reason, TwinError
from twin.stations.freshness import Freshness
from twin.stations.snapshot import AlarmNow, FeedNow, Now, Past, RainNow, ValueNow

START = datetime(2026, 7, 1, tzinfo=UTC)


def value(name: str, number: float | None, *, minute: int = 0, age_s: float = 10.0) -> ValueNow:
    return ValueNow(
        datastream=name,
        value=number,
        phenomenon_at=START + timedelta(minutes=minute),
        age_s=age_s,
        stale_after_s=900,
        dead_after_s=86_400,
        quality="good",
    )


ALARM = AlarmNow(
    id="a1",
    station="30510101",
    datastream="30510101.level",
    rule="flood-limit",
    rank=2,
    state="unacknowledged",
    text={"zh": "超汛限", "en": "above the flood limit"},
    raised_at=START,
    changed_at=START,
)
FEED = FeedNow(id="f", title={"zh": "示例", "en": "sample"}, driver="sample", state="running", since=START)


OVER = Reason("it is over", "已结束")


class FakeSource:
    def __init__(self) -> None:
        rain = {"a": RainNow(station="a", h1_mm=1, h3_mm=2, h6_mm=3, h24_mm=4, known=0.9)}
        values = {"a.level": value("a.level", 152.0)}
        self.told = Now(values=values, rain=rain, alarms=(ALARM,), feeds=(FEED,))
        self.operated: list[AlarmOperation] = []
        self.written: list[tuple[ShiftEntry, list[str]]] = []
        self._calls: list[Callable[[], None]] = []

    def now(self) -> Now:
        return self.told

    def on_change(self, call: Callable[[], None]) -> None:
        self._calls.append(call)

    def publish(self, now: Now) -> None:
        self.told = now
        for call in self._calls:
            call()

    async def past(self, datastream: str, start: datetime, end: datetime) -> Past:
        if datastream != "a.level":
            raise TwinError(f"no datastream {datastream}")
        return Past(
            datastream=datastream,
            times_s=(start.timestamp(), end.timestamp()),
            values=(1.0, None),
            qualities=("good", "missing"),
        )

    async def then(self, valid_at: datetime, known_at: datetime | None) -> tuple[ValueNow, ...]:
        self.asked = (valid_at, known_at)
        return (value("a.level", 148.0), value("a.flow", None))

    async def write_shift(self, entry: ShiftEntry, alarms: Sequence[str] = ()) -> ShiftEntry:
        self.written.append((entry, list(alarms)))
        return entry

    async def shifts(self, most: int) -> tuple[list[ShiftEntry], ShiftSummary]:
        (entry, _), *_rest = self.written
        return [replace(entry, at=START)][:most], ShiftSummary(standing=1, since=START)

    async def operate(self, operation: AlarmOperation) -> AlarmOutcome:
        if operation.act == "shelve":
            raise TwinError("not now")
        self.operated.append(operation)
        return AlarmOutcome(done=operation.alarms[:1], refused=dict.fromkeys(operation.alarms[1:], OVER))


@asynccontextmanager
async def running(*coroutines: asyncio.Task[None]) -> AsyncIterator[None]:
    try:
        yield
    finally:
        for task in coroutines:
            task.cancel()
        await asyncio.gather(*coroutines, return_exceptions=True)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def connected(source: FakeSource, client: LiveClient, *, folder: Path) -> AsyncIterator[None]:
    """A service and its view, once the view is connected."""
    server = LiveServer(source, folder=folder)
    async with running(asyncio.create_task(server.run()), asyncio.create_task(client.run())):
        await until(lambda: client.connected)
        yield


async def test_a_view_hears_everything_and_then_what_changes(tmp_path: Path) -> None:
    source = FakeSource()
    client = LiveClient(tmp_path)
    async with connected(source, client, folder=tmp_path):
        assert client.now == source.told
        more = {"b.rain": value("b.rain", 3.5), "a.level": value("a.level", None, minute=5)}
        wet = {"a": replace(source.told.rain["a"], h24_mm=40.0)}
        source.publish(replace(source.told, values=more, rain=wet, alarms=(), trouble="store-full"))
        await until(lambda: client.now == source.told)


async def test_only_this_user_can_read_the_secret_and_only_who_knows_it_hears(tmp_path: Path) -> None:
    server = asyncio.create_task(LiveServer(FakeSource(), folder=tmp_path).run())
    async with running(server):
        await until((tmp_path / ADDRESS).exists)
        assert stat.S_IMODE((tmp_path / ADDRESS).stat().st_mode) == 0o600
        port = json.loads((tmp_path / ADDRESS).read_text())["port"]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"wrong\n")
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()
    assert not (tmp_path / ADDRESS).exists()


async def test_questions_are_answered_or_refused_in_words(tmp_path: Path) -> None:
    source = FakeSource()
    client = LiveClient(tmp_path)
    async with connected(source, client, folder=tmp_path):
        past = await client.past("a.level", START, START + timedelta(hours=72))
        assert past.values == (1.0, None)
        assert past.qualities == ("good", "missing")
        then = await client.then(START, START + timedelta(days=1))
        assert source.asked == (START, START + timedelta(days=1))
        assert {name: told.value for name, told in then.items()} == {"a.level": 148.0, "a.flow": None}
        await client.then(START, None)
        assert source.asked == (START, None)
        seen = AlarmOperation(act="acknowledge", alarms=("a1", "a2"), by="王工", note="已电话核实")
        assert await client.operate(seen) == AlarmOutcome(done=("a1",), refused={"a2": OVER})
        assert source.operated == [seen]
        written = ShiftEntry(at=START, by="王工", text="交班", kind="handover", to="李工")
        await client.write_shift(written, ["a1"])
        (entry, ids) = source.written[0]
        assert (replace(entry, at=START), ids) == (written, ["a1"])
        assert await client.shifts(5) == ([written], ShiftSummary(standing=1, since=START))
        with pytest.raises(LiveRefusedError, match="no datastream c") as refused:
            await client.past("c", START, START)
        assert refused.value.in_chinese().startswith("实时服务未能完成操作：")
        with pytest.raises(LiveRefusedError, match="not now"):
            await client.operate(AlarmOperation(act="shelve", alarms=("a1",), by="王工", until=START))
        with pytest.raises(LiveRefusedError, match="no question"):
            await client.past("x" * 300, START, START)


async def test_a_view_whose_service_dies_knows_it_keeps_the_ages_going_and_comes_back(tmp_path: Path) -> None:
    clock = [1000.0]
    source = FakeSource()
    client = LiveClient(tmp_path, clock_s=lambda: clock[0])
    following = asyncio.create_task(client.run())
    first = asyncio.create_task(LiveServer(source, folder=tmp_path).run())
    async with running(following, first):
        await until(lambda: client.connected)
        first.cancel()
        await until(lambda: not client.connected)
        with pytest.raises(LiveAwayError):
            await client.past("a.level", START, START)
        assert client.now is not None
        told = client.now.values["a.level"]
        assert told.freshness(elapsed_s=client.elapsed_s("a.level")) is Freshness.FRESH
        clock[0] += 891.0  # ten seconds old when it was told, stale after 900
        assert told.freshness(elapsed_s=client.elapsed_s("a.level")) is Freshness.STALE
        second = asyncio.create_task(LiveServer(source, folder=tmp_path).run())
        async with running(second):
            await until(lambda: client.connected)
            assert client.elapsed_s("a.level") == 0.0


async def test_an_unchanged_value_is_not_told_again_and_its_age_goes_on(tmp_path: Path) -> None:
    clock = [0.0]
    source = FakeSource()
    client = LiveClient(tmp_path, clock_s=lambda: clock[0])
    async with connected(source, client, folder=tmp_path):
        clock[0] = 60.0
        older = {"a.level": value("a.level", 152.0, age_s=70.0), "b.rain": value("b.rain", 1.0)}
        source.publish(replace(source.told, values=older))
        await until(lambda: client.now is not None and "b.rain" in client.now.values)
        assert client.elapsed_s("a.level") == 60.0
        assert client.elapsed_s("b.rain") == 0.0


async def test_a_view_that_sends_rubbish_costs_the_others_nothing(tmp_path: Path) -> None:
    source = FakeSource()
    client = LiveClient(tmp_path)
    async with connected(source, client, folder=tmp_path):
        told = json.loads((tmp_path / ADDRESS).read_text())
        for rubbish in (b"\xff\xfe\n", b"[]\n", b"{" * 5000 + b"\n", b"x" * 200_000, b'{"ask":"past"}\n'):
            reader, writer = await asyncio.open_connection("127.0.0.1", told["port"])
            writer.write(told["secret"].encode() + b"\n" + rubbish)
            await asyncio.wait_for(reader.readline(), 5)
            writer.close()
        source.publish(
            replace(source.told, values={"b.rain": value("b.rain", 1.0)} | dict(source.told.values))
        )
        await until(lambda: client.now is not None and "b.rain" in client.now.values)
