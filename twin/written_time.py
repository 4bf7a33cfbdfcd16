"""Parse times as systems write them.

ISO 8601, office tables, digits, epochs, .NET. What can only be one time is read; what can be two is refused
until a format is declared: of ``03/04/2026`` nobody knows the month, and ``2026070108`` is an hour to a water
office and a second of 2034 to an epoch.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime

LONGEST_TEXT = 60
FIRST_YEAR, LAST_YEAR = 1950, 2100
"""Compact digits are a date within these years only; others are no time."""

EPOCHS_S = {"epoch_s": 1.0, "epoch_ms": 1e-3, "epoch_us": 1e-6}
"""Declared formats of numbers since 1970 UTC: seconds in a unit."""
EXCEL = "excel"
"""The declared format of a table program's serial days, of the site's clock."""
FORMATS = (*EPOCHS_S, EXCEL)

_EPOCH_FROM_S, _EPOCH_TO_S = 315_532_800.0, 4_102_444_800.0  # 1980 to 2100: no two units overlap
_FEWEST = 10_000.0
"""A number below it is no day of a table program either."""
_EXCEL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  (of whatever clock the table is)
_EXCEL_DAYS = (18_264.0, 73_415.0)  # 1950 to 2100

_DATE = (
    r"(?P<y>\d{4})(?:-(?P<m>\d{1,2})-|/(?P<m2>\d{1,2})/|\.(?P<m3>\d{1,2})\.|年(?P<m4>\d{1,2})月)"
    r"(?P<d>\d{1,2})日?"
)
_CLOCK = (
    r"(?P<half>上午|下午|[AaPp]\.?[Mm]\.?)?\s*(?P<H>\d{1,2})(?:(?::|时|点)(?P<M>\d{1,2})?分?(?:(?::|(?<=分))"
    r"(?P<S>\d{1,2})(?:[.,](?P<f>\d{1,9}))?秒?)?)?\s*(?P<half2>[AaPp]\.?[Mm]\.?)?"
)
_ZONE = r"(?P<zone>Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?"
_APART = r"(?:(?<=日)|(?=[上下AaPp])|[T\s,]\s*)"
_WRITTEN = re.compile(rf"{_DATE}(?:\s*{_APART}{_CLOCK}\s*{_ZONE})?")
_RUN_TOGETHER = re.compile(r"\d{4}(?:-\d{1,2}-|/\d{1,2}/|\.\d{1,2}\.|年\d{1,2}月)\d{3}.*")
_COMPACT = re.compile(
    r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(?:(\d{2})(?:(\d{2})(?:[.,](\d{1,9}))?)?)?)?" + _ZONE
)
_ADJACENT = re.compile(r"%[YmdHIMSj]%[mdHIMSj]")
_NET = re.compile(r"\\?/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\\?/")
_RFC = re.compile(
    r"(?:[A-Za-z]{3},\s*)?\d{1,2} [A-Za-z]{3} \d{4} \d{2}:\d{2}(?::\d{2})? (?:GMT|UTC|[+-]\d{4})"
)
_NUMBER = re.compile(r"-?\d{1,19}(\.\d{1,9})?")


class WrittenTimeError(ValueError):
    """Text or number is no time, or ambiguous.

    The message is a slug.
    """


def read_time(told: object, *, zone: tzinfo, form: str | None = None) -> datetime:
    """Parse a text, a number or a datetime to aware time.

    Without a zone of its own it is of ``zone``. ``form`` is one of ``FORMATS`` or a pattern of ``strptime``;
    without it only what can be one time alone is read. 24:00 is the next day's 00:00. Raises WrittenTimeError
    (``bad-time``, ``ambiguous-time``).
    """
    try:
        return _read(told, zone, form)
    except (ValueError, OverflowError, OSError) as error:
        raise error if isinstance(error, WrittenTimeError) else WrittenTimeError("bad-time") from None


@dataclass(frozen=True)
class UnreadTime:
    """Unparseable time, with the slug of why.

    It is refused later, together with what it is the time of.
    """

    told: object
    reason: str

    def __repr__(self) -> str:
        return repr(self.told)


def time_or_reason(told: object, *, zone: tzinfo, form: str | None = None) -> datetime | UnreadTime:
    """Parse as :func:`read_time`, or return the reason why not."""
    try:
        return read_time(told, zone=zone, form=form)
    except WrittenTimeError as error:
        return UnreadTime(told, str(error))


def check_form(form: str) -> str:
    """Validate a declared format.

    A name of ``FORMATS``, or a pattern that gives a whole date. Raises ValueError with what to write.
    """
    if form in FORMATS:
        return form
    sample = datetime(2026, 11, 23, 18, 47, 31, tzinfo=UTC)
    try:
        again = datetime.strptime(sample.strftime(form), form)  # noqa: DTZ007
    except (ValueError, re.error):
        again = None
    clocks = [(0, 0, 0), (18, 0, 0), (18, 47, 0), (18, 47, 31)]
    if again is not None and again.date() == sample.date() and again.timetuple()[3:6] not in clocks:
        raise ValueError("loses a part of the time: %I needs %p, %M needs %H, %S needs %M")
    if again is None or again.date() != sample.date():
        raise ValueError(
            f"is no time format; write {', '.join(FORMATS)}, or a pattern with year, month and day such as "
            "%Y%m%d%H%M"
        )
    return form


def _read(told: object, zone: tzinfo, form: str | None) -> datetime:
    if isinstance(told, datetime):
        return told if told.tzinfo is not None else told.replace(tzinfo=zone)
    if isinstance(told, list):
        return _parts(told, zone)
    if isinstance(told, bool) or not isinstance(told, str | int | float):
        raise WrittenTimeError("bad-time")
    text = told if isinstance(told, str) else _digits(told)
    if len(text) > LONGEST_TEXT:
        raise WrittenTimeError("bad-time")
    text = unicodedata.normalize("NFKC", text).strip()
    if form is not None:
        return _declared(text, zone, form)
    for reader in (_written, _net, _compact, _epoch):
        found = reader(text, zone)
        if found is not None:
            return found
    if _RFC.fullmatch(text):
        at = parsedate_to_datetime(text.replace("UTC", "GMT"))
        return at if at.tzinfo is not None else at.replace(tzinfo=UTC)  # -0000 is UTC that names no place
    return _iso(text, zone)


def _parts(told: list[object], zone: tzinfo) -> datetime:
    """``[2026, 7, 1, 8, 5, 0, 250000000]``, as Java's libraries write a local time: down to nanoseconds."""
    numbers = [part for part in told if isinstance(part, int) and not isinstance(part, bool)]
    if not 3 <= len(told) <= 7 or len(numbers) != len(told) or numbers[0] < FIRST_YEAR:
        raise WrittenTimeError("bad-time")
    clock = [*numbers[3:6], 0, 0, 0][:3]
    fraction = f"{numbers[6]:09d}" if len(numbers) == 7 else None
    return _at((numbers[0], numbers[1], numbers[2]), (clock[0], clock[1], clock[2]), fraction, zone)


