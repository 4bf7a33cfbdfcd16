"""Bring the cameras of a browser, and flights, to a Scene.

The browser moves its camera at once and sends it; what needs the ground is corrected here. Events outnumber
frames and each correction costs a ground raycast: only the newest camera is applied, with the next frame.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from layers.camera import controls

if TYPE_CHECKING:
    from layers.heights import Ground
    from twin.scene import Camera, Scene

Event = Mapping[str, Any]

GRACE_S = 1.0
"""So long after a flight's end a browser that has not flown it is where it leads."""
FARTHEST_M = 1e8


@dataclass(frozen=True, kw_only=True)
class Moved:
    """Browser that sent a camera, and its number there."""

    page: str
    number: int


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Flight for a browser to fly.

    ``www/camera.js`` has the function of time.
    """

    start: Mapping[str, float]
    end: Mapping[str, float]
    seconds: float


class CameraController:
    """Moves a scene's camera over a ground."""

    def __init__(
        self,
        ground: Ground,
        *,
        moved: Moved | None = None,
        jumps: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ground = ground
        self._clock = clock
        self._waiting: Mapping[str, Any] | None = None
        self._landing: tuple[Camera, float] | None = None
        #: Whose camera the scene has, after :meth:`advance`; None where no browser moved it.
        self.moved = moved
        #: How often the scene was given a camera that no browser moves to; those sent before are of no use.
        self.jumps = jumps
        self._mover: Moved | None = None

    def take(self, event: Event) -> bool:
        """Take a browser's camera for the next frame.

        False for what is none, and for one from before the last jump.
        """
        fields, page, number = event.get("camera"), event.get("page"), event.get("n")
        if not (isinstance(fields, dict) and isinstance(page, str) and isinstance(number, int)):
            return False
        if isinstance(jump := event.get("jump"), int) and jump < self.jumps:
            return False
        self._waiting = fields
        self._mover = Moved(page=page[:64], number=number)
        self._landing = None
        return True

    def fly(self, scene: Scene, end: Camera) -> Plan:
        """Return plan a flight to a camera.

        A browser that does not fly it is there when it would have ended.
        """
        flight = controls.flight(scene, self._ground, end)
        self._landing = end, self._clock() + flight.seconds + GRACE_S
        return Plan(start=dict(flight.start), end=dict(flight.end), seconds=flight.seconds)

    def jump(self) -> int:
        """Forget cameras and flights under way; return how many jumps there were.

        The scene has a camera of its own, a link's.
        """
        self._waiting = self._landing = self.moved = None
        self.jumps += 1
        return self.jumps

    @property
    def landing_s(self) -> float | None:
        """Return seconds until a server's flight ends, or None.

        A flight that no browser has flown.
        """
        return None if self._landing is None else max(0.0, self._landing[1] - self._clock())

    def advance(self, scene: Scene) -> Scene:
        """Return the scene with the newest camera.

        Above ground and water.
        """
        if self._waiting is not None:
            camera = camera_of(self._waiting, scene.camera)
            self._waiting, self.moved = None, self._mover
            return controls.aimed_at_surface(scene, self._ground, camera)
        if self._landing is not None and self._clock() >= self._landing[1]:
            (camera, _), self._landing = self._landing, None
            return controls.kept_above(scene.changed(camera=camera), self._ground)
        return scene


def camera_of(fields: Mapping[str, Any], before: Camera) -> Camera:
    """Read a camera; what is no finite number stays as it was.

    The ground is not looked at.
    """
    found = {}
    for name in type(before).model_fields:
        value = fields.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            found[name] = float(min(FARTHEST_M, max(-FARTHEST_M, value)))
    if "heading_deg" in found:
        found["heading_deg"] = found["heading_deg"] % 360.0 % 360.0
    if "pitch_deg" in found:
        found["pitch_deg"] = min(90.0, max(-90.0, found["pitch_deg"]))
    if "view_angle_deg" in found:
        found["view_angle_deg"] = min(120.0, max(5.0, found["view_angle_deg"]))
    if "distance_m" in found:
        found["distance_m"] = max(1.0, found["distance_m"])
    return before.model_copy(update=found)


def as_message(plan: Plan) -> dict[str, Any]:
    """Return a flight as it is sent to browsers."""
    return {"type": "flight", "flight": asdict(plan)}
