"""The hand on the scene: gestures of the browser become cameras. Lives in the render thread."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from layers.camera import Vector
    from layers.flight import Flight
    from layers.stage import Stage
    from twin.scene import Camera

Event = dict[str, Any]

GESTURES = frozenset({"grab", "drag", "turn", "zoom", "step", "look"})
MELTING = frozenset({"drag", "turn"})
TURN_DEG = 180.0
"""A drag across the height of the view turns so far, and tilts half of it."""
STEP_SHARE = 0.08
"""An arrow key moves the view by this share of it."""
STEP_DEG = 6.0
NEARER = 0.4
"""A double click flies to this share of the distance."""


class Hand:
    """Moves the stage's camera; a gesture ends a flight that is under way.

    A mouse tells of more movements than there are frames, and each of them would look for the ground anew:
    gestures wait for the next frame, and those of one kind become one.
    """

    def __init__(self, stage: Stage, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._stage = stage
        self._clock = clock
        self._grabbed: Vector | None = None
        self._flight: tuple[Flight, float] | None = None
        self._waiting: list[Event] = []

    def gesture(self, event: Event) -> None:
        """Take one gesture; places are shares of the view from its left and top."""
        self._flight = None
        last = self._waiting[-1] if self._waiting else {"type": None}
        if event["type"] == last["type"] and event["type"] in MELTING:
            ways = {k: last.get(k, 0.0) + v for k, v in event.items() if k in ("dx", "dy")}
            self._waiting[-1] = last | event | ways
        else:
            self._waiting.append(dict(event))

    def _apply(self, event: Event) -> None:
        stage = self._stage
        x, y = event.get("x", 0.5), event.get("y", 0.5)
        dx, dy = event.get("dx", 0.0), event.get("dy", 0.0)
        match event["type"]:
            case "grab":
                self._grabbed = stage.grab(x, y)
            case "drag":
                stage.pan(self._held(), x=x, y=y)
            case "turn":
                stage.orbit(self._held(), right_deg=TURN_DEG * dx, up_deg=-TURN_DEG / 2 * dy)
            case "zoom":
                factor = math.exp(-min(2.0, max(-2.0, event.get("dlog", 0.0))))
                stage.zoom(stage.grab(x, y), factor=factor)
            case "step" if event.get("turn", 1.0):
                stage.orbit(stage.grab(0.5, 0.5), right_deg=STEP_DEG * dx, up_deg=-STEP_DEG * dy)
            case "step":
                middle = stage.grab(0.5, 0.5)
                stage.pan(middle, x=0.5 - STEP_SHARE * dx, y=0.5 - STEP_SHARE * dy)
            case "look":
                self._fly_near(stage.grab(x, y))

    def fly_to(self, camera: Camera) -> None:
        """Take off towards a camera, from where the gestures so far lead."""
        self._apply_waiting()
        self._take_off(camera)

    def _take_off(self, camera: Camera) -> None:
        self._flight = (self._stage.flight_to(camera), self._clock())

    def advance(self) -> bool:
        """Bring the camera to where hand or flight have it now; False when no flight is under way."""
        self._apply_waiting()
        if self._flight is None:
            return False
        flight, started = self._flight
        seconds = self._clock() - started
        self._stage.camera = flight.at(seconds)
        if seconds >= flight.seconds:
            self._flight = None
        return self._flight is not None

    def _apply_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for event in waiting:
            self._apply(event)

    def _held(self) -> Vector:
        if self._grabbed is None:
            self._grabbed = self._stage.grab(0.5, 0.5)
        return self._grabbed

    def _fly_near(self, point: Vector) -> None:
        camera = self._stage.camera
        nearer = {
            "target_east_m": point[0],
            "target_north_m": point[1],
            "target_m": point[2] / self._stage.exaggeration,
            "distance_m": max(500.0, camera.distance_m * NEARER),
        }
        self._take_off(camera.model_copy(update=nearer))
