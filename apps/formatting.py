"""Format numbers and times for the screen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, kw_only=True)
class StorageUnit:
    """Unit of a reservoir's storages; ``text`` is the key of its name."""

    m3: float
    text: str
    digits: int


YI = StorageUnit(m3=1e8, text="unit_storage", digits=2)
WAN = StorageUnit(m3=1e4, text="unit_storage_small", digits=1)


def storage_unit(capacity_m3: float) -> StorageUnit:
    """Choose the unit of storages: 亿m³ or 万m³.

    亿m³ (1e8 m³) for large reservoirs, 万m³ (1e4 m³) for those that hold less than one of these.
    """
    return YI if capacity_m3 >= YI.m3 else WAN


def storage(value_m3: float, unit: StorageUnit = YI) -> str:
    """Format a storage in a unit, without the unit's name."""
    return fixed(value_m3 / unit.m3, unit.digits)


def nice(value: float) -> float:
    """Return the next 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * f for f in (1, 2, 5, 10) if power * f >= value * (1 - 1e-9))


def decimals(step: float) -> int:
    """Return the number of decimals of a multiple of a nice step."""
    return max(0, -math.floor(math.log10(step) + 1e-9))


def fixed(value: float, digits: int) -> str:
    """Format a number with fixed decimals and grouped integer part.

    Never '-0.00'.
    """
    text = f"{value:,.{digits}f}"
    return text.lstrip("-") if float(text.replace(",", "")) == 0 else text.replace("-", "−")


def exact_level(level_m: float, digits: int = 2) -> str:
    """Format a level without rounding, up to 0.1 mm.

    With so many decimals, or as many more as it has: a limit is never rounded.
    """
    least = next(n for n in range(digits, 5) if n == 4 or round(level_m, n) == round(level_m, 4))
    return fixed(level_m, least)


def plain(value: float, digits: int = 2) -> str:
    """Format a number without trailing zeros.

    With at most so many decimals: a limit is never rounded up.
    """
    text = fixed(value, digits)
    return text.rstrip("0").rstrip(".") if "." in text else text


def clock(seconds: float, zone: ZoneInfo) -> str:
    """Format seconds since 1970 as date and time in a zone."""
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone(zone):%Y-%m-%d %H:%M}"


def written(time: datetime, zone: ZoneInfo) -> str:
    return f"{time.astimezone(zone):%Y-%m-%d %H:%M}"


def ticks(low: float, high: float, *, about: int = 8) -> list[float]:
    """Round numbers between two values, some ``about`` of them."""
    step = nice((high - low) / about)
    first = math.ceil(low / step - 1e-9)
    return [round(i * step, 6) for i in range(first, math.floor(high / step + 1e-9) + 1)]
