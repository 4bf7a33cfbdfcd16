"""The small basin seen from so high above that a picture is a map: each cell is two by two pixels.

From 36 km up and through 5 degrees, 20 m of height move a point by 1.1 m at the edge of the picture, while a
pixel's middle lies 5 m from the nearest border of a cell: which cell a pixel shows needs no ray.
"""

from __future__ import annotations

from collections.abc import Callable
from math import radians, tan
from typing import Any

import numpy as np

from layers.light import Light
from layers.stage import Stage
from tests.layers.altered import Altered
from tests.scenes import show
from tests.small import CELL_M, COLS, NORTH, ROWS, WEST
from twin.arrays import I16, Bools
from twin.basin import Basin
from twin.scene import Camera

SIZE = (2 * COLS, 2 * ROWS)
CLEAR = Light(haze=0.0)
FROM_ABOVE = Camera(
    target_east_m=WEST + COLS * CELL_M / 2,
    target_north_m=NORTH - ROWS * CELL_M / 2,
    target_m=150.0,
    distance_m=ROWS * CELL_M / 2 / tan(radians(2.5)),
    heading_deg=0.0,
    pitch_deg=-90.0,
    view_angle_deg=5.0,
)


def map_stage(open_stage: Callable[..., Stage], basin: Basin, **own: Any) -> Stage:
    """A stage that shows land and water only, as a map, without stamp and haze."""
    stage = open_stage(Altered(basin, synthetic=False, vectors=[], **own), size=SIZE, light=CLEAR)
    show(stage, camera=FROM_ABOVE)
    return stage


def drawn(stage: Stage) -> I16:
    """What the stage shows when all tiles have come, (height, width, 3) int16."""
    assert stage.settle()
    return stage.render()[..., :3].astype(np.int16)


def differ(a: I16, b: I16, *, by: int = 2) -> Bools:
    """Pixels whose colours are more than ``by`` of 255 apart."""
    return np.abs(a - b).max(axis=-1) > by


def per_pixel(cells: Bools) -> Bools:
    """A mask of cells, (ROWS, COLS), as a mask of pixels."""
    return cells.repeat(2, axis=0).repeat(2, axis=1)


def grown(cells: Bools) -> Bools:
    """The cells and the eight around each."""
    edge = np.pad(cells, 1)
    shifts = [edge[r : r + ROWS, c : c + COLS] for r in range(3) for c in range(3)]
    return np.logical_or.reduce(shifts)
