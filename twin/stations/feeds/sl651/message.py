"""Parse messages: a frame's body, or all packets of one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from twin.stations.feeds.sl651 import body_ascii, body_hex, body_typed
from twin.stations.feeds.sl651.content import BodyContent, Value
from twin.stations.feeds.sl651.times import MessageError, time_of

KEEP_ALIVE, TEST, UNIFORM, TIMED, EXTRA, HOURLY, MANUAL, PICTURE = range(0x2F, 0x37)
ASKED_PERIOD, ASKED_MANUAL = 0x38, 0x39
REPORTS = (TEST, UNIFORM, TIMED, EXTRA, HOURLY, 0x37, ASKED_PERIOD, 0x3A)
"""Functions whose elements are values."""
TYPED = (MANUAL, ASKED_MANUAL)
EQUAL_STEPS = (UNIFORM, ASKED_PERIOD)
"""Functions that name an element once and then give its values in equal steps."""
SETTINGS = range(0x40, 0x52)
"""Settings, states and controls: answers to what we never ask, and reports of them; no values."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """Whole message of a station.

    Times are in UTC. See :class:`BodyContent` for what it holds.
    """

    station: str
    function: int
    serial: int
    sent_at: datetime
    content: BodyContent = field(default_factory=BodyContent)

    @property
    def values(self) -> tuple[Value, ...]:
        return tuple(self.content.values)

    @property
    def unknown(self) -> tuple[int | str, ...]:
        return tuple(identifier for _, identifier in self.content.unknown)

    @property
    def text(self) -> str:
        return self.content.text

    @property
    def picture(self) -> bytes:
        return self.content.picture

    @property
    def status(self) -> int | None:
        return self.content.status


def read_message(station: str, function: int, body: bytes) -> Message:
    """Parse a body in either coding.

    Raises MessageError. In ASCII a body begins with 16 digits; in HEX the month and the hour are none.
    """
    ascii_ = body[4:16].isdigit()
    serial, sent_at, rest = _opening_ascii(body) if ascii_ else _opening_hex(body)
    if function in TYPED:
        content = body_typed.read(rest, station=station, sent_at=sent_at)
    elif function == PICTURE:
        content = BodyContent(picture=_picture(rest, b"PIC " if ascii_ else b"\xf3\xf3"))
    elif function not in REPORTS:
        content = BodyContent()
    elif ascii_:
        content = body_ascii.read(rest, station=station, sent_at=sent_at)
    else:
        content = body_hex.read(rest, station=station, sent_at=sent_at, equal_steps=function in EQUAL_STEPS)
    return Message(station=station, function=function, serial=serial, sent_at=sent_at, content=content)


def _opening_hex(body: bytes) -> tuple[int, datetime, bytes]:
    if len(body) < 8:
        raise MessageError("short-body")
    return int.from_bytes(body[:2], "big"), time_of(body[2:8].hex()), body[8:]


def _opening_ascii(body: bytes) -> tuple[int, datetime, bytes]:
    if len(body) < 16:
        raise MessageError("short-body")
    try:
        return int(body[:4], 16), time_of(body[4:16].decode("ascii")), body[16:]
    except ValueError as error:
        raise error if isinstance(error, MessageError) else MessageError("bad-text") from None


def _picture(rest: bytes, sign: bytes) -> bytes:
    """The bytes of a JPEG behind its identifier."""
    found = rest.find(sign)
    if found < 0:
        raise MessageError("no-picture")
    return rest[found + len(sign) :]
