"""Between session and stage: each frame is of the session's scene, with what is said of that scene."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import numpy as np
import pytest

from apps.stream.rca_view import RcaView
from apps.stream.render_thread import RenderThread
from layers.governor import STILL
from layers.labels.signs import Signs
from tests.apps.flat import SCENE, flat_ground
from twin.arrays import U8
from twin.moment import what_if
from twin.scene import Scene

SHARP = STILL


class Session:
    """Owns a scene over flat ground, and nothing else."""

    def __init__(self) -> None:
        self.scene: Scene = SCENE
        self.ground = flat_ground()

    def do(self, action: Callable[[Scene], Scene]) -> bool:
        before, self.scene = self.scene, action(self.scene)
        return self.scene != before


class Stage:
    """Its picture's one value is the level of the scene that was applied last; drawing takes a moment."""

    stamp_at = (0.0, 0.0)
    on_arrival = None

    def __init__(self) -> None:
        self.scene: Scene | None = None
        self.signs: list[Signs] = []
        self.renderer = self

    def apply(self, scene: Scene) -> None:
        self.scene = scene

    def show_signs(self, signs: Signs) -> None:
        self.signs.append(signs)

    def GetActiveCamera(self) -> Stage:  # noqa: N802  (VTK's name)
        return self

    def SetWindowCenter(self, x: float, y: float) -> None:  # noqa: N802
        return

    def resize(self, width: int, height: int) -> None:
        return

    def settle(self, **_: object) -> None:
        return

    def overlay(self, **_: object) -> Stage:
        return self

    def as_dict(self) -> dict[str, object]:
        return {}

    def render(self, **_: object) -> U8:
        time.sleep(0.002)  # a frame costs something: levels go on meanwhile
        return np.full((2, 2, 4), level_of(self.scene), np.uint8)


def level_of(scene: Scene | None) -> int:
    assert scene is not None
    return round(scene.moment.level_m)


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
async def area(session: Session) -> AsyncIterator[RcaView]:
    thread = RenderThread()
    area = RcaView(thread, on_pick=lambda x, y: None, on_trouble=lambda trouble: None, on_rest=lambda: None)
    area.caption = lambda: {"level": level_of(session.scene)}
    yield area
    await area.stream.close()
    thread.close()


def flood(area: RcaView, session: Session, level: int) -> None:
    """The water becomes another, and in the same breath the area hears of it."""
    session.do(lambda scene: scene.changed(moment=what_if(float(level))))
    area.changed()


async def test_before_there_is_a_stage_nothing_is_drawn_or_answered(area: RcaView, session: Session) -> None:
    flood(area, session, 3)
    assert await area.ask(lambda stage: stage) is None
    assert await area.draw(SHARP, (0.0, 0.0), lambda picture: picture) is None
    assert await area.over() is None


async def test_a_question_is_answered_of_the_scene_of_now(area: RcaView, session: Session) -> None:
    area.show(Stage(), session)  # type: ignore[arg-type]
    for level in (1, 2, 3):
        flood(area, session, level)
    assert await area.ask(lambda stage: level_of(stage.scene)) == 3


async def test_the_numbers_of_a_frame_are_those_of_its_water(area: RcaView, session: Session) -> None:
    """However fast levels come, whoever else asks the stage, and whatever is drawn meanwhile."""
    area.show(Stage(), session)  # type: ignore[arg-type]
    seen = []

    async def drawn() -> None:
        while level_of(session.scene) < 200:
            found = await area.draw(SHARP, (0.0, 0.0), lambda picture: int(picture[0, 0, 0]))
            assert found is not None
            seen.append((found[0], found[1]["told"]["level"]))

    drawing = asyncio.create_task(drawn())
    for level in range(1, 201):
        flood(area, session, level)
        if level % 3 == 0:
            await area.ask(lambda stage: stage)
        if level % 7 == 0:
            area.recaption()
        await asyncio.sleep(0)
    await drawing
    assert all(picture == told for picture, told in seen)
    assert len({told for _, told in seen}) > 10


async def test_what_is_said_alone_is_of_the_scene_of_now_with_the_newest_signs(
    area: RcaView, session: Session
) -> None:
    stage: Any = Stage()
    area.show(stage, session)
    flood(area, session, 7)
    await area.draw(SHARP, (0.0, 0.0), lambda picture: None)
    newest = Signs(rain_mm={"a": (1.0, 1.0)})
    area.signs = lambda scene: newest
    over = await area.over()
    assert over is not None
    assert over["told"] == {"level": 7}
    assert stage.signs[-1] is newest


async def test_a_gesture_moves_the_camera_of_the_scene_with_the_next_frame(
    area: RcaView, session: Session
) -> None:
    area.show(Stage(), session)  # type: ignore[arg-type]
    before = session.scene.camera
    area.process_interaction_event({"type": "turn", "dx": 0.5, "dy": 0.0})
    assert session.scene.camera == before
    found = await area.draw(SHARP, (0.0, 0.0), lambda picture: None)
    assert found is not None
    assert session.scene.camera.heading_deg == pytest.approx((before.heading_deg + 90.0) % 360.0)
