"""Burn dams, dikes and closing lines into coarse terrain.

A 10 m crest averaged into 30 m cells loses metres and leaks. Barriers are therefore burnt in as a maximum,
never a mean, on the terrain's own grid, after any resampling; or they stand as walls of no width on the
faces between cells.

Natural ground is wet at its own height, a crest of 160 m holds 160 m: water passes from the next whole
centimetre on. A burnt cell therefore lies at least 2 mm within that centimetre, so that
"ground ≤ level" stays the one question for tables, rasters, shaders and leaks, and no film stays on a dam
when the lake falls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from twin.arrays import F32, I32, I64
from twin.errors import TwinError
from twin.grid import Grid
from twin.water.lines import cells_on, crossings, in_cells, rings_and_lines, simple_parts
from twin.water.walls import FaceWalls

_WITHIN_M: Final = 0.008
"""From a burnt cell up to the level that passes it, at most: the other 2 mm exceed ``noise_cm`` at 9 km."""
_INWARD: Final = 1e-4  # cells; a ring along cell edges must not touch the cells beyond by rounding


class BarrierError(TwinError):
    """Barrier that cannot hold water.

    Attribute ``barrier``, its name, where there is one.
    """

    zh = "挡水建筑物数据有误：{message}"


@dataclass(frozen=True, kw_only=True)
class Barrier:
    """Line or polygon with crest height.

    In the grid's CRS; working heights.
    """

    geometry: BaseGeometry
    crest_m: float
    name: str = ""

    def __post_init__(self) -> None:
        who = f"barrier {self.name!r}" if self.name else "a barrier"
        if not np.isfinite(self.crest_m):
            raise BarrierError(f"{who} has no crest: give crest_m in metres", barrier=self.name)
        kinds = {part.geom_type for part in simple_parts(self.geometry)}
        if not kinds or not kinds <= {"Polygon", "LineString", "LinearRing"}:
            found = " and ".join(sorted(kinds)) or "empty"
            raise BarrierError(f"{who} is {found}, not lines or polygons", barrier=self.name)
        if not np.isfinite(shapely.get_coordinates(self.geometry)).all():
            raise BarrierError(f"{who} has coordinates that are no numbers", barrier=self.name)

    @property
    def past_cm(self) -> int:
        """Lowest whole centimetre above the crest.

        To 0.1 mm, as levels are: there water passes.
        """
        return round(self.crest_m * 10_000) // 100 + 1

    @property
    def burnt_m(self) -> float:
        """Height of a burnt cell, m.

        The crest, but at least 2 mm above the centimetre below ``past_cm``.
        """
        return max(self.crest_m, self.past_cm / 100 - _WITHIN_M)


def burn(ground_m: F32, *, grid: Grid, barriers: Sequence[Barrier]) -> F32:
    """Return a copy of the ground, raised to the crests.

    Shape (rows, cols), float32 m, NaN where not surveyed. Every cell that a line or a polygon touches is
    raised to its ``burnt_m``. The cells along a line (and around a polygon) are joined by faces, so neither a
    4- nor an 8-connected flood slips through; only where a polygon narrows to nothing on a cell's corner an
    8-connected one does. Ground that is higher stays; cells without survey stay NaN.

    Raises BarrierError where none of the barriers touches the grid (another CRS, most likely).
    """
    if not barriers:
        return ground_m.copy()
    _require_some_on(grid, barriers)
    ground = _with_polygons(ground_m, grid=grid, barriers=barriers)
    for barrier in barriers:
        for line, around in rings_and_lines(barrier.geometry):
            rows, cols = cells_on(*in_cells(line, grid=grid), left=_INWARD if around else 0.0)
            _raise(ground, rows, cols, barrier.burnt_m)
    return ground


def face_walls(*, grid: Grid, barriers: Sequence[Barrier]) -> FaceWalls:
    """Return walls on faces that barrier lines cross.

    And the rings of polygons. A face is closed where the line crosses the join between the two cells'
    centres: exactly the moves of the flood that would cross the dam. Raises BarrierError as ``burn`` does.
    """
    walls = FaceWalls.none(grid.shape)
    if barriers:
        _require_some_on(grid, barriers)
    for barrier in barriers:
        for line, _ in rings_and_lines(barrier.geometry):
            column, row = in_cells(line, grid=grid)
            # From centre to centre; moved by less than a millionth of a cell, so that no line drawn along
            # cell centres runs exactly through them, where "which side" would have no answer.
            column, row = column - 0.5 + 3.1e-7, row - 0.5 + 5.7e-7
            _, rows, _, at = crossings(row, column)
            _raise(walls.east, rows, np.floor(at).astype(np.int64), barrier.past_cm)
            _, cols, _, at = crossings(column, row)
            _raise(walls.south, np.floor(at).astype(np.int64), cols, barrier.past_cm)
    return walls


def _with_polygons(ground_m: F32, *, grid: Grid, barriers: Sequence[Barrier]) -> F32:
    """A copy of the ground with the cells that polygons touch raised; the highest crest wins."""
    from rasterio.features import rasterize  # noqa: PLC0415  (GDAL, only where something is burnt)
    from rasterio.transform import Affine  # noqa: PLC0415

    shapes = [
        (part, barrier.burnt_m)
        for barrier in sorted(barriers, key=lambda barrier: barrier.crest_m)  # the last one drawn stays
        for part in simple_parts(barrier.geometry)
        if part.geom_type == "Polygon"
    ]
    if not shapes:
        return ground_m.copy()
    raised_to = rasterize(
        shapes, grid.shape, -np.inf, transform=Affine(*grid.transform), all_touched=True, dtype="float32"
    )
    raised: F32 = np.maximum(ground_m, raised_to)
    return raised


def _raise(
    heights: F32 | I32,
    rows: I64,
    cols: I64,
    height: float,
) -> None:
    """Raise the cells that lie on the grid to a height, in place."""
    inside = (rows >= 0) & (rows < heights.shape[0]) & (cols >= 0) & (cols < heights.shape[1])
    rows, cols = rows[inside], cols[inside]
    heights[rows, cols] = np.maximum(heights[rows, cols], height)


def _require_some_on(grid: Grid, barriers: Sequence[Barrier]) -> None:
    west, south, east, north = grid.bounds
    boxes = shapely.bounds([barrier.geometry for barrier in barriers])
    on = (boxes[:, 0] < east) & (boxes[:, 2] > west) & (boxes[:, 1] < north) & (boxes[:, 3] > south)
    if not on.any():
        lowest, highest = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        raise BarrierError(
            f"none of the {len(barriers)} barriers (x {lowest[0]:g} to {highest[0]:g}, y {lowest[1]:g} to "
            f"{highest[1]:g}) touches the terrain (x {west:g} to {east:g}, y {south:g} to {north:g}): "
            "is their CRS the one declared?",
            barrier="",
        )
