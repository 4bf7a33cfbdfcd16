"""No frame of what is not live is without its mark, whatever operators do."""

from __future__ import annotations

import asyncio
import os
import re
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from apps.hub.visitor import OPEN
from apps.hub.wall.wall_server import Wall
from apps.painter.messages import Paint
from apps.rooms import wall_control
from apps.stream import wall_view
from tests.apps.clock import Clock
from tests.apps.hub.wall.fake_pool import Sink, wall_without_painters
from tests.browser.live_basin import feeding, write_live_basin
from tests.shared_store import SharedStore
from twin.moment import Moment, what_if

START = datetime(2026, 7, 1, 8, tzinfo=UTC)
WORDS = {"what-if": "推演", "history": "历史", "forecast": "预报", "drill": "演练"}
CHANGES = 10_000 if os.environ.get("TWIN_ENDURANCE") == "1" else 500
NUMBER = re.compile(r"\d")
OF_ITS_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")


def moment(mode: Any, level_m: float, generation: str) -> Moment:
    run = "run-1" if mode in ("forecast", "drill") else None
    at = None if mode == "what-if" else START
    return Moment(mode=mode, level_m=level_m, highest_m=level_m, valid_at=at, run=run, generation=generation)


async def drawn(wall: Wall, sink: Sink) -> None:
    """Waits for another frame."""
    before = len(sink.frames)
    assert wall.controller is not None
    wall.controller.area.changed(moving=False)
    async with asyncio.timeout(20):
        while len(sink.frames) == before:
            await asyncio.sleep(0.001)


def unmarked(paint: Paint) -> list[str]:
    """Numbers of stations over a scene that is not live which say neither that they are live nor of when."""
    mode, signs = paint.scene.moment.mode, paint.signs
    assert signs is not None
    if mode == "live":
        return []
    numbers = [one.detail for one in signs.stations.values() if NUMBER.search(one.detail)]
    numbers += [f"{signs.rain_mark} {mm}" for mm in signs.rain_mm.values()]
    told = [one for one in numbers if one.startswith("实况 ")]
    told += [one for one in numbers if mode == "history" and OF_ITS_TIME.search(one)]
    return sorted({*numbers} - {*told})


async def test_each_frame_of_random_changes_carries_the_mark_of_its_own_moment(
    shared_store: SharedStore, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wall_view, "RATE", 1000.0)
    luck = Random(20261130)
    now = lambda: START + timedelta(seconds=clock())  # noqa: E731
    feed = [
        ("30500001", "level", 150.0, 0.0),
        ("31000001", "level", 1.0, 0.0),
        ("30900001", "rain", 4.0, 0.0),
    ]
    async with AsyncExitStack() as stack:
        _, url = stack.enter_context(feeding(tmp_path, *feed))
        catalog = shared_store.build(write_live_basin(tmp_path, url=url))
        wall, pool, sink, call = await stack.enter_async_context(
            wall_without_painters(catalog, clock=clock, now=now)
        )
        assert wall.controller is not None
        session = wall.controller.session
        async with asyncio.timeout(20):
            while session.live is None:
                await asyncio.sleep(0.01)
        low, high = session.levels.lowest_m, session.levels.highest_m
        for change in range(CHANGES):
            if change % 20 == 0:
                await drawn(wall, sink)
            what = luck.choice(("show", "show", "show", "water", "replay", "live", "renew", "wait", "tour"))
            if what == "show":
                mode = luck.choice((*WORDS, "live"))
                scene = session.scene.changed(
                    moment=moment(mode, luck.uniform(low, high), session.basin.generation.id)
                )
                wall.show(scene, by=luck.choice(("Li", "Wang", "")))
            elif what == "water":
                await call("trame.trigger", "wall_water", ["level", luck.uniform(low, high)], {})
            elif what == "replay":
                await call("trame.trigger", "wall_replay", [], {})
            elif what == "live":
                await call("trame.trigger", "wall_live", [], {})
            elif what == "renew":
                await call("trame.trigger", "wall_renew", [], {})
            elif what == "tour":
                await call("trame.trigger", "wall_tour", [luck.random() < 0.5], {})
            else:
                clock.now += luck.choice((10.0, 900.0))
                wall.step()
            for _ in range(luck.randrange(4)):
                await asyncio.sleep(0)
        await drawn(wall, sink)
    assert len(sink.frames) > CHANGES // 20
    for frame in sink.frames:
        mode, told = frame["content"].decode().strip(), frame["meta"]["told"]["wall_mode"]
        assert (told["mode"], told["word"]) == (("", "") if mode == "live" else (mode, WORDS[mode]))
    assert [words for _, paint, _ in pool.painted for words in unmarked(paint)] == []
    over = [paint for _, paint, _ in pool.painted if paint.scene.moment.mode == "what-if" and paint.signs]
    assert any("150.00 m" in one.detail for paint in over for one in paint.signs.stations.values())  # type: ignore[union-attr]
    mode = ""
    for message in sink.pictures:
        meta = message["meta"]
        if meta["type"] == "image/jpeg":
            mode = message["content"].decode().strip()
        elif (
            meta["type"] == "overlay"
        ):  # one with the words of now alone is of the scene that was placed last
            mode = meta["overlay"].get("of", mode)
            assert meta["told"]["wall_mode"]["mode"] == ("" if mode == "live" else mode)


