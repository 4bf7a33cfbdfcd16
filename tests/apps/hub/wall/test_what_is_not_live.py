"""No frame of what is not live is without its mark, whatever operators do."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from apps.hub.wall.wall_server import Wall
from apps.stream import wall_view
from tests.apps.clock import Clock
from tests.apps.hub.wall.fake_pool import Sink, wall_without_painters
from twin.moment import Moment, what_if

START = datetime(2026, 7, 1, 8, tzinfo=UTC)
WORDS = {"what-if": "推演", "history": "历史", "forecast": "预报", "drill": "演练"}
CHANGES = 1000


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


async def test_each_frame_of_a_thousand_changes_carries_the_mark_of_its_own_moment(
    flood_basin: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wall_view, "RATE", 1000.0)
    luck = Random(20261130)
    now = lambda: START + timedelta(seconds=clock())  # noqa: E731
    async with wall_without_painters(flood_basin, clock=clock, now=now) as (wall, _, sink, call):
        assert wall.controller is not None
        session = wall.controller.session
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
    for cover in (one for one in sink.pictures if one["meta"]["type"] == "overlay"):
        mode = cover["meta"]["overlay"]["of"]
        assert cover["meta"]["told"]["wall_mode"]["mode"] == ("" if mode == "live" else mode)


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
