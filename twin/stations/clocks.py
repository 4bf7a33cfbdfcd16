"""Two clocks: one that people set, and one that only goes on. A step of the first never makes a value young."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
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
