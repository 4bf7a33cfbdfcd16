"""Count the browsers that are connected to this view."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wslink.websocket import LinkProtocol


class Visitors(LinkProtocol):  # type: ignore[misc]  # wslink carries no types
    """Counts connections; ``on_change`` gets the number.

    A browser that just vanishes is noticed, too.
    """

    def __init__(self, on_change: Callable[[int], None]) -> None:
        super().__init__()
        self._on_change = on_change
        self._present: set[str] = set()

    def onConnect(self, request: Any, client_id: str) -> None:  # noqa: N802  (wslink's name)
        del request
        self._present.add(client_id)
        self._on_change(len(self._present))

    def onClose(self, client_id: str) -> None:  # noqa: N802
        self._present.discard(client_id)
        self._on_change(len(self._present))
