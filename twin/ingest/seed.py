"""Check that the reservoir's seed is in water."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from twin.catalog.head import Reservoir
from twin.crs import crs_name
from twin.frame import Frame
from twin.grid import Grid
from twin.ingest.errors import SeedError


def seed_cell(
    ground_m: NDArray[np.floating],
    grid: Grid,
    *,
    reservoir: Reservoir,
    frame: Frame,
    bed: Literal["surveyed", "none"],
) -> tuple[int, int]:
    """Return (row, col) of the flood's start cell.

    ``ground_m`` holds working heights, NaN for none. Raises SeedError where the seed lies outside the
    terrain, on no data, above the highest level of the range, or, where the bed was surveyed, above the
    lowest one (below it nothing would ever be wet).
    """
    x, y = frame.to_crs(grid.crs, *frame.place(reservoir.seed))
    cell = grid.cell_at(float(x), float(y))
    where = f"the reservoir's seed ({float(x):.6g}, {float(y):.6g} in {crs_name(grid.crs)})"
    if cell is None:
        raise SeedError(f"{where} lies outside the terrain", x=float(x), y=float(y))
    height = float(ground_m[cell])
    if np.isnan(height):
        raise SeedError(f"{where} lies where the terrain has no data", cell=cell)
    if height > reservoir.highest_m:
        raise SeedError(
            f"{where} lies on a height of {height:.1f} m, above the highest level of "
            f"{reservoir.highest_m:g} m: move it into the water, or is the terrain's unit not the metre "
            "(unit_mult)?",
            cell=cell,
            height_m=height,
        )
    if bed == "surveyed" and height > reservoir.lowest_m:
        raise SeedError(
            f"{where} lies at {height:.1f} m, above the lowest level of {reservoir.lowest_m:g} m: "
            "move it to the deepest part",
            cell=cell,
            height_m=height,
        )
    return cell
