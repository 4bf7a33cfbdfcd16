"""A basin's blocks as PyVista wraps them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyvista as pv

import layers

LEVEL_M = 150.0


def of(basin: Any, **asked: Any) -> pv.MultiBlock:
    return pv.wrap(layers.blocks(basin, **{"level_m": LEVEL_M, **asked}))


def absolute(block: pv.PolyData) -> np.ndarray:
    """East, north and height of a block's points."""
    return np.asarray(block.points, np.float64) + block.field_data["origin_m"]


def leaves(blocks: pv.MultiBlock) -> list[pv.PolyData]:
    found = []
    for block in blocks:
        found += leaves(block) if isinstance(block, pv.MultiBlock) else [block]
    return [block for block in found if block is not None]


def texts(block: Any, name: str) -> list[str]:
    return [str(text) for text in block.field_data[name]]
