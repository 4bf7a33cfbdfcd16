"""Grid of a raster: its cells' place on the ground."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.arrays import F64, Index


@dataclass(frozen=True, kw_only=True)
class Grid:
    """North-up raster of ``rows`` × ``cols`` cells in a horizontal CRS.

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
        """Affine coefficients (a, b, c, d, e, f), as in rasterio."""
        return self.dx, 0.0, self.west, 0.0, -self.dy, self.north

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north of the outer edges."""
        return self.west, self.north - self.rows * self.dy, self.west + self.cols * self.dx, self.north

    def cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        """Return (row, col) of a point's cell, or None."""
        row, col = map(int, self.cells_of(x, y))
        return (row, col) if 0 <= row < self.rows and 0 <= col < self.cols else None

    def cells_of(self, x: ArrayLike, y: ArrayLike) -> tuple[Index, Index]:
        """Return rows and columns of the cells that points lie in.

        Outside the raster they count on.
        """
        row = np.floor((self.north - np.asarray(y, dtype=np.float64)) / self.dy)
        col = np.floor((np.asarray(x, dtype=np.float64) - self.west) / self.dx)
        return row.astype(np.intp), col.astype(np.intp)

    def nearest_cells(self, x: ArrayLike, y: ArrayLike) -> tuple[Index, Index]:
        """Return rows and columns of the cells that points lie in.

        Outside the raster those of the nearest cell.
        """
        row, col = self.cells_of(x, y)
        return np.clip(row, 0, self.rows - 1), np.clip(col, 0, self.cols - 1)

    def centre_of(
        self, row: NDArray[np.generic] | float, col: NDArray[np.generic] | float
    ) -> tuple[F64, F64]:
        """Return (x, y) of the centres of cells.

        Fractional rows and cols are allowed.
        """
        x = self.west + (np.asarray(col, dtype=np.float64) + 0.5) * self.dx
        y = self.north - (np.asarray(row, dtype=np.float64) + 0.5) * self.dy
        return x, y

    def row_col(self, x: ArrayLike, y: ArrayLike) -> tuple[F64, F64]:
        """Return fractional (row, col) of points, 0 at the first cell's centre.

        The inverse of ``centre_of``.
        """
        row = (self.north - np.asarray(y, dtype=np.float64)) / self.dy - 0.5
        return row, (np.asarray(x, dtype=np.float64) - self.west) / self.dx - 0.5
