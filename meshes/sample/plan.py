"""Draw a village's plan.

Rows of plots along curved lanes, every plot open to the south.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from meshes.sample.outline import Outline
from meshes.sample.plots import Plots
from meshes.sample.village_model import VillageSite
from twin.arrays import F64, Index

APRON_M: Final = 45.0  # of fields and trees, round the outline
GAP_M: Final = 0.7  # between plots of a row
MOST_BUILT: Final = 0.95  # of the plots
MARGIN_M: Final = 2.5  # yards keep this from the outline


@dataclass(frozen=True, kw_only=True)
class Lane:
    """Lane's middle line (n, 2) in the frame, and its width."""

    line: F64
    width_m: float
    paved: bool


@dataclass(frozen=True, kw_only=True)
class VillagePlan:
    """Plots inside the outline, fields outside, lanes.

    Kinds of plots: yard, public, garden, orchard, threshing.
    """

    plots: Plots
    fields: Plots
    lanes: tuple[Lane, ...]
    heading: float


def draw_plan(site: VillageSite, outline: Outline, *, rng: np.random.Generator) -> VillagePlan:
    """Return where yards, gardens, fields and lanes lie."""
    wanted = site.households
    each = float(np.clip(outline.area_m2 * 0.62 / max(wanted, 1), 130.0, 400.0))
    width = float(np.clip(np.sqrt(each * 0.75), 10.6, 15.5))
    depth = float(np.clip(width * 1.28, 14.0, 19.6))
    lane_m = 3.2 + 0.06 * (width - 10.0)
    heading = rng.uniform(-0.2, 0.2)
    wave, phase = rng.uniform(240.0, 380.0), rng.uniform(0, 2 * np.pi)
    height = rng.uniform(0.06, 0.11) * wave / (2 * np.pi)

    def bend(x: F64) -> tuple[F64, F64]:
        turn = 2 * np.pi * x / wave + phase
        return height * np.sin(turn), height * 2 * np.pi / wave * np.cos(turn)

    def world(x: F64, y: F64) -> F64:
        cos, sin = np.cos(heading), np.sin(heading)
        return np.stack([site.east + x * cos - y * sin, site.north + x * sin + y * cos], axis=-1)

    far = float(outline.reach_m.max()) + APRON_M
    streets = _streets(far, rng=rng)
    rows = np.arange(-far, far, depth + lane_m) + rng.uniform(0, depth)
    x, span, block = _along(streets, far, width=width, rng=rng)
    row, col = (one.ravel() for one in np.meshgrid(np.arange(rows.size), np.arange(x.size), indexing="ij"))
    offset, slope = bend(x)
    set_back = rng.uniform(-0.5, 0.9, (rows.size, block[-1] + 1))[row, block[col]]
    front = world(x[col], rows[row] + offset[col] + set_back)
    slots = Plots(
        east=front[:, 0], north=front[:, 1], turn=heading + np.arctan(slope)[col],
        width=span[col], depth=depth * rng.uniform(0.9, 1.0, row.size), kind=np.full(row.size, "wild", "U9"),
    )  # fmt: skip
    corners = slots.corners(grow_m=MARGIN_M)
    inside = outline.inside_m(corners[..., 0], corners[..., 1])
    plots = _settle(slots.pick(inside.min(axis=1) > 0), site, wanted=wanted, rng=rng)
    chance = rng.random((rows.size, x.size // 3 + 1))[row, col // 3]
    near = (inside.min(axis=1) <= 0) & (inside.min(axis=1) > 3.0 - APRON_M)
    fields = _grow(slots, chance).pick(near)
    line = np.linspace(-far, far, 160)
    wide = rng.random(rows.size) < 0.3
    lanes = [
        Lane(
            line=world(line, y - lane_m / 2 + bend(line)[0]),
            width_m=lane_m + 0.6 * wide[k],
            paved=bool(wide[k]),
        )
        for k, y in enumerate(rows)
    ]
    lanes += [Lane(line=world(np.full(160, s), line), width_m=w, paved=True) for s, w in streets]
    return VillagePlan(plots=plots, fields=fields, lanes=tuple(lanes), heading=heading)


def _streets(far: float, *, rng: np.random.Generator) -> list[tuple[float, float]]:
    """(x, width) of the streets from south to north: the main one near the middle."""
    out = [(float(rng.uniform(-8, 8)), 6.0)]
    for side in (-1, 1):
        x = out[0][0]
        while abs(x) < far:
            x += side * float(rng.uniform(48, 72))
            out.append((x, 4.2))
    return sorted(out)


def _along(
    streets: list[tuple[float, float]], far: float, *, width: float, rng: np.random.Generator
) -> tuple[F64, F64, Index]:
    """Middles, widths and blocks of a row's plots: the ground between two streets cut into like parts."""
    middles, widths, blocks = [], [], []
    for k, ((x0, w0), (x1, w1)) in enumerate(pairwise(streets)):
        west, east = x0 + w0 / 2 + 0.8, x1 - w1 / 2 - 0.8
        count = max(1, round((east - west) / (width + GAP_M)))
        share = rng.uniform(0.8, 1.25, count)
        ends = west + (east - west) * np.concatenate([[0.0], np.cumsum(share) / share.sum()])
        middles.append((ends[:-1] + ends[1:]) / 2)
        widths.append(np.diff(ends) - GAP_M)
        blocks.append(np.full(count, k, np.intp))
    return np.concatenate(middles), np.concatenate(widths), np.concatenate(blocks)


def _settle(plots: Plots, site: VillageSite, *, wanted: int, rng: np.random.Generator) -> Plots:
    """What stands on each plot: the committee's house and a school in the middle, yards, gardens between."""
    kind = plots.kind.copy()
    away = np.hypot(plots.east - site.east, plots.north - site.north)
    order = np.argsort(away + rng.uniform(0, 45.0, len(plots)), kind="stable")
    public = _pairs(plots, away, count=2 if site.households > 110 else 1)
    taken = set(public.ravel().tolist())
    free = [k for k in order if k not in taken]
    wanted = min(wanted, round(MOST_BUILT * len(free)))
    # Gardens and trees lie between the yards too, not only around them.
    spared = rng.random(len(free)) < 0.05
    free = [k for k, keep in zip(free, spared, strict=True) if not keep] + [
        k for k, keep in zip(free, spared, strict=True) if keep
    ]
    kind[free[:wanted]] = "yard"
    rest = np.asarray(free[wanted:], np.intp)
    kind[rest] = rng.choice(["garden", "orchard", "threshing", "wood"], rest.size, p=[0.5, 0.2, 0.1, 0.2])
    keep = np.ones(len(plots), np.bool_)
    east, north, turn, width = (one.copy() for one in (plots.east, plots.north, plots.turn, plots.width))
    for left, right in public:
        keep[right] = False
        kind[left] = "public"
        for one in (east, north, turn):
            one[left] = (one[left] + one[right]) / 2
        width[left] = float(
            np.hypot(plots.east[left] - plots.east[right], plots.north[left] - plots.north[right])
        )
        width[left] += (plots.width[left] + plots.width[right]) / 2 - 0.5
    return Plots(east=east, north=north, turn=turn, width=width, depth=plots.depth, kind=kind).pick(keep)


def _pairs(plots: Plots, away: F64, *, count: int) -> Index:
    """(count, 2) plots next to each other with no street between, nearest to the middle first."""
    step = np.hypot(np.diff(plots.east), np.diff(plots.north))
    beside = np.nonzero(step < (plots.width[:-1] + plots.width[1:]) / 2 + 1.2 * GAP_M)[0]
    found: list[int] = []
    for k in beside[np.argsort(away[beside], kind="stable")]:
        if len(found) < count and all(abs(int(k) - other) > 1 for other in found):
            found.append(int(k))
    return np.array([(k, k + 1) for k in found], np.intp).reshape(-1, 2)


def _grow(slots: Plots, chance: F64) -> Plots:
    """Fields without gaps: three plots of a row bear the same crop."""
    crops = np.array(["maize", "wheat", "fallow", "orchard", "wood", "garden", "wild", "film"])
    edges = np.array([0.24, 0.38, 0.48, 0.64, 0.76, 0.84, 0.95])
    kind = crops[np.searchsorted(edges, chance)]
    return Plots(
        east=slots.east, north=slots.north, turn=slots.turn,
        width=slots.width + GAP_M, depth=slots.depth + 1.2, kind=kind,
    )  # fmt: skip
