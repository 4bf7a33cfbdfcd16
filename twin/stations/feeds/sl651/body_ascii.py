"""Parse a body in ASCII coding (6.6.2): codes and values between blanks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from twin.stations.feeds.sl651 import elements as el
from twin.stations.feeds.sl651.content import BodyContent, Spoilt, Value
from twin.stations.feeds.sl651.times import FIVE_MINUTES, MessageError, time_of, time_of_day

MISSING = "M"
_NUMBER = re.compile(r"[+-]?\d{1,20}(\.\d{0,10})?|[+-]?\.\d{1,10}", re.ASCII)
_STEP = re.compile(r"DR([DHN])(\d\d)", re.ASCII)
_CODE = re.compile(r"[A-Z][A-Z0-9]*|FF[0-9A-F]{2}", re.ASCII)
_UNITS = {"D": "days", "H": "hours", "N": "minutes"}


def read(rest: bytes, *, station: str, sent_at: datetime) -> BodyContent:
    """Parse the elements behind serial number and time.

    Raises MessageError.
    """
    for sign in (b"RGZS ", b"PIC "):
        before, found, data = rest.partition(sign)
        if found and (not before or before.endswith(b" ")):  # bytes as they are, up to the end
            content = read(before, station=station, sent_at=sent_at)
            if sign == b"PIC ":
                content.picture = data
            else:
                content.text = data.decode("gb18030", errors="replace")
            return content
    try:
        text = rest.decode("ascii")
    except UnicodeDecodeError:
        raise MessageError("bad-text") from None
    return _AsciiReader(text.split(), station, sent_at).read()


class _AsciiReader:
    """Reads words from the first; each element is of the station and the time named last before it."""

    def __init__(self, words: Sequence[str], station: str, sent_at: datetime) -> None:
        self._words, self._place = [word.upper() for word in words], 0
        self._station, self._at, self._sent_at = station, sent_at, sent_at
        self._content = BodyContent()

    def read(self) -> BodyContent:
        while self._place < len(self._words):
            code = self._take()
            if (step := _STEP.fullmatch(code)) is not None:
                length = timedelta(**{_UNITS[step[1]]: int(step[2])})
                if length:
                    self._in_steps(length)
            elif not _CODE.fullmatch(code):
                raise MessageError("bad-text")
            else:
                self._element(code)
        return self._content

    def _element(self, code: str) -> None:
        special = el.SPECIAL_CODES.get(code)
        if special == el.ADDRESS:
            self._address()
        elif special == el.TIME:
            digits = self._take()
            short = len(digits) == 8
            self._at = time_of_day(digits, before=self._sent_at) if short else time_of(digits)
        elif special is not None and special in el.FIXED_BYTES:
            self._each_5_minutes(special)
        elif special == el.STATUS:
            self._status(self._take())
        elif special == el.DURATION:
            self._content.durations.append((self._station, self._take()[:64]))
        elif special == el.BULK:
            self._content.unknown.append((self._station, special))
            self._place = len(self._words)
        elif code in el.CODES:
            self._value(code, self._take(), self._at)
        else:
            self._content.unknown.append((self._station, code))
            following = self._words[self._place : self._place + 1]
            if following and (following[0] == MISSING or not _CODE.fullmatch(following[0])):
                self._place += 1  # its value

    def _address(self) -> None:
        digits = self._take().zfill(10)
        if not re.fullmatch(r"[0-9A-F]{10}", digits, re.ASCII):
            raise MessageError("bad-address")
        self._station = digits
        following = self._words[self._place] if self._place < len(self._words) else ""
        if len(following) == 1 and following.encode() in el.STATION_CLASSES and self._is_class():
            self._place += 1

    def _is_class(self) -> bool:
        """A class, not an element of one letter: a number stands behind an element."""
        behind = self._words[self._place + 1] if self._place + 1 < len(self._words) else ""
        return not _NUMBER.fullmatch(behind)

    def _in_steps(self, step: timedelta) -> None:
        """Codes first, then a group of values for each time up to the next code or the end."""
        codes: list[str] = []
        while self._place < len(self._words) and not _is_value(self._words[self._place]):
            codes.append(self._take())
        if codes and codes[0] in el.SPECIAL_CODES:
            self._place -= len(codes)  # an hour's data, which have a step of their own
            return
        values: list[str] = []
        while self._place < len(self._words) and _is_value(self._words[self._place]):
            values.append(self._take())
        if not codes or len(values) % len(codes):
            raise MessageError("uneven-groups")
        for k, text in enumerate(values):
            group, column = divmod(k, len(codes))
            if codes[column] in el.CODES:
                self._value(codes[column], text, self._at + group * step)
            else:
                self._content.unknown.append((self._station, codes[column]))

    def _each_5_minutes(self, identifier: int) -> None:
        """Twelve groups of hexadecimal digits without blanks: rain in 0.1 mm, stages in cm."""
        width, unit = (2, el.RAIN_UNIT_MM) if identifier == el.RAIN_5MIN else (4, el.STAGE_UNIT_M)
        digits = self._take()
        if not re.fullmatch(r"[0-9A-F]+", digits, re.ASCII) or len(digits) % width:
            self._spoil(identifier, digits)
            return
        for k in range(len(digits) // width):
            part = digits[k * width : (k + 1) * width]
            value = None if part == "F" * width else round(int(part, 16) * unit, 2)
            self._add(identifier, self._at + k * FIVE_MINUTES, value)

    def _status(self, digits: str) -> None:
        if re.fullmatch(r"[0-9A-F]{1,16}", digits, re.ASCII):
            self._content.status = int(digits, 16)
        else:
            self._spoil(el.STATUS, digits)

    def _value(self, code: str, text: str, at: datetime) -> None:
        identifier = el.CODES[code].identifier
        if text == MISSING:
            self._add(identifier, at, None)
        elif _NUMBER.fullmatch(text):
            self._add(identifier, at, float(text))
        else:
            self._spoil(identifier, text)

    def _add(self, identifier: int, at: datetime, value: float | None) -> None:
        found = Value(station=self._station, identifier=identifier, at=at, value=value)
        self._content.values.append(found)

    def _spoil(self, identifier: int, data: str) -> None:
        self._content.spoilt.append(Spoilt(station=self._station, identifier=identifier, data=data[:64]))

    def _take(self) -> str:
        if self._place >= len(self._words):
            raise MessageError("short-body")
        self._place += 1
        return self._words[self._place - 1]


def _is_value(word: str) -> bool:
    return word == MISSING or _NUMBER.fullmatch(word) is not None
