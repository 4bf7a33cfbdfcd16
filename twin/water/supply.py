"""Compute how long a storage lasts at a demand."""

from __future__ import annotations

from dataclasses import dataclass

from twin.water.curve import Curve
from twin.water.release_plan import PlanError

DAY_S = 86_400.0


@dataclass(frozen=True, kw_only=True)
class Supply:
    """Days of supply until a level is reached.

    ``days`` is None where the lake never falls to it. ``least_days`` and ``most_days`` are its bounds by the
    error of the start level. Flows in m³/s, storage in m³, levels in m. Evaporation, seepage are not in it.
    """

    from_m: float
    to_m: float
    usable_m3: float
    demand_m3s: float
    inflow_m3s: float
    days: float | None
    least_days: float | None
    most_days: float | None
    start_error_m: float


def supply(
    curve: Curve,
    *,
    from_m: float,
    to_m: float,
    demand_m3s: float,
    inflow_m3s: float = 0.0,
    start_error_m: float = 0.0,
) -> Supply:
    """Compute days of supply down to a level (m).

    Demand and inflow (m³/s) are constant. Raises LevelOutOfRange, and PlanError where the lower level is not
    lower or the demand not above 0.
    """
    if not to_m < from_m:
        raise PlanError(
            f"the lowest level {to_m:.2f} m must lie below the start level, {from_m:.2f} m",
            code="supply",
            what=f"{from_m:.2f}",
        )
    if not demand_m3s > 0 or inflow_m3s < 0:
        raise PlanError("a demand is above 0 m³/s, and an inflow not below", code="demand")
    net_m3s = demand_m3s - inflow_m3s
    end_m3 = curve.storage_at(to_m)

    def days(level_m: float) -> float | None:
        level_m = min(max(level_m, curve.lowest_m), curve.highest_m)
        usable = max(curve.storage_at(level_m) - end_m3, 0.0)
        return usable / net_m3s / DAY_S if net_m3s > 0 else None

    return Supply(
        from_m=from_m,
        to_m=to_m,
        usable_m3=curve.storage_at(from_m) - end_m3,
        demand_m3s=demand_m3s,
        inflow_m3s=inflow_m3s,
        days=days(from_m),
        least_days=days(from_m - start_error_m),
        most_days=days(from_m + start_error_m),
        start_error_m=start_error_m,
    )
