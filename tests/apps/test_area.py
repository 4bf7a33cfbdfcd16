"""Between the page and the stage: changes go to the render thread in order, and only those that are seen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from apps.view.area import SceneArea
from apps.view.render_thread import RenderThread


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
