from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from twin.catalog import Names, Place, Reservoir
from twin.frame import Frame
from twin.grid import Grid
from twin.ingest import SeedError, seed_cell

FRAME = Frame(crs="EPSG:4548", east=0.0, north=0.0)
GRID = Grid(crs="EPSG:4548", rows=3, cols=3, west=480_000, north=4_490_000, dx=10, dy=10)
GROUND = np.array([[120.0, 200.0, np.nan], [143.0, 150.0, 150.0], [150.0, 150.0, 150.0]])


def cell(east: float, north: float, bed: Literal["surveyed", "none"] = "none") -> tuple[int, int]:
    reservoir = Reservoir(
        name=Names(zh="库", en="R"), seed=Place(east=east, north=north), lowest_m=126.0, highest_m=160.0
    )
    return seed_cell(GROUND, GRID, reservoir=reservoir, frame=FRAME, bed=bed)


def test_a_seed_in_the_water_is_a_cell() -> None:
    assert cell(480_005, 4_489_995, "surveyed") == (0, 0)
    assert cell(480_005, 4_489_985) == (1, 0)  # a lake without a bed is flat and high


@pytest.mark.parametrize(
    ("east", "north", "bed", "words"),
    [
        (479_000, 4_489_995, "none", "outside the terrain"),
        (480_015, 4_489_995, "none", "on a height of 200.0 m"),
        (480_025, 4_489_995, "none", "no data"),
        (480_005, 4_489_985, "surveyed", "above the lowest level of 126 m"),
    ],
)
def test_a_seed_that_starts_no_flood_says_why(
    east: float, north: float, bed: Literal["surveyed", "none"], words: str
) -> None:
    with pytest.raises(SeedError, match=words):
        cell(east, north, bed)


def test_the_seed_is_found_in_the_terrain_s_own_crs() -> None:
    x, y = FRAME.to_crs("EPSG:32650", 480_005, 4_489_985)
    grid = Grid(crs="EPSG:32650", rows=1, cols=1, west=float(x) - 5, north=float(y) + 5, dx=10, dy=10)
    reservoir = Reservoir(
        name=Names(zh="库", en="R"),
        seed=Place(east=480_005, north=4_489_985),
        lowest_m=126.0,
        highest_m=160.0,
    )
    assert seed_cell(np.array([[130.0]]), grid, reservoir=reservoir, frame=FRAME, bed="none") == (0, 0)
