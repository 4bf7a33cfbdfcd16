"""Turn the browser's gestures, and flights to a camera, into a Scene's camera.

Mouse events outnumber frames and each costs a ground raycast: gestures wait for the next frame, and those of
one kind are merged.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from layers.camera import controls

if TYPE_CHECKING:
    from layers.camera.camera import Vector
    from layers.camera.flight import Flight
    from layers.heights import Ground
    from twin.scene import Camera, Scene

Event = dict[str, Any]

GESTURES = frozenset({"grab", "drag", "turn", "zoom", "step", "look"})
MERGED = frozenset({"drag", "turn"})
TURN_DEG = 180.0
"""A drag across the height of the view turns so far, and tilts half of it."""
STEP_SHARE = 0.08
"""An arrow key moves the view by this share of it."""
STEP_DEG = 6.0
NEARER = 0.4
"""A double click flies to this share of the distance."""


class CameraController:
    """Moves the camera over a ground; a gesture ends a flight that is under way.

    Places are shares of the view from its left and top.
    """

    def __init__(self, ground: Ground, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._ground = ground
        self._clock = clock
        self._grabbed: Vector | None = None
        self._flight: tuple[Flight, float] | None = None
        self._waiting: list[Event | Camera] = []

    @property
    def flying(self) -> bool:
        """Whether a flight is under way: the next frame will have another camera."""
        return self._flight is not None

    def gesture(self, event: Event) -> None:
        """Take one gesture of ``GESTURES``, applied by the next :meth:`advance`."""
        self._flight = None
        last = self._waiting[-1] if self._waiting else None
        if isinstance(last, dict) and event["type"] == last["type"] and event["type"] in MERGED:
            ways = {k: last.get(k, 0.0) + v for k, v in event.items() if k in ("dx", "dy")}
            self._waiting[-1] = last | event | ways
        else:
            self._waiting.append(dict(event))

    def fly_to(self, camera: Camera) -> None:
        """Take off towards a camera, from where the gestures so far lead."""
        self._waiting.append(camera)

    def advance(self, scene: Scene, *, aspect: float) -> Scene:
        """The scene with its camera where gestures or a flight have it now."""
        waiting, self._waiting = self._waiting, []
        for event in waiting:
            if isinstance(event, dict):
                scene = self._applied(event, scene, aspect)
            else:
                self._take_off(scene, event)
        if self._flight is None:
            return scene
        flight, started = self._flight
        seconds = self._clock() - started
        if seconds >= flight.seconds:
            self._flight = None
        return scene.changed(camera=flight.at(seconds))

    def _applied(self, event: Event, scene: Scene, aspect: float) -> Scene:
        ground = self._ground

        def grabbed(x: float, y: float) -> Vector:
            return controls.grabbed_at(scene, ground, x, y, aspect=aspect)

        def held() -> Vector:
            if self._grabbed is None:
                self._grabbed = grabbed(0.5, 0.5)
            return self._grabbed

        x, y = event.get("x", 0.5), event.get("y", 0.5)
        dx, dy = event.get("dx", 0.0), event.get("dy", 0.0)
        after = scene
        match event["type"]:
            case "grab":
                self._grabbed = grabbed(x, y)
            case "drag":
                after = controls.pan(scene, ground, held(), to=(x, y), aspect=aspect)
            case "turn":
                right_deg, up_deg = TURN_DEG * dx, -TURN_DEG / 2 * dy
                after = controls.orbit(scene, ground, held(), right_deg=right_deg, up_deg=up_deg)
            case "zoom":
                factor = math.exp(-min(2.0, max(-2.0, event.get("dlog", 0.0))))
                after = controls.zoom(scene, ground, grabbed(x, y), factor=factor)
            case "step" if event.get("turn", 1.0):
                right_deg, up_deg = STEP_DEG * dx, -STEP_DEG * dy
                middle = grabbed(0.5, 0.5)
                after = controls.orbit(scene, ground, middle, right_deg=right_deg, up_deg=up_deg)
            case "step":
                to = (0.5 - STEP_SHARE * dx, 0.5 - STEP_SHARE * dy)
                after = controls.pan(scene, ground, grabbed(0.5, 0.5), to=to, aspect=aspect)
            case "look":
                self._take_off(scene, _nearer(scene, grabbed(x, y)))
        return after

    def _take_off(self, scene: Scene, camera: Camera) -> None:
        self._flight = (controls.flight(scene, self._ground, camera), self._clock())


def _nearer(scene: Scene, point: Vector) -> Camera:
    """The camera before a point, at a share of its distance now."""
    return scene.camera.model_copy(
        update={
            "target_east_m": point[0],
            "target_north_m": point[1],
            "target_m": point[2] / scene.exaggeration,
            "distance_m": max(500.0, NEARER * scene.camera.distance_m),
        }
    )
