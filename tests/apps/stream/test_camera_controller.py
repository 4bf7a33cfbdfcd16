"""Gestures become cameras."""

from __future__ import annotations

from typing import Any

import pytest

from apps.stream.camera_controller import NEARER, TURN_DEG, CameraController
from layers.camera import controls
from tests.apps.clock import Clock
from tests.apps.flat import HEIGHT_M, SCENE, flat_ground
from twin.scene import Scene

GROUND = flat_ground()
PLACE = (0.2, 0.7)
"""A place of the view below the horizon."""
ASPECT = 16 / 9


@pytest.fixture
def controller(clock: Clock) -> CameraController:
    return CameraController(GROUND, clock=clock)


def advanced(controller: CameraController, scene: Scene = SCENE) -> Scene:
    return controller.advance(scene, aspect=ASPECT)


def under(scene: Scene, x: float, y: float) -> Any:
    """What lies under a place of the view, (east, north)."""
    hit = controls.surface_at(scene, GROUND, x, y, aspect=ASPECT)
    assert hit is not None
    return pytest.approx(hit[:2], abs=1.0)


def test_a_drag_holds_what_was_grabbed(controller: CameraController) -> None:
    controller.gesture({"type": "grab", "x": 0.2, "y": 0.7})
    controller.gesture({"type": "drag", "x": 0.4, "y": 0.8})
    after = advanced(controller)
    held = controls.surface_at(SCENE, GROUND, *PLACE, aspect=ASPECT)
    assert held is not None
    assert held[:2] == under(after, 0.4, 0.8)


def test_a_turn_without_a_grab_goes_around_the_middle(controller: CameraController) -> None:
    controller.gesture({"type": "turn", "dx": 0.5, "dy": -0.25})
    after = advanced(controller)
    middle = controls.surface_at(after, GROUND, 0.5, 0.5, aspect=ASPECT)
    assert middle is not None
    assert middle[:2] == under(SCENE, 0.5, 0.5)
    assert after.camera.heading_deg == pytest.approx(TURN_DEG / 2)
    assert after.camera.pitch_deg == pytest.approx(SCENE.camera.pitch_deg + TURN_DEG / 8)


def test_zooming_in_nears_a_few_times_at_most_at_once(controller: CameraController) -> None:
    controller.gesture({"type": "zoom", "dlog": 1e308, "x": 0.5, "y": 0.5})
    assert advanced(controller).camera.distance_m == pytest.approx(0.1353 * 10_000.0, rel=0.01)


def test_movements_between_two_frames_are_merged(controller: CameraController) -> None:
    """Five small turns end where one large one does, and three places of a drag where the last does."""
    for _ in range(5):
        controller.gesture({"type": "turn", "dx": 0.1, "dy": 0.0})
    controller.gesture({"type": "grab", "x": 0.6, "y": 0.7})
    for x in (0.61, 0.62, 0.63):
        controller.gesture({"type": "drag", "x": x, "y": 0.7})
    many = advanced(controller)
    once = CameraController(GROUND)
    once.gesture({"type": "turn", "dx": 0.5, "dy": 0.0})
    once.gesture({"type": "grab", "x": 0.6, "y": 0.7})
    once.gesture({"type": "drag", "x": 0.63, "y": 0.7})
    assert many == advanced(once)
    assert many.camera.heading_deg == pytest.approx(TURN_DEG / 2)


@pytest.mark.parametrize("turn", [1.0, 0.0])
def test_an_arrow_key_turns_and_with_shift_moves(controller: CameraController, turn: float) -> None:
    controller.gesture({"type": "step", "dx": 1.0, "dy": 0.0, "turn": turn})
    before, after = SCENE.camera, advanced(controller).camera
    assert (after.heading_deg != before.heading_deg) == bool(turn)
    assert (after.target_east_m > before.target_east_m + 100.0) == (not turn)


def test_a_flight_starts_where_the_gestures_before_it_led(controller: CameraController, clock: Clock) -> None:
    controller.gesture({"type": "turn", "dx": 0.5, "dy": 0.0})
    controller.fly_to(SCENE.camera)
    after = advanced(controller)
    assert controller.flying
    assert after.camera.heading_deg == pytest.approx(TURN_DEG / 2, abs=1.0)
    clock.now += 60.0
    assert advanced(controller, after).camera == SCENE.camera


def test_a_flight_advances_with_time_and_ends(controller: CameraController, clock: Clock) -> None:
    there = SCENE.camera.model_copy(update={"distance_m": 500.0})
    controller.fly_to(there)
    scene = advanced(controller)
    clock.now += 0.5
    scene = advanced(controller, scene)
    assert controller.flying
    assert 500.0 < scene.camera.distance_m < 10_000.0
    clock.now += 60.0
    scene = advanced(controller, scene)
    assert not controller.flying
    assert scene.camera == there
    assert advanced(controller, scene) == scene


def test_a_gesture_ends_a_flight(controller: CameraController, clock: Clock) -> None:
    controller.fly_to(SCENE.camera.model_copy(update={"distance_m": 500.0}))
    advanced(controller)
    controller.gesture({"type": "grab"})
    clock.now += 1.0
    assert advanced(controller) == SCENE
    assert not controller.flying


def test_a_double_click_flies_nearer_to_the_place(controller: CameraController, clock: Clock) -> None:
    high = SCENE.changed(exaggeration=2.0)
    controller.gesture({"type": "look", "x": 0.7, "y": 0.6})
    advanced(controller, high)
    clock.now += 60.0
    camera = advanced(controller, high).camera
    assert camera.distance_m == NEARER * high.camera.distance_m
    assert (camera.target_east_m, camera.target_north_m) == under(high, 0.7, 0.6)
    assert camera.target_m == pytest.approx(HEIGHT_M, abs=0.1)
