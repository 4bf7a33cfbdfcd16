"""Record the views that were drawn last, by name."""

from __future__ import annotations

import time
from collections.abc import Callable

from meshes.stream.view import View

KEPT_S = 3.0
"""A moving view is drawn several times in this time; one at rest only has what room is left."""
MOST = 3
"""Others whose tiles are counted: each costs a traversal a frame."""


class RecentViews:
    """Views of one stage that are drawn in turn.

    ``clock`` must be monotonic.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._drawn: dict[str, tuple[View, float]] = {}

    def others(self, name: str, view: View) -> list[View]:
        """Record a view that is drawn now.

        Returns the others, the last one first.
        """
        now = self._clock()
        self._drawn.pop(name, None)
        self._drawn = {other: seen for other, seen in self._drawn.items() if now - seen[1] <= KEPT_S}
        found = [seen for seen, _ in reversed(self._drawn.values())][:MOST]
        self._drawn[name] = view, now
        return found
