"""Level pool of the sample's lake, which conserves mass.

A function of time alone, as the storms are. The storms' water q runs into a store S above the season's
storage V₀(t), which lets it out again: dS/dt = q − S/T. With a release of base − dV₀/dt + S/T the balance
dV/dt = inflow − release of V = V₀ + S holds by construction; the level is that of V by the published curve.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import signal

from twin.arrays import F64
from twin.sample.monitoring.weather import STEP_S, wetness_mm
from twin.water.curve import Curve
from twin.water.published import design_curve

YEAR_S = 365.25 * 86_400.0
LEVEL_M, SEASON_M = 151.3, 0.6
"""About where the lake stands, and by how much it swings over the year: in the flood season it stays below
its limit."""
BASE_M3S = 34.0
"""What comes in without rain; the season's change of storage takes 20 m³/s of it at most."""
STORM_M3S_PER_MM = 2.5
NORTH_DEG, LAG_S = 0.12, 1800.0
"""The rain that counts falls so far north of the dam, and arrives so much later."""
STORE_S = 12 * 3600.0
"""T: in about so long a storm's water is let out again."""
MEMORY_S = 10.0 * STORE_S


@dataclass(frozen=True, kw_only=True)
class LakeState:
    """Inflow and release, m³/s, and level, m.

    (n,) each, without an instrument's noise.
    """

    inflow_m3s: F64
    release_m3s: F64
    level_m: F64


def lake_state(lon: float, lat: float, times_s: F64, *, seed: int) -> LakeState:
    """Return the state of the lake with its dam at a place.

    ``times_s`` are seconds since 1970, (n,).
    """
    if not len(times_s):
        return LakeState(inflow_m3s=np.zeros(0), release_m3s=np.zeros(0), level_m=np.zeros(0))
    first = np.floor((float(times_s.min()) - MEMORY_S) / STEP_S) * STEP_S
    count = int(np.ceil((float(times_s.max()) - first) / STEP_S)) + 1
    grid = first + STEP_S * np.arange(count)
    storm = STORM_M3S_PER_MM * wetness_mm(lon, lat + NORTH_DEG, grid, seed=seed, lag_s=LAG_S)
    store = np.interp(times_s, grid, stored_m3(storm))
    curve = _curve()
    angle = 2 * np.pi * (times_s / YEAR_S - 0.55)
    season_m = LEVEL_M + SEASON_M * np.sin(angle)
    rising_m_s = SEASON_M * 2 * np.pi / YEAR_S * np.cos(angle)
    season_m3 = np.array([curve.storage_at(level_m) for level_m in season_m.tolist()])
    rise_m3_m = np.array([curve.rise_at(level_m) for level_m in season_m.tolist()])
    return LakeState(
        inflow_m3s=BASE_M3S + np.interp(times_s, grid, storm),
        release_m3s=BASE_M3S - rise_m3_m * rising_m_s + store / STORE_S,
        level_m=curve.levels_at(season_m3 + store),
    )


def stored_m3(inflow_m3s: F64) -> F64:
    """Return the store S of dS/dt = q − S/T, m³.

    ``inflow_m3s`` is q each ``STEP_S``, (n,), straight between its values: for such a q it is exact.
    """
    ratio = STEP_S / STORE_S
    keep = np.exp(-ratio)
    whole = STORE_S * (1.0 - keep)
    new = STORE_S - whole / ratio
    found: F64 = signal.lfilter([new, whole - new], [1.0, -keep], inflow_m3s)
    return found


@lru_cache(maxsize=1)
def _curve() -> Curve:
    return design_curve()
