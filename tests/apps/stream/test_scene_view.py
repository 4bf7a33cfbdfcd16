"""Between session and stage: each frame is of the session's scene, with what is said of that scene."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from apps.painter.jpeg import Jpeg
from apps.painter.leases import Priority
from apps.painter.messages import Cover, Paint, Pick, Picked, Target
from apps.painter.pool import Painted
from apps.stream.scene_view import SceneView
from layers.governor import MOVING, STILL
from layers.labels.signs import Signs
from layers.labels.symbols import Sign
from layers.layer import LayerFacts
from tests.apps.flat import SCENE, flat_ground
from twin.moment import what_if
from twin.scene import Scene

TARGET = Target(generation="one", models="one")


class Session:
    """Owns a scene over flat ground, and nothing else."""

    def __init__(self) -> None:
        self.scene: Scene = SCENE
        self.ground = flat_ground()

    def do(self, action: Callable[[Scene], Scene]) -> bool:
        before, self.scene = self.scene, action(self.scene)
        return self.scene != before


class Painter:
    """Its picture's size is the level of the scene that it was asked for; drawing takes a moment."""

    def __init__(self) -> None:
        self.arrivals: dict[str, Callable[[], None]] = {}
        self.asked: list[Paint | Cover | Pick] = []
        self.overlay: dict[str, Any] = {}

    def forget(self, view: str) -> None:
        self.arrivals.pop(view, None)

    def withdraw(self, view: str) -> None:
        pass

    async def describe(self, target: Target, *, view: str = "") -> list[LayerFacts]:
        return []

    async def paint_newest(
        self, view: str, newest: Callable[[], Paint], *, priority: Priority, follows: bool = False
    ) -> Painted:
        request = newest()
        self.asked.append(request)
        await asyncio.sleep(0.002)  # a frame costs something: levels go on meanwhile
        return Painted(Jpeg(b"", level_of(request.scene), 1), self.overlay)

    async def cover(self, request: Cover) -> dict[str, Any]:
        self.asked.append(request)
        return self.overlay

    async def pick(self, request: Pick) -> Picked:
        self.asked.append(request)
        return Picked()


def level_of(scene: Scene) -> int:
    return round(scene.moment.level_m)


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def painter() -> Painter:
    return Painter()


@pytest.fixture
async def area(session: Session, painter: Painter) -> AsyncIterator[SceneView]:
    area = SceneView(
        painter, on_pick=lambda x, y: None, on_trouble=lambda trouble: None, on_rest=lambda: None
    )
    area.caption = lambda: {"level": level_of(session.scene)}
    yield area
    await area.stream.close()


def flood(area: SceneView, session: Session, level: int) -> None:
    """The water becomes another, and in the same breath the area hears of it."""
    session.do(lambda scene: scene.changed(moment=what_if(float(level))))
    area.changed()


async def test_before_there_is_a_scene_nothing_is_drawn_or_answered(
    area: SceneView, session: Session
) -> None:
    flood(area, session, 3)
    assert await area.layers() == []
    assert await area.pick(0.5, 0.5) is None
    assert await area.draw(STILL) is None
    assert await area.over() is None


async def test_a_question_is_asked_of_the_scene_of_now(
    area: SceneView, session: Session, painter: Painter
) -> None:
    area.show(TARGET, session)
    for level in (1, 2, 3):
        flood(area, session, level)
    await area.pick(0.25, 0.75)
    asked = painter.asked[-1]
    assert isinstance(asked, Pick) and (asked.x, asked.y, level_of(asked.scene)) == (0.25, 0.75, 3)


async def test_the_numbers_of_a_frame_are_those_of_its_water(area: SceneView, session: Session) -> None:
    """However fast levels come, whoever else asks the painter, and whatever is drawn meanwhile."""
    area.show(TARGET, session)
    seen = []

    async def drawn() -> None:
        while level_of(session.scene) < 200:
            found = await area.draw(STILL, sample=0)
            assert found is not None and found[0] is not None
            seen.append((found[0].width, found[1]["told"]["level"]))

    drawing = asyncio.create_task(drawn())
    for level in range(1, 201):
        flood(area, session, level)
        if level % 3 == 0:
            await area.pick(0.5, 0.5)
        if level % 7 == 0:
            area.recaption()
        await asyncio.sleep(0.0005)
    await drawing
    assert all(picture == told for picture, told in seen)
    assert len({told for _, told in seen}) > 10


async def test_what_is_said_alone_is_of_the_scene_of_now_with_the_newest_signs(
    area: SceneView, session: Session, painter: Painter
) -> None:
    area.show(TARGET, session)
    flood(area, session, 7)
    await area.draw(STILL, sample=0)
    newest = Signs(rain_mm={"a": (1.0, 1.0)})
    area.signs = lambda scene: newest
    painter.overlay = {"labels": [], "bars": ["one"]}
    over = await area.over()
    assert over is not None
    assert over["told"] == {"level": 7}
    asked = painter.asked[-1]
    assert isinstance(asked, Cover) and asked.signs is newest


def gauge(detail: str, *, rank: int = 0, since_s: float | None = None) -> Signs:
    sign = Sign(name="Gauge", detail=detail, state="fresh", rank=rank, since_s=since_s)
    return Signs(stations={"s1": sign})


