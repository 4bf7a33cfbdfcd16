"""Build the main houses, with what is on their roofs."""

from __future__ import annotations

import numpy as np

from meshes.sample.atlas import INDEX
from meshes.sample.roofs import gable_roof, slab
from meshes.sample.solids import Blocks, box, material, uniform, walls
from meshes.sample.works import Group, Works
from meshes.sample.yards import FRONTS, ROOFS, SIDES, Yards, of
from twin.arrays import F64


def houses(works: Works, yards: Yards, *, two: bool) -> None:
    """Build the main houses, with chimneys and solar heaters."""
    plots, rng, n = yards.plots, works.rng, len(yards.plots)
    half = plots.width / 2 - 0.35
    tall = rng.uniform(6.2, 6.6, n) if two else rng.uniform(3.1, 3.5, n)
    back = plots.depth - 0.55
    blocks = works.stand(
        plots, a=(-half, half), b=(back - yards.house_m, back), tall=tall, feature=yards.house, plinth_m=0.3
    )
    side = tuple(of(tuple(f"{s}_{light}" for s in SIDES), yards.front) for light in ("sun", "shade"))
    front = material("front_two", n) if two else of(FRONTS, yards.front)
    back_wall = np.where((rng.random(n) < 0.6) & (not two), INDEX["back_sun"], side[0])
    walls(works.faces, blocks, south=front, east=side[1], north=back_wall, west=side[0])
    rise = yards.house_m / 2 * rng.uniform(0.5, 0.58, n)
    gable_roof(
        works.faces, blocks, rise=rise, sun=of(tuple(f"roof_{r}_sun" for r in ROOFS), yards.roof),
        shade=of(tuple(f"roof_{r}_shade" for r in ROOFS), yards.roof), end=(side[1], side[0]),
        tiles=(44, 3) if works.fine else (1, 1),
    )  # fmt: skip
    works.groups.append(
        Group(kind="house", blocks=blocks, storeys=np.full(n, 2 if two else 1, np.int32), ridge_m=tall + rise)
    )
    _on_roofs(works, blocks, rise=rise)


def _on_roofs(works: Works, blocks: Blocks, *, rise: F64) -> None:
    """A chimney on most ridges, a solar heater on some southern slopes."""
    rng, n = works.rng, len(blocks)
    middle = (blocks.b0 + blocks.b1) / 2
    for x in (-0.3, 0.32):
        some = rng.random(n) < 0.45
        at, top = (blocks.a1 - blocks.a0)[some] * x, (blocks.floor + blocks.tall + rise)[some]
        stack = Blocks(
            plots=blocks.plots.pick(some), a0=at - 0.27, a1=at + 0.27,
            b0=middle[some] + 0.5, b1=middle[some] + 1.05, floor=top, bottom=top - 0.8,
            tall=np.full(at.size, 0.45), feature=blocks.feature[some],
        )  # fmt: skip
        box(works.faces, stack, style="brick", cap="dark")
    _heaters(works, blocks, rise=rise)


def _heaters(works: Works, blocks: Blocks, *, rise: F64) -> None:
    """A solar heater on some southern slopes: a dark panel below a white tank."""
    rng = works.rng
    some = rng.random(len(blocks)) < 0.38
    count = int(some.sum())
    half, eave = (blocks.b1 - blocks.b0)[some, None] / 2, (blocks.floor + blocks.tall)[some, None]
    left = rng.uniform(-0.35, 0.15, count) * (blocks.a1 - blocks.a0)[some]
    plots, front, owner = blocks.plots.pick(some), blocks.b0[some, None], blocks.feature[some]
    # Shares of the slope from the eave to the ridge, and heights over the roof, at the four corners.
    panel = ([0.42, 0.42, 0.86, 0.86], [0.35, 0.35, 0.75, 0.75], [0.0, 2.0, 2.0, 0.0], "solar", 0.12, (2,))
    tank = ([0.86, 0.86, 1.0, 1.0], [0.9, 0.9, 0.75, 0.75], [-0.1, 2.1, 2.1, -0.1], "tank", 0.4, ())
    for share, over, across, paint, thick_m, open_sides in (panel, tank):
        z = eave + rise[some, None] * np.array(share) + np.array(over)
        at = plots.at(left[:, None] + np.array(across), front + half * np.array(share))
        slab(
            works.faces, np.concatenate([at, z[..., None]], axis=-1), tcoord=uniform(paint, z.shape),
            thick_m=thick_m, feature=owner, open_sides=open_sides,
        )  # fmt: skip
