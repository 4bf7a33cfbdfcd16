"""A plotter with a scene in it, as PyVista draws it."""

from __future__ import annotations

import numpy as np
import pyvista as pv

from layers.stage import Stage
from tests.small import CELL_M, MIDDLE, NORTH, WEST
from twin.arrays import I16

SIZE = (320, 180)
LAKE = (WEST + MIDDLE[1] * CELL_M, NORTH - MIDDLE[0] * CELL_M)
"""East and north of the lake's middle."""


def shot(plotter: pv.Plotter, stage: Stage) -> I16:
    """The plotter's own picture once all tiles have come, (height, width, 3) int16."""
    assert stage.settle()
    plotter.render()
    return np.asarray(plotter.screenshot(return_img=True))[..., :3].astype(np.int16)
