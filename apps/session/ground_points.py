"""Ground, water and survey at points of a basin."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from twin.water.surface import PointWater, WaterState, WaterSurface

if TYPE_CHECKING:
    from twin.basin import Basin
    from twin.moment import Moment


class GroundPoints:
    """Points of a basin's rasters.

    ``east`` and ``north`` are in the frame's CRS, m.
    """

    def __init__(self, basin: Basin) -> None:
        self._basin = basin

    def water(self, east: float, north: float, *, moment: Moment) -> PointWater:
        """Return water and ground at a point, at a moment's levels."""
        x, y = self._basin.frame.to_crs(self._surface.grid.crs, east, north)
        state = WaterState(level_m=moment.level_m, highest_m=moment.highest_m)
        return self._surface.at(float(x), float(y), state=state)

    def survey(self, east: float, north: float) -> Mapping[str, str] | None:
        """Return the ground's survey at a point; None if only one."""
        x, y = self._basin.frame.to_crs(self._surface.grid.crs, east, north)
        return self._basin.survey_at(float(x), float(y))

    @cached_property
    def _surface(self) -> WaterSurface:
        ground_m, grid = self._basin.ground()
        return WaterSurface(
            grid=grid,
            ground_m=ground_m,
            connection_cm=self._basin.connection(),
            cap_cm=round(self._basin.cap_m * 100),
            vertical_error_m=self._basin.terrain.vertical_error_m,
            flown_m=self._basin.hypsometry.flown_m,
        )
