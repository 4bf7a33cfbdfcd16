"""Compare figures as people read them: binary rounding noise decides nothing.

A sum of rain may come out as 49.99999999999997, a level with its gauge's zero as 152.00000000000003; a screen
shows 50.0 and 152.00. Levels are compared in whole tenths of a millimetre, everything else in millionths of
its unit, both finer than any gauge reads.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

LEVEL_DECIMALS = 4
"""Levels are kept and compared to 0.1 mm."""
DECIMALS = 6
"""Every other figure is compared to a millionth of its unit."""


def rounded_level(level_m: float | np.floating) -> float:
    """Round a level (m) to 0.1 mm, once, where it enters.

    19.999999 is 20.0. A NumPy float32 is the decimal number that it prints. NaN and ±inf stay.
    """
    exact = float(str(level_m)) if isinstance(level_m, np.float32) else float(level_m)
    return round(exact, LEVEL_DECIMALS)


def settled(value: float) -> float:
    """Round a figure to a millionth of its unit.

    Equal figures are then equal floats.
    """
    return round(value, DECIMALS)


def total(values: Iterable[float]) -> float:
    """Sum amounts exactly (``math.fsum``), rounded once, to a millionth."""
    return settled(math.fsum(values))


def above_level(value_m: float, limit_m: float, *, hysteresis_m: float = 0.0) -> bool | None:
    """Compare a level with a limit, both in m.

    True above, False at or under limit - hysteresis, else None. Exactly at the limit is not above it; exactly
    at the lower end of the band is out of it.
    """
    value, limit, band = (
        round(rounded_level(x) * 10**LEVEL_DECIMALS) for x in (value_m, limit_m, hysteresis_m)
    )
    if value > limit:
        return True
    return False if value <= limit - band else None


def above(value: float, limit: float) -> bool:
    """Return whether a figure is more than a limit.

    Exactly at it is not.
    """
    return settled(value) > settled(limit)


def reaches(value: float, limit: float) -> bool:
    """Return whether a figure is a limit or more."""
    return settled(value) >= settled(limit)


def within(value: float, low: float, high: float) -> bool:
    """Return whether a figure lies in a range, its ends included."""
    return settled(low) <= settled(value) <= settled(high)


def decimals_apart(value: float, limit: float, *, least: int) -> int:
    """Return the decimals at which figure and limit differ.

    ``least`` or more.
    """
    if settled(value) == settled(limit):
        return least
    for digits in range(least, DECIMALS):
        exact = round(limit, digits) == settled(limit)
        if exact and round(value, digits) != round(limit, digits):
            return digits
    return DECIMALS
