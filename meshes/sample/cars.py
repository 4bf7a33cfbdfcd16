"""Cars and small trucks parked at the edges of paved lanes."""

from __future__ import annotations

from typing import Final

import numpy as np

from meshes.sample.outline import Outline
from meshes.sample.plan import VillagePlan
from meshes.sample.roofs import slab
from meshes.sample.solids import uniform
from meshes.sample.works import Works
from twin.arrays import F64

COLOURS: Final = ("tank", "pole", "ridge", "solar")
EVERY_M: Final = 55.0  # of paved lane


def park_cars(works: Works, plan: VillagePlan, outline: Outline) -> None:
    """Park a car about every ``EVERY_M`` of paved lane's edge."""
    rng = works.rng
    spots, turns = [], []
    for lane in plan.lanes:
        away = outline.inside_m(lane.line[:, 0], lane.line[:, 1])
        inside = lane.line[away > 6.0]
        if not lane.paved or len(inside) < 8:
            continue
        ahead = np.diff(inside, axis=0)
        step = np.hypot(ahead[:, 0], ahead[:, 1])
        pick = rng.choice(step.size, max(1, int(step.sum() / EVERY_M)), replace=False)
        ahead = ahead[pick] / step[pick, None]
        side = rng.choice([-1.0, 1.0], pick.size) * (lane.width_m / 2 - 1.15)
        spots.append(inside[pick] + np.column_stack([-ahead[:, 1], ahead[:, 0]]) * side[:, None])
        turns.append(np.arctan2(ahead[:, 1], ahead[:, 0]))
    if spots:
        _build(works, np.concatenate(spots), np.concatenate(turns))


def _build(works: Works, spot: F64, turn: F64) -> None:
    """A body, dark windows and a roof for each."""
    n = len(spot)
    ahead = np.column_stack([np.cos(turn), np.sin(turn)])
    aside = np.column_stack([-ahead[:, 1], ahead[:, 0]])
    ground = works.ground(spot)

    def rect(long: float, wide: float, back: float) -> F64:
        ends = [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]
        return np.stack([spot + ahead * (u * long - back) + aside * v * wide for u, v in ends], axis=1)

    colour = works.rng.choice(len(COLOURS), n, p=[0.45, 0.3, 0.13, 0.12])
    body, glass, roof = rect(4.3, 1.75, 0.0), rect(2.6, 1.5, 0.25), rect(1.5, 1.4, 0.3)
    works.shades.append((body, np.full(n, 0.7)))
    for k, name in enumerate(COLOURS):
        some = colour == k
        parts = ((body, 0.85, 0.6, name), (glass, 1.3, 0.5, "dark"), (roof, 1.42, 0.14, name))
        for ring, top, thick, paint in parts:
            z = np.repeat((ground + top)[some, None, None], 4, axis=1)
            corners = np.concatenate([ring[some], z], axis=-1)
            slab(
                works.faces,
                corners,
                tcoord=uniform(paint, corners.shape[:2]),
                thick_m=thick,
                feature=0,
                edges=paint,
            )
