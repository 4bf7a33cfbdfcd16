"""Wings and sheds at the sides of courtyards."""

from __future__ import annotations

import numpy as np

from meshes.sample.roofs import lean_roof
from meshes.sample.solids import material, walls
from meshes.sample.works import Group, Works
from meshes.sample.yards import ROOFS, SIDES, Yards, of


def wings(works: Works, yards: Yards, *, to_east: bool) -> None:
    """Build the wings on one side.

    Their roofs fall towards the yard.
    """
    plots, rng, n = yards.plots, works.rng, len(yards.plots)
    outer = plots.width / 2 - 0.65
    a = (-outer, -outer + yards.wing_m) if to_east else (outer - yards.wing_m, outer)
    back = plots.depth - 0.55 - yards.house_m - rng.uniform(0.9, 1.4, n)
    front = np.maximum(0.75, back - rng.uniform(4.2, 8.0, n))
    tall = rng.uniform(2.5, 2.8, n)
    slope = rng.uniform(0.28, 0.4, n) * yards.wing_m
    blocks = works.stand(plots, a=a, b=(front, back), tall=tall, feature=works.number(n))
    low, high = blocks.floor + tall, blocks.floor + tall + slope
    top = np.stack([high, low, low, high] if to_east else [low, high, high, low], 1)
    side = tuple(of(tuple(f"{s}_{light}" for s in SIDES), yards.front) for light in ("sun", "shade"))
    inner = material("wing_shade" if to_east else "wing_sun", n)
    walls(
        works.faces, blocks, south=side[1], north=side[0], top=top, east=inner if to_east else side[1],
        west=side[0] if to_east else inner, whole=(False, to_east, False, not to_east),
    )  # fmt: skip
    lights = tuple(f"roof_{r}_{'shade' if to_east else 'sun'}" for r in ROOFS)
    other = np.where(rng.random(n) < 0.07, 3, yards.roof)
    lean_roof(
        works.faces, blocks, high=tall + slope, low=tall, to_east=to_east, which=of(lights, other),
        tiles=(26, 2) if works.fine else (1, 1),
    )  # fmt: skip
    works.groups.append(Group(kind="wing", blocks=blocks, storeys=np.ones(n, np.int32), ridge_m=tall + slope))


def sheds(works: Works, yards: Yards) -> None:
    """Build small sheds in the south-west corner."""
    n, west = len(yards.plots), -yards.plots.width / 2
    size = works.rng.uniform(1.9, 3.0, (2, n))
    tall = works.rng.uniform(1.9, 2.2, n)
    blocks = works.stand(
        yards.plots, a=(west + 0.65, west + 0.65 + size[0]), b=(np.full(n, 0.8), 0.8 + size[1]), tall=tall,
        feature=works.number(n),
    )  # fmt: skip
    low, high = blocks.floor + tall, blocks.floor + tall + 0.35
    shade, sun = material("brick_shade", n), material("brick_sun", n)
    top = np.stack([high, low, low, high], 1)
    walls(
        works.faces, blocks, south=shade, east=material("wing_shade", n), north=sun, west=sun, top=top,
        whole=(False, False, False, False),
    )  # fmt: skip
    lean_roof(
        works.faces,
        blocks,
        high=tall + 0.35,
        low=tall,
        to_east=True,
        which=of(("roof_old_shade", "roof_blue_shade"), (works.rng.random(n) < 0.25).astype(np.intp)),
    )
    works.groups.append(Group(kind="shed", blocks=blocks, storeys=np.ones(n, np.int32), ridge_m=tall + 0.35))
