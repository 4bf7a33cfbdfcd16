"""Invert a curve for many storages at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from twin.arrays import F64
from twin.water.interval import Interval

_CLOSE_M: Final = 1e-10
_MOST_STEPS: Final = 100


def levels_of(intervals: Sequence[Interval], storage_m3: F64) -> F64:
    """Return the lowest level (m) of each storage (m³), arrays (n,).

    Newton's steps in all of them together, halving where one leaves its bracket; what ``Interval.level_at``
    gives one by one takes 10 µs a value, this 0.3. Storages outside the curve are its ends'.
    """
    ends = np.array([part.high_m3 for part in intervals])
    which = np.minimum(np.searchsorted(ends, storage_m3, side="left"), len(intervals) - 1)
    low_m, high_m, low_m3, high_m3, low_slope, high_slope = np.array(
        [(p.low_m, p.high_m, p.low_m3, p.high_m3, p.low_slope, p.high_slope) for p in intervals]
    ).T[:, which]
    height, gain = high_m - low_m, high_m3 - low_m3
    rise = height * low_slope
    sag = 3 * gain - height * (2 * low_slope + high_slope)
    bend = height * (low_slope + high_slope) - 2 * gain
    wanted = np.clip(storage_m3 - low_m3, 0.0, gain)
    low, high = np.zeros_like(wanted), np.ones_like(wanted)
    t = np.divide(wanted, gain, out=np.zeros_like(wanted), where=gain > 0)
    for _ in range(_MOST_STEPS):
        lacking = wanted - t * (rise + t * (sag + t * bend))
        low, high = np.where(lacking > 0, t, low), np.where(lacking > 0, high, t)
        slope = rise + t * (2 * sag + t * 3 * bend)
        step = np.divide(lacking, slope, out=np.zeros_like(wanted), where=slope > 0)
        there = (np.abs(step) * height <= _CLOSE_M) & ((slope > 0) | (lacking == 0))
        newton = t + step
        inside = there | ((low < newton) & (newton < high))
        t = np.where(inside, newton, (low + high) / 2)
        if (there | ((high - low) * height <= _CLOSE_M)).all():
            break
    levels: F64 = low_m + np.clip(t, 0.0, 1.0) * height
    return levels
