"""Playback clock of a flood.

Some hours of the flood per second, on monotonic time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

SPEEDS = (1, 3, 6, 12)
"""Hours of the flood per second."""


@dataclass(kw_only=True)
class Playback:
    """Position between ``start`` and ``end``, seconds; ``clock`` must be monotonic."""

    start: float
    end: float
    clock: Callable[[], float]
    speed: int = SPEEDS[1]
    _at: float | None = None
    _since: float | None = None

    @property
    def now(self) -> float:
        """Position of playing; it stops at the end."""
        at = self.start if self._at is None else self._at
        if self._since is None:
            return at
        return min(self.end, at + (self.clock() - self._since) * self.speed * 3600.0)

    @property
    def playing(self) -> bool:
        return self._since is not None and self.now < self.end

    def play(self) -> None:
        """Play on, or from the start when at the end."""
        self._at = self.start if self.now >= self.end else self.now
        self._since = self.clock()

    def pause(self) -> None:
        self._at, self._since = self.now, None

    def seek(self, at: float) -> None:
        """Stop at a time; one outside is moved to the nearer end."""
        self._at, self._since = min(self.end, max(self.start, at)), None

    def set_speed(self, speed: int) -> None:
        """Change the speed without a jump.

        Raises ValueError for one that is not offered.
        """
        if speed not in SPEEDS:
            raise ValueError(f"no such speed: {speed}")
        self._at, since = self.now, self._since
        self._since = None if since is None else self.clock()
        self.speed = speed
