"""Build roofs of many like buildings at once.

Slabs, gables and slopes that lean on a wall.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from meshes.sample.atlas import place
from meshes.sample.faces import Faces
from meshes.sample.solids import Blocks, painted, uniform
from twin.arrays import F64, Index

ROOF_CELL_M: Final = 15.0  # of roof in the width of a material's cell


def slab(
    faces: Faces, corners: F64, *, tcoord: F64, thick_m: float, feature: ArrayLike,
    open_sides: tuple[int, ...] = (), tiles: tuple[int, int] = (1, 1), relief_m: float = 0.0,
    edges: str = "dark",
) -> None:  # fmt: skip
    """Build roofs from the corners of their tops, (n, 4, 3).

    Anticlockwise from above, the eave first. The edges (but for ``open_sides``) have the plain colour
    ``edges``. ``tiles`` (along the eave, up the slope) divides the top, whose tiles stand out by
    ``relief_m``; such a roof has an underside too.
    """
    count = corners.shape[0]
    if tiles == (1, 1):
        faces.quads(corners, tcoord=tcoord, feature=feature)
    else:
        _tile(faces, corners, tcoord=tcoord, feature=feature, tiles=tiles, relief_m=relief_m)
    low = corners - np.array([0.0, 0.0, thick_m])
    edge = uniform(edges, (count, 4))
    for side in range(4):
        if side not in open_sides:
            k, m = side, (side + 1) % 4
            quad = np.stack([low[:, k], low[:, m], corners[:, m], corners[:, k]], axis=1)
            faces.quads(quad, tcoord=edge, feature=feature)
    if tiles != (1, 1):
        faces.quads(low[:, ::-1], tcoord=edge, feature=feature)


def _tile(
    faces: Faces, corners: F64, *, tcoord: F64, feature: ArrayLike, tiles: tuple[int, int], relief_m: float
) -> None:
    """The top of a roof as a grid: channels down the slope, a step at every course."""
    across, up = tiles
    s = np.linspace(0, 1, across + 1)
    # Each course ends a little over the next: two rows of vertices at nearly the same place.
    course = np.arange(up)
    t = np.stack([course / up, (course + 0.92) / up], axis=1).ravel()
    t = np.append(t, 1.0)
    step = np.append(np.tile([1.0, 0.0], up), 0.0)
    wave = np.where(np.arange(across + 1) % 2 == 1, 1.0, 0.15)
    share = np.stack(np.meshgrid(s, t), axis=-1).reshape(-1, 2)
    rise = relief_m * (0.6 * np.tile(wave, t.size) + 0.4 * np.repeat(step, across + 1))
    weight = _bilinear(share)
    position = np.einsum("kc,ncd->nkd", weight, corners)
    position[..., 2] += rise
    row, col = (one.ravel() for one in np.meshgrid(np.arange(t.size - 1), np.arange(across), indexing="ij"))
    k = row * (across + 1) + col
    triangles = np.concatenate(
        [np.stack([k, k + 1, k + across + 2], 1), np.stack([k, k + across + 2, k + across + 1], 1)]
    ).astype(np.int32)
    faces.add(position, tcoord=np.einsum("kc,ncd->nkd", weight, tcoord), triangles=triangles, feature=feature)


def _bilinear(share: F64) -> F64:
    s, t = share[:, 0], share[:, 1]
    return np.stack([(1 - s) * (1 - t), s * (1 - t), s * t, (1 - s) * t], axis=1)


def gable_roof(
    faces: Faces, blocks: Blocks, *, rise: F64, sun: Index, shade: Index, end: tuple[Index, Index],
    eave_m: float = 0.55, side_m: float = 0.3, tiles: tuple[int, int] = (1, 1), lift: float = 0.0,
) -> None:  # fmt: skip
    """Build two slopes with the ridge along the front.

    ``end`` is the wall under it, east and west.
    """
    middle = (blocks.b0 + blocks.b1) / 2
    half = (blocks.b1 - blocks.b0) / 2
    eave = blocks.floor + blocks.tall
    low = eave - rise * eave_m / half + lift
    ridge = eave + rise + lift
    a0, a1 = blocks.a0 - side_m, blocks.a1 + side_m
    for sign, which in ((-1.0, shade), (1.0, sun)):
        b = middle + sign * (half + eave_m)
        x = np.stack([a0, a1, a1, a0] if sign < 0 else [a1, a0, a0, a1], 1)
        corners = blocks.points(x, np.stack([b, b, middle, middle], 1), np.stack([low, low, ridge, ridge], 1))
        slab(
            faces, corners, tcoord=painted(which, wide_m=a1 - a0, cell_m=ROOF_CELL_M), thick_m=0.16,
            feature=blocks.feature, open_sides=(2,), tiles=tiles, relief_m=0.09,
        )  # fmt: skip
    one, two = np.zeros(len(blocks)), np.array([[0.0, 0.0], [0.6, 0.0], [0.3, 0.55]])
    for side, wall in zip((blocks.a1, blocks.a0), end, strict=True):
        b = np.stack([blocks.b0, blocks.b1, middle], 1)
        b = b if side is blocks.a1 else b[:, [1, 0, 2]]
        z = np.stack([eave, eave, eave + rise], 1)
        tcoord = place(wall[:, None], one[:, None] + two[:, 0], 0.4 + one[:, None] + two[:, 1])
        triangle = np.array([[0, 1, 2]], np.int32)
        faces.add(
            blocks.points(np.repeat(side[:, None], 3, 1), b, z), tcoord=tcoord, triangles=triangle,
            feature=blocks.feature,
        )  # fmt: skip


def lean_roof(
    faces: Faces, blocks: Blocks, *, high: F64, low: F64, to_east: bool, which: Index,
    tiles: tuple[int, int] = (1, 1),
) -> None:  # fmt: skip
    """Build one slope that falls to the east or west.

    ``high`` and ``low`` are heights over the floor.
    """
    over = 0.35
    b0, b1 = blocks.b0 - 0.15, blocks.b1 + 0.15
    a0, a1 = blocks.a0 - 0.1, blocks.a1 + 0.1
    slope = (high - low) / (blocks.a1 - blocks.a0)
    down, up = blocks.floor + low - slope * over + 0.16, blocks.floor + high + slope * 0.1 + 0.16
    if to_east:
        x, y = np.stack([a1 + over, a1 + over, a0, a0], 1), np.stack([b0, b1, b1, b0], 1)
    else:
        x, y = np.stack([a0 - over, a0 - over, a1, a1], 1), np.stack([b1, b0, b0, b1], 1)
    corners = blocks.points(x, y, np.stack([down, down, up, up], 1))
    tcoord = painted(which, wide_m=b1 - b0, cell_m=ROOF_CELL_M)
    slab(faces, corners, tcoord=tcoord, thick_m=0.16, feature=blocks.feature, tiles=tiles, relief_m=0.07)
