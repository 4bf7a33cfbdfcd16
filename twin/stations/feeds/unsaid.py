"""Leave out readings that a polled source repeats unchanged.

The same refusal would else be counted at every poll.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping

from twin.stations.intake import Intake, parts_of
from twin.stations.model import Reading

MOST = 200_000
AGAIN_S = 3600.0
"""After so long it is handed over again: what was refused may fit by now (a clock was set)."""

_Key = tuple[str, str, str]


class Unsaid:
    """What of a poll was not handed over before with the same value. A correction is something new.

    A document may say two values for one time: they are handed over together, and are the same again only
    together, else each poll would bring a correction of the one by the other.
    """

    def __init__(self, *, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._said: OrderedDict[_Key, tuple[tuple[str, ...], float]] = OrderedDict()

    async def deliver(self, intake: Intake, feed: str, readings: Iterable[Reading]) -> None:
        """Deliver what is new of a poll, in parts. Raises StoreError; what was kept before it is noted."""
        async for part in parts_of(readings):
            if fresh := self.of(part):
                await intake.deliver(feed, fresh)
                self.remember(fresh)

    def of(self, readings: Iterable[Reading]) -> list[Reading]:
        """Select the readings that are new or corrected."""
        now_s = self._clock_s()
        told = list(readings)
        values = _values(told)
        return [reading for reading in told if not self._known(reading, values, now_s)]

    def remember(self, readings: Iterable[Reading]) -> None:
        """Note readings that were handed over."""
        now_s = self._clock_s()
        for key, values in _values(readings).items():
            self._said[key] = (values, now_s)
            self._said.move_to_end(key)
        while len(self._said) > MOST:
            self._said.popitem(last=False)

    def _known(self, reading: Reading, values: Mapping[_Key, tuple[str, ...]], now_s: float) -> bool:
        try:
            key = _key(reading)
        except (ValueError, RecursionError):
            return False
        found = self._said.get(key)
        return found is not None and found[0] == values.get(key) and now_s - found[1] < AGAIN_S


def _values(readings: Iterable[Reading]) -> dict[_Key, tuple[str, ...]]:
    """All values that are told for each time, in no order: pages of a service have none."""
    found: dict[_Key, set[str]] = {}
    for reading in readings:
        try:
            key, value = _key(reading), _value(reading)
        except (ValueError, RecursionError):  # a number of thousands of digits has no text
            continue
        found.setdefault(key, set()).add(value)
    return {key: tuple(sorted(values)) for key, values in found.items()}


def _key(reading: Reading) -> _Key:
    return repr(reading.station), repr(reading.property), repr(reading.phenomenon_at)


def _value(reading: Reading) -> str:
    return f"{reading.value!r} {reading.unit!r}"