def _digits(number: float) -> str:
    """A number as people would write its digits; a date in digits comes as a number from many a system."""
    return f"{number:.6f}".rstrip("0").rstrip(".") if isinstance(number, float) else str(number)


def _declared(text: str, zone: tzinfo, form: str) -> datetime:
    if form in EPOCHS_S:
        since_s = _number(text) * EPOCHS_S[form]
        if not _EPOCH_FROM_S <= since_s < _EPOCH_TO_S:  # another unit than declared, or a clock never set
            raise WrittenTimeError("bad-time")
        return datetime.fromtimestamp(since_s, UTC)
    if form == EXCEL:
        days = _number(text)
        if not _EXCEL_DAYS[0] <= days <= _EXCEL_DAYS[1]:
            raise WrittenTimeError("bad-time")
        at = _EXCEL_ZERO + timedelta(seconds=round(days * 86_400))
        return at.replace(tzinfo=zone)
    try:
        found = datetime.strptime(text, form)  # noqa: DTZ007
    except ValueError:
        if "%H" not in form or "24" not in text:
            raise
        found = _midnight(text, form)
    else:
        if _ADJACENT.search(form) and len(text) != len(found.strftime(form)):
            raise WrittenTimeError("ambiguous-time")  # of 2026112 nobody knows the month
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)


def _midnight(text: str, form: str) -> datetime:
    """24:00 of a declared pattern, which ``strptime`` does not know: 00:00 of the day after."""
    for at in (match.start() for match in re.finditer("24", text)):
        try:
            found = datetime.strptime(f"{text[:at]}00{text[at + 2 :]}", form)  # noqa: DTZ007
        except ValueError:
            continue
        if (found.hour, found.minute, found.second) == (0, 0, 0):
            return found + timedelta(days=1)
    raise WrittenTimeError("bad-time")


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise WrittenTimeError("bad-time")
    return float(text)


