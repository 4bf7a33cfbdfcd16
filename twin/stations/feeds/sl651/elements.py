"""Elements of a body: identifier, a byte of length and decimals, a value in BCD (SL 651-2014, annex C)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What an identifier stands for: its name in the standard, and our property where there is one."""

    name: str
    property: str = ""


KINDS: Mapping[int, Kind] = {
    0x02: Kind(name="AI air temperature"),
    0x03: Kind(name="C water temperature", property="water_temperature"),
    0x08: Kind(name="FL air pressure"),
    0x09: Kind(name="GH gate opening"),
    0x0E: Kind(name="H depth of ground water"),
    0x10: Kind(name="M10 soil moisture at 10 cm", property="soil_moisture"),
    0x18: Kind(name="MST humidity"),
    0x1A: Kind(name="P1 rain of 1 h"),
    0x1F: Kind(name="PD rain of the day"),
    0x20: Kind(name="PJ rain of the period", property="rain"),
    0x22: Kind(name="PN05 rain of 5 min", property="rain"),
    0x26: Kind(name="PT rain total", property="rain_total"),
    0x27: Kind(name="Q flow", property="flow"),
    0x30: Kind(name="QA release", property="release"),
    0x37: Kind(name="VJ velocity"),
    0x38: Kind(name="VT supply voltage", property="voltage"),
    0x39: Kind(name="Z river stage", property="level"),
    0x3A: Kind(name="ZB level below the dam", property="level_below"),
    0x3B: Kind(name="ZU level above the dam", property="level"),
    0x44: Kind(name="SQ sediment", property="sediment"),
    0x45: Kind(name="ZT status"),
    0x46: Kind(name="pH", property="ph"),
    0x47: Kind(name="DO dissolved oxygen", property="oxygen"),
    0x49: Kind(name="TURB turbidity", property="turbidity"),
    0x4A: Kind(name="CODMN permanganate index", property="codmn"),
    0x4C: Kind(name="NH4N ammonia nitrogen", property="ammonia"),
    0x4D: Kind(name="TP total phosphorus", property="phosphorus"),
    0x4E: Kind(name="TN total nitrogen", property="nitrogen"),
}
"""Identifiers with a name here; others are passed over by their length, and counted."""

BY_PROPERTY: Mapping[str, int] = {
    kind.property: number for number, kind in reversed(list(KINDS.items())) if kind.property
} | {"rain": 0x20}

STEP, STATUS = 0x04, 0x45
TIME, ADDRESS, TEXT, PICTURE, RAIN_5MIN, STAGE_5MIN = 0xF0, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5
STAGES_5MIN = range(0xF5, 0xFD)
"""F5 to FC: stages in steps of 5 minutes, of up to eight sensors; the first is the station's own."""

RAIN_UNIT_MM, STAGE_UNIT_M = 0.1, 0.01
MISSING_BYTES = (0xFF, 0xAA)


class ElementError(ValueError):
    """A value that is none; the message is a slug."""


def number(data: bytes, decimals: int) -> float | None:
    """A BCD value; None for missing (all FF, or all AA). A first byte FF makes it negative.

    Raises ElementError for digits that are none.
    """
    if data and all(byte in MISSING_BYTES for byte in data) and len(set(data)) == 1:
        return None
    negative = data[:1] == b"\xff"
    digits = (data[1:] if negative else data).hex()
    if not digits.isdecimal():
        raise ElementError("bad-bcd")
    value = float(int(digits) / 10**decimals)
    return -value if negative else value


def encoded(value: float | None, *, size: int, decimals: int) -> bytes:
    """A value in BCD of so many bytes. Raises ElementError where it does not fit."""
    if value is None:
        return b"\xff" * size
    whole = round(abs(value) * 10**decimals)
    room = size - 1 if value < 0 and whole else size
    digits = f"{whole:0{2 * room}d}"
    if len(digits) != 2 * room or (room == size and digits.startswith("ff")):
        raise ElementError("does-not-fit")
    return (b"\xff" if room < size else b"") + bytes.fromhex(digits)


def length_byte(size: int, decimals: int) -> int:
    """The byte behind an identifier: 5 bits of bytes, 3 of decimals."""
    if not (0 <= size < 32 and 0 <= decimals < 8):
        raise ElementError("does-not-fit")
    return size << 3 | decimals
