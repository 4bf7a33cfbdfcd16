"""A raster's place on the ground."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A north-up raster of ``rows`` × ``cols`` cells in a horizontal CRS.

    ``west`` and ``north`` are the outer corner of cell (0, 0); ``dx`` and ``dy`` are the cell's width
    and height, both positive, in the units of ``crs`` (metres, or degrees for a geographic CRS).
    Row 0 is the northernmost row.
    """

    crs: str
    rows: int
    cols: int
    west: float
    north: float
    dx: float
    dy: float

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows, self.cols

    @property
    def transform(self) -> tuple[float, float, float, float, float, float]:
        """The six affine coefficients (a, b, c, d, e, f) as rasterio wants them."""
        return self.dx, 0.0, self.west, 0.0, -self.dy, self.north

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """(west, south, east, north) of the outer edges."""
        return self.west, self.north - self.rows * self.dy, self.west + self.cols * self.dx, self.north

    @cached_property
    def cell_area_m2(self) -> NDArray[np.float64]:
        """Area of a cell per row, shape (rows,), m²; on the ellipsoid where the CRS is geographic."""
        from pyproj import CRS, Geod  # noqa: PLC0415  (pyproj costs 60 ms; most grids are metric)

        crs = CRS.from_user_input(self.crs)
        if not crs.is_geographic:
            unit = float(crs.axis_info[0].unit_conversion_factor)
            return np.full(self.rows, self.dx * self.dy * unit * unit)
        geod: Geod = crs.get_geod() or Geod(ellps="WGS84")
        lat = self.north - self.dy * np.arange(self.rows + 1)
        areas = [
            abs(
                geod.polygon_area_perimeter(
                    [0.0, self.dx, self.dx, 0.0], [lat[r], lat[r], lat[r + 1], lat[r + 1]]
                )[0]
            )
            for r in range(self.rows)
        ]
        return np.asarray(areas)

    def cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        """(row, col) of the cell that holds the point, or None outside."""
        col = int(np.floor((x - self.west) / self.dx))
        row = int(np.floor((self.north - y) / self.dy))
        return (row, col) if 0 <= row < self.rows and 0 <= col < self.cols else None

    def centre_of(
        self, row: NDArray[np.generic] | float, col: NDArray[np.generic] | float
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(x, y) of the centres of cells; fractional rows and cols are allowed."""
        x = self.west + (np.asarray(col, dtype=np.float64) + 0.5) * self.dx
        y = self.north - (np.asarray(row, dtype=np.float64) + 0.5) * self.dy
        return x, y
