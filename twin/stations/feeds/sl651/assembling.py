"""Long messages: their packets put together, in whatever order and however often they come."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from twin.stations.feeds.sl651.frame import Frame

MOST_PACKETS = 1024
MOST_BYTES = 4 << 20
MOST_OPEN = 256
"""Long messages that may be incomplete at once, over all stations of a connection; the oldest goes first."""


@dataclass
class _Open:
    total: int
    parts: dict[int, bytes] = field(default_factory=dict)


class Assembler:
    """Of one connection."""

    def __init__(self) -> None:
        self._open: OrderedDict[tuple[str, int], _Open] = OrderedDict()

    def take(self, frame: Frame) -> bytes | None:
        """The whole body that a frame completes, its own where it is no packet; None while parts are missing.

        Raises ValueError (a slug) for packets that cannot belong together.
        """
        if frame.packet is None:
            return frame.body
        total, number = frame.packet
        if total > MOST_PACKETS:
            raise ValueError("too-many-packets")
        key = (frame.station, frame.function)
        found = self._open.get(key)
        if found is None or found.total != total:
            found = self._open[key] = _Open(total)
        self._open.move_to_end(key)
        found.parts[number] = frame.body
        if sum(map(len, found.parts.values())) > MOST_BYTES:
            del self._open[key]
            raise ValueError("too-long")
        if len(found.parts) < total:
            if len(self._open) > MOST_OPEN:
                self._open.popitem(last=False)
            return None
        del self._open[key]
        return b"".join(found.parts[k] for k in range(1, total + 1))

    def missing(self, station: str, function: int) -> list[int]:
        """Numbers of the packets that are still to come of a long message."""
        found = self._open.get((station, function))
        return [] if found is None else [k for k in range(1, found.total + 1) if k not in found.parts]

    @property
    def waiting(self) -> int:
        """Long messages that are not complete."""
        return len(self._open)
