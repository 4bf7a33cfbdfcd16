"""Lay out a village's atlas: ground above, materials below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from meshes.sample.village_model import Detail
from twin.arrays import F64, Index

SIZE: Final = 2048  # of the picture at normal detail, pixels
GROUND_ROWS: Final = 1536
CELL: Final = (256, 128)  # columns and rows of one material
MARGIN: Final = 3.0  # pixels of a cell that no face uses: smaller pictures blend over the border

# Eight to a row. "sun" faces north-west, "shade" south-east: the picture carries all the light.
MATERIALS: Final = (
    "roof_grey_sun", "roof_grey_shade", "roof_old_sun", "roof_old_shade",
    "roof_red_sun", "roof_red_shade", "roof_blue_sun", "roof_blue_shade",
    "front_brick", "front_white", "front_grey", "front_glass",
    "front_two", "front_public", "wing_shade", "wing_sun",
    "brick_sun", "brick_shade", "plaster_sun", "plaster_shade",
    "stone_sun", "stone_shade", "back_sun", "back_public",
    "leaf_locust", "leaf_poplar", "leaf_fruit", "leaf_pine",
    "film", "roof_flat", "gate", "plain",
)  # fmt: skip
PLAIN: Final = ("trunk", "solar", "tank", "flag", "pole", "wood", "dark", "ridge")  # colours in one cell
INDEX: Final = {name: k for k, name in enumerate(MATERIALS)}


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Size of the picture at a detail.

    ``scale`` pixels for each of the normal picture's.
    """

    scale: int

    @property
    def size(self) -> int:
        return SIZE * self.scale

    @property
    def ground_rows(self) -> int:
        return GROUND_ROWS * self.scale


def sheet(detail: Detail) -> Sheet:
    """Return the picture size of a detail: 2048 or 4096 pixels."""
    return Sheet(scale=2 if detail == "high" else 1)


def corner(name: str) -> tuple[int, int]:
    """Return column and row of a material's cell in the normal picture."""
    row, col = divmod(INDEX[name], 8)
    return col * CELL[0], GROUND_ROWS + row * CELL[1]


def place(material: Index, s: F64, t: F64) -> F64:
    """Texture coordinates (..., 2) of points in materials.

    ``s`` 0…1 to the right, ``t`` 0…1 upwards.
    """
    row, col = np.divmod(material, 8)
    across, down = CELL[0] - 2 * MARGIN, CELL[1] - 2 * MARGIN
    u = col * CELL[0] + MARGIN + s * across
    v = GROUND_ROWS + row * CELL[1] + MARGIN + (1.0 - t) * down
    return np.stack(np.broadcast_arrays(u, v), axis=-1) / SIZE


def plain(name: str) -> tuple[float, float]:
    """Return texture coordinates of a plain colour's middle.

    ``s`` and ``t`` in the cell "plain".
    """
    return (PLAIN.index(name) + 0.5) / len(PLAIN), 0.5
