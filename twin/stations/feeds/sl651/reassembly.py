"""Reassemble long messages from packets.

In whatever order and however often they come.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from twin.stations.feeds.sl651.coding import Sl651Frame
from twin.stations.feeds.sl651.message import PICTURE

MOST_PACKETS = 1024
MOST_BYTES = 256 << 10
"""Of one message; the longest that is kept is an hour of many elements, a few kB."""
MOST_OPEN = 256
"""Long messages that may be incomplete at once on one line; the oldest goes first."""
BUDGET_BYTES = 8 << 20
"""What all incomplete messages of all lines may hold together; the oldest goes first."""
SILENT_S, LONGEST_S = 120.0, 900.0
"""An incomplete message goes when no new packet came for so long, or when it took so long in all."""
OVERHEAD = 200
"""Bytes that a packet costs beside its own."""
_OPENING = 64


@dataclass(kw_only=True)
class _Open:
    total: int
    since_s: float
    newest_s: float
    parts: dict[int, bytes] = field(default_factory=dict)
    size: int = 0
    asked: int = 0


_Key = tuple["Assembler", str, int]


class Budget:
    """Memory of incomplete messages, over all lines."""

    def __init__(self, *, most: int = BUDGET_BYTES, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._most, self.clock_s = most, clock_s
        self._open: OrderedDict[_Key, int] = OrderedDict()
        self.held = 0

    def hold(self, key: _Key, size: int) -> None:
        """Set a message's size; drop the oldest to fit."""
        self.release(key)
        self._open[key] = size
        self.held += size
        while self.held > self._most and len(self._open) > 1:
            assembler, station, function = next(iter(self._open))
            assembler.drop(station, function)

    def release(self, key: _Key) -> None:
        """Release a message's memory."""
        self.held -= self._open.pop(key, 0)


class Assembler:
    """Reassembly of one line.

    ``function`` 36H (pictures) is followed without keeping its bytes.
    """

    def __init__(self, budget: Budget | None = None) -> None:
        self._budget = budget or Budget()
        self._open: OrderedDict[tuple[str, int], _Open] = OrderedDict()
        self.dropped = 0

    def take(self, frame: Sl651Frame) -> bytes | None:
        """Add a frame; return the body that it completes.

        Its own where it is no packet; None while parts are missing. Raises ValueError (a slug) for packets
        that cannot belong together.
        """
        if frame.packet is None:
            return frame.body
        total, number = frame.packet
        if total > MOST_PACKETS:
            raise ValueError("too-many-packets")
        self.expire()
        key, now_s = (frame.station, frame.function), self._budget.clock_s()
        found = self._open.get(key)
        if found is None or found.total != total:
            if found is not None:
                self.drop(*key)
            found = self._open[key] = _Open(total=total, since_s=now_s, newest_s=now_s)
        if number not in found.parts:
            body = frame.body
            if frame.function == PICTURE:
                body = body[:_OPENING] if number == 1 else b""
            found.parts[number] = body
            found.size += len(body) + OVERHEAD
            found.newest_s = now_s
        if len(found.parts) == total:
            self._close(key)
            return b"".join(found.parts[k] for k in range(1, total + 1))
        if found.size - OVERHEAD * len(found.parts) > MOST_BYTES:
            self._close(key)
            raise ValueError("too-long")
        self._budget.hold((self, *key), found.size)
        if len(self._open) > MOST_OPEN:
            self.drop(*next(iter(self._open)))
        return None

    def missing(self, station: str, function: int) -> list[int]:
        """Return numbers of missing packets of a message."""
        found = self._open.get((station, function))
        return [] if found is None else [k for k in range(1, found.total + 1) if k not in found.parts]

    def received(self, station: str, function: int) -> frozenset[int]:
        """Return numbers of received packets of a message."""
        found = self._open.get((station, function))
        return frozenset() if found is None else frozenset(found.parts)

    def ask_again(self, station: str, function: int, *, most: int) -> int | None:
        """Return the first missing packet to request again.

        Up to ``most`` times a packet in all; None: do not.
        """
        found = self._open.get((station, function))
        if found is None or found.asked >= most * found.total:
            return None
        found.asked += 1
        return self.missing(station, function)[0]

    @property
    def waiting(self) -> int:
        """Long messages that are not complete."""
        return len(self._open)

    def expire(self) -> None:
        """Drop messages whose packets come no more."""
        now_s = self._budget.clock_s()
        for key, found in list(self._open.items()):
            if now_s - found.newest_s > SILENT_S or now_s - found.since_s > LONGEST_S:
                self.drop(*key)

    def drop(self, station: str, function: int) -> None:
        """Give a message up; it is counted in ``dropped``."""
        if (station, function) in self._open:
            self._close((station, function))
            self.dropped += 1

    def close(self) -> None:
        """Give all up: the line has ended."""
        for key in list(self._open):
            self.drop(*key)

    def _close(self, key: tuple[str, int]) -> None:
        del self._open[key]
        self._budget.release((self, *key))
