"""Clock by which ages go on."""

from __future__ import annotations

import time


def boot_clock_s() -> float:
    """Return seconds of a monotonic clock that includes suspend."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
