"""Build the committee's house, the school, flag poles and greenhouses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from meshes.sample.atlas import INDEX, place
from meshes.sample.plots import Plots
from meshes.sample.solids import Blocks, box, material, painted, plinth, uniform, walls
from meshes.sample.works import Group, Works
from twin.arrays import F64, I32


def build_publics(works: Works, plots: Plots) -> None:
    """Build a two-storey public house for each plot.

    With a flat roof and a parapet, behind a yard with a flag.
    """
    n = len(plots)
    half = plots.width / 2 - 1.0
    feature = works.number(n)
    blocks = works.stand(
        plots, a=(-half, half), b=(plots.depth - 7.8, plots.depth - 0.6), tall=np.full(n, 7.0),
        feature=feature, plinth_m=0.45,
    )  # fmt: skip
    walls(
        works.faces, blocks, south=material("front_public", n), east=material("plaster_shade", n),
        north=material("back_public", n), west=material("plaster_sun", n), whole=(True, False, True, False),
    )  # fmt: skip
    plinth(works.faces, blocks, tcoord=painted(material("roof_flat", n)))
    works.groups.append(
        Group(kind="public", blocks=blocks, storeys=np.full(n, 2, np.int32), ridge_m=np.full(n, 7.5))
    )
    for a, b in _edges(blocks, 0.25):
        rim = replace(
            blocks, a0=a[0], a1=a[1], b0=b[0], b1=b[1], floor=blocks.floor + 7.0, tall=np.full(n, 0.5),
            bottom=blocks.floor + 6.9,
        )  # fmt: skip
        box(works.faces, rim, style="plaster", cap="tank")
    _wall(works, plots, feature=feature)
    _flags(works, plots)


def _edges(blocks: Blocks, thick: float) -> list[tuple[tuple[F64, F64], tuple[F64, F64]]]:
    a0, a1, b0, b1 = blocks.a0, blocks.a1, blocks.b0, blocks.b1
    return [
        ((a0, a1), (b0, b0 + thick)),
        ((a0, a1), (b1 - thick, b1)),
        ((a0, a0 + thick), (b0 + thick, b1 - thick)),
        ((a1 - thick, a1), (b0 + thick, b1 - thick)),
    ]


def _wall(works: Works, plots: Plots, *, feature: I32) -> None:
    """A low wall round the yard with a wide opening to the lane."""
    half, zero = plots.width / 2 - 0.1, np.zeros(len(plots))
    for a, b in (
        ((-half, zero - 2.6), (zero + 0.1, zero + 0.34)),
        ((zero + 2.6, half), (zero + 0.1, zero + 0.34)),
        ((-half, -half + 0.24), (zero + 0.34, plots.depth - 0.6)),
        ((half - 0.24, half), (zero + 0.34, plots.depth - 0.6)),
    ):
        box(
            works.faces,
            works.stand(plots, a=a, b=b, tall=zero + 1.5, feature=feature),
            style="plaster",
            cap="ridge",
        )


def _flags(works: Works, plots: Plots) -> None:
    zero = np.zeros(len(plots))
    b = zero + 4.0
    pole = works.stand(
        plots, a=(zero - 0.06, zero + 0.06), b=(b, b + 0.12), tall=zero + 9.5, feature=zero.astype(np.int32)
    )
    metal = material("plain", len(plots))
    whole = (False, False, False, False)
    walls(works.faces, pole, south=metal, east=metal, north=metal, west=metal, whole=whole)
    a = np.stack([zero + 0.06, zero + 2.3, zero + 2.3, zero + 0.06], 1)
    top = pole.floor + 9.4
    flag = pole.points(a, np.repeat(b[:, None] + 0.06, 4, 1), np.stack([top - 1.5, top - 1.5, top, top], 1))
    works.faces.quads(flag, tcoord=uniform("flag", flag.shape[:2]), feature=0)


def build_greenhouses(works: Works, fields: Plots) -> None:
    """Build tunnels of film, two to a plot, closed at the ends.

    They belong to no household.
    """
    for start in (0.08, 0.54):
        _tunnels(works, fields, start=start)


def _tunnels(works: Works, plots: Plots, *, start: float) -> None:
    n, parts = len(plots), 10 if not works.fine else 24
    half, wide = plots.width / 2 - 0.6, plots.depth * 0.38
    b0 = plots.depth * start
    ring = plots.at(np.stack([-half, half, half, -half], 1), np.stack([b0, b0, b0 + wide, b0 + wide], 1))
    works.shades.append((ring, np.full(n, 2.2)))
    foot = works.ground(ring).min(axis=1) - 0.3
    turn = np.pi * np.arange(parts + 1) / parts
    b = b0[:, None] + wide[:, None] * (0.5 - 0.5 * np.cos(turn))
    z = foot[:, None] + 2.9 * np.sin(turn) ** 0.7
    film = np.full((n, parts + 1), INDEX["film"], np.intp)
    t = np.broadcast_to(turn / np.pi, b.shape)
    ends = []
    for side, s in ((half, 1.0), (-half, 0.0)):
        x = np.repeat(side[:, None], parts + 1, 1)
        line = np.concatenate([plots.at(x, b), z[..., None]], axis=-1)
        ends.append((line, place(film, np.full(b.shape, s), t)))
    (east, east_t), (west, west_t) = ends
    position, tcoord = np.concatenate([west, east], axis=1), np.concatenate([west_t, east_t], axis=1)
    k, m = np.arange(parts), parts + 1
    over = np.concatenate([np.stack([k, k + m, k + m + 1], 1), np.stack([k, k + m + 1, k + 1], 1)])
    fan = np.arange(1, parts)
    close = np.concatenate([
        np.stack([np.full(fan.size, m), m + fan + 1, m + fan], 1),
        np.stack([np.zeros(fan.size, int), fan, fan + 1], 1),
    ])  # fmt: skip
    works.faces.add(
        position, tcoord=tcoord, triangles=np.concatenate([over, close]).astype(np.int32), feature=0
    )