async def test_who_opens_a_wall_that_nobody_watched_sees_no_picture_of_before(
    flood_basin: Path, clock: Clock
) -> None:
    """It was the last one that was drawn, of another moment, and stayed until something changed."""
    async with wall_without_painters(flood_basin, clock=clock) as (wall, _, sink, _):
        assert wall.controller is not None
        await drawn(wall, sink)
        (watcher,) = wall._watchers
        watcher.gone()
        session = wall.controller.session
        scene = session.scene.changed(moment=moment("forecast", 150.0, session.basin.generation.id))
        wall.show(scene, by="Li")
        await asyncio.sleep(0.05)  # nothing is drawn for nobody
        later, seen = wall.watch(wall_control.ROOM, OPEN), Sink()
        await later.connect(seen)
        later._join()
        async with asyncio.timeout(20):
            while not seen.frames:
                await asyncio.sleep(0.001)
        assert [frame["content"].decode().strip() for frame in seen.frames] == ["forecast"]


async def test_it_goes_back_by_itself_after_fifteen_minutes_unless_renewed(
    flood_basin: Path, clock: Clock
) -> None:
    now = lambda: START + timedelta(seconds=clock())  # noqa: E731
    async with wall_without_painters(flood_basin, clock=clock, now=now) as (wall, _, _, call):
        assert wall.controller is not None
        session = wall.controller.session
        start_m = session.scene.moment.level_m
        wall.show(session.scene.changed(moment=what_if(session.levels.lowest_m)), by="Li")
        clock.now += 600.0
        await call("trame.trigger", "wall_renew", [], {})
        clock.now += 899.0
        wall.step()
        assert (
            session.scene.moment.level_m == session.levels.lowest_m and wall.state_of.presentation is not None
        )
        clock.now += 1.0
        wall.step()
        assert session.scene.moment.level_m == start_m and wall.state_of.presentation is None
        assert wall.state_of.touring, "the tour goes on"


async def test_a_level_without_an_answer_is_refused_to_the_operator_alone(
    flood_basin: Path, clock: Clock
) -> None:
    async with wall_without_painters(flood_basin, clock=clock) as (wall, _, sink, call):
        assert wall.controller is not None
        before = wall.controller.session.scene
        await call("trame.trigger", "wall_water", ["level", 9000.0], {})
        assert wall.controller.session.scene == before and "9000" in sink.state["toast"]
        assert wall.state_of.presentation is None
