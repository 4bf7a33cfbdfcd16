"""Decide when a browser is pinged, and when it is cut.

Arithmetic without I/O. A browser that takes nothing of what waits for it is cut after ``STUCK_S``. Two
pictures fit into the buffers of the system, so one that stopped reading may have nothing waiting: where a
picture stays unconfirmed, and where all is quiet, a WebSocket ping has to be answered. A slow line answers
late: it has the time that its pictures took before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

STUCK_S = 2.0
"""A page that is cut comes back by itself, with the Scene that it had."""
DOUBT_S = 1.5
"""A browser of which a picture is unconfirmed for so long is pinged."""
QUIET_S = 30.0
"""A browser of which nothing was heard for so long is pinged."""
QUIET_PATIENCE_S = 15.0


@dataclass(kw_only=True)
class Liveness:
    """Signs of life of one browser.

    ``clock`` must be monotonic.
    """

    clock: Callable[[], float]
    _taken: int = -1
    _taken_at: float = field(init=False)
    _heard_at: float = field(init=False)
    _answered_at: float = field(init=False)
    _pinged_at: float | None = None
    _patience_s: float = STUCK_S

    def __post_init__(self) -> None:
        self._taken_at = self._heard_at = self._answered_at = self.clock()

    def heard(self) -> None:
        """Record a message of any kind."""
        self._heard_at = self.clock()

    def answered(self) -> None:
        """Record the answer to a ping."""
        self._heard_at = self._answered_at = self.clock()
        self._pinged_at = None

    def rests(self, *, waiting: bool, unconfirmed_s: float) -> bool:
        """Return whether a check is needless now.

        Nothing is sent, and it was heard lately. What is sent next has its full time from now.
        """
        if waiting or unconfirmed_s or self._pinged_at is not None:
            return False
        self._taken_at = self.clock()
        return self._taken_at - self._heard_at < QUIET_S

    def look(
        self, *, taken: int, waiting: bool, unconfirmed_s: float, slowest_s: float
    ) -> Literal["", "ping", "cut"]:
        """Return what is to be done now.

        ``taken`` grows with every byte that the browser's system has acknowledged; ``waiting``: more lies
        ready for it. ``unconfirmed_s`` is the age of a picture that was not confirmed, ``slowest_s`` how long
        the browser needed for the slowest of the last ones.
        """
        now = self.clock()
        if taken != self._taken:
            self._taken, self._taken_at = taken, now
        since_taken_s = now - self._taken_at
        if waiting and since_taken_s >= STUCK_S:
            return "cut"
        if self._pinged_at is not None:
            waited_s = min(now - self._pinged_at, since_taken_s)
            return "cut" if waited_s >= self._patience_s else ""
        doubtful = min(unconfirmed_s, now - self._answered_at, since_taken_s) >= DOUBT_S
        if not waiting and (doubtful or now - self._heard_at >= QUIET_S):
            self._patience_s = max(STUCK_S, 2.0 * slowest_s) if doubtful else QUIET_PATIENCE_S
            self._pinged_at = now
            return "ping"
        return ""
