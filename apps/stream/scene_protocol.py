"""Carry pictures to the browsers, and sizes and cameras back."""

from __future__ import annotations

import math
from typing import Any

from wslink import register
from wslink.websocket import LinkProtocol

from apps.boot_clock import boot_clock_s
from apps.stream.frame_stream import Meta
from apps.stream.scene_view import SceneView

TOPIC = "twin.scene.picture"
SLOW_BYTES_PER_S = 25_000.0
METHODS = ("twin.scene.size", "twin.scene.event", "twin.scene.reset")


class SceneProtocol(LinkProtocol):  # type: ignore[misc]  # wslink carries no types
    """Scene's methods and topic.

    Nothing happens before there is a view to :meth:`serve`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._view: SceneView | None = None
        #: Whether the browser shows the scene: pictures before that would only hold back what it waits for.
        self.joined = False

    def serve(self, view: SceneView) -> None:
        """Serve this view's pictures and messages from now on."""
        self._view = view
        view.stream.set_push_callback(self._push)
        # What is being drawn when the browser joins reaches it, too: light, whatever its line is.
        view.stream.credit.line.seconds_per_byte = 1.0 / SLOW_BYTES_PER_S

    @register("twin.scene.size")  # type: ignore[untyped-decorator]
    def resize(self, width: Any, height: Any) -> None:
        """Take the size of a browser's scene in device pixels.

        What is no size is dropped.
        """
        sizes = [float(v) for v in (width, height) if type(v) in (int, float) and math.isfinite(v)]
        if self._view is not None and len(sizes) == 2:
            self._view.resize(*sizes)

    @register("twin.scene.event")  # type: ignore[untyped-decorator]
    def event(self, event: Any) -> float | None:
        """Take a camera or a message of a browser's scene.

        The answer to its hello is the clock by which it counts ages.
        """
        if not isinstance(event, dict):
            return None
        if event.get("type") == "hello":
            return boot_clock_s()
        if self._view is not None:
            self._view.take(event)
        return None

    @register("twin.scene.reset")  # type: ignore[untyped-decorator]
    def reset(self, bytes_per_s: Any = None) -> None:
        """Send a picture: a browser has joined.

        It has measured its line while it loaded; what is no rate is dropped.
        """
        is_rate = isinstance(bytes_per_s, int | float) and math.isfinite(bytes_per_s) and bytes_per_s > 0
        self.joined = True
        if self._view is not None:
            self._view.stream.join(float(bytes_per_s) if is_rate else None)

    def _push(self, content: bytes, meta: Meta) -> None:
        if self.joined:
            self.publish(TOPIC, {"meta": meta, "content": self.addAttachment(content)})
