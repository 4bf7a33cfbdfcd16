"""Find the step that a column of numbers was rounded to."""

from __future__ import annotations

import math
from collections.abc import Iterable


def printed_step(values: Iterable[float]) -> float:
    """Return a column's rounding step.

    The largest power of ten that divides them all. 0 where there is none down to 1e-9 of the largest, or all
    are 0.
    """
    numbers = [abs(value) for value in values if value]
    if not numbers:
        return 0.0
    largest = max(numbers)
    power = math.floor(math.log10(largest))
    for exponent in range(power, power - 10, -1):
        step = 10.0**exponent
        if all(abs(value / step - round(value / step)) <= 1e-12 * largest / step + 1e-9 for value in numbers):
            return step
    return 0.0
