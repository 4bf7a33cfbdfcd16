"""Route a lake as a level pool.

dV/dt = inflow − release, integrated along the curve. Inflow runs straight from node to node, a release holds
to the next node as gates do. Both are then known functions of time, so the volumes between nodes are exact
sums and mass is kept to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from twin.arrays import F64
from twin.water.curve import Curve


@dataclass(frozen=True, kw_only=True)
class PoolRun:
    """Routed pool, arrays (n,).

    Times (s), flows (m³/s), storage (m³) and level (m) at the nodes.
    """

    time_s: F64
    inflow_m3s: F64
    release_m3s: F64
    storage_m3: F64
    level_m: F64

    @property
    def highest_m(self) -> F64:
        """Highest level so far, (n,)."""
        highest: F64 = np.maximum.accumulate(self.level_m)
        return highest


def route(
    curve: Curve,
    *,
    time_s: ArrayLike,
    inflow_m3s: ArrayLike,
    release_m3s: ArrayLike,
    start_m3: float,
) -> PoolRun:
    """Route the pool from a storage through rising times.

    Times s; arrays (n,), n at least 1. ``release_m3s[i]`` holds from ``time_s[i]`` to the next node; the last
    one is never used. Raises StorageOutOfRange where the pool leaves the curve; ValueError for arrays that do
    not fit.
    """
    time, inflow, release = (np.asarray(each, np.float64) for each in (time_s, inflow_m3s, release_m3s))
    if time.ndim != 1 or not (time.shape == inflow.shape == release.shape) or not len(time):
        raise ValueError(f"times, inflows and releases of {time.shape}, {inflow.shape}, {release.shape}")
    step = np.diff(time)
    if not ((step > 0).all() and np.isfinite(inflow).all() and np.isfinite(release).all()):
        raise ValueError("times must rise, and flows must be numbers")
    gained = step * ((inflow[1:] + inflow[:-1]) / 2 - release[:-1])
    storage = start_m3 + np.concatenate([[0.0], np.cumsum(gained)])
    level = curve.levels_at(storage)
    return PoolRun(time_s=time, inflow_m3s=inflow, release_m3s=release, storage_m3=storage, level_m=level)
