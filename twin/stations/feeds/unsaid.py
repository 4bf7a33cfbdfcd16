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
_Values = dict[_Key, set[str]]


class Unsaid:
    """Filter of values not delivered before.

    Of a poll, with the same value. A correction is something new. A document may say two values for one time:
    they are handed over together, and are the same again only together, else each poll would bring a
    correction of the one by the other.
    """

    def __init__(self, *, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._said: OrderedDict[_Key, tuple[tuple[str, ...], float]] = OrderedDict()

    async def deliver(self, intake: Intake, feed: str, readings: Iterable[Reading]) -> None:
        """Deliver what is new of a poll, in parts.

        Raises StoreError: the next poll delivers it again.
        """
        told: list[Reading] = []
        values: _Values = {}
        async for part in parts_of(readings):
            told += part
            _collect(part, values)
        now_s = self._clock_s()
        fresh = [r async for part in parts_of(told) for r in part if not self._known(r, values, now_s)]
        async for part in parts_of(fresh):
            await intake.deliver(feed, part)
        async for part in parts_of(fresh):
            self._note(part, values)

    def _note(self, readings: Iterable[Reading], values: _Values) -> None:
        now_s = self._clock_s()
        for reading in readings:
            key = _key(reading)
            if key is not None and key in values:
                self._said[key] = (tuple(sorted(values[key])), now_s)
                self._said.move_to_end(key)
        while len(self._said) > MOST:
            self._said.popitem(last=False)

    def _known(self, reading: Reading, values: _Values, now_s: float) -> bool:
        key = _key(reading)
        found = None if key is None else self._said.get(key)
        if key is None or found is None or key not in values:
            return False
        return found[0] == tuple(sorted(values[key])) and now_s - found[1] < AGAIN_S


def _collect(readings: Iterable[Reading], values: _Values) -> None:
    """Add all values that are told for each time, in no order: pages of a service have none."""
    for reading in readings:
        key, value = _key(reading), _value(reading)
        if key is not None and value is not None:
            values.setdefault(key, set()).add(value)


def _key(reading: Reading) -> _Key | None:
    try:
        return repr(reading.station), repr(reading.property), repr(reading.phenomenon_at)
    except (ValueError, RecursionError):  # a number of thousands of digits has no text
        return None


def _value(reading: Reading) -> str | None:
    try:
        return f"{reading.value!r} {reading.unit!r}"
    except (ValueError, RecursionError):
        return None
