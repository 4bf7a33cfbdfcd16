"""A month of hours through the level pool, beside scipy's solve_ivp.

The same flows, the design curve of Miyun Reservoir. solve_ivp (rtol 1e-6, steps of an hour at most) is
stopped where the gates change.
"""

from __future__ import annotations

import argparse
import time
from itertools import pairwise

import numpy as np
from scipy.integrate import solve_ivp
from water_terrain import median_s

from twin.arrays import F64
from twin.water.level_pool import route
from twin.water.published import design_curve
from twin.water.release_plan import ReleasePlan
from twin.water.routing import route_plan

CURVE = design_curve()
START_M = 150.0
LEVELS = {"old": 147.0, "flood-limit": 152.0, "protection": 155.0, "normal": 157.5, "design": 158.5}


def month() -> ReleasePlan:
    """721 hourly inflows with two waves; gates that change every five days."""
    hours = np.arange(721) * 3600.0
    days = hours / 86_400
    inflow = 60 + 2500 * np.exp(-(((days - 8) / 2) ** 2)) + 900 * np.exp(-(((days - 20) / 3) ** 2))
    return ReleasePlan.of(hours, inflow, 120.0 + 180 * (np.floor(days / 5) % 2))


def by_scipy(plan: ReleasePlan, rtol: float) -> F64:
    """Levels at the plan's times, stretch by stretch between changes of the gates."""
    times, release = plan.time_s, plan.release_m3s
    ends = [0, *(np.flatnonzero(np.diff(release)) + 1).tolist(), len(times) - 1]
    volumes = [CURVE.storage_at(START_M)]
    for first, last in pairwise(ends):
        if first == last:
            continue
        out = float(release[first])
        done = solve_ivp(
            lambda t, v, out=out: [np.interp(t, times, plan.inflow_m3s) - out],
            (times[first], times[last]),
            [volumes[-1]],
            t_eval=times[first + 1 : last + 1],
            max_step=3600.0,
            rtol=rtol,
            atol=1.0,
        )
        volumes += done.y[0].tolist()
    return np.array([CURVE.level_at(volume) for volume in volumes])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=21)
    asked = parser.parse_args()
    plan = month()
    start_m3 = CURVE.storage_at(START_M)

    def pool() -> F64:
        run = route(
            CURVE,
            time_s=plan.time_s,
            inflow_m3s=plan.inflow_m3s,
            release_m3s=plan.release_m3s,
            start_m3=start_m3,
        )
        return run.level_m

    ours = median_s(pool, asked.repeat)
    whole = median_s(
        lambda: route_plan(CURVE, plan, start_m=START_M, start_error_m=0.05, inflow_error=0.1, levels=LEVELS),
        asked.repeat,
    )
    started = time.perf_counter()
    theirs = by_scipy(plan, 1e-6)
    scipy_s = time.perf_counter() - started
    apart_m = float(np.abs(theirs - pool()).max())
    print(f"30 days at 1 h, {len(plan.time_s)} nodes; medians of {asked.repeat}, solve_ivp once.\n")
    print("| what | ms | × ours |\n|---|---|---|")
    rows = (
        ("level pool", ours),
        (f"… with bounds (two more runs) and crossings of {len(LEVELS)} levels", whole),
        (f"scipy `solve_ivp` (RK45), farthest {1e3 * apart_m:.3f} mm from it", scipy_s),
    )
    for what, seconds in rows:
        print(f"| {what} | {1e3 * seconds:.2f} | {seconds / ours:.0f} |")


if __name__ == "__main__":
    main()
