"""Make terrain and water of the rasters.

Triangles between cell centres, a quad for each wet cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkPolyData

from layers.multiblock.named_arrays import poly_data
from twin.areas import cell_areas
from twin.arrays import F32, F64, I32, I64
from twin.frame import Frame
from twin.grid import Grid
from twin.water.centimetres import whole_cm
from twin.water.surface import Shore, WaterState, WaterSurface

if TYPE_CHECKING:
    from twin.basin import Basin


def terrain_block(basin: Basin, *, step: int) -> vtkPolyData:
    """Triangulate every ``step``-th cell centre, and the last ones.

    What was not surveyed is a hole. Point arrays: ``height_m`` float32; ``connection_level_m`` float64, NaN
    where the cap is not below it.
    """
    ground_m, grid = basin.ground()
    rows, cols = (_every(count, step) for count in grid.shape)
    link_m = basin.connection()[np.ix_(rows, cols)] / 100.0
    known_m = np.where(link_m < basin.cap_m, link_m, np.nan)
    return _relief(basin.frame, grid, ground_m, rows, cols, connection_level_m=known_m)


def surroundings_block(basin: Basin) -> vtkPolyData | None:
    """Triangulate the coarse catchment around the terrain.

    None where the basin has none. Point array: ``height_m`` float32. There is a hole where the terrain is.
    """
    around = basin.surroundings()
    if around is None:
        return None
    rows, cols = (np.arange(count) for count in around.grid.shape)
    return _relief(basin.frame, around.grid, around.heights_m, rows, cols)


def water_block(basin: Basin, state: WaterState) -> vtkPolyData | None:
    """Make a quad over each wet cell; None if all is dry.

    At the height of its water. Cell arrays: ``depth_m`` float32 (NaN without survey of the bed),
    ``connection_level_m``, ``area_m2`` float64 (true area on the ellipsoid), ``certain`` uint8 (0 within the
    terrain's vertical error of the shore), ``row``, ``col`` int32 on the ground's raster. The lake is one
    sheet; a pocket it has left is another, at its sill.
    """
    ground_m, grid = basin.ground()
    surface = WaterSurface(
        grid=grid,
        ground_m=ground_m,
        connection_cm=basin.connection(),
        cap_cm=round(basin.cap_m * 100),
        vertical_error_m=basin.vertical_error_m,
        flown_m=basin.bed_m,
    )
    row, col = np.nonzero(surface.wet(state))
    if not len(row):
        return None
    link_cm = surface.connection_cm[row, col]
    # Sheet 0 is the lake, a pocket's is its sill's centimetres above it. Cells of one sheet share corners.
    sheet = np.maximum(link_cm.astype(np.int64) - whole_cm(state.level_m), 0)
    corners, quads = _shared_corners(row, col, sheet, cols=grid.cols)
    east, north = _places(basin.frame, grid, corners[0] - 0.5, corners[1] - 0.5)
    sill_m = (whole_cm(state.level_m) + corners[2]) / 100.0
    shore = surface.shore(state)[row, col]
    return poly_data(
        basin.frame.local(east, north, np.where(corners[2] > 0, sill_m, state.level_m)),
        faces=quads,
        of_cells={
            "depth_m": surface.depth_m(state)[row, col],
            "connection_level_m": link_cm / 100.0,
            "area_m2": cell_areas(grid).at(row, col),
            "certain": (shore == Shore.CERTAINLY_WET).astype(np.uint8),
            "row": row.astype(np.int32),
            "col": col.astype(np.int32),
        },
    )


def _relief(frame: Frame, grid: Grid, heights_m: F32, rows: I64, cols: I64, **of_cells: F64) -> vtkPolyData:
    """Triangles between the centres of these rows and columns; ``of_cells`` become arrays beside heights."""
    height = heights_m[np.ix_(rows, cols)]
    known = np.isfinite(height)
    number = np.where(known, np.cumsum(known).reshape(known.shape) - 1, -1).astype(np.int32)
    east, north = _places(frame, grid, *np.broadcast_arrays(rows[:, None], cols[None, :]))
    return poly_data(
        frame.local(east[known], north[known], height[known]),
        faces=_triangles(number),
        of_points={"height_m": height[known], **{name: values[known] for name, values in of_cells.items()}},
    )


def _every(count: int, step: int) -> I64:
    """Every ``step``-th of ``count`` rows or columns and the last, so that the whole terrain is covered."""
    return np.union1d(np.arange(0, count, step), [count - 1]).astype(np.int64)


def _places(frame: Frame, grid: Grid, row: NDArray[np.generic], col: NDArray[np.generic]) -> tuple[F64, F64]:
    """(east, north) in the frame's CRS of fractional rows and columns."""
    return frame.from_crs(grid.crs, *grid.centre_of(row, col))


def _triangles(number: I32) -> I32:
    """(m, 3) int32 triangles between points (rows, cols), anticlockwise from above; -1 is no point."""
    a, b, c, d = number[:-1, :-1], number[:-1, 1:], number[1:, :-1], number[1:, 1:]
    both = np.stack([np.stack([a, c, d], axis=-1), np.stack([a, d, b], axis=-1)], axis=2).reshape(-1, 3)
    whole: I32 = both[(both >= 0).all(axis=1)]
    return whole


def _shared_corners(row: I64, col: I64, sheet: I64, *, cols: int) -> tuple[tuple[I64, I64, I64], I32]:
    """Corners (row, col, sheet) of cells, each once, row 0 being the raster's edge; (n, 4) quads of them."""
    down, right = np.array([0, 1, 1, 0]), np.array([0, 0, 1, 1])
    place = (row[:, None] + down) * (cols + 1) + col[:, None] + right
    sheets = int(sheet.max()) + 1
    key, quads = np.unique(place * sheets + sheet[:, None], return_inverse=True)
    place = key // sheets
    return (place // (cols + 1), place % (cols + 1), key % sheets), quads.reshape(-1, 4).astype(np.int32)
