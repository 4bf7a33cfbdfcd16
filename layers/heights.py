"""Query heights under any point of the frame.

For the camera, for picking, for what is draped or hidden.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from layers.model import SceneBasin, Surroundings
from twin.arrays import F32, F64, I32, I64
from twin.crs import same_crs
from twin.frame import Frame
from twin.grid import Grid
from twin.interpolation import Cells, bilinear, nearest
from twin.scene import LayerState, Scene
from twin.water.centimetres import extent_level_m


@dataclass(frozen=True, kw_only=True)
class WaterLevels:
    """Water levels for ground queries: now and highest, m.

    None where no water is shown.
    """

    level_m: float
    highest_m: float


def flood_of(scene: Scene) -> WaterLevels | None:
    """Return water of a scene as it is drawn, at whole centimetres.

    None where its layer is hidden.
    """
    if not scene.layers.get("water", LayerState()).visible:
        return None
    moment = scene.moment
    return WaterLevels(level_m=extent_level_m(moment.level_m), highest_m=extent_level_m(moment.highest_m))


class RasterPlace:
    """Converts (east, north) in a frame to fractional (row, col).

    Cell centres are whole numbers. Where the raster has another CRS than the frame, a cubic is fitted through
    PROJ's answers once: looking along a ray must not cost a projection per step. It is exact to a hundredth
    of a cell.
    """

    def __init__(self, grid: Grid, frame: Frame) -> None:
        self._grid = grid
        self._fit: tuple[F64, F64] | None = None
        self._middle = (frame.east, frame.north)
        if not same_crs(grid.crs, frame.crs):
            self._fit_cubic(grid, frame)

    def row_col(self, east: ArrayLike, north: ArrayLike) -> tuple[F64, F64]:
        """Return fractional rows and columns of points, float64, of the points' shape."""
        x, y = np.asarray(east, dtype=np.float64), np.asarray(north, dtype=np.float64)
        if self._fit is None:
            return self._grid.row_col(x, y)
        terms = _cubic((x - self._middle[0]) / 1e5, (y - self._middle[1]) / 1e5)
        return terms @ self._fit[0], terms @ self._fit[1]

    def _fit_cubic(self, grid: Grid, frame: Frame) -> None:
        rows, cols = np.linspace(-1, grid.rows, 24), np.linspace(-1, grid.cols, 24)
        row, col = (a.ravel() for a in np.meshgrid(rows, cols, indexing="ij"))
        east, north = frame.from_crs(grid.crs, *grid.centre_of(row, col))
        terms = _cubic((east - self._middle[0]) / 1e5, (north - self._middle[1]) / 1e5)
        both = np.linalg.lstsq(terms, np.stack([row, col], axis=1))[0].astype(np.float64)
        self._fit = both[:, 0], both[:, 1]


def _cubic(x: F64, y: F64) -> F64:
    return np.stack([x**i * y**j for i in range(4) for j in range(4 - i)], axis=-1)


