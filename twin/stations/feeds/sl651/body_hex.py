"""Parse a body in HEX coding (6.6.3): identifier, length and decimals, value."""

from __future__ import annotations

from datetime import datetime, timedelta

from twin.stations.feeds.sl651 import elements as el
from twin.stations.feeds.sl651.content import BodyContent, Spoilt, Value
from twin.stations.feeds.sl651.times import FIVE_MINUTES, MessageError, time_of


def read(rest: bytes, *, station: str, sent_at: datetime, equal_steps: bool) -> BodyContent:
    """Parse the elements behind serial number and time.

    Raises MessageError. Some stations write a length byte that contradicts the standard's fixed length (F4H
    to FCH), some list elements one by one where equal steps are due. All readings are tried; the one that
    leaves least that is not understood counts, then that with the standard's digits, and two of them that
    differ are none.
    """
    ways = ((True, False), (False, False), (False, True)) if equal_steps else ((False, False), (False, True))
    found: list[BodyContent] = []
    errors: list[MessageError] = []
    for steps, fixed in ways:
        try:
            content = _HexReader(rest, station, sent_at, steps=steps, fixed=fixed).read()
        except MessageError as error:
            errors.append(error)
            continue
        if steps or not equal_steps or _not_understood(content) == 0:
            found.append(content)
    if not found:
        raise errors[0]
    best = min((_not_understood(content), content.unusual) for content in found)
    good = [content for content in found if (_not_understood(content), content.unusual) == best]
    if any(content.values != good[0].values for content in good):
        raise MessageError("two-readings")
    return good[0]


def _not_understood(content: BodyContent) -> int:
    """Elements without a meaning that no user may have defined, and values that are no numbers."""
    strange = [i for _, i in content.unknown if not (isinstance(i, int) and i >> 8 == el.EXTENDED)]
    return len(strange) + len(content.spoilt)


class _HexReader:
    """Reads a body from its start. ``steps``: the element behind the step is given in equal steps up to the
    end. ``fixed``: elements of a fixed length have it whatever their length byte says."""

    def __init__(self, data: bytes, station: str, at: datetime, *, steps: bool, fixed: bool) -> None:
        self.data, self.station, self.at, self.steps, self.fixed = data, station, at, steps, fixed
        self.place = 0
        self.step: timedelta | None = None
        self.content = BodyContent()

    def read(self) -> BodyContent:
        """All elements, each of the station and the observation time named last before it."""
        while self.place < len(self.data):
            identifier = self._take(1)[0]
            if identifier == el.EXTENDED:
                identifier = identifier << 8 | self._take(1)[0]
            self._element(identifier, self._take(1)[0])
        return self.content

    def _element(self, identifier: int, length: int) -> None:
        size, decimals = length >> 3, length & 7
        if identifier == el.TIME:
            self.at = time_of(self._take(6 if size == 6 else 5).hex())
        elif identifier == el.ADDRESS:
            self._address()
        elif identifier in (el.TEXT, el.PICTURE) and length == identifier:
            self._to_the_end(identifier)
        elif identifier == el.BULK:
            self.content.unknown.append((self.station, identifier))
            self._take(len(self.data) - self.place)
        elif identifier == el.STEP:
            self.step = _step(self._take(size))
        elif identifier == el.STATUS:
            self.content.status = int.from_bytes(self._take(size), "big")
        elif identifier in el.FIXED_BYTES:
            self._each_5_minutes(identifier, size)
        elif self.steps:
            self._in_steps(identifier, size, decimals)
        elif identifier == el.DURATION:
            self.content.durations.append((self.station, self._take(size).hex().upper()))
        else:
            self._number(identifier, self._take(size), decimals, self.at)

    def _address(self) -> None:
        self.station = self._take(5).hex().upper()
        following = self.data[self.place : self.place + 3]
        named = following[:1] not in (bytes([el.TIME]), bytes([el.ADDRESS]), b"")
        if named and (following[0] in el.STATION_CLASSES or following[1:] == bytes([el.TIME, el.TIME])):
            self._take(1)

    def _to_the_end(self, identifier: int) -> None:
        data = self._take(len(self.data) - self.place)
        if identifier == el.TEXT:
            self.content.text = data.decode("gb18030", errors="replace")
        else:
            self.content.picture = data

    def _each_5_minutes(self, identifier: int, size: int) -> None:
        """Rain in 0.1 mm, a byte each, or stages in cm, two each; the first is of the observation time."""
        if self.fixed and size != el.FIXED_BYTES[identifier]:
            self.content.odd.append((self.station, identifier))
            size = el.FIXED_BYTES[identifier]
        width, unit = (1, el.RAIN_UNIT_MM) if identifier == el.RAIN_5MIN else (2, el.STAGE_UNIT_M)
        data = self._take(size)
        if size % width:
            raise MessageError("uneven-groups")
        for k in range(size // width):
            part = data[k * width : (k + 1) * width]
            missing = part == b"\xff" * width
            self.content.values.append(
                Value(
                    station=self.station,
                    identifier=identifier,
                    at=self.at + k * FIVE_MINUTES,
                    value=None if missing else round(int.from_bytes(part, "big") * unit, 2),
                )
            )

    def _in_steps(self, identifier: int, size: int, decimals: int) -> None:
        """One element's values up to the end, the first of the observation time."""
        data = self._take(len(self.data) - self.place)
        if not self.step:
            raise MessageError("no-step")
        if not size or len(data) % size:
            raise MessageError("uneven-groups")
        for k in range(len(data) // size):
            part = data[k * size : (k + 1) * size]
            self._number(identifier, part, decimals, self.at + k * self.step)

    def _number(self, identifier: int, data: bytes, decimals: int, at: datetime) -> None:
        if identifier not in el.KINDS or identifier >= 0x100:
            self.content.unknown.append((self.station, identifier))
            return
        kind = el.KINDS[identifier]
        self.content.unusual += (len(data), decimals) != ((kind.digits + 1) // 2, kind.decimals)
        try:
            value = el.number(data, decimals)
        except el.ElementError:
            self.content.spoilt.append(
                Spoilt(station=self.station, identifier=identifier, data=data.hex().upper())
            )
            return
        self.content.values.append(Value(station=self.station, identifier=identifier, at=at, value=value))

    def _take(self, count: int) -> bytes:
        part = self.data[self.place : self.place + count]
        if len(part) != count:
            raise MessageError("short-body")
        self.place += count
        return part


def _step(data: bytes) -> timedelta | None:
    """Days, hours, minutes in BCD; None for none (an hour's data in steps of 5 minutes follow)."""
    digits = data.hex()
    if len(digits) != 6 or not digits.isdecimal():
        raise MessageError("no-step")
    days, hours, minutes = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    return timedelta(days=days, hours=hours, minutes=minutes) or None
