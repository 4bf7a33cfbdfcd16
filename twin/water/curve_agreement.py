"""Compare a curve with the reservoir's levels, other editions, the terrain.

Differences are shown, never mixed; what is said here are differences that no silt and no survey makes: a
wrong unit, another reservoir, a terrain that holds only a part.
"""

from __future__ import annotations

from statistics import median
from typing import Final

import numpy as np

from twin.water.curve import Curve
from twin.water.hypsometry import Hypsometry
from twin.water.ranges import level_text

_LOOKS: Final = 21
_EDITIONS: Final = 1.5  # storages of two editions of one reservoir are no farther apart
_TERRAIN: Final = 2.0  # nor areas of curve and terrain
_EXTRAPOLATED: Final = 0.25  # of the reservoir's range


def range_doubts(curve: Curve, *, lowest_m: float, highest_m: float) -> tuple[str, ...]:
    """Return doubts of levels that a curve only extrapolates."""
    own = f"{level_text(curve.lowest_m)} to {level_text(curve.published_to_m)} m"
    range_ = f"{level_text(lowest_m)} to {level_text(highest_m)} m"
    if curve.published_to_m < lowest_m or curve.lowest_m > highest_m:
        return (f"its levels run from {own}, the reservoir's from {range_}: is a unit wrong (unit_mult)?",)
    words = []
    if curve.lowest_m > lowest_m + 1e-3:
        words.append(f"runs from {own}, so the levels of {range_} have no answer below its first")
    if highest_m - curve.published_to_m > _EXTRAPOLATED * (highest_m - lowest_m):
        words.append(f"runs from {own}, so a large part of {range_} is extrapolated")
    return tuple(words)


def edition_doubts(curve: Curve, other: Curve) -> tuple[str, ...]:
    """Return doubts whether two editions are of one reservoir.

    Worded as of ``curve``.
    """
    low_m = max(curve.lowest_m, other.lowest_m)
    high_m = min(curve.published_to_m, other.published_to_m)
    if high_m <= low_m:
        return (f"has no level in common with {other.id}",)
    pairs = [(curve.storage_at(m), other.storage_at(m)) for m in np.linspace(low_m, high_m, _LOOKS).tolist()]
    ratio = _middle(pairs)
    if ratio is None or 1 / _EDITIONS < ratio < _EDITIONS:
        return ()
    return (f"its storages are {ratio:.3g} times those of {other.id}: is a unit wrong (unit_mult)?",)


def terrain_doubts(curve: Curve, terrain: Hypsometry) -> tuple[str, ...]:
    """Return doubts whether curve and terrain fit, by area."""
    low_m = max(curve.lowest_m, terrain.lowest_m if terrain.flown_m is None else terrain.flown_m)
    high_m = min(curve.highest_m, terrain.highest_m)
    if high_m <= low_m:
        return ()
    levels = np.linspace(low_m, high_m, _LOOKS).tolist()
    ratio = _middle([(curve.area_at(m), terrain.area_at(m) or 0.0) for m in levels])
    if ratio is None or 1 / _TERRAIN < ratio < _TERRAIN:
        return ()
    middle_m = levels[_LOOKS // 2]
    return (
        f"its areas are {ratio:.3g} times the terrain's ({curve.area_at(middle_m) / 1e6:.4g} and "
        f"{(terrain.area_at(middle_m) or 0.0) / 1e6:.4g} km² at {middle_m:.2f} m): is a unit wrong, a dam "
        "missing, or does the terrain hold only a part?",
    )


def _middle(pairs: list[tuple[float, float]]) -> float | None:
    """The middle ratio of two columns, where both have a value."""
    ratios = [one / other for one, other in pairs if one > 0 and other > 0]
    return median(ratios) if ratios else None
