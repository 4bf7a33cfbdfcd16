"""Cut the coarse catchment around the terrain into tiles."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from meshes.build.ground.pyramid import build_ground
from meshes.build.imagery.ground_picture import paint
from meshes.build.imagery.surface_picture import PICTURE, save_picture
from twin.areas import cell_side_m
from twin.arrays import Bools
from twin.build.step import StepProgress
from twin.catalog import frame_of
from twin.catalog.entries import SurroundingsEntry
from twin.catalog.head import CatalogHead
from twin.crs import transform
from twin.grid import Grid
from twin.ingest import read_heights
from twin.notes import write_notes
from twin.products import save_grid
from twin.reach import outside_doubts
from twin.vertical import ellipsoid_minus_working_m, height_shift

MARGIN_CELLS = 1.5
"""How far the surroundings reach under the terrain's edge, in their own cells: no gap from any side."""


def make_surroundings(
    folder: Path,
    *,
    head: CatalogHead,
    entry: SurroundingsEntry,
    path: Path,
    ground: Grid,
    progress: StepProgress,
) -> None:
    """Write ``tileset.json``, its tiles, ``heights.npy`` (float32, working heights, m) and ``grid.json``.

    ``path`` is the raster, ``ground`` the grid of the terrain. In an invented basin what may grow is painted.
    """
    read = read_heights(path, entry)
    grid = read.grid
    offset_m = height_shift(entry.vertical, settings=head.vertical).offset_m
    heights = (read.heights_m + np.float64(offset_m)).astype(np.float32)  # rounded once
    write_notes(folder, {entry.id: (*read.doubts, *outside_doubts(ground, grid))})
    progress(0.1)
    save_picture(folder, paint(heights, cell_m=cell_side_m(grid), guess=head.synthetic), grid)
    progress(0.5)
    heights[_covered(grid, ground)] = np.nan
    np.save(folder / "heights.npy", heights)
    save_grid(folder, grid)
    build_ground(
        folder,
        heights,
        grid=grid,
        frame=frame_of(head),
        picture=folder / PICTURE,
        ellipsoid_minus_working_m=ellipsoid_minus_working_m(head.vertical),
        progress=lambda part: progress(0.5 + 0.5 * part),
    )


def _covered(coarse: Grid, fine: Grid) -> Bools:
    """Cells of the coarse grid that lie under the fine one, but for a margin; shape of ``coarse``."""
    row, col = (a.ravel() for a in np.indices(coarse.shape))
    x, y = transform(*coarse.centre_of(row, col), source=coarse.crs, target=fine.crs)
    west, south, east, north = fine.bounds
    # The margin in the fine grid's own units.
    ratio = cell_side_m(coarse) / cell_side_m(fine)
    dx, dy = MARGIN_CELLS * ratio * fine.dx, MARGIN_CELLS * ratio * fine.dy
    inside: Bools = (x > west + dx) & (x < east - dx) & (y > south + dy) & (y < north - dy)
    return inside.reshape(coarse.shape)
