"""Split a stream of bytes into frames.

It may be cut anywhere, hold several at once, or junk between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from twin.stations.feeds.sl651.coding import (
    ACK,
    ASCII_HEAD,
    ENQ,
    EOT,
    ETB,
    ETX,
    HEAD,
    LONGEST,
    LONGEST_BODY,
    NAK,
    SOH,
    START,
    Damage,
    Sl651Frame,
    crc16,
    is_whole,
    read,
    sizes,
)

__all__ = [
    "ACK",
    "ENQ",
    "EOT",
    "ETB",
    "ETX",
    "LONGEST",
    "LONGEST_BODY",
    "NAK",
    "Damage",
    "Sl651Frame",
    "Splitter",
    "crc16",
]

_HEX_DIGITS = b"[0-9A-Fa-f]"
_HEADS = {
    up: re.compile(
        rb"\x7e\x7e.{9}" + (rb"[\x00-\x0f]" if up else rb"[\x80-\x8f]") + rb".[\x02\x16]"
        rb"|\x01" + _HEX_DIGITS + rb"{18}" + (b"0" if up else b"8") + _HEX_DIGITS + rb"{3}[\x02\x16]",
        re.DOTALL,
    )
    for up in (True, False)
}
"""A head in HEX or in ASCII coding: cheap to look for, so false starts cost little more than their bytes."""


class Splitter:
    """Finds frames of both codings.

    Holds no more than one longest frame.
    """

    def __init__(self, *, up: bool = True) -> None:
        self._up = up
        self._held = b""

    def feed(self, data: bytes) -> Iterator[Sl651Frame | Damage]:
        """Return frames and damages completed by these bytes.

        All bytes come out in one of them, once.
        """
        return self._split(self._held + data, last=False)

    def give_up(self) -> list[Sl651Frame | Damage]:
        """Return all that is held, without waiting for more."""
        return list(self._split(self._held, last=True))

    def look_behind(self) -> list[Sl651Frame | Damage]:
        """Return held pieces if a whole frame lies behind.

        Behind the start of one that does not go on; else nothing. A start that was cut off, or was none,
        would keep the reports behind it waiting for up to 4 kB more.
        """
        held = self._held
        found = self.give_up()
        if any(isinstance(piece, Sl651Frame) for piece in found):
            return found
        self._held = held
        return []

    @property
    def rest(self) -> bytes:
        """Bytes of a frame that is not complete."""
        return self._held

    def _split(self, data: bytes, *, last: bool) -> Iterator[Sl651Frame | Damage]:
        self._held = b""
        at = 0
        while at < len(data):
            start, head = self._next(data, at)
            if start > at:
                yield Damage(reason="junk", data=data[at:start])
            if head is None:
                at = start
                break
            piece, end = self._piece(data, start, head, last=last)
            if piece is None:
                self._held = data[start:]
                return
            yield piece
            at = end
        if last and at < len(data):
            yield Damage(reason="half-frame", data=data[at:])
        elif at < len(data):
            self._held = data[at:]

    def _next(self, data: bytes, at: int) -> tuple[int, bytes | None]:
        """Where the next head begins, and the head; without a whole one where the start of one may lie."""
        found = _HEADS[self._up].search(data, at)
        if found is not None:
            return found.start(), found.group()
        tails = range(max(at, len(data) - ASCII_HEAD + 1), len(data))
        return next((k for k in tails if _may_begin(data[k:])), len(data)), None

    def _piece(
        self, data: bytes, start: int, head: bytes, *, last: bool
    ) -> tuple[Sl651Frame | Damage | None, int]:
        """The frame of a head and where it ends, or its damage up to the next head; None: more must come."""
        short = False
        for size in sizes(head):
            whole = data[start : start + size]
            if len(whole) < size:
                short = True
            elif is_whole(whole):
                return read(whole, up=self._up), start + size
        if short and not last:
            return None, start
        following, _ = self._next(data, start + 1)  # a frame may begin in what was taken for a body
        return Damage(reason="half-frame" if short else "bad-crc", data=data[start:following]), following


def _may_begin(tail: bytes) -> bool:
    """Whether bytes at the end of a stream may be the start of a head."""
    if tail[:1] == SOH:
        return re.fullmatch(_HEX_DIGITS + b"*", tail[1:]) is not None
    return tail == START[:1] or (tail[:2] == START and len(tail) < HEAD)