async def test_ages_go_on_without_a_painter_and_unchanged_ones_are_not_sent(
    area: SceneView, session: Session, painter: Painter
) -> None:
    name = {"id": "v", "state": "", "detail": ""}
    painter.overlay = {
        "labels": [{"id": "s1", "state": "fresh", "detail": "1 m · 9 s", "since_s": None}, name]
    }
    area.signs = lambda scene: gauge("1 m · 9 s")
    area.show(TARGET, session)
    await area.draw(STILL, sample=0)
    asked = len(painter.asked)
    assert await area.over() is None
    area.signs = lambda scene: gauge("1 m · 10 s", since_s=5.0)
    over = await area.over()
    assert over is not None
    assert over["overlay"]["labels"] == [
        {"id": "s1", "state": "fresh", "detail": "1 m · 10 s", "since_s": 5.0},
        name,
    ]
    assert await area.over() is None
    assert len(painter.asked) == asked


async def test_a_view_at_rest_says_and_asks_nothing_until_signs_or_caption_are_others(
    area: SceneView, session: Session, painter: Painter
) -> None:
    told: list[dict[str, object]] = []
    captions = 0

    def caption() -> dict[str, object]:
        nonlocal captions
        captions += 1
        return {"level": level_of(session.scene), "note": note}

    note, signs = "", gauge("1 m · 9 s")
    painter.overlay = {"labels": [{"id": "s1", "state": "fresh", "detail": "1 m · 9 s", "since_s": None}]}
    area.caption, area.signs = caption, lambda scene: signs
    area.stream.set_push_callback(lambda content, meta: told.append(meta))
    area.show(TARGET, session)
    await smooth(area, told)
    area.relabel()
    await spoken(area)
    told.clear()
    asked, captions = len(painter.asked), 0
    for _ in range(3):
        area.relabel()
        await spoken(area)
    assert (told, len(painter.asked), captions) == ([], asked, 0)
    signs = gauge("2 m · 1 s")
    area.relabel()
    await spoken(area)
    assert [one["overlay"]["labels"][0]["detail"] for one in told] == ["2 m · 1 s"]
    assert (len(painter.asked), captions) == (asked, 0)
    note = "held"
    area.recaption()
    await spoken(area)
    assert [one["told"]["note"] for one in told] == ["", "held"]


async def smooth(area: SceneView, told: list[dict[str, object]]) -> None:
    """Until the smooth picture has gone out."""
    area.stream.reset()
    for _ in range(2000):
        if told and told[-1].get("smooth"):
            return
        if told and "n" in told[-1]:
            area.stream.acknowledge(int(str(told[-1]["n"])))
        await asyncio.sleep(0.001)
    raise AssertionError("no smooth picture came")


async def spoken(area: SceneView) -> None:
    """Until nothing is being said."""
    await asyncio.gather(*area._tasks)


@pytest.mark.parametrize("signs", [gauge("1 m · 9 s", rank=1), gauge("1 m · doubtful · 9 s"), Signs()])
async def test_what_may_move_labels_is_asked_of_a_painter(
    area: SceneView, session: Session, painter: Painter, signs: Signs
) -> None:
    """Alarms go first, a text that grows needs room, a station that goes leaves some."""
    painter.overlay = {"labels": [{"id": "s1", "state": "fresh", "detail": "1 m · 9 s", "since_s": None}]}
    area.signs = lambda scene: gauge("1 m · 9 s")
    area.show(TARGET, session)
    await area.draw(STILL, sample=0)
    area.signs = lambda scene: signs
    await area.over()
    asked = painter.asked[-1]
    assert isinstance(asked, Cover) and asked.signs is signs


async def test_other_products_are_drawn_from_the_next_frame_on(
    area: SceneView, session: Session, painter: Painter
) -> None:
    area.show(TARGET, session)
    area.retarget(Target(generation="one", models="two"))
    await area.draw(STILL, sample=0)
    assert painter.asked[-1].target.models == "two"


async def test_a_browsers_camera_is_the_scenes_with_the_next_frame(area: SceneView, session: Session) -> None:
    """And the frame says which of its cameras it is of."""
    area.show(TARGET, session)
    before = session.scene.camera
    camera = {**dict(before), "heading_deg": 90}
    area.take({"type": "camera", "page": "a", "n": 5, "camera": camera, "t": 12.5})
    assert session.scene.camera == before
    found = await area.draw(STILL, sample=0)
    assert found is not None
    assert session.scene.camera.heading_deg == pytest.approx(90.0)
    meta = found[1]
    assert (meta["moved"], meta["seen"]) == (["a", 5], 12.5)
    assert meta["camera"] == dict(session.scene.camera)


async def test_a_place_is_picked_with_the_camera_that_the_browser_has(
    area: SceneView, session: Session, painter: Painter
) -> None:
    area.show(TARGET, session)
    area.take({"type": "camera", "page": "a", "n": 1, "camera": {**dict(SCENE.camera), "heading_deg": 45}})
    await area.pick(0.5, 0.5)
    assert painter.asked[-1].scene.camera.heading_deg == pytest.approx(45.0)


async def test_every_picture_shows_more_than_the_view(
    area: SceneView, session: Session, painter: Painter
) -> None:
    area.show(TARGET, session)
    area.resize(1000, 500)
    await area.draw(STILL, sample=0)
    await area.draw(MOVING[0])
    newest = [asked for asked in painter.asked if isinstance(asked, Paint) and asked.size == (1000, 500)]
    assert {asked.margin for asked in newest} == {(60, 30)}
    assert {asked.sample for asked in newest} >= {None, 0}


async def test_a_flight_is_sent_to_the_browsers(area: SceneView, session: Session) -> None:
    sent: list[dict[str, Any]] = []
    area.stream.set_push_callback(lambda content, meta: sent.append(meta))
    area.show(TARGET, session)
    end = SCENE.camera.model_copy(update={"heading_deg": 120.0})
    area.fly_to(end)
    (plan,) = [meta["flight"] for meta in sent if meta["type"] == "flight"]
    assert plan["end"] == dict(end) and plan["seconds"] > 0.0
