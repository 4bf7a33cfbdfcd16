"""Build mountains and valleys, from coarse to fine.

The catchment at 250 m, then the basin at 120, 60 and 30 m.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from twin.arrays import F32, F64, Bools
from twin.grid import Grid
from twin.noise import fractal
from twin.sample.erosion import Drained, erode
from twin.sample.grids import REGION, WINDOW, sampled, zoomed
from twin.sample.layout import BasinPlan, plan
from twin.sample.rivers import CATCHMENTS_M2, Courses, draw, points_of

STREAM_M2 = 2e5  # from here on a stream keeps its sharp bed when hillsides are rounded
REPOSE = 0.62  # tangent of 32 degrees at 30 m; coarser cells average their slopes away


@dataclass(frozen=True, kw_only=True)
class Relief:
    """Heights, drainage and plan fields on ``WINDOW``.

    Height in m; the plan's fields that are needed further on.
    """

    height_m: F32
    drained: Drained
    courses: Courses
    inside_km: F32
    plain_m: F32
    rim_km: F32


def _repose(cell_m: float) -> float:
    return float(REPOSE * (30.0 / cell_m) ** 0.28)


def region(*, seed: int, step: Callable[[float], None]) -> tuple[F32, Drained]:
    """Return height (m) and drainage of the whole catchment on ``REGION``."""
    courses = draw(seed=seed)
    the_plan = plan(REGION, courses, seed=seed)
    height: F32 | None = None
    drained = None
    source = REGION
    for k, (factor, rounds) in enumerate(((4, 60), (2, 12), (1, 8))):
        grid = zoomed(REGION, factor)
        if height is None:
            height = sampled(the_plan.start_m, REGION, grid)
        else:
            height = sampled(height, source, grid)
            height += 4.0 * factor * fractal(grid, wave_m=4 * grid.dx, octaves=2, seed=seed + 20 + k)
        outlet, steepness = _given(height, the_plan, courses, REGION, grid)
        drained = erode(
            height,
            outlet=outlet,
            inflow_m2=np.zeros(grid.shape),
            steepness=steepness,
            cell_m=grid.dx,
            repose=_repose(grid.dx),
            rounds=rounds,
        )
        source = grid
        step((k + 1) / 3)
    assert height is not None
    assert drained is not None
    return height, drained


def _given(height: F32, the_plan: BasinPlan, courses: Courses, source: Grid, grid: Grid) -> tuple[Bools, F32]:
    """Lay the plain and the rivers into ``height``, in place; returns their mask and the steepness."""
    given = sampled(the_plan.inside_km, source, grid) < 0
    height[given] = sampled(the_plan.plain_m, source, grid)[given]
    point = points_of(grid, courses)
    on_course = point >= 0
    height[on_course] = courses.xyz[point[on_course], 2]
    return given | on_course, sampled(the_plan.steepness, source, grid)


def _crossings(drained: Drained) -> tuple[F64, Bools]:
    """Where rivers cross the window's edge: (x, y, catchment) of those that enter, and the region's cells
    that drain out of the window."""
    area, receiver = drained.area_m2, drained.receiver
    row, col = np.divmod(np.arange(area.size), REGION.cols)
    x, y = REGION.centre_of(row, col)
    west, south, east, north = WINDOW.bounds
    inside = (x > west) & (x < east) & (y > south) & (y < north)
    to = np.where(receiver >= 0, receiver, np.arange(area.size))
    enters = ~inside & inside[to]
    leaves = (inside & ~inside[to]).reshape(area.shape)
    return np.column_stack([x[enters], y[enters], area.ravel()[enters]]), leaves


def _inflow(grid: Grid, height: F32, crossings: F64) -> F64:
    """The catchment beyond the edge, given to the lowest edge cell near each crossing."""
    inflow = np.zeros(grid.shape)
    reach = max(1, round(260.0 / grid.dx))
    for x, y, area in crossings:
        row, col = map(int, grid.nearest_cells(x, y))
        rows = (
            slice(max(0, row - reach), row + reach + 1) if col in (0, grid.cols - 1) else slice(row, row + 1)
        )
        cols = (
            slice(max(0, col - reach), col + reach + 1) if row in (0, grid.rows - 1) else slice(col, col + 1)
        )
        near = height[rows, cols]
        r, c = np.unravel_index(int(np.argmin(near)), near.shape)
        inflow[rows.start + int(r), cols.start + int(c)] += area
    return inflow


def window(region_m: F32, drained: Drained, *, seed: int, step: Callable[[float], None]) -> Relief:
    """Return the basin's relief on ``WINDOW``.

    In keeping with the region's drainage.
    """
    crossings, leaves = _crossings(drained)
    source, height = REGION, region_m
    plan_grid = zoomed(WINDOW, 4)
    courses = draw(seed=seed)
    the_plan = plan(plan_grid, courses, seed=seed)
    for k, (factor, rounds) in enumerate(((4, 7), (2, 3), (1, 1))):
        grid = zoomed(WINDOW, factor)
        height = sampled(height, source, grid)
        height += 0.05 * grid.dx * fractal(grid, wave_m=4 * grid.dx, octaves=2, seed=seed + 30 + k)
        given, steepness = _given(height, the_plan, courses, plan_grid, grid)
        edge = np.zeros(grid.shape, np.bool_)
        edge[[0, -1]] = edge[:, [0, -1]] = True
        outlet = given | (edge & (sampled(leaves.astype(np.float32), REGION, grid) > 0.5))
        drained = erode(
            height,
            outlet=outlet,
            inflow_m2=_inflow(grid, height, crossings),
            steepness=steepness,
            cell_m=grid.dx,
            repose=_repose(grid.dx),
            rounds=rounds,
        )
        source = grid
        step((k + 1) / 3)
    point = points_of(WINDOW, courses)
    on_course = point >= 0
    drained.area_m2[on_course] = np.asarray(CATCHMENTS_M2)[courses.river[point[on_course]]]
    rounded = ndimage.gaussian_filter(height, 0.7, mode="nearest")
    hillside = drained.area_m2 < STREAM_M2
    height[hillside] = rounded[hillside]
    fields = (sampled(f, plan_grid, WINDOW) for f in (the_plan.inside_km, the_plan.plain_m, the_plan.rim_km))
    inside_km, plain_m, rim_km = fields
    return Relief(
        height_m=height,
        drained=drained,
        courses=courses,
        inside_km=inside_km,
        plain_m=plain_m,
        rim_km=rim_km,
    )
