"""Small terrains, flooded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import pytest

from twin.grid import Grid
from twin.water.centimetres import to_cm
from twin.water.connection import connection_level
from twin.water.hypsometry import Hypsometry, hypsometry
from twin.water.surface import Surface

Flooded = Callable[..., tuple[Surface, Hypsometry]]


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
    ) -> tuple[Surface, Hypsometry]:
        rows, cols = ground_m.shape
        grid = Grid(
            crs="EPSG:4548", rows=rows, cols=cols, west=0.0, north=rows * cell_m, dx=cell_m, dy=cell_m
        )
        level = connection_level(to_cm(ground_m), seed=seed, cap_cm=cap_cm)
        table = hypsometry(ground_m, level, cap_cm=cap_cm, cell_area_m2=grid.cell_area_m2, bed=bed)
        surface = Surface(
            grid=grid,
            ground_m=ground_m,
            connection_cm=level,
            cap_cm=cap_cm,
            vertical_error_m=vertical_error_m,
            flown_m=table.flown_m,
        )
        return surface, table

    return flood
