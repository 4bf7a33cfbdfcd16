"""Limit names and signs in a view, by density chosen and distance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log

from twin.scene import Density

FAR_M, NEAR_M = 30_000.0, 5_000.0
"""From a target farther away than this a view has the fewest names, from one nearer the most."""


@dataclass(frozen=True, kw_only=True)
class DensityLimits:
    """Limits on label counts and distances of one density.

    ``far`` and ``near`` are the most names from afar and from near by, ``reach`` and ``stations`` factors on
    how far off names and stations are shown.
    """

    far: int
    near: int
    reach: float
    stations: float


AMOUNTS: Mapping[Density, DensityLimits] = {
    "few": DensityLimits(far=10, near=30, reach=0.6, stations=0.5),
    "normal": DensityLimits(far=24, near=70, reach=1.0, stations=1.0),
    "all": DensityLimits(far=140, near=140, reach=1.0, stations=6.0),
}


def most_names(density: Density, distance_m: float) -> int:
    """Return the most names that a view at this distance shows."""
    amount = AMOUNTS[density]
    share = (log(FAR_M) - log(max(distance_m, 1.0))) / (log(FAR_M) - log(NEAR_M))
    return round(amount.far + min(1.0, max(0.0, share)) * (amount.near - amount.far))
