"""Gestures become cameras, and what a browser says of its page is taken with care."""

from __future__ import annotations

from typing import Any

import pytest

from apps.view.hand import NEARER, TURN_DEG, Hand
from apps.view.overlay import LARGEST, SMALLEST, View
from tests.apps.clock import Clock
from twin.scene import Camera

HOME = Camera(
    target_east_m=0.0,
    target_north_m=0.0,
    target_m=100.0,
    distance_m=10_000.0,
    heading_deg=0.0,
    pitch_deg=-40.0,
)
GRABBED = (10.0, 20.0, 300.0)


class Flight:
    seconds = 2.0

    def __init__(self, end: Camera) -> None:
        self.end = end

    def at(self, t: float) -> Camera:
        return HOME if t < self.seconds else self.end


class Stage:
    """Writes down what it is asked."""

    exaggeration = 2.0

    def __init__(self) -> None:
        self.camera = HOME
        self.asked: list[tuple[Any, ...]] = []

    def grab(self, x: float, y: float) -> tuple[float, float, float]:
        self.asked.append(("grab", x, y))
        return GRABBED

    def pan(self, grabbed: object, *, x: float, y: float) -> None:
        self.asked.append(("pan", grabbed, x, y))

    def orbit(self, grabbed: object, *, right_deg: float, up_deg: float) -> None:
        self.asked.append(("orbit", grabbed, right_deg, up_deg))

    def zoom(self, grabbed: object, *, factor: float) -> None:
        self.asked.append(("zoom", grabbed, factor))

    def flight_to(self, end: Camera) -> Flight:
        return Flight(end)


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
def hand(stage: Stage, clock: Clock) -> Hand:
    return Hand(stage, clock=clock)  # type: ignore[arg-type]


def test_a_drag_holds_what_was_grabbed(hand: Hand, stage: Stage) -> None:
    hand.gesture({"type": "grab", "x": 0.2, "y": 0.3})
    hand.gesture({"type": "drag", "x": 0.4, "y": 0.5})
    hand.advance()
    assert stage.asked == [("grab", 0.2, 0.3), ("pan", GRABBED, 0.4, 0.5)]


def test_a_turn_without_a_grab_goes_around_the_middle(hand: Hand, stage: Stage) -> None:
    hand.gesture({"type": "turn", "dx": 0.5, "dy": -0.25})
    hand.advance()
    assert stage.asked == [("grab", 0.5, 0.5), ("orbit", GRABBED, TURN_DEG / 2, TURN_DEG / 8)]


def test_zooming_in_halves_the_distance_at_most_a_few_times_at_once(hand: Hand, stage: Stage) -> None:
    hand.gesture({"type": "zoom", "dlog": 1e308, "x": 0.1, "y": 0.2})
    hand.advance()
    assert stage.asked[0] == ("grab", 0.1, 0.2)
    assert stage.asked[1][2] == pytest.approx(0.135, abs=0.001)


def test_movements_between_two_frames_become_one(hand: Hand, stage: Stage) -> None:
    hand.gesture({"type": "grab", "x": 0.2, "y": 0.3})
    for _ in range(5):
        hand.gesture({"type": "turn", "dx": 0.1, "dy": 0.0})
    hand.gesture({"type": "grab", "x": 0.6, "y": 0.7})
    for x in (0.61, 0.62, 0.63):
        hand.gesture({"type": "drag", "x": x, "y": 0.7})
    hand.advance()
    assert [asked[0] for asked in stage.asked] == ["grab", "orbit", "grab", "pan"]
    assert stage.asked[1][2] == pytest.approx(TURN_DEG / 2)
    assert stage.asked[-1] == ("pan", GRABBED, 0.63, 0.7)


def test_a_flight_starts_where_the_gestures_before_it_led(hand: Hand, stage: Stage) -> None:
    hand.gesture({"type": "turn", "dx": 0.5, "dy": 0.0})
    hand.fly_to(HOME)
    assert stage.asked[-1][0] == "orbit"
    assert hand.advance()


@pytest.mark.parametrize(("turn", "kind"), [(1.0, "orbit"), (0.0, "pan")])
def test_an_arrow_key_turns_and_with_shift_moves(hand: Hand, stage: Stage, turn: float, kind: str) -> None:
    hand.gesture({"type": "step", "dx": 1.0, "dy": 0.0, "turn": turn})
    hand.advance()
    assert stage.asked[-1][0] == kind


def test_a_flight_advances_with_time_and_ends(hand: Hand, stage: Stage, clock: Clock) -> None:
    there = HOME.model_copy(update={"distance_m": 500.0})
    hand.fly_to(there)
    clock.now += 1.0
    assert hand.advance()
    clock.now += 1.5
    assert not hand.advance()
    assert stage.camera == there
    assert not hand.advance()


def test_a_gesture_ends_a_flight(hand: Hand, stage: Stage) -> None:
    hand.fly_to(HOME)
    hand.gesture({"type": "grab"})
    assert not hand.advance()


def test_a_double_click_flies_nearer_to_the_place(hand: Hand, stage: Stage, clock: Clock) -> None:
    hand.gesture({"type": "look", "x": 0.7, "y": 0.6})
    hand.advance()
    clock.now += 5.0
    hand.advance()
    assert stage.camera.distance_m == NEARER * HOME.distance_m
    assert (stage.camera.target_east_m, stage.camera.target_m) == (GRABBED[0], GRABBED[2] / 2.0)


def test_a_view_is_a_size_and_the_panels_over_it() -> None:
    view = View.of({"w": 1920, "h": 1080.5, "panels": [[0, 10, 200, 300]]})
    assert view == View(width=1920.0, height=1080.5, panels=((0.0, 10.0, 200.0, 300.0),))


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"w": "wide", "h": None, "panels": "all"},
        {
            "w": float("nan"),
            "h": float("-inf"),
            "panels": [None, [1, 2], [1, 2, 3, "x"], [0, 0, float("nan"), 1]],
        },
        {"w": True, "h": [], "panels": {}},
    ],
)
def test_nonsense_of_a_view_is_left_out(event: dict[str, Any]) -> None:
    assert View.of(event) == View(width=SMALLEST, height=SMALLEST)


def test_a_view_has_bounds() -> None:
    view = View.of({"w": 1e12, "h": 1e12, "panels": [[0, 0, 1e30, 1]] * 1000})
    assert view.width == view.height == LARGEST
    assert len(view.panels) <= 32 and view.panels[0][2] == LARGEST