class Ground:
    """Surface of the terrain.

    Heights are working heights in m; NaN outside and where nothing is known.
    """

    def __init__(
        self,
        ground_m: F32,
        connection_cm: I32,
        grid: Grid,
        frame: Frame,
        *,
        around: Surroundings | None = None,
    ) -> None:
        self.grid = grid
        self.frame = frame
        #: Heights in m and connection levels in cm as they were given, on ``grid``.
        self.rasters = (ground_m, connection_cm)
        # Plain views: a memory map's own indexing costs as much as the reading.
        self._ground, self._connection = np.asarray(ground_m), np.asarray(connection_cm)
        self._top_m = float(np.fmax.reduce(self._ground, axis=None, initial=-np.inf))
        self._bottom_m = float(np.fmin.reduce(self._ground, axis=None, initial=np.inf))
        #: Where points of the frame lie on the raster.
        self.placement = RasterPlace(grid, frame)
        self._around = None if around is None else _Around(around, frame)
        west, south, east, north = self._extent()
        self.extent = (west, south, east, north)

    def _extent(self) -> tuple[float, float, float, float]:
        """Outer edges in the frame's CRS, taken along the whole border."""
        along = np.linspace(-0.5, 0.5, 33)
        rows, cols = (self.grid.rows - 1) / 2, (self.grid.cols - 1) / 2
        r = np.concatenate([along, along, np.full(33, -0.5), np.full(33, 0.5)]) * self.grid.rows + rows
        c = np.concatenate([np.full(33, -0.5), np.full(33, 0.5), along, along]) * self.grid.cols + cols
        east, north = self.frame.from_crs(self.grid.crs, *self.grid.centre_of(r, c))
        return float(east.min()), float(north.min()), float(east.max()), float(north.max())

    def row_col(self, east: ArrayLike, north: ArrayLike) -> tuple[F64, F64]:
        """Return fractional rows and columns of points."""
        return self.placement.row_col(east, north)

    def height(self, east: ArrayLike, north: ArrayLike, *, flood: WaterLevels | None = None) -> F64:
        """Interpolate heights of ground or water, bilinear between cell centres.

        The result has the points' shape.
        """
        cells: Cells = self._ground if flood is None else _Flooded(self._ground, self._connection, flood)
        return bilinear(cells, *self.placement.row_col(east, north))

    def height_around(self, east: F64, north: F64) -> F64:
        """Return heights of the surroundings beyond the terrain, (n,); else NaN."""
        return np.full(len(east), np.nan) if self._around is None else self._around.at(east, north)

    def cell_m(self, east: float, north: float) -> float:
        """Return the side of the ground's cells at a point, m.

        Of the terrain, beyond it of the surroundings.
        """
        if self._around is None or self.is_within(east, north):
            return self._cell_m()
        return self._around.cell_m

    def is_within(self, east: float, north: float) -> bool:
        """Return whether a point is on the terrain itself."""
        return bool(np.isfinite(self.height(east, north)))

    def floor(self, east: float, north: float, *, flood: WaterLevels | None = None) -> float:
        """Return the height that a camera must stay above.

        That of the ground or water, beyond the terrain of its surroundings.

        -inf where nothing is known.
        """
        height = float(self.height(east, north, flood=flood))
        if np.isnan(height) and self._around is not None:
            return self._around.highest(east, north)
        return -np.inf if np.isnan(height) else height

    def connection(self, east: ArrayLike, north: ArrayLike) -> F64:
        """Return each point's cell's connection level, m; inf outside."""
        link = nearest(self._connection, *self.placement.row_col(east, north)) / 100.0
        return np.where(np.isnan(link), np.inf, link)

    def lowest_connection(self, *, rows: tuple[int, int], cols: tuple[int, int]) -> float:
        """Return the lowest connection level, m, of a box.

        The box: the first of its rows and of its cols, and the one after its last; inf where there is no
        cell.
        """
        (top, bottom), (left, right) = (tuple(np.maximum(ends, 0)) for ends in (rows, cols))
        found = self._connection[top:bottom, left:right]
        return float(found.min()) / 100.0 if found.size else float("inf")

    def hit(
        self,
        start: tuple[float, float, float],
        direction: tuple[float, float, float],
        *,
        flood: WaterLevels | None = None,
        exaggeration: float = 1.0,
    ) -> tuple[float, float, float] | None:
        """Raycast the surface: (east, north, height) of the first hit, or None.

        ``start`` is (east, north, height · exaggeration), as ``direction`` in the exaggerated scene.
        """
        span = self._clip(start, direction)
        if span is None:
            return None
        near, far = self._between(span, start[2], direction[2], flood, exaggeration)
        step = min(self._cell_m() * 0.5 / max(1e-9, float(np.hypot(direction[0], direction[1]))), far - near)
        count = int(min(200_000, max(2, (far - near) / max(step, 1e-9) + 2)))
        for first in range(0, count, 4096):  # most looks meet the ground early
            t = near + (far - near) * np.arange(first, min(first + 4097, count)) / (count - 1)
            above = self._above(start, direction, t, flood, exaggeration)
            under = np.flatnonzero((above[1:] <= 0) & (above[:-1] > 0))
            if len(under):
                return self._refine(start, direction, t[under[0]], t[under[0] + 1], flood, exaggeration)
        return None

    def _between(
        self, span: tuple[float, float], z: float, dz: float, flood: WaterLevels | None, k: float
    ) -> tuple[float, float]:
        """The part of a falling look between the highest and the lowest surface, and a metre more each."""
        top = k * max(self._top_m, -np.inf if flood is None else flood.highest_m) + 1.0
        bottom = k * self._bottom_m - 1.0
        if dz >= 0.0 or not bottom < top < np.inf:
            return span
        near, far = max(span[0], (z - top) / -dz), min(span[1], (z - bottom) / -dz)
        return (near, far) if near < far else span

    def _above(
        self, start: ArrayLike, direction: ArrayLike, t: F64, flood: WaterLevels | None, k: float
    ) -> F64:
        s, d = np.asarray(start, dtype=np.float64), np.asarray(direction, dtype=np.float64)
        drop: F64 = s[2] + t * d[2] - k * self.height(s[0] + t * d[0], s[1] + t * d[1], flood=flood)
        return drop

    def _refine(
        self,
        start: ArrayLike,
        direction: ArrayLike,
        lo: float,
        hi: float,
        flood: WaterLevels | None,
        k: float,
    ) -> tuple[float, float, float]:
        for _ in range(4):
            t = np.linspace(lo, hi, 17)
            below = np.flatnonzero(self._above(start, direction, t, flood, k) <= 0)
            i = max(1, int(below[0]) if len(below) else 16)
            lo, hi = t[i - 1], t[i]
        x, y, z = np.asarray(start) + hi * np.asarray(direction)
        return float(x), float(y), float(z) / k

    def _cell_m(self) -> float:
        west, _, east, _ = self.extent
        return (east - west) / self.grid.cols

    def _clip(self, start: ArrayLike, direction: ArrayLike) -> tuple[float, float] | None:
        """The part of a ray over the terrain's extent, as distances in units of ``direction``."""
        s, d = np.asarray(start, dtype=np.float64)[:2], np.asarray(direction, dtype=np.float64)[:2]
        low, high = np.array(self.extent[:2]), np.array(self.extent[2:])
        near, far = 0.0, 1e7
        for i in range(2):
            if abs(d[i]) < 1e-12:
                if not low[i] <= s[i] <= high[i]:
                    return None
                continue
            a, b = sorted(((low[i] - s[i]) / d[i], (high[i] - s[i]) / d[i]))
            near, far = max(near, a), min(far, b)
        if far == 1e7:  # straight down
            far = max(1.0, 2e4 / max(abs(float(np.asarray(direction)[2])), 1e-9))
        return (near, far) if near < far else None


