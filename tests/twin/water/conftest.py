"""Small terrains, flooded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import pytest

from twin.areas import CellAreas
from twin.grid import Grid
from twin.water.centimetres import to_cm
from twin.water.connection import connection_level
from twin.water.hypsometry import Hypsometry, hypsometry
from twin.water.surface import WaterSurface

TRUE_AT_0_0 = "EPSG:3395"
"""World Mercator: where the equator meets Greenwich a metre of it is one (to 1e-9 within 200 m)."""

Flooded = Callable[..., tuple[WaterSurface, Hypsometry]]


@pytest.fixture(scope="session")
def flooded() -> Flooded:
    """Flood a ground (float32 m) from a seed: its surface and its table."""

    def flood(
        ground_m: np.ndarray,
        *,
        seed: tuple[int, int],
        cap_cm: int,
        cell_m: float = 10.0,
        bed: Literal["surveyed", "none"] = "surveyed",
        vertical_error_m: float = 1.0,
    ) -> tuple[WaterSurface, Hypsometry]:
        rows, cols = ground_m.shape
        grid = Grid(
            crs=TRUE_AT_0_0, rows=rows, cols=cols, west=0.0, north=rows * cell_m, dx=cell_m, dy=cell_m
        )
        level = connection_level(to_cm(ground_m), seed=seed, cap_cm=cap_cm)
        table = hypsometry(
            ground_m, level, cap_cm=cap_cm, areas=CellAreas.uniform(grid.shape, cell_m**2), bed=bed
        )
        surface = WaterSurface(
            grid=grid,
            ground_m=ground_m,
            connection_cm=level,
            cap_cm=cap_cm,
            vertical_error_m=vertical_error_m,
            flown_m=table.flown_m,
        )
        return surface, table

    return flood
