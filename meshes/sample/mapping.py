"""Draw the map of a village's surfaces, from fields to paths."""

from __future__ import annotations

import numpy as np

from meshes.sample.orthophoto import Brush
from meshes.sample.outline import Outline
from meshes.sample.plan import Lane, VillagePlan
from meshes.sample.plots import Plots
from meshes.sample.yards import Yards
from twin.arrays import F64

YARD_SURFACES = ("yard_earth", "yard_cement", "yard_brick")


def draw_map(
    brush: Brush, plan: VillagePlan, yards: Yards, outline: Outline, *, rng: np.random.Generator
) -> None:
    """Draw everything, from below upwards."""
    _fields(brush, plan.fields, rng=rng)
    _plots(brush, plan.plots, rng=rng)
    for paved in (False, True):
        for lane in plan.lanes:
            if lane.paved == paved:
                _lane(brush, lane, outline, paved=paved)
    _yards(brush, yards, rng=rng)
    _publics(brush, plan.plots.pick(plan.plots.kind == "public"))


def rects(plots: Plots, a0: F64, a1: F64, b0: F64, b1: F64) -> F64:
    """Return rectangles (n, 4, 2) in the axes of plots."""
    zero = np.zeros(len(plots))
    a0, a1, b0, b1 = a0 + zero, a1 + zero, b0 + zero, b1 + zero
    return plots.at(np.stack([a0, a1, a1, a0], 1), np.stack([b0, b0, b1, b1], 1))


def _fields(brush: Brush, fields: Plots, *, rng: np.random.Generator) -> None:
    for kind in np.unique(fields.kind):
        some = fields.pick(fields.kind == kind)
        if kind != "wild":
            brush.polygons(some.corners(grow_m=0.5), "verge")
    for kind in np.unique(fields.kind):
        some = fields.pick(fields.kind == kind)
        brush.polygons(some.corners(), str(kind))
        if kind == "garden":
            _beds(brush, some, rng=rng)


def _beds(brush: Brush, plots: Plots, *, rng: np.random.Generator) -> None:
    """Vegetable beds: strips of different greens with paths between."""
    for k in range(4):
        depth = plots.depth / 4
        left = -plots.width / 2 + 0.5
        cut = left + (plots.width - 1.0) * rng.uniform(0.3, 0.7, len(plots))
        for a0, a1 in ((left, cut - 0.2), (cut + 0.2, plots.width / 2 - 0.5)):
            kind = rng.choice(["beds", "garden", "fallow", "maize"], len(plots), p=[0.4, 0.25, 0.2, 0.15])
            ring = rects(plots, a0, a1, depth * k + 0.3, depth * (k + 1) - 0.3)
            for one in np.unique(kind):
                brush.polygons(ring[kind == one], str(one))


def _plots(brush: Brush, plots: Plots, *, rng: np.random.Generator) -> None:
    built = plots.pick(np.isin(plots.kind, ("yard", "public")))
    brush.polygons(built.corners(grow_m=2.2), "dirt")
    for kind in ("garden", "orchard", "threshing", "wood"):
        some = plots.pick(plots.kind == kind)
        brush.polygons(some.corners(), kind)
        if kind == "garden":
            _beds(brush, some, rng=rng)
    floors = plots.pick(plots.kind == "threshing")
    n = len(floors)
    for kind, share in (("corn", 0.8), ("straw", 0.8)):
        a, b = rng.uniform(-0.4, 0.0, n) * floors.width, rng.uniform(0.1, 0.5, n) * floors.depth
        ring = rects(floors, a, a + rng.uniform(2.5, 6.0, n), b, b + rng.uniform(2.5, 5.0, n))
        brush.polygons(ring[rng.random(n) < share], kind)


