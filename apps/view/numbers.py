"""How numbers and times are written on the screen."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

YI_M3 = 1e8
"""One 亿 (a hundred million) cubic metres, the unit that people say storages in."""


def storage(value_m3: float, digits: int = 2) -> str:
    """A storage in 亿m³, without the unit; never '-0.00'."""
    return fixed(value_m3 / YI_M3, digits)


def fixed(value: float, digits: int) -> str:
    """A number with so many decimals and a grouped integer part; never '-0.00'."""
    text = f"{value:,.{digits}f}"
    return text.lstrip("-") if float(text.replace(",", "")) == 0 else text.replace("-", "−")


def clock(seconds: float, zone: ZoneInfo) -> str:
    """Seconds since 1970 as date and time in a zone."""
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone(zone):%Y-%m-%d %H:%M}"


def written(time: datetime, zone: ZoneInfo) -> str:
    return f"{time.astimezone(zone):%Y-%m-%d %H:%M}"


def ticks(low: float, high: float, *, about: int = 8) -> list[float]:
    """Round numbers between two values, some ``about`` of them."""
    raw = (high - low) / about
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * f for f in (1, 2, 5, 10) if power * f >= raw)
    first = math.ceil(low / step - 1e-9)
    return [round(i * step, 6) for i in range(first, math.floor(high / step + 1e-9) + 1)]


def typed(text: str) -> float | None:
    """A number that someone typed, Chinese punctuation and a unit allowed; None where it is none."""
    plain = (
        text.strip().translate(str.maketrans("．。，０１２３４５６７８９", "..,0123456789")).replace(",", "")
    )
    for unit in ("亿m³", "亿立方米", "亿", "m", "米"):
        plain = plain.removesuffix(unit).strip()
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
