"""Build courtyards: main house, wings, wall and gate.

The house is at the back, wings at the sides, the gate to the lane.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from meshes.sample.houses import houses
from meshes.sample.plots import Plots
from meshes.sample.roofs import gable_roof
from meshes.sample.solids import Blocks, box, material, walls
from meshes.sample.wings import sheds, wings
from meshes.sample.works import Works
from meshes.sample.yards import Yards, choose
from twin.arrays import Bools

WALL_M: Final = 0.24  # thick


def build_yards(works: Works, plots: Plots) -> Yards:
    """Build all yards; returns the choices for their furnishing."""
    yards = choose(works, plots)
    for two in (False, True):
        houses(works, yards.pick(yards.two == two), two=two)
    for to_east in (True, False):
        wings(works, yards.pick(yards.west if to_east else yards.east), to_east=to_east)
    sheds(works, yards.pick(yards.shed))
    enclose(works, yards)
    return yards


def enclose(works: Works, yards: Yards) -> None:
    """Build a yard's wall and its gate."""
    plots, gate = yards.plots, yards.gate
    half, house = plots.width / 2 - 0.1, plots.depth - 0.55 - yards.house_m
    zero, tall = np.zeros(len(plots)), np.full(len(plots), 2.0)
    front, along = (zero + 0.1, zero + 0.1 + WALL_M), (zero + 0.1 + WALL_M, house)
    for a, b, long in (
        ((-half, gate - 1.0), front, (0, 2)),
        ((gate + 1.0, half), front, (0, 2)),
        ((-half, -half + WALL_M), along, (1, 3)),
        ((half - WALL_M, half), along, (1, 3)),
    ):
        wall = works.stand(plots, a=a, b=b, tall=tall, feature=yards.house)
        for style, some in (
            ("stone", yards.front == 2),
            ("brick", yards.front == 0),
            ("plaster", yards.front % 2 == 1),
        ):
            box(works.faces, _pick(wall, some), style=style, cap="ridge", sides=long)
    gates = works.stand(
        plots, a=(gate - 1.0, gate + 1.0), b=(zero + 0.02, zero + 0.62), tall=tall + 0.45, feature=yards.house
    )
    door, n = material("gate", len(plots)), len(plots)
    walls(
        works.faces, gates, south=door, east=material("brick_shade", n), north=door,
        west=material("brick_sun", n), whole=(True, False, True, False),
    )  # fmt: skip
    sun, shade = material("roof_grey_sun", n), material("roof_grey_shade", n)
    gable_roof(
        works.faces, gates, rise=zero + 0.4, sun=sun, shade=shade,
        end=(material("brick_shade", n), material("brick_sun", n)), eave_m=0.3, side_m=0.15,
        tiles=(8, 1) if works.fine else (1, 1),
    )  # fmt: skip


def _pick(blocks: Blocks, some: Bools) -> Blocks:
    arrays = {
        k: getattr(blocks, k)[some] for k in ("a0", "a1", "b0", "b1", "floor", "bottom", "tall", "feature")
    }
    return Blocks(plots=blocks.plots.pick(some), **arrays)
