"""Plant trees and build their low crowns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from meshes.sample.atlas import INDEX, place
from meshes.sample.outline import Outline
from meshes.sample.plan import APRON_M, VillagePlan
from meshes.sample.plots import Plots
from meshes.sample.solids import uniform
from meshes.sample.works import Works
from meshes.sample.yards import Yards
from twin.arrays import F64, I32

LOCUST, POPLAR, FRUIT, PINE = range(4)
LEAVES: Final = ("leaf_locust", "leaf_poplar", "leaf_fruit", "leaf_pine")
HEIGHTS_M: Final = np.array([[6.5, 10.5], [11.0, 16.0], [3.2, 4.8], [5.0, 9.0]])
WIDTHS: Final = np.array([0.36, 0.14, 0.44, 0.26])  # radius of the crown by height
TRUNKS: Final = np.array([0.24, 0.2, 0.22, 0.12])  # share of the height that is bare
# Radius by height for each kind, foot to top of the crown.
SHAPES: Final = np.array([[0.0, 0.82, 1.0, 0.72, 0.0], [0.0, 0.8, 1.0, 0.7, 0.0], [0.0, 0.9, 1.0, 0.7, 0.0],
                          [0.0, 1.0, 0.68, 0.34, 0.0]])  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Trees:
    """Places, crowns and kinds of trees, (n,).

    Middle (n, 2) in the frame, height and crown's radius m, kind.
    """

    at: F64
    height: F64
    radius: F64
    kind: I32


def plant(works: Works, plan: VillagePlan, yards: Yards, outline: Outline) -> Trees:
    """Plant trees in yards, orchards, woods, gardens and along lanes.

    And on the apron.
    """
    rng = works.rng
    spots = [_in_yards(yards, rng), _by_lanes(plan, outline, rng)]
    for plots in (plan.plots, plan.fields):
        spots += _in_plots(plots, rng, dense=works.fine)
    at = np.concatenate([one for one, _ in spots])
    kind = np.concatenate([np.full(len(one), k, np.int32) for one, k in spots])
    swap = rng.random(kind.size) < 0.12
    kind = np.where(swap & (kind == LOCUST), FRUIT, kind).astype(np.int32)
    inside = outline.inside_m(at[:, 0], at[:, 1]) > 6.0 - APRON_M
    at, kind = at[inside], kind[inside]
    low, high = HEIGHTS_M[kind].T
    height = low + (high - low) * rng.random(kind.size)
    return Trees(
        at=at, height=height, radius=height * WIDTHS[kind] * rng.uniform(0.85, 1.15, kind.size), kind=kind
    )


def _in_yards(yards: Yards, rng: np.random.Generator) -> tuple[F64, int]:
    """One or two before the house, clear of wings, gate and shed."""
    plots, n = yards.plots, len(yards.plots)
    left = np.where(yards.west, -plots.width / 2 + 1.6 + yards.wing_m, -plots.width / 2 + 3.9)
    right = np.where(yards.east, plots.width / 2 - 1.6 - yards.wing_m, plots.width / 2 - 1.6)
    a = left + (right - left) * rng.uniform(0.05, 0.95, n)
    b = rng.uniform(2.0, np.maximum(2.4, plots.depth - yards.house_m - 3.0))
    return plots.at(a, b)[(rng.random(n) < 0.62) & (right > left)], LOCUST


def _by_lanes(plan: VillagePlan, outline: Outline, rng: np.random.Generator) -> tuple[F64, int]:
    """Beside the lanes' edges, in stretches, where no yard's house is near."""
    spots = []
    for lane in plan.lanes:
        step = np.diff(lane.line, axis=0)
        aside = np.column_stack([-step[:, 1], step[:, 0]]) / np.hypot(step[:, 0], step[:, 1])[:, None]
        spot = lane.line[:-1] + aside * (lane.width_m / 2 - 0.35)
        some = rng.random(len(spot)) < (0.1 if lane.paved else 0.04)
        away = outline.inside_m(spot[:, 0], spot[:, 1])
        spots.append(spot[some & (away > -38.0)])
    return np.concatenate(spots), LOCUST


def _in_plots(plots: Plots, rng: np.random.Generator, *, dense: bool) -> list[tuple[F64, int]]:
    """Rows in orchards, thickets in woods, a few elsewhere."""
    out = []
    for kind, count, tree in (
        ("orchard", 8, FRUIT), ("wood", 4, LOCUST), ("wood", 2, POPLAR), ("wild", 1, PINE),
        ("wild", 1, LOCUST), ("garden", 1, FRUIT), ("public", 2, PINE),
    ):  # fmt: skip
        some = plots.pick(plots.kind == kind)
        if len(some) == 0:
            continue
        more = count * 2 if dense and kind in {"wood", "wild"} else count
        if tree == FRUIT and kind == "orchard":
            a, b = (one.ravel() for one in np.meshgrid([-0.36, -0.12, 0.12, 0.36], [0.28, 0.72]))
            x, y = np.tile(a, (len(some), 1)), np.tile(b, (len(some), 1))
            x = x + rng.uniform(-0.03, 0.03, x.shape)
            y = y + rng.uniform(-0.03, 0.03, x.shape)
        elif kind == "public":
            x, y = np.tile([-0.44, 0.44], (len(some), 1)), np.full((len(some), 2), 0.22)
        else:
            x, y = rng.uniform(-0.45, 0.45, (len(some), more)), rng.uniform(0.05, 0.95, (len(some), more))
        keep = (rng.random(x.shape) < 0.9).ravel()
        spots = some.at(x * some.width[:, None], y * some.depth[:, None]).reshape(-1, 2)
        out.append((spots[keep], tree))
    return out


def grow(works: Works, trees: Trees) -> None:
    """Build trunks and crowns.

    A crown's texture is lit all round, so it is laid on by compass direction.
    """
    around, levels = (8, 6) if works.fine else (6, 3)
    rng, n = works.rng, len(trees.kind)
    foot = works.ground(trees.at)
    bare = TRUNKS[trees.kind] * trees.height
    share = np.linspace(0, 1, levels + 1)
    profile = np.stack(
        [
            np.interp(share, np.linspace(0, 1, 5), shape) + 0.08 * (share > 0) * (share < 1) * (levels < 4)
            for shape in SHAPES
        ]
    )[trees.kind]
    turn = 2 * np.pi * np.arange(around + 1) / around
    ragged = rng.uniform(0.72, 1.22, (n, levels + 1, around))
    ragged = np.concatenate([ragged, ragged[..., :1]], axis=2)
    ring = trees.radius[:, None, None] * profile[..., None] * ragged
    spin = rng.uniform(0, 2 * np.pi, n)[:, None, None]
    # Every other ring is turned by half a step: no edges run up the crown.
    twist = (np.pi / around * (np.arange(levels + 1) % 2))[None, :, None]
    angle = turn[None, None] + spin + twist
    lift = (rng.uniform(-0.06, 0.06, (n, levels + 1, around)) * (profile[..., None] > 0))[
        ..., [*range(around), 0]
    ]
    high = (trees.height - bare)[:, None, None]
    z = foot[:, None, None] + bare[:, None, None] + high * np.clip(share[None, :, None] + lift, 0, 1)
    x = trees.at[:, 0, None, None] + ring * np.cos(angle)
    y = trees.at[:, 1, None, None] + ring * np.sin(angle)
    position = np.stack([x, y, np.broadcast_to(z, x.shape)], axis=-1).reshape(n, -1, 3)
    other = (trees.kind == LOCUST) & (rng.random(n) < 0.36)
    foliage = np.where(other, rng.choice([POPLAR, POPLAR, FRUIT], n), trees.kind)
    leaf = np.array([INDEX[name] for name in LEAVES], np.intp)[foliage]
    # The cell shows directions from 0 to 792 degrees, so that a crown turned by its spin stays in it.
    s = np.broadcast_to(angle / (4.4 * np.pi), x.shape).reshape(n, -1)
    t = np.broadcast_to(share[None, :, None], x.shape).reshape(n, -1)
    tcoord = place(leaf[:, None], s, t)
    row, col = (one.ravel() for one in np.meshgrid(np.arange(levels), np.arange(around), indexing="ij"))
    k = row * (around + 1) + col
    lower = np.stack([k, k + 1, k + around + 2], 1)[row > 0]
    upper = np.stack([k, k + around + 2, k + around + 1], 1)[row < levels - 1]
    works.faces.add(
        position, tcoord=tcoord, triangles=np.concatenate([lower, upper]).astype(np.int32), feature=0
    )
    _trunks(works, trees, foot=foot, bare=bare)


def _trunks(works: Works, trees: Trees, *, foot: F64, bare: F64) -> None:
    turn = 2 * np.pi * np.arange(4) / 3
    thick = (0.1 + 0.016 * trees.height)[:, None]
    x = trees.at[:, 0, None] + thick * np.cos(turn)
    y = trees.at[:, 1, None] + thick * np.sin(turn)
    low, high = foot - 0.4, foot + bare + 0.12 * trees.height
    for k in range(3):
        pair = [k, k + 1, k + 1, k]
        z = np.stack([low, low, high, high], 1)
        quad = np.stack([x[:, pair], y[:, pair], z], axis=-1)
        works.faces.quads(quad, tcoord=uniform("trunk", quad.shape[:2]), feature=0)
