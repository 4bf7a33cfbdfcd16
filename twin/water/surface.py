"""Compute wet cells, depth, shore uncertainty and point queries.

With L = connection level, z = ground, W = level now, M = highest level since the state was reset:

    depth = W − z where L ≤ W;   L − z where W < L ≤ M and the cell is hollow (z < L);   else dry

A pocket that was reached keeps its water up to its sill when the lake falls.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from twin.areas import cell_areas
from twin.arrays import F32, I32, U8, Bools
from twin.grid import Grid
from twin.water.centimetres import hollow, level_cm, whole_cm


class Shore(IntEnum):
    """Certainty of a cell at a level.

    Given the vertical error of the terrain and of its datum.
    """

    CERTAINLY_DRY = 0
    POSSIBLY_WET = 1
    POSSIBLY_DRY = 2
    CERTAINLY_WET = 3

    @property
    def wet(self) -> bool:
        return self >= Shore.POSSIBLY_DRY

    @property
    def certain(self) -> bool:
        return self in (Shore.CERTAINLY_DRY, Shore.CERTAINLY_WET)


@dataclass(frozen=True, kw_only=True)
class WaterState:
    """Level now and highest level since an event, m."""

    level_m: float
    highest_m: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.level_m) and math.isfinite(self.highest_m)):
            raise ValueError(f"levels must be numbers, not {self.level_m} and {self.highest_m}")
        if self.highest_m < self.level_m:
            raise ValueError(
                f"the highest level {self.highest_m} m lies below the level now {self.level_m} m"
            )

    @classmethod
    def rising(cls, level_m: float) -> WaterState:
        """Return a state without a past."""
        return cls(level_m=level_m, highest_m=level_m)


@dataclass(frozen=True, kw_only=True)
class PointWater:
    """Water and ground at a point.

    At the whole centimetre whose extent the level has. ``ground_m`` and ``depth_m`` are None where there is
    no survey (outside the raster, a gap in it, under the flown surface of a lake); ``depth_m`` is 0 where it
    is dry. ``first_wet_m`` is the connection level, None where it is not known or not below the cap.
    ``shore`` is None where nothing is known at all.
    """

    ground_m: float | None = None
    depth_m: float | None = None
    first_wet_m: float | None = None
    shore: Shore | None = None


@dataclass(frozen=True, kw_only=True)
class WaterSurface:
    """Terrain and its connection levels, rasters (rows, cols) on ``grid``.

    ``ground_m`` is the ground as it was surveyed, NaN where it was not. ``cap_cm`` is the one the connection
    levels were made with. ``vertical_error_m`` is that of the terrain and its datum together. ``flown_m`` is
    the level of the lake that the terrain was flown over (``Hypsometry.flown_m``): what was under it is wet,
    but without survey. None where the bed was surveyed.
    """

    grid: Grid
    ground_m: F32
    connection_cm: I32
    cap_cm: int
    vertical_error_m: float
    flown_m: float | None = None

    @property
    def surveyed(self) -> Bools:
        """Cells whose ground is known, shape (rows, cols)."""
        known: Bools = ~np.isnan(self.ground_m)
        return known if self.flown_m is None else known & (self.connection_cm > level_cm(self.flown_m))

    def wet(self, state: WaterState) -> Bools:
        """Mask cells with water, shape (rows, cols)."""
        return self._joined(state) | self._left_behind(state)

    def depth_m(self, state: WaterState) -> F32:
        """Return the depth per cell (rows, cols), m.

        0 where dry, NaN where wet without survey.
        """
        depth = np.zeros(self.ground_m.shape, np.float32)
        joined, behind = self._joined(state), self._left_behind(state)
        depth[joined] = np.maximum(state.level_m - self.ground_m[joined], 0.0)
        depth[behind] = self.connection_cm[behind] / 100 - self.ground_m[behind]
        depth[(joined | behind) & ~self.surveyed] = np.nan
        return depth

    def area_m2(self, state: WaterState) -> float:
        """Return the wet area, m².

        ``Hypsometry.area_at`` gives the same without a pass over the raster.
        """
        return cell_areas(self.grid).sum_m2(self.wet(state))

    def shore(self, state: WaterState) -> U8:
        """Return a ``Shore`` per cell, shape (rows, cols).

        Possible where |L − W| is below the vertical error. W is the whole centimetre that the extent has, as
        in ``Hypsometry.uncertain_area_at``.
        """
        off_cm = np.abs(self.connection_cm - whole_cm(state.level_m))
        possible = (off_cm < level_cm(self.vertical_error_m)) & (self.connection_cm < self.cap_cm)
        possible &= self.surveyed  # a lake's flown surface was water, whatever the error
        wet = self.wet(state)
        kinds = np.select(
            [wet & ~possible, wet, possible],
            [Shore.CERTAINLY_WET, Shore.POSSIBLY_DRY, Shore.POSSIBLY_WET],
            Shore.CERTAINLY_DRY,
        )
        return kinds.astype(np.uint8)

    def at(self, x: float, y: float, *, state: WaterState) -> PointWater:
        """Return water and ground at a point of the grid's CRS."""
        cell = self.grid.cell_at(x, y)
        if cell is None or np.isnan(self.ground_m[cell]):
            return PointWater()
        here = self._only(*cell)
        shore = Shore(int(here.shore(state)[0, 0]))
        if not here.surveyed[0, 0]:
            return PointWater(shore=shore if shore.wet else None)
        first_cm = int(self.connection_cm[cell])
        return PointWater(
            ground_m=float(self.ground_m[cell]),
            depth_m=float(here.depth_m(state)[0, 0]),
            first_wet_m=first_cm / 100 if first_cm < self.cap_cm else None,
            shore=shore,
        )

    def _joined(self, state: WaterState) -> Bools:
        """Cells that the lake reaches now."""
        return self.connection_cm <= self._whole_cm(state.level_m)

    def _left_behind(self, state: WaterState) -> Bools:
        """Cells in pockets that the lake reached and has left."""
        now, highest = self._whole_cm(state.level_m), self._whole_cm(state.highest_m)
        if highest == now:
            return np.zeros(self.connection_cm.shape, np.bool_)
        behind = (self.connection_cm > now) & (self.connection_cm <= highest)
        return behind & hollow(self.ground_m, self.connection_cm)

    def _whole_cm(self, level_m: float) -> int:
        """The highest whole centimetre under water, below the cap; integers compare four times faster."""
        return min(whole_cm(level_m), self.cap_cm - 1)

    def _only(self, row: int, col: int) -> WaterSurface:
        """The surface of one cell; its grid stays the whole one's and is not asked."""
        here = np.s_[row : row + 1, col : col + 1]
        return replace(self, ground_m=self.ground_m[here], connection_cm=self.connection_cm[here])
