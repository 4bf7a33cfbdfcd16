"""Estimate a lake's net flow with bounds, from levels and flows.

Two independent estimates, m³/s:

- by levels: the least-squares slope of the last levels times the lake's area. Its bounds are those of the
  slope at 95 % (Student's t), and the step that levels are printed to over the time they span, for levels
  that keep one printed value prove no more than that.
- by flows: inflow minus release, each good to ``FLOW_UNCERTAINTY`` of itself (the expanded uncertainty of a
  well kept stage-discharge relation, ISO 18320:2020), taken as independent.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

FLOW_UNCERTAINTY = 0.10
LEVEL_STEP_M = 0.01
LEAST_VALUES, LEAST_SPAN_S = 6, 3 * 3600.0
"""Fewer levels, or of a shorter time, make no rate."""

_T95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
"""Student's t, two-sided 95 %, for 1 … 10 degrees of freedom."""

Basis = Literal["flows", "levels"]


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Rate per second with 95 % bounds, in its quantity's unit."""

    value: float
    low: float
    high: float

    def times(self, factor: float) -> Rate:
        """Return the rate times a positive factor."""
        return Rate(value=self.value * factor, low=self.low * factor, high=self.high * factor)

    @property
    def signed(self) -> bool:
        """Whether its bounds exclude zero."""
        return self.low > 0 or self.high < 0

    def agrees(self, other: Rate) -> bool:
        """Return whether the bounds of both overlap."""
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True, kw_only=True)
class NetRate:
    """Net flow into a lake, m³/s, and which estimate it is.

    ``contradicts`` where the other one's bounds lie apart.
    """

    flow_m3s: Rate
    basis: Basis
    contradicts: bool = False


def level_rate(time_s: ArrayLike, level_m: ArrayLike, *, step_m: float = LEVEL_STEP_M) -> Rate | None:
    """Return the rate of levels, m/s, or None.

    None for too few of too short a time. Arrays (n,), times in s in any order, levels in m without NaN.
    ValueError for arrays that do not fit.
    """
    time, level = np.asarray(time_s, np.float64), np.asarray(level_m, np.float64)
    if time.ndim != 1 or time.shape != level.shape:
        raise ValueError(f"times and levels of {time.shape}, {level.shape}")
    if len(time) < LEAST_VALUES or np.ptp(time) < LEAST_SPAN_S:
        return None
    off = time - time.mean()
    spread = float(off @ off)
    slope = float(off @ (level - level.mean())) / spread
    residual = level - level.mean() - slope * off
    freedom = len(time) - 2
    error = math.sqrt(float(residual @ residual) / freedom / spread)
    half = student_t95(freedom) * error + step_m / float(np.ptp(time))
    return Rate(value=slope, low=slope - half, high=slope + half)


def student_t95(freedom: int) -> float:
    """Return Student's t, two-sided 95 %, to 0.3 %.

    Beyond 10 degrees of freedom by the first terms of its expansion (Abramowitz and Stegun 26.7.5).
    """
    if freedom <= len(_T95):
        return _T95[freedom - 1]
    z = 1.959964
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)


def flow_balance(inflow_m3s: float, release_m3s: float, *, share: float = FLOW_UNCERTAINTY) -> Rate:
    """Return inflow minus release, m³/s.

    Each is good to ``share`` of itself.
    """
    net, half = inflow_m3s - release_m3s, share * math.hypot(inflow_m3s, release_m3s)
    return Rate(value=net, low=net - half, high=net + half)


def net_rate(
    *, by_flows: Rate | None, by_levels: Rate | None, flows_then: Rate | None = None
) -> NetRate | None:
    """Return the net flow by the sharper estimate, m³/s.

    None without any. ``flows_then`` is the mean balance of flows over the time of the levels, which alone
    can contradict them: the flows of now differ from a day's mean in every storm. Without it those of now
    are compared.
    """
    known: list[tuple[Rate, Basis]] = []
    if by_flows is not None:
        known.append((by_flows, "flows"))
    if by_levels is not None:
        known.append((by_levels, "levels"))
    if not known:
        return None
    flow, basis = min(known, key=lambda one: one[0].high - one[0].low)
    flows = by_flows if flows_then is None else flows_then
    contradicts = flows is not None and by_levels is not None and not flows.agrees(by_levels)
    return NetRate(flow_m3s=flow, basis=basis, contradicts=contradicts)