def ground_of(basin: SceneBasin) -> Ground:
    """Return the surface of a basin.

    Its arrays are shared with all readers of the basin.
    """
    ground_m, grid = basin.ground()
    return Ground(ground_m, basin.connection(), grid, basin.frame, around=basin.surroundings())


class _Flooded:
    """The ground's heights where it is dry, the water's where it is not, cell by cell; NaN stays."""

    def __init__(self, ground_m: F32, connection_cm: I32, flood: WaterLevels) -> None:
        self.shape = ground_m.shape
        self._ground, self._connection, self._flood = ground_m, connection_cm, flood

    def __getitem__(self, at: tuple[I64, I64], /) -> F64:
        ground, link, flood = self._ground[at].astype(np.float64), self._connection[at] / 100.0, self._flood
        surface = np.where(
            link <= flood.level_m, flood.level_m, np.where(link <= flood.highest_m, link, -np.inf)
        )
        return np.where(np.isnan(ground), ground, np.maximum(ground, surface))


class _Around:
    """The surroundings' heights: the highest near a place is enough to keep a camera above."""

    NEAR_M = 2_500.0

    def __init__(self, data: Surroundings, frame: Frame) -> None:
        self._heights = np.asarray(data.heights_m)
        self._placement = RasterPlace(data.grid, frame)
        reach = np.array([-self.NEAR_M, self.NEAR_M])
        _, col = self._placement.row_col(frame.east + reach, [frame.north, frame.north])
        #: Side of its cells in the frame, m.
        self.cell_m = 2.0 * self.NEAR_M / max(1e-9, float(np.ptp(col)))

    def at(self, east: F64, north: F64) -> F64:
        """(n,) heights of the cells that points lie in, NaN where none is known."""
        return nearest(self._heights, *self._placement.row_col(east, north))

    def highest(self, east: float, north: float) -> float:
        """The highest cell near a point; -inf beyond all of them."""
        reach = np.array([-self.NEAR_M, self.NEAR_M])
        row, _ = self._placement.row_col([east, east], north + reach)
        _, col = self._placement.row_col(east + reach, [north, north])
        (top, bottom), (left, right) = (np.rint(np.sort(a)).astype(int).clip(min=0) for a in (row, col))
        near = self._heights[top : bottom + 1, left : right + 1]
        return float(np.fmax.reduce(near, axis=None, initial=-np.inf))
