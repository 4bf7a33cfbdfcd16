"""Leave out readings that a polled source repeats unchanged.

The same refusal would else be counted at every poll.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable

from twin.stations.intake import Intake, parts_of
from twin.stations.model import Reading

MOST = 200_000
AGAIN_S = 3600.0
"""After so long it is handed over again: what was refused may fit by now (a clock was set)."""

_Key = tuple[str, str, str]


class Unsaid:
    """What of a poll was not handed over before with the same value. A correction is something new."""

    def __init__(self, *, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._said: OrderedDict[_Key, tuple[str, float]] = OrderedDict()

    async def deliver(self, intake: Intake, feed: str, readings: Iterable[Reading]) -> None:
        """Deliver what is new of a poll, in parts. Raises StoreError; what was kept before it is noted."""
        async for part in parts_of(readings):
            if fresh := self.of(part):
                await intake.deliver(feed, fresh)
                self.remember(fresh)

    def of(self, readings: Iterable[Reading]) -> list[Reading]:
        """Select the readings that are new or corrected."""
        now_s = self._clock_s()
        return [reading for reading in readings if not self._known(reading, now_s)]

    def remember(self, readings: Iterable[Reading]) -> None:
        """Note readings that were handed over."""
        now_s = self._clock_s()
        for reading in readings:
            try:
                key, value = _key(reading), _value(reading)
            except (ValueError, RecursionError):  # a number of thousands of digits has no text
                continue
            self._said[key] = (value, now_s)
            self._said.move_to_end(key)
        while len(self._said) > MOST:
            self._said.popitem(last=False)

    def _known(self, reading: Reading, now_s: float) -> bool:
        try:
            found = self._said.get(_key(reading))
            return found is not None and found[0] == _value(reading) and now_s - found[1] < AGAIN_S
        except (ValueError, RecursionError):
            return False


def _key(reading: Reading) -> _Key:
    return repr(reading.station), repr(reading.property), repr(reading.phenomenon_at)


def _value(reading: Reading) -> str:
    return f"{reading.value!r} {reading.unit!r}"
