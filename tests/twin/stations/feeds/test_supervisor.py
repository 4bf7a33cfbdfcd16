"""Feeds run each by itself, come back after a fall, later and later, and say how they are."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.twin.stations.feeds.memory import gate, until
from tests.twin.stations.nets import START, HandClocks, network
from twin.sample.monitoring import behaviour
from twin.sample.monitoring.sample_feed import SampleStations
from twin.stations.feeds import supervisor as module
from twin.stations.feeds.base import FeedError
from twin.stations.feeds.supervisor import Supervisor
from twin.stations.intake import Intake

NETWORK = network()


class Script:
    """A feed that does what it is told each time it is started."""

    def __init__(self, id_: str, *acts: Callable[[], Awaitable[None]]) -> None:
        self.id = id_
        self.starts = 0
        self._acts = acts

    async def run(self, intake: Intake) -> None:
        act = self._acts[min(self.starts, len(self._acts) - 1)]
        self.starts += 1
        await act()


async def forever() -> None:
    await asyncio.Event().wait()


async def away() -> None:
    raise FeedError("the source is away")


async def bug() -> None:
    raise ZeroDivisionError


async def ends() -> None:
    return


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long it was waited; no time passes."""
    slept: list[float] = []
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        if seconds:
            slept.append(seconds)
        await real(0)

    monkeypatch.setattr(module.asyncio, "sleep", sleep)
    return slept


async def test_one_that_falls_takes_no_other_along_and_comes_back_later_and_later(waits: list[float]) -> None:
    intake, _ = gate(NETWORK)
    good, bad = Script("good", forever), Script("bad", away, bug, ends, away, away, away, away, away, forever)
    told: list[str] = []
    it = Supervisor(
        [good, bad],
        intake,
        clocks=HandClocks(),
        jitter=lambda: 0.5,
        on_change=lambda: told.append(str(it.health["bad"].why)),
    )
    task = asyncio.create_task(it.run())
    async with asyncio.timeout(10):
        while bad.starts < 9:
            await asyncio.sleep(0)
    assert waits[:8] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert good.starts == 1
    assert it.health["good"].state == "running"
    assert "the source is away" in told
    assert any("fault of the program (ZeroDivisionError)" in words for words in told)
    assert "its source has ended" in told
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert {health.state for health in it.health.values()} == {"stopped"}


async def test_one_that_ran_well_waits_shortly_again(waits: list[float]) -> None:
    clocks = HandClocks()

    async def well() -> None:
        clocks.pass_(1000)
        raise FeedError("gone")

    intake, _ = gate(NETWORK)
    feed = Script("f", away, away, away, well, forever)
    task = asyncio.create_task(Supervisor([feed], intake, clocks=clocks, jitter=lambda: 0.5).run())
    async with asyncio.timeout(10):
        while feed.starts < 5:
            await asyncio.sleep(0)
    assert waits[:4] == [1, 2, 4, 1]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_the_sample_feed_tells_its_past_and_goes_on_with_the_same_story_after_a_restart() -> None:
    from datetime import timedelta

    clocks = HandClocks()
    intake, kept = gate(NETWORK, clocks=clocks)
    first = SampleStations("sample", NETWORK, clocks=clocks, backfill=timedelta(hours=6))
    task = asyncio.create_task(first.run(intake))
    await until(lambda: len(kept.values("30500001.level")) >= 60)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    told = [(o.datastream, o.phenomenon_at, o.value) for o in kept.rows]
    again, kept_again = gate(NETWORK, clocks=clocks)
    second = SampleStations("sample", NETWORK, clocks=clocks, backfill=timedelta(hours=6))
    task = asyncio.create_task(second.run(again))
    await until(lambda: len(kept_again.rows) >= len(kept.rows))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    story = [(o.datastream, o.phenomenon_at, o.value) for o in kept_again.rows]
    assert story[: len(told)] == told  # value by value; the first was ended in the midst of its past
    assert all(o.phenomenon_at <= START for o in kept.rows)
    assert intake.refused("sample") == {}


async def test_the_sample_feed_goes_on_where_each_datastream_ended() -> None:
    from datetime import timedelta

    clocks = HandClocks()
    level, rest = START - timedelta(hours=1), START - timedelta(hours=2)
    intake, kept = gate(NETWORK, clocks=clocks)
    feed = SampleStations(
        "sample",
        NETWORK,
        clocks=clocks,
        backfill=timedelta(hours=6),
        newest=lambda name: {"30500001.level": level}.get(name, rest),
    )
    task = asyncio.create_task(feed.run(intake))
    often = {name: one.interval_s for name, one in NETWORK.datastreams.items() if one.interval_s <= 3600}
    await until(lambda: {o.datastream for o in kept.rows} >= set(often))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    for name, interval_s in often.items():
        since = level if name == "30500001.level" else rest
        first = min(o.phenomenon_at for o in kept.rows if o.datastream == name)
        assert since < first <= since + timedelta(seconds=interval_s), name


async def test_the_sample_feed_holds_nobody_up_while_it_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow month of the lake's values ended the service as hung: its event loop gave no sign of life."""
    begun, beat = threading.Event(), threading.Event()
    measure = behaviour.measure

    def slow(*args: Any) -> Any:
        begun.set()
        assert beat.wait(10), "the event loop is held while values are computed"
        return measure(*args)

    monkeypatch.setattr(behaviour, "measure", slow)
    intake, kept = gate(NETWORK, clocks=HandClocks())
    task = asyncio.create_task(SampleStations("sample", NETWORK, clocks=HandClocks()).run(intake))
    await until(begun.is_set)
    beat.set()
    await until(lambda: bool(kept.rows), task)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
