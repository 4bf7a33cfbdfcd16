"""Stream one scene to many browsers, whose camera the server flies.

No acknowledgement paces it: pictures of a movement come at most ``RATE`` a second, and each browser moves the
newest one along the same flight by itself.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apps.painter.leases import Priority
from apps.painter.viewport import Box, Viewport
from apps.stream.scene_view import SceneView
from layers.camera import controls

if TYPE_CHECKING:
    from apps.painter.jpeg import Jpeg
    from apps.painter.messages import Paint
    from apps.stream.frame_stream import Meta
    from layers.camera.flight import Flight
    from layers.governor import Sharpness
    from twin.scene import Camera

RATE = 5.0
"""True pictures a second of a movement; more would take the painters from the desks."""
STEP_S, UNSEEN_STEP_S = 0.05, 1.0


@dataclass(frozen=True, kw_only=True)
class _UnderWay:
    """A flight and when it began, s."""

    flight: Flight
    since_s: float


class WallView(SceneView):
    """Scene of the wall, drawn once for all who watch.

    Nothing is drawn while nobody does (:attr:`watched`).
    """

    def __init__(self, *args: Any, clock: Callable[[], float] = time.monotonic, **how: Any) -> None:
        super().__init__(*args, **how)
        self.stream.credit.limit = 1
        self._clock = clock
        self.watched: Callable[[], bool] = lambda: True
        self._under_way: _UnderWay | None = None
        self._flying: asyncio.Task[None] | None = None
        self._begun_s = 0.0
        #: Request of the newest frame.
        self.drawn: Paint | None = None
        #: A flight begins.
        self.on_flight: Callable[[Flight], None] = lambda flight: None

    def fit(self, width: int, height: int, *, covered: Sequence[Box] = (), zoom: float = 1.0) -> None:
        """Set the wall's size, pixels, and the boxes under panels.

        Names are placed as in a view smaller by ``zoom``, which pages magnify.
        """
        panels = tuple((x / zoom, y / zoom, r / zoom, b / zoom) for x, y, r, b in covered)
        self._viewport = Viewport(width=width / zoom, height=height / zoom, panels=panels)
        self.resize(width, height)

    def priority(self, sample: int | None) -> Priority:
        """Return the class of a frame: the wall's, or a smoothing still's."""
        return Priority.WALL if sample in (None, 0) else Priority.STILL

    async def draw(self, sharpness: Sharpness, **how: Any) -> tuple[Jpeg | None, Meta] | None:
        """Draw a frame, or nothing while nobody watches."""
        if not self.watched():
            return None
        self._begun_s = self._clock()
        return await super().draw(sharpness, **how)

    def _request(self, *, sample: int | None, **how: Any) -> tuple[Paint, Meta]:
        self.drawn, about = super()._request(sample=sample, **how)
        return self.drawn, about

    def sent(self, number: int, *, still: bool) -> None:
        """Acknowledge a frame: in a flight at the rate, else at once."""
        wait_s = 0.0 if still or not self.flying else max(0.0, self._begun_s + 1.0 / RATE - self._clock())
        asyncio.get_running_loop().call_later(wait_s, self.stream.acknowledge, number)

    # -- flights --------------------------------------------------------------------------------------

    def fly_to(self, camera: Camera) -> None:
        """Fly the camera on the server and in every browser."""
        if self._owner is None:
            return
        self._advance()
        flight = controls.flight(self._owner.scene, self._owner.ground, camera)
        self._under_way = _UnderWay(flight=flight, since_s=self._clock())
        self.on_flight(flight)
        if (message := self.flight_message()) is not None:
            self.stream.push(message)
        if self._flying is None or self._flying.done():
            self._flying = asyncio.create_task(self._fly())

    def stop(self) -> None:
        """Leave the camera where it is now."""
        self._advance()
        self._under_way = None
        self.stream.push({"type": "flight", "flight": None})

    @property
    def flying(self) -> bool:
        """Whether a flight is under way."""
        return self._under_way is not None

    def flight_message(self) -> dict[str, Any] | None:
        """Return the flight under way as browsers join it; None without one."""
        if self._under_way is None:
            return None
        flight = self._under_way.flight
        plan = {
            "start": dict(flight.start),
            "end": dict(flight.end),
            "seconds": flight.seconds,
            "elapsed": self._clock() - self._under_way.since_s,
        }
        return {"type": "flight", "flight": plan}

    async def _fly(self) -> None:
        self._advance()
        while self.flying:
            self.stream.move()
            await asyncio.sleep(STEP_S if self.watched() else UNSEEN_STEP_S)
            self._advance()
        self.stream.rest()

    def _advance(self) -> None:
        """Give the scene the camera of the flight at this moment."""
        if self._owner is None or (under_way := self._under_way) is None:
            return
        seconds = self._clock() - under_way.since_s
        if seconds >= under_way.flight.seconds:
            self._under_way = None
        camera = under_way.flight.at(seconds)
        self._owner.do(lambda scene: scene.changed(camera=camera))

    async def close(self) -> None:
        """Draw nothing any more."""
        if self._flying is not None:
            self._flying.cancel()
            await asyncio.gather(self._flying, return_exceptions=True)
        await super().close()
