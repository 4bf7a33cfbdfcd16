"""Limit rates with a token bucket that returns how long to wait."""

from __future__ import annotations

import time
from collections.abc import Callable


class Bucket:
    """Token bucket: up to ``burst``, refilled by ``per_s``.

    It may go into debt, which is waited off. Who takes first is served first, so several who wait for one
    bucket take turns.
    """

    def __init__(self, *, per_s: float, burst: float, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._per_s, self._burst, self._clock_s = per_s, burst, clock_s
        self._tokens, self._then_s = burst, clock_s()

    @property
    def tokens(self) -> float:
        """Tokens now; negative in debt."""
        now_s = self._clock_s()
        self._tokens = min(self._burst, self._tokens + (now_s - self._then_s) * self._per_s)
        self._then_s = now_s
        return self._tokens

    @property
    def wait_s(self) -> float:
        """Seconds until it is out of debt."""
        return max(0.0, -self.tokens / self._per_s)

    def take(self, count: float = 1.0) -> float:
        """Take tokens, there or not; how long to wait for them, s."""
        self._tokens = self.tokens - count
        return self.wait_s
