"""Convert times in reports: Beijing time, in BCD or in digits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))
FIVE_MINUTES = timedelta(minutes=5)


class MessageError(ValueError):
    """Invalid body; the message is a slug."""


def time_of(digits: str) -> datetime:
    """Parse 12 or 10 digits of Beijing time as UTC.

    Year to second (12 digits) or to minute (10). Raises MessageError.
    """
    if not (digits.isascii() and digits.isdecimal()) or len(digits) not in (10, 12):
        raise MessageError("bad-time")
    parts = [int(digits[k : k + 2]) for k in range(0, len(digits), 2)]
    try:
        return datetime(2000 + parts[0], *parts[1:], tzinfo=BEIJING).astimezone(UTC)  # type: ignore[misc, arg-type]
    except ValueError:
        raise MessageError("bad-time") from None


def time_of_day(digits: str, *, before: datetime) -> datetime:
    """Parse month to minute in the last year.

    8 digits, as people type them; before a time. Raises MessageError.
    """
    year = before.astimezone(BEIJING).year
    found = time_of(f"{year % 100:02d}{digits}")
    return found if found <= before + timedelta(days=1) else time_of(f"{(year - 1) % 100:02d}{digits}")


def bcd_time(time: datetime, *, seconds: bool = True) -> bytes:
    """Encode a time as stations write it."""
    return bytes.fromhex(digits_of(time, seconds=seconds))


def digits_of(time: datetime, *, seconds: bool = True) -> str:
    """Format a time as 12 digits, or 10 without seconds."""
    return time.astimezone(BEIJING).strftime("%y%m%d%H%M%S" if seconds else "%y%m%d%H%M")
