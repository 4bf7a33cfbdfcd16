"""The streamed area: the scene as trame-rca sees it, and the gestures that come back from the browser."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.view.render_thread import RenderThread
from apps.view.stream import FrameStream, Meta

logger = logging.getLogger(__name__)

LARGEST = (7680, 4320)
Event = dict[str, Any]


class SceneArea:
    """Draws ``stage`` in the render thread. The stage may come later: :meth:`show`."""

    def __init__(self, thread: RenderThread) -> None:
        self.thread = thread
        self.stream = FrameStream(self)
        self.on_event: dict[str, Callable[[Event], None]] = {
            "painted": self._painted,
            "orbit": self._camera,
            "pan": self._camera,
            "zoom": self._camera,
        }
        self._stage: Any = None
        self._size = (1280, 720)
        self._seen: float | None = None

    def show(self, stage: Any) -> None:
        """The scene is ready: stream it."""
        self._stage = stage
        self.stream.schedule_render()

    async def draw(self, scale: float) -> tuple[NDArray[np.uint8], Meta]:
        """See :class:`apps.view.stream.Area`."""
        if self._stage is None:
            return np.zeros((9, 16, 4), np.uint8), {}
        seen, self._seen = self._seen, None
        width, height = (max(16, round(length * scale)) for length in self._size)
        picture, overlay = await self.thread.call(self._draw, width, height)
        return picture, {"overlay": overlay, "seen": seen}

    def _draw(self, width: int, height: int) -> tuple[NDArray[np.uint8], Meta]:
        stage = self._stage
        stage.resize(width, height)
        return stage.render(), stage.overlay()

    def process_resize_event(self, width: int, height: int) -> None:
        """The browser's window has this many device pixels."""
        self._size = (min(max(16, width), LARGEST[0]), min(max(16, height), LARGEST[1]))
        self.stream.reset()

    def process_interaction_event(self, event: Event) -> None:
        """A gesture or a message of the page's scene; unknown ones and ones without numbers are dropped."""
        handler = self.on_event.get(str(event.get("type")))
        if handler is None:
            return
        numbers = {k: float(v) for k, v in event.items() if isinstance(v, int | float)}
        if all(math.isfinite(v) for v in numbers.values()):
            handler({"type": event["type"], **numbers})

    def _painted(self, event: Event) -> None:
        self.stream.acknowledge(int(event.get("n", 0)))

    def _camera(self, event: Event) -> None:
        if self._stage is None:
            return
        self._seen = event.get("t", self._seen)
        self.thread.post(self._move, event)
        self.stream.move()

    def _move(self, event: Event) -> None:
        camera = self._stage.camera
        match event["type"]:
            case "orbit":
                camera.orbit(event.get("dx", 0.0), event.get("dy", 0.0))
            case "pan":
                camera.pan(event.get("dx", 0.0), event.get("dy", 0.0))
            case "zoom":
                camera.zoom(math.exp(min(2.0, max(-2.0, event.get("dlog", 0.0)))))
