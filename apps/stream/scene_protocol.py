"""Carry pictures to the browsers, and sizes and cameras back."""

from __future__ import annotations

import math
from typing import Any

from wslink import register
from wslink.websocket import LinkProtocol

from apps.stream.frame_stream import Meta
from apps.stream.scene_view import SceneView

TOPIC = "twin.scene.picture"
METHODS = ("twin.scene.size", "twin.scene.event", "twin.scene.reset")


class SceneProtocol(LinkProtocol):  # type: ignore[misc]  # wslink carries no types
    """Scene's methods and topic.

    Nothing happens before there is a view to :meth:`serve`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._view: SceneView | None = None

    def serve(self, view: SceneView) -> None:
        """Serve this view's pictures and messages from now on."""
        self._view = view
        view.stream.set_push_callback(self._push)

    @register("twin.scene.size")  # type: ignore[untyped-decorator]
    def resize(self, width: Any, height: Any) -> None:
        """Take the size of a browser's scene in device pixels.

        What is no size is dropped.
        """
        sizes = [v for v in (width, height) if isinstance(v, int | float) and math.isfinite(v)]
        if self._view is not None and len(sizes) == 2:
            self._view.resize(int(sizes[0]), int(sizes[1]))

    @register("twin.scene.event")  # type: ignore[untyped-decorator]
    def event(self, event: Any) -> None:
        """Take a camera or a message of a browser's scene."""
        if self._view is not None and isinstance(event, dict):
            self._view.take(event)

    @register("twin.scene.reset")  # type: ignore[untyped-decorator]
    def reset(self) -> None:
        """Send a picture: a browser has joined."""
        if self._view is not None:
            self._view.stream.reset()

    def _push(self, content: bytes, meta: Meta) -> None:
        self.publish(TOPIC, {"meta": meta, "content": self.addAttachment(content)})
