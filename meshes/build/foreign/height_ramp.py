"""Points without a colour of their own: the higher the brighter."""

from __future__ import annotations

import numpy as np

from twin.arrays import F64, U8

DARKEST, BRIGHTEST = 70.0, 235.0
SHARES = (0.02, 0.98)
"""Of all points that lie below the darkest and the brightest; a few far ones must not take the contrast."""


def ends_of(height_m: F64) -> tuple[float, float]:
    """Return heights of the darkest and brightest grey.

    For points at heights (n,), n > 0.
    """
    low, high = np.quantile(height_m, SHARES).tolist()
    return low, high


def greys(height_m: F64, ends: tuple[float, float]) -> U8:
    """Return grey levels (n,) for heights (n,) between two ends, m."""
    low, high = ends
    share = np.clip((height_m - low) / max(high - low, 1e-3), 0.0, 1.0)
    return np.asarray((DARKEST + share * (BRIGHTEST - DARKEST)).astype(np.uint8))
