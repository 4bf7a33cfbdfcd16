"""Between the page and the stage: changes go to the render thread in order, and only those that are seen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from apps.view.area import SceneArea
from apps.view.render_thread import RenderThread
from layers.governor import STILL

SHARP = STILL


class Stage:
    """Remembers what was done to it."""

    stamp_at = (0.0, 0.0)
    on_arrival = None

    def __init__(self) -> None:
        self.done: list[str] = []


@pytest.fixture
async def area() -> AsyncIterator[SceneArea]:
    thread = RenderThread()
    area = SceneArea(thread, on_pick=lambda x, y: None, on_trouble=lambda trouble: None, on_rest=lambda: None)
    yield area
    await area.stream.close()
    thread.close()


async def done(area: SceneArea) -> list[str]:
    found: Any = await area.ask(lambda stage: list(stage.done))  # type: ignore[attr-defined]
    return list(found)


async def test_before_there_is_a_stage_nothing_is_kept(area: SceneArea) -> None:
    area.change(lambda stage: stage.done.append("early"))  # type: ignore[attr-defined]
    assert await area.ask(lambda stage: stage) is None
    area.show(Stage())  # type: ignore[arg-type]
    assert await done(area) == []


async def test_of_a_kind_only_the_newest_change_is_made_and_the_order_stays(area: SceneArea) -> None:
    area.show(Stage())  # type: ignore[arg-type]
    for step in ("water 1", "link", "water 2", "layer", "water 3"):
        kind = "water" if step.startswith("water") else None
        area.change(lambda stage, step=step: stage.done.append(step), kind=kind)  # type: ignore[misc]
    assert await done(area) == ["link", "layer", "water 3"]
    area.change(lambda stage: stage.done.append("water 4"), kind="water")  # type: ignore[attr-defined]
    assert (await done(area))[-1] == "water 4"


class DrawnStage(Stage):
    """Its picture's one value is the level that it was told last; drawing takes a moment."""

    def __init__(self) -> None:
        super().__init__()
        self.level = 0
        self.renderer = self
        self.camera = object()

    def GetActiveCamera(self) -> DrawnStage:  # noqa: N802  (VTK's name)
        return self

    def SetWindowCenter(self, x: float, y: float) -> None:  # noqa: N802
        return

    def resize(self, width: int, height: int) -> None:
        return

    def settle(self, **_: object) -> None:
        return

    def overlay(self, **_: object) -> DrawnStage:
        return self

    def as_dict(self) -> dict[str, object]:
        return {}

    def render(self, **_: object) -> NDArray[np.uint8]:
        time.sleep(0.002)  # a frame costs something: levels go on meanwhile
        return np.full((2, 2, 4), self.level, np.uint8)


class Moment:
    """What a session is to a board: it changes, and in the same breath the area is told."""

    def __init__(self, area: SceneArea) -> None:
        self.level = 0
        self._area = area
        area.caption = lambda: {"level": self.level}

    def becomes(self, level: int) -> None:
        self.level = level

        def show(stage: Any) -> None:
            stage.level = level

        self._area.change(show, kind="water")


async def test_the_numbers_of_a_frame_are_those_of_its_water(area: SceneArea) -> None:
    """However fast levels come, whoever else asks the stage, and whatever is drawn meanwhile."""
    area.show(DrawnStage())  # type: ignore[arg-type]
    moment, seen = Moment(area), []

    async def drawn() -> None:
        while moment.level < 200:
            found = await area.draw(SHARP, (0.0, 0.0), lambda picture: int(picture[0, 0, 0]))
            assert found is not None
            seen.append((found[0], found[1]["told"]["level"]))

    drawing = asyncio.create_task(drawn())
    for level in range(1, 201):
        moment.becomes(level)
        if level % 3 == 0:
            await area.ask(lambda stage: stage)
        if level % 7 == 0:
            area.relabel(lambda stage: None)
        await asyncio.sleep(0)
    await drawing
    assert all(picture == told for picture, told in seen)
    assert len({told for _, told in seen}) > 10


async def test_what_is_said_alone_is_of_the_picture_that_was_drawn_last(area: SceneArea) -> None:
    area.show(DrawnStage())  # type: ignore[arg-type]
    moment = Moment(area)
    moment.becomes(7)
    await area.draw(SHARP, (0.0, 0.0), lambda picture: None)
    over = await area.over()
    assert over is not None
    assert over["told"] == {"level": 7}
