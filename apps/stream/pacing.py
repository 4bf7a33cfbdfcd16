"""Pace frames: arithmetic of credit and motion, without any I/O."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

REST_S = 0.18
"""So long after the last movement the camera counts as resting, and the still is drawn."""

ACK_TIMEOUT_S = 1.5
"""A frame that no browser has confirmed for so long is taken for lost."""


@dataclass(kw_only=True)
class Credit:
    """Number of frames that may be in flight to the browser.

    Two: one travels or is being painted while the next is drawn. A third would only wait in a queue and
    be old when it is shown. ``clock`` must be monotonic.
    """

    clock: Callable[[], float]
    limit: int = 2
    #: Seconds for which frames waited for their confirmation lately, the slowest of them; a guess at first.
    slowest_s: float = 2.0
    _sent: dict[int, float] = field(default_factory=dict)
    _newest: int = 0
    _since: float | None = None

    def sent(self, number: int) -> None:
        self._newest = number
        self._sent[number] = now = self.clock()
        if self._since is None:
            self._since = now

    def acknowledged(self, number: int) -> None:
        """Acknowledge frame ``number`` and all before it."""
        if self._since is not None:
            self.slowest_s = max(self.unconfirmed_s, 0.5 * self.slowest_s)
            self._since = None if number >= self._newest else self.clock()
        for old in [n for n in self._sent if n <= number]:
            del self._sent[old]

    @property
    def unconfirmed_s(self) -> float:
        """Return seconds since a frame is under way without confirmation, or 0."""
        return 0.0 if self._since is None else self.clock() - self._since

    @property
    def free(self) -> bool:
        return self.wait_s <= 0.0

    @property
    def wait_s(self) -> float:
        """Seconds until a lost frame gives its place back.

        0 when there is room now.
        """
        now = self.clock()
        for number in [n for n, at in self._sent.items() if now - at > ACK_TIMEOUT_S]:
            del self._sent[number]
        if len(self._sent) < self.limit:
            return 0.0
        return max(0.001, ACK_TIMEOUT_S - (now - min(self._sent.values())))

    def forget(self) -> None:
        """Clear frames in flight: the browser is gone."""
        self._sent.clear()
        self._since = None


@dataclass(kw_only=True)
class Motion:
    """State of motion of the picture.

    ``clock`` must be monotonic.
    """

    clock: Callable[[], float]
    until: float = 0.0

    def keep_going(self, seconds: float = REST_S) -> None:
        """Extend the motion until ``seconds`` from now."""
        self.until = max(self.until, self.clock() + seconds)

    @property
    def moving(self) -> bool:
        return self.clock() < self.until

    @property
    def rest_in_s(self) -> float:
        return max(0.0, self.until - self.clock())
