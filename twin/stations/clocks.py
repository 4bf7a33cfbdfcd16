"""Clocks: a settable one and a monotonic one.

No step of the first makes a value young.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

NOISE_S = 0.5
"""Reading two clocks takes a moment; what differs by less is no step."""
WITNESSES = 3
"""So many stations must agree before a clock that was set back is believed."""
PROMPT_S = 900.0
"""A value that tells what time it is has waited no longer."""
HEARD_S = 3600.0


class Clocks(Protocol):
    """Time of day, and monotonic seconds.

    The time of day may step; seconds go on also while the machine sleeps.
    """

    def now(self) -> datetime: ...

    def elapsed_s(self) -> float: ...


@dataclass(frozen=True)
class SystemClocks:
    """Clocks of this machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def elapsed_s(self) -> float:
        return time.clock_gettime(time.CLOCK_BOOTTIME)


class ForwardClocks:
    """Clocks that follow steps forward, but never behind their start.

    A clock set forth and back again is followed at once. A value that comes late while a clock is an hour
    slow would else look an hour younger than it is. So the time of day is the machine's, and never less than
    the one at the start and what has passed since, unless three stations have sent values in the last hour
    that are prompt by the clock as it is set now: it was fast at the start then, and has been set right.
    ``lead_s`` says by how much this is ahead, and is shown.
    """

    def __init__(self, clocks: Clocks) -> None:
        self._clocks = clocks
        self._start = clocks.now()
        self._start_s = clocks.elapsed_s()
        self._step = timedelta(0)
        self._witnesses: dict[str, tuple[float, timedelta]] = {}

    def now(self) -> datetime:
        """Return the time of day, never behind elapsed time.

        That of the start and what has passed since, if later.
        """
        day, steady = self._clocks.now(), self._steady(self._clocks.elapsed_s())
        if abs((day - steady - self._step).total_seconds()) > NOISE_S:
            self._step = day - steady
        if self._step >= timedelta(0):
            return day
        if self._confirmed(self._step):
            self._start += self._step
            self._witnesses = {k: (at, w - self._step) for k, (at, w) in self._witnesses.items()}
            self._step = timedelta(0)
            return day
        return steady

    def elapsed_s(self) -> float:
        return self._clocks.elapsed_s()

    def at(self, elapsed_s: float) -> datetime:
        """Return the time of day at an elapsed time.

        By the clock as it is set now, at a moment of :meth:`elapsed_s`.
        """
        self.now()
        return self._steady(elapsed_s) + max(timedelta(0), self._step)

    @property
    def stepped_s(self) -> float:
        """Steps of the clock since the start, s.

        By how much :meth:`now` differs from the start's time and what has passed since.
        """
        self.now()
        return max(0.0, self._step.total_seconds())

    @property
    def lead_s(self) -> float:
        """Lead of this over the clock as set now, s."""
        return max(0.0, (self.now() - self._clocks.now()).total_seconds())

    def heard(self, station: str, phenomenon_at: datetime) -> None:
        """Record a value's time as a witness.

        It was not later than that when the value came.
        """
        elapsed_s = self._clocks.elapsed_s()
        witness = phenomenon_at - self._steady(elapsed_s)
        before = self._witnesses.get(station)
        if before is None or witness >= before[1] or elapsed_s - before[0] > HEARD_S:
            self._witnesses[station] = (elapsed_s, witness)

    def witnessed(self) -> datetime | None:
        """Return the least time that three stations witness.

        Of the last hour; None where fewer sent.
        """
        elapsed_s = self._clocks.elapsed_s()
        told = sorted(w for at, w in self._witnesses.values() if elapsed_s - at <= HEARD_S)
        return self._steady(elapsed_s) + told[-WITNESSES] if len(told) >= WITNESSES else None

    def newest_heard(self) -> datetime | None:
        """Return the latest time of all values, or None.

        Since the start.
        """
        newest = max((w for _, w in self._witnesses.values()), default=None)
        return None if newest is None else self._steady(self._clocks.elapsed_s()) + newest

    def _steady(self, elapsed_s: float) -> datetime:
        return self._start + timedelta(seconds=elapsed_s - self._start_s)

    def _confirmed(self, step: timedelta) -> bool:
        """Whether stations say that a clock behind the start's is right: prompt by it, not ahead of it."""
        at_least = self.witnessed()
        if at_least is None:
            return False
        behind_s = (self._steady(self._clocks.elapsed_s()) + step - at_least).total_seconds()
        return -NOISE_S <= behind_s <= PROMPT_S
