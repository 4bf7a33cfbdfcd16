"""A browser's cameras come to the scene, the newest with the next frame, above the ground."""

from __future__ import annotations

import math
from typing import Any

import pytest

from apps.stream.camera_controller import GRACE_S, CameraController, Moved, camera_of
from layers.camera import camera as geometry
from tests.apps.clock import Clock
from tests.apps.flat import HEIGHT_M, SCENE, flat_ground
from twin.scene import Scene

GROUND = flat_ground()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def controller(clock: Clock) -> CameraController:
    return CameraController(GROUND, clock=clock)


def sent(number: int = 1, **fields: Any) -> dict[str, Any]:
    """What a browser sends of its camera."""
    return {"type": "camera", "page": "a-page", "n": number, "camera": {**dict(SCENE.camera), **fields}}


def test_the_newest_of_several_cameras_is_applied_with_the_next_frame(controller: CameraController) -> None:
    for number, heading_deg in enumerate((10.0, 20.0, 30.0), start=1):
        assert controller.take(sent(number, heading_deg=heading_deg))
    assert controller.moved is None
    after = controller.advance(SCENE)
    assert after.camera.heading_deg == pytest.approx(30.0)
    assert controller.moved == Moved(page="a-page", number=3)
    assert controller.advance(after) is after, "each is applied once"


def test_the_view_stays_and_its_target_is_the_ground_in_its_middle(controller: CameraController) -> None:
    """Zooming and dragging leave the target in the air; the scale bar counts on what is seen."""
    high = SCENE.changed(exaggeration=2.0)
    controller.take(sent(target_m=HEIGHT_M + 100.0))
    asked = high.camera.model_copy(update={"target_m": HEIGHT_M + 100.0})
    after = controller.advance(high).camera
    assert geometry.eye(after, 2.0) == pytest.approx(geometry.eye(asked, 2.0), abs=0.01)
    assert geometry.forward(after) == pytest.approx(geometry.forward(asked))
    assert after.target_m == pytest.approx(HEIGHT_M, abs=0.1)


def test_a_camera_under_the_ground_is_lifted(controller: CameraController) -> None:
    controller.take(sent(target_m=HEIGHT_M - 400.0, pitch_deg=-5.0, distance_m=100.0))
    eye = geometry.eye(controller.advance(SCENE).camera, 1.0)
    assert eye[2] >= HEIGHT_M + geometry.CLEARANCE_M - 0.01


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"page": "a", "n": 1},
        {"page": "a", "n": 1, "camera": [1, 2]},
        {"page": 7, "n": 1, "camera": {}},
        {"page": "a", "n": "1", "camera": {}},
    ],
)
def test_what_is_no_camera_is_dropped(controller: CameraController, event: dict[str, Any]) -> None:
    assert not controller.take(event)
    assert controller.advance(SCENE) is SCENE


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "90", None, True, [1], 1e308, -1e308])
@pytest.mark.parametrize("field", sorted(dict(SCENE.camera)))
def test_absurd_numbers_make_no_absurd_scene(controller: CameraController, field: str, value: Any) -> None:
    controller.take(sent(**{field: value}))
    after = controller.advance(SCENE)
    assert Scene.from_json(after.to_json()).camera.distance_m > 0.0, "a link can say it"
    if not isinstance(value, float) or not math.isfinite(value):
        before = SCENE.camera
        assert camera_of({field: value}, before) == before


def test_a_flight_is_planned_here_and_flown_by_the_browser(
    controller: CameraController, clock: Clock
) -> None:
    end = SCENE.camera.model_copy(update={"distance_m": 900.0, "heading_deg": 120.0})
    plan = controller.fly(SCENE, end)
    assert (plan.start, plan.end) == (dict(SCENE.camera), dict(end))
    assert 0.6 <= plan.seconds <= 6.0
    assert controller.advance(SCENE) is SCENE, "it is the browser that moves"
    controller.take(sent(heading_deg=60.0))
    assert controller.landing_s is None
    clock.now += 60.0
    assert controller.advance(SCENE).camera.heading_deg == pytest.approx(60.0)


def test_a_flight_that_no_browser_flies_ends_where_it_leads(
    controller: CameraController, clock: Clock
) -> None:
    end = SCENE.camera.model_copy(update={"heading_deg": 120.0})
    plan = controller.fly(SCENE, end)
    assert controller.landing_s == pytest.approx(plan.seconds + GRACE_S)
    clock.now += plan.seconds + GRACE_S
    assert controller.advance(SCENE).camera == end
    assert controller.landing_s is None


def test_a_link_ends_a_flight_and_cameras_sent_before_it_is_known_are_dropped(
    controller: CameraController, clock: Clock
) -> None:
    """A page flies on until it is told of the link: its cameras must not take the link's place."""
    controller.take(sent(1, heading_deg=10.0))
    controller.fly(SCENE, SCENE.camera.model_copy(update={"heading_deg": 90.0}))
    jump = controller.jump()
    clock.now += 60.0
    assert controller.advance(SCENE) is SCENE
    assert not controller.take({**sent(2, heading_deg=20.0), "jump": jump - 1})
    assert controller.advance(SCENE) is SCENE
    assert controller.take({**sent(1, heading_deg=30.0), "jump": jump})
    assert controller.advance(SCENE).camera.heading_deg == pytest.approx(30.0)
