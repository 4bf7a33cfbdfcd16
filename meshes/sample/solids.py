"""Build walls of many like buildings at once.

Each in the axes of its plot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from meshes.sample.atlas import INDEX, place, plain
from meshes.sample.faces import Faces
from meshes.sample.plots import Plots
from twin.arrays import F64, I32, Index

WALL_CELL_M: Final = 11.0  # of wall in the width of a material's cell
FULL: Final = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


@dataclass(frozen=True, kw_only=True)
class Blocks:
    """Upright boxes in the axes of their plots, m.

    ``a0`` … ``a1`` and ``b0`` … ``b1``. ``floor`` and ``bottom`` are working heights (the walls go down to
    ``bottom``), ``tall`` is the wall's height over the floor, ``feature`` the building's number. All of shape
    (n,).
    """

    plots: Plots
    a0: F64
    a1: F64
    b0: F64
    b1: F64
    floor: F64
    bottom: F64
    tall: F64
    feature: I32

    def points(self, a: F64, b: F64, z: F64) -> F64:
        """Return (n, k, 3) of arrays (n, k)."""
        return np.concatenate([self.plots.at(a, b), z[..., None]], axis=-1)

    def ring(self) -> F64:
        """Return footprints, (n, 4, 2), anticlockwise from the south-west."""
        a, b = (
            np.stack([self.a0, self.a1, self.a1, self.a0], 1),
            np.stack([self.b0, self.b0, self.b1, self.b1], 1),
        )
        return self.plots.at(a, b)

    def __len__(self) -> int:
        return self.a0.size


def material(name: str, count: int) -> Index:
    """Return one material for ``count`` faces."""
    return np.full(count, INDEX[name], np.intp)


def painted(which: Index, *, wide_m: F64 | None = None, cell_m: float = WALL_CELL_M) -> F64:
    """Return texture coordinates (n, 4, 2) of upright quads.

    The whole cell, or as much as ``wide_m`` takes.
    """
    share = np.ones(which.size) if wide_m is None else np.minimum(1.0, wide_m / cell_m)
    return place(which[:, None], share[:, None] * FULL[:, 0], np.broadcast_to(FULL[:, 1], (which.size, 4)))


def uniform(name: str, shape: tuple[int, ...]) -> F64:
    """Texture coordinates in one plain colour."""
    s, t = plain(name)
    return place(np.full(shape, INDEX["plain"], np.intp), np.full(shape, s), np.full(shape, t))


def walls(
    faces: Faces, blocks: Blocks, *, south: Index, east: Index, north: Index, west: Index,
    top: F64 | None = None, whole: tuple[bool, bool, bool, bool] = (True, False, False, False),
    sides: tuple[int, ...] = (0, 1, 2, 3),
) -> None:  # fmt: skip
    """Build four walls.

    ``top`` (n, 4) is their height at the corners from the south-west; ``whole``: which walls, from the south,
    show their material's cell whole (a front with its door).
    """
    a = np.stack([blocks.a0, blocks.a1, blocks.a1, blocks.a0], 1)
    b = np.stack([blocks.b0, blocks.b0, blocks.b1, blocks.b1], 1)
    high = (blocks.floor + blocks.tall)[:, None] + np.zeros((1, 4)) if top is None else top
    low = np.repeat(blocks.bottom[:, None], 2, axis=1)
    long = (blocks.a1 - blocks.a0, blocks.b1 - blocks.b0)
    for side in sides:
        which = (south, east, north, west)[side]
        pair = [side, (side + 1) % 4]
        x, y = a[:, [*pair, *pair[::-1]]], b[:, [*pair, *pair[::-1]]]
        z = np.concatenate([low, high[:, pair[::-1]]], axis=1)
        tcoord = painted(which, wide_m=None if whole[side] else long[side % 2])
        faces.quads(blocks.points(x, y, z), tcoord=tcoord, feature=blocks.feature)


def plinth(faces: Faces, blocks: Blocks, *, tcoord: F64) -> None:
    """Build a flat top on a box's walls."""
    a = np.stack([blocks.a0, blocks.a1, blocks.a1, blocks.a0], 1)
    b = np.stack([blocks.b0, blocks.b0, blocks.b1, blocks.b1], 1)
    z = np.repeat((blocks.floor + blocks.tall)[:, None], 4, 1)
    faces.quads(blocks.points(a, b, z), tcoord=tcoord, feature=blocks.feature)


def box(faces: Faces, blocks: Blocks, *, style: str, cap: str, sides: tuple[int, ...] = (0, 1, 2, 3)) -> None:
    """Build walls of one style, from the south, and a top."""
    n = len(blocks)
    shade, sun = material(f"{style}_shade", n), material(f"{style}_sun", n)
    part = (False, False, False, False)
    walls(faces, blocks, south=shade, east=shade, north=sun, west=sun, whole=part, sides=sides)
    plinth(faces, blocks, tcoord=uniform(cap, (n, 4)))
