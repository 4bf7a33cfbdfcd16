"""Hold what waits for a browser: newest picture, merged state, answers.

What waits is bounded however slow the browser is: one picture, one value of each key, and so many bytes of
answers. Nothing is packed before it is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from apps.hub.calls import as_answer
from apps.stream.frame_stream import OVERLAY
from apps.stream.scene_protocol import TOPIC as PICTURES

STATE = "trame.state.topic"
PICTURE = "image/jpeg"
MOST_ANSWERS = 4 * 1024 * 1024
"""Bytes of answers that may wait; the page's whole state takes less than 200 kB."""


class Outbox:
    """Queue of messages for one browser.

    The newest picture replaces one that waits, and an overlay that waits for that picture; state is merged by
    key, so that none is lost.
    """

    def __init__(self) -> None:
        #: By what may replace each other, in the order they are sent.
        self._waiting: dict[str, bytes | tuple[str, Any]] = {}
        self._some = asyncio.Event()
        self._count = 0
        self._answers = 0

    @property
    def overfull(self) -> bool:
        """Return whether more answers are queued than a page requests."""
        return self._answers > MOST_ANSWERS

    def answer(self, message: bytes) -> None:
        """Add a packed answer."""
        self._count += 1
        self._answers += len(message)
        self._put(f"answer:{self._count}", message)

    def publish(self, topic: str, content: Any) -> None:
        """Add what has changed."""
        kind = topic
        if topic == STATE:
            content = {**self._content(STATE), **content}
        elif topic == PICTURES:
            kind = f"{topic}:{content['meta'].get('type')}"
            if kind == f"{PICTURES}:{PICTURE}":
                self._waiting.pop(f"{PICTURES}:{OVERLAY}", None)
                content = _since(content, self._content(kind))
        else:
            self._count += 1
            kind = f"{topic}:{self._count}"
        self._put(kind, (topic, content))

    async def next(self) -> bytes:
        """Remove the message that is sent next.

        Waits for one.
        """
        while not self._waiting:
            self._some.clear()
            await self._some.wait()
        found = self._waiting.pop(next(iter(self._waiting)))
        if isinstance(found, bytes):
            self._answers -= len(found)
            return found
        self._count += 1
        return as_answer(f"publish:{found[0]}:{self._count}", found[1])

    def _put(self, kind: str, what: bytes | tuple[str, Any]) -> None:
        self._waiting[kind] = what
        self._some.set()

    def _content(self, kind: str) -> Mapping[str, Any]:
        found = self._waiting.get(kind)
        return found[1] if isinstance(found, tuple) else {}


def _since(picture: Mapping[str, Any], replaced: Mapping[str, Any]) -> Mapping[str, Any]:
    """A picture with the oldest cause of those that it replaces: from it the delay is measured."""
    seen = replaced.get("meta", {}).get("seen")
    if seen is None:
        return picture
    return {**picture, "meta": {**picture["meta"], "seen": seen}}