def _written(text: str, zone: tzinfo) -> datetime | None:
    """``2026-07-01T08:05:00.250+08:00``, ``2026/7/1 8:05``, ``2026年7月1日8时``, ``2026.7.1 24:00``."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        if _RUN_TOGETHER.fullmatch(text):
            raise WrittenTimeError("ambiguous-time")  # 2026/7/118:05: the first or the eleventh?
        return None
    part = found.groupdict()
    if part["M"] is None and part["H"] is not None and (part["zone"] or "")[:1] in ("+", "-"):
        raise WrittenTimeError("ambiguous-time")  # 08-05: five past eight, or a zone?
    month = part["m"] or part["m2"] or part["m3"] or part["m4"]
    hour = int(part["H"] or 0)
    half = (part["half"] or part["half2"] or "").replace(".", "").lower()
    if half:
        if not 1 <= hour <= 12 or (part["half"] and part["half2"]):
            raise WrittenTimeError("bad-time")
        hour = hour % 12 + (12 if half in ("下午", "pm") else 0)
    date = (int(part["y"]), int(month), int(part["d"]))
    return _at(date, (hour, int(part["M"] or 0), int(part["S"] or 0)), part["f"], _zone(part["zone"], zone))


def _compact(text: str, zone: tzinfo) -> datetime | None:
    """``20260701080500``, ``202607010805``, ``20260701T0805Z``; ten digits may be an epoch as well."""
    text = re.sub(r"[.,]0+$", "", text)  # a number that somebody's table made of the digits
    found = _COMPACT.fullmatch(text)
    if found is None or not FIRST_YEAR <= int(found[1]) < LAST_YEAR:
        return None
    numbers = [int(part or 0) for part in found.groups()[:6]]
    try:
        at = _at(tuple(numbers[:3]), tuple(numbers[3:6]), found[7], _zone(found["zone"], zone))  # type: ignore[arg-type]
    except ValueError:
        return None
    if len(text) == len("2026070108") and text.isdigit():
        raise WrittenTimeError("ambiguous-time")
    return at


def _epoch(text: str, zone: tzinfo) -> datetime | None:
    """Seconds, ms, µs or ns since 1970: between 1980 and 2100 no two of them overlap."""
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    for factor in (1.0, 1e-3, 1e-6, 1e-9):
        if _EPOCH_FROM_S <= value * factor < _EPOCH_TO_S:
            return datetime.fromtimestamp(round(value * factor, 6), UTC)
    raise WrittenTimeError("ambiguous-time" if abs(value) >= _FEWEST else "bad-time")


def _net(text: str, zone: tzinfo) -> datetime | None:
    """``/Date(1782864300000+0800)/``: ms since 1970 UTC; the offset is for showing only."""
    found = _NET.fullmatch(text)
    return None if found is None else _declared(found[1], zone, "epoch_ms")


def _iso(text: str, zone: tzinfo) -> datetime:
    """The rarer forms of ISO 8601, such as weeks; nothing that is digits alone."""
    if "-" not in text[:5]:
        raise WrittenTimeError(
            "ambiguous-time" if re.match(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}", text) else "bad-time"
        )
    if re.match(r"\d{1,2}-\d{1,2}-\d{2,4}", text):
        raise WrittenTimeError("ambiguous-time")
    found = datetime.fromisoformat(text)
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)


def _at(
    date: tuple[int, int, int], clock: tuple[int, int, int], fraction: str | None, zone: tzinfo
) -> datetime:
    """A time of its parts; 24:00 is the day after's 00:00."""
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    if clock[0] == 24:
        if clock[1:] != (0, 0) or micro:
            raise WrittenTimeError("bad-time")
        return datetime(*date, tzinfo=zone) + timedelta(days=1)
    return datetime(*date, *clock, micro, tzinfo=zone)


def _zone(told: str | None, zone: tzinfo) -> tzinfo:
    if told is None:
        return zone
    if told.upper() in ("Z", "UTC", "GMT"):
        return UTC
    digits = told[1:].replace(":", "").ljust(4, "0")
    minutes = 60 * int(digits[:2]) + int(digits[2:])
    if minutes > 14 * 60 or int(digits[2:]) > 59:
        raise WrittenTimeError("bad-time")
    return timezone(timedelta(minutes=-minutes if told[0] == "-" else minutes))
