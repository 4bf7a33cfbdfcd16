"""Compute true areas of raster cells, factored by row and column."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from twin.arrays import F64, Bools
from twin.crs import FrameError, crs_name, known_crs
from twin.geodesy import ellipsoid, scale, zone_area_m2
from twin.grid import Grid

_EXACT: Final = 1e-10
"""Of a cell's area: what the polynomial's last terms may add."""
_ORDERS: Final = (5, 9, 17, 33, 65)
STRIP_CELLS: Final = 1_000_000
"""Cells whose areas are in memory at once."""


@dataclass(frozen=True, kw_only=True)
class CellAreas:
    """Areas of a grid's cells, m², in factored form.

    Cell (r, c) has ``down[r] @ across[c]`` m². Arrays (rows, terms) and (cols, terms), terms 1 to about 6. A
    terrain of 1e8 cells so needs some 100 kB instead of 800 MB.
    """

    down: F64
    across: F64

    @classmethod
    def uniform(cls, shape: tuple[int, int], area_m2: float) -> CellAreas:
        """Return cells that are all of one size."""
        return cls(down=np.full((shape[0], 1), area_m2), across=np.ones((shape[1], 1)))

    @property
    def mean_m2(self) -> float:
        return float(self.down.mean(axis=0) @ self.across.mean(axis=0))

    def of_rows(self, rows: slice) -> F64:
        """Return areas of whole rows, shape (rows, cols).

        Call it for strips of them.
        """
        out: F64 = self.down[rows] @ self.across.T
        return out

    def at(self, row: NDArray[np.integer] | int, col: NDArray[np.integer] | int) -> F64:
        """Return areas of single cells, shape of ``row`` and ``col``."""
        out = np.zeros(np.broadcast_shapes(np.shape(row), np.shape(col)))
        for down, across in zip(self.down.T, self.across.T, strict=True):  # millions of cells at a time
            out += down[row] * across[col]
        return out

    def sum_m2(self, cells: Bools) -> float:
        """Return the area of the cells that are True, (rows, cols)."""
        strip = max(1, STRIP_CELLS // max(1, cells.shape[1]))
        return sum(
            float(self.of_rows(part).sum(where=cells[part]))
            for part in (slice(first, first + strip) for first in range(0, len(cells), strip))
        )


@lru_cache(maxsize=16)
def cell_areas(grid: Grid) -> CellAreas:
    """Compute true cell areas on the ellipsoid, cached for 16 grids.

    Closed form in degrees; else the CRS's areal scale, integrated over each cell.

    The scale is smooth: a Chebyshev polynomial through it is exact to 1e-10 with a few nodes, and its
    integral over a cell is a product of one number of the row and one of the column, per term.
    Raises FrameError where the raster reaches beyond what its CRS can show.
    """
    crs = known_crs(grid.crs)
    if crs.is_geographic:
        if crs.type_name.startswith("Derived"):
            raise FrameError(
                f"{crs_name(grid.crs)} turns the pole: its degrees are none of longitude and latitude, so no "
                "cell has a sure area: warp it to a CRS made for its place (gdalwarp)"
            )
        return _in_degrees(grid, angle_rad=float(crs.axis_info[0].unit_conversion_factor))
    for order in _ORDERS:
        terms = _terms(grid, order)
        last = max(np.abs(terms[-2:]).max(), np.abs(terms[:, -2:]).max())
        if last <= _EXACT * abs(terms[0, 0]):
            break
    else:
        raise FrameError(
            f"{crs_name(grid.crs)} has no steady scale over the raster, so no cell has a sure area: warp it "
            "to a CRS made for its place (gdalwarp)"
        )
    # Few of the terms count: UTM needs two or three.
    left, weight, right = np.linalg.svd(terms)
    count = max(1, int(np.count_nonzero(weight > 1e-12 * weight[0])))
    return CellAreas(
        down=_integrals(grid.rows, order) @ left[:, :count] * weight[:count] * _metres(crs, grid.dy),
        across=_integrals(grid.cols, order) @ right[:count].T * _metres(crs, grid.dx),
    )


def cell_side_m(grid: Grid) -> float:
    """Compute the side of a square of a cell's mean size.

    In m on the ground.
    """
    return float(np.sqrt(cell_areas(grid).mean_m2))


def _in_degrees(grid: Grid, *, angle_rad: float) -> CellAreas:
    geod = ellipsoid(grid.crs)
    edges = (grid.north - grid.dy * np.arange(grid.rows + 1)) * angle_rad
    edges = np.clip(edges, -np.pi / 2, np.pi / 2)  # the outer halves of cells centred on a pole are nothing
    zones = zone_area_m2(edges[1:], edges[:-1], semi_major_m=geod.a, flattening=geod.f)
    return CellAreas(down=zones[:, None] * grid.dx * angle_rad, across=np.ones((grid.cols, 1)))


def _terms(grid: Grid, order: int) -> F64:
    """Chebyshev coefficients of true m² per m² of the CRS, (down the rows, along the columns)."""
    at = chebyshev.chebpts1(order)
    west, south, east, north = grid.bounds
    x, y = np.meshgrid(
        (west + east) / 2 + at * (east - west) / 2, (north + south) / 2 - at * (north - south) / 2
    )
    true = 1.0 / scale(x, y, crs=grid.crs).areal
    basis = np.linalg.inv(chebyshev.chebvander(at, order - 1))
    return np.asarray(basis @ true @ basis.T, dtype=np.float64)


def _integrals(cells: int, order: int) -> F64:
    """Means of the Chebyshev polynomials over each of ``cells`` equal parts of −1 … 1, (cells, order)."""
    edges = np.linspace(-1.0, 1.0, cells + 1)
    whole = chebyshev.chebval(edges, chebyshev.chebint(np.eye(order)))  # (order, edges)
    return np.asarray(np.diff(whole, axis=1).T * (cells / 2.0), dtype=np.float64)


def _metres(crs: object, length: float) -> float:
    return length * float(crs.axis_info[0].unit_conversion_factor)  # type: ignore[attr-defined]
