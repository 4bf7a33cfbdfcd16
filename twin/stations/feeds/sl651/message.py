"""Messages: what the body of a whole frame, or of all packets of a long one, says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

from twin.stations.feeds.sl651 import elements as el

BEIJING = timezone(timedelta(hours=8))
FIVE_MINUTES = timedelta(minutes=5)

KEEP_ALIVE, TEST, TIMED, EXTRA, HOURLY, MANUAL, PICTURE = 0x2F, 0x30, 0x32, 0x33, 0x34, 0x35, 0x36
ANSWERS = (0x37, 0x38, 0x3A)
REPORTS = (TEST, TIMED, EXTRA, HOURLY, *ANSWERS)
"""Functions whose elements are values."""


class MessageError(ValueError):
    """A body that does not hold together; the message is a slug."""


@dataclass(frozen=True, kw_only=True)
class Value:
    """One element at its time; ``value`` is None for missing."""

    identifier: int
    at: datetime
    value: float | None


@dataclass(frozen=True, kw_only=True)
class Message:
    """A whole message of a station. Times are in UTC. ``unknown`` are identifiers without a meaning here."""

    station: str
    function: int
    serial: int
    sent_at: datetime
    values: tuple[Value, ...] = ()
    text: str = ""
    picture: bytes = b""
    unknown: tuple[int, ...] = ()
    status: int | None = None


@dataclass
class _Cursor:
    """Reads a body from its start."""

    data: bytes
    at: int = 0
    values: list[Value] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)

    def take(self, count: int) -> bytes:
        part = self.data[self.at : self.at + count]
        if len(part) != count:
            raise MessageError("short-body")
        self.at += count
        return part

    @property
    def rest(self) -> bytes:
        return self.data[self.at :]


def read_message(station: str, function: int, body: bytes) -> Message:
    """The message of a body. Raises MessageError."""
    cursor = _Cursor(body)
    serial = int.from_bytes(cursor.take(2), "big")
    sent_at = _time(cursor.take(6))
    common = {"station": station, "function": function, "serial": serial, "sent_at": sent_at}
    if function == MANUAL:
        return Message(**common, text=_text(cursor.rest))  # type: ignore[arg-type]
    if function == PICTURE:
        return Message(**common, picture=_picture(cursor))  # type: ignore[arg-type]
    status = _elements(cursor, sent_at) if function in REPORTS else None
    return Message(
        **common,  # type: ignore[arg-type]
        values=tuple(cursor.values),
        unknown=tuple(cursor.unknown),
        status=status,
    )


def _elements(cursor: _Cursor, sent_at: datetime) -> int | None:
    """All elements of a report, each of the observation time named last before it; the status, if any."""
    at, status = sent_at, None
    while cursor.at < len(cursor.data):
        identifier = cursor.take(1)[0]
        length = cursor.take(1)[0]
        if identifier == el.TIME:
            at = _time(cursor.take(5))
        elif identifier == el.ADDRESS:
            cursor.take(5)
            if cursor.rest and cursor.rest[0] not in (el.TIME, el.ADDRESS):
                cursor.take(1)  # the station's class
        else:
            data = cursor.take(length >> 3)
            if identifier == el.RAIN_5MIN:
                cursor.values += _rain(at, data)
            elif identifier in el.STAGES_5MIN:
                cursor.values += _stages(identifier, at, data)
            elif identifier == el.STATUS:
                status = int.from_bytes(data, "big")
            elif identifier in el.KINDS:
                cursor.values.append(Value(identifier=identifier, at=at, value=_number(data, length & 7)))
            elif identifier != el.STEP:
                cursor.unknown.append(identifier)
    return status


def _number(data: bytes, decimals: int) -> float | None:
    try:
        return el.number(data, decimals)
    except el.ElementError as error:
        raise MessageError(str(error)) from None


def _rain(start: datetime, data: bytes) -> list[Value]:
    """Rain of periods of 5 minutes, a byte each, in 0.1 mm; the first ends at ``start``."""
    return [
        Value(
            identifier=el.RAIN_5MIN,
            at=start + k * FIVE_MINUTES,
            value=None if byte == 0xFF else byte * el.RAIN_UNIT_MM,
        )
        for k, byte in enumerate(data)
    ]


def _stages(identifier: int, start: datetime, data: bytes) -> list[Value]:
    """Stages every 5 minutes, two bytes each, in cm."""
    pairs = [int.from_bytes(data[k : k + 2], "big") for k in range(0, len(data) - 1, 2)]
    return [
        Value(
            identifier=identifier,
            at=start + k * FIVE_MINUTES,
            value=None if pair == 0xFFFF else pair * el.STAGE_UNIT_M,
        )
        for k, pair in enumerate(pairs)
    ]


def _text(data: bytes) -> str:
    """What a person has typed at the station: behind F2F2, in GBK."""
    data = data.removeprefix(bytes([el.TEXT, el.TEXT]))
    return data.decode("gb18030", errors="replace")


def _picture(cursor: _Cursor) -> bytes:
    """The bytes of a JPEG behind F3F3."""
    found = cursor.rest.find(bytes([el.PICTURE, el.PICTURE]))
    if found < 0:
        raise MessageError("no-picture")
    return cursor.rest[found + 2 :]


def _time(bcd: bytes) -> datetime:
    """Year to second (6 bytes) or to minute (5) in BCD, Beijing time, as UTC."""
    digits = bcd.hex()
    if not digits.isdecimal():
        raise MessageError("bad-time")
    parts = [int(digits[k : k + 2]) for k in range(0, len(digits), 2)]
    try:
        return datetime(2000 + parts[0], *parts[1:], tzinfo=BEIJING).astimezone(UTC)  # type: ignore[misc, arg-type]
    except ValueError:
        raise MessageError("bad-time") from None


def bcd_time(time: datetime, *, seconds: bool = True) -> bytes:
    """A time as stations write it."""
    written = time.astimezone(BEIJING).strftime("%y%m%d%H%M%S" if seconds else "%y%m%d%H%M")
    return bytes.fromhex(written)


def write_report(
    station: str,
    *,
    serial: int,
    sent_at: datetime,
    observed_at: datetime,
    values: Sequence[tuple[int, float | None, int, int]] = (),
    rain_5min: tuple[datetime, Sequence[float | None]] | None = None,
    stage_5min: tuple[datetime, Sequence[float | None]] | None = None,
    kind: int = 0x48,
) -> bytes:
    """A report's body. ``values`` are (identifier, value, bytes, decimals). Raises ElementError."""
    body = serial.to_bytes(2, "big") + bcd_time(sent_at)
    body += bytes([el.ADDRESS, el.ADDRESS]) + bytes.fromhex(station) + bytes([kind])
    body += _stamp(observed_at)
    for identifier, value, size, decimals in values:
        body += bytes([identifier, el.length_byte(size, decimals)])
        body += el.encoded(value, size=size, decimals=decimals)
    if rain_5min is not None:
        start, amounts = rain_5min
        data = bytes(0xFF if mm is None else min(0xFE, round(mm / el.RAIN_UNIT_MM)) for mm in amounts)
        body += _stamp(start) + bytes([el.RAIN_5MIN, el.length_byte(len(data), 0)]) + data
    if stage_5min is not None:
        start, stages = stage_5min
        data = b"".join(
            (0xFFFF if m is None else round(m / el.STAGE_UNIT_M)).to_bytes(2, "big") for m in stages
        )
        body += _stamp(start) + bytes([el.STAGE_5MIN, el.length_byte(len(data), 0)]) + data
    return body


def _stamp(at: datetime) -> bytes:
    return bytes([el.TIME, el.TIME]) + bcd_time(at, seconds=False)
