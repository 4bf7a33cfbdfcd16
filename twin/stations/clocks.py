"""Two clocks: one that people set, and one that only goes on: no step of the first makes a value young."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clocks(Protocol):
    """The time of day, which may step, and seconds that only go on, also while the machine sleeps."""

    def now(self) -> datetime: ...

    def elapsed_s(self) -> float: ...


@dataclass(frozen=True)
class SystemClocks:
    """The machine's own."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def elapsed_s(self) -> float:
        return time.clock_gettime(time.CLOCK_BOOTTIME)


class ForwardClocks:
    """Clocks whose time of day never goes back: where it is set back, it goes on from where it was.

    A value that comes late while a clock is an hour slow would else look an hour younger than it is. The
    price: after a clock was an hour fast for a moment, everything looks an hour older until this program is
    started again; ``lead_s`` says so, and is shown.
    """

    def __init__(self, clocks: Clocks) -> None:
        self._clocks = clocks
        self._day = clocks.now()
        self._elapsed_s = clocks.elapsed_s()

    def now(self) -> datetime:
        """The time of day, or the last one told and what has passed since, whichever is later."""
        self._day = max(self._clocks.now(), self._gone_on())
        self._elapsed_s = self._clocks.elapsed_s()
        return self._day

    def elapsed_s(self) -> float:
        return self._clocks.elapsed_s()

    @property
    def lead_s(self) -> float:
        """By how much this is ahead of the clock as it is set now."""
        return max(0.0, (self._gone_on() - self._clocks.now()).total_seconds())

    def _gone_on(self) -> datetime:
        return self._day + timedelta(seconds=self._clocks.elapsed_s() - self._elapsed_s)