def _lane(brush: Brush, lane: Lane, outline: Outline, *, paved: bool) -> None:
    """A track through the fields that becomes a lane in the village."""
    away = outline.inside_m(lane.line[:, 0], lane.line[:, 1])
    brush.line(lane.line[away > (-60.0 if paved else -24.0)], "track", width_m=lane.width_m * 0.6)
    inside = lane.line[away > (-60.0 if paved and lane.width_m > 5 else -1.0)]
    brush.line(inside, "dirt", width_m=lane.width_m + 0.9)
    brush.line(inside, "lane", width_m=lane.width_m - (0.2 if paved else 1.0))
    if paved and len(inside) > 1:
        _joints(brush, inside, lane.width_m - 0.2)


def _joints(brush: Brush, line: F64, width_m: float) -> None:
    """Joints of the concrete slabs, every 4 m."""
    run = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    at = np.arange(2.0, run[-1], 4.0)
    spot = np.column_stack([np.interp(at, run, line[:, k]) for k in range(2)])
    ahead = np.column_stack([np.interp(at + 0.5, run, line[:, k]) for k in range(2)]) - spot
    aside = np.column_stack([-ahead[:, 1], ahead[:, 0]]) * width_m
    thick = ahead * 0.15
    rings = [spot - aside - thick, spot + aside - thick, spot + aside + thick, spot - aside + thick]
    brush.polygons(np.stack(rings, axis=1), "joint")


def _yards(brush: Brush, yards: Yards, *, rng: np.random.Generator) -> None:
    plots, n = yards.plots, len(yards.plots)
    kind = rng.choice(3, n, p=[0.35, 0.4, 0.25])
    half, house = plots.width / 2 - 0.1, plots.depth - 0.55 - yards.house_m
    for k, surface in enumerate(YARD_SURFACES):
        brush.polygons(plots.corners()[kind == k], surface)
    left = np.where(yards.west, -half + yards.wing_m + 1.4, -half + 0.8)
    left = np.where(yards.shed, -half + 4.0, left)
    right = yards.gate - 1.6
    front = 0.9 + rng.uniform(0, 0.5, n)
    back = np.maximum(front + 1.0, house * rng.uniform(0.4, 0.62, n))
    green = (right - left > 1.8) & (rng.random(n) < 0.62)
    brush.polygons(rects(plots, left, right, front, back)[green], "beds")
    door = np.zeros(n)
    brush.polygons(rects(plots, yards.gate - 0.7, yards.gate + 0.7, door, house), "path")
    brush.polygons(rects(plots, -half + 0.6, half - 0.6, house - 1.1, house), "path")
    corn = ~green & (right - left > 2.5) & (rng.random(n) < 0.5)
    a = left + (right - left) * rng.uniform(0.0, 0.3, n)
    b = rng.uniform(1.5, 2.5, n)
    brush.polygons(
        rects(plots, a, a + rng.uniform(2.0, 3.5, n), b, b + rng.uniform(1.5, 3.0, n))[corn], "corn"
    )
    wood = rng.random(n) < 0.4
    brush.polygons(rects(plots, -half + 0.8, -half + 2.6, -door - 0.5, -door + 0.02)[wood], "firewood")
    brush.polygons(rects(plots, -half, half, house, plots.depth - 0.55), "floor")


def _publics(brush: Brush, plots: Plots) -> None:
    """A paved yard with a ball court."""
    half = plots.width / 2 - 0.2
    brush.polygons(plots.corners(), "threshing")
    wide = np.minimum(half - 1.5, 10.5)
    for grow, surface in ((0.0, "court"), (0.25, "line"), (0.4, "court")):
        ring = rects(
            plots,
            -wide - 2 + grow,
            wide - 4 - grow,
            np.full(len(plots), 1.2 + grow),
            plots.depth * 0.46 - grow,
        )
        brush.polygons(ring, surface)
    middle = rects(
        plots,
        np.full(len(plots), -3.08),
        np.full(len(plots), -2.92),
        np.full(len(plots), 1.5),
        plots.depth * 0.46 - 0.3,
    )
    brush.polygons(middle, "line")
