"""The steps that make what is drawn: the picture of the ground, the terrain's tiles, and the surroundings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twin.build import Step
from twin.build.basin import SIZING
from twin.build.notes import write_notes
from twin.build.sources import Sources
from twin.build.step import Tell
from twin.catalog import Catalog, ImageryEntry, LandcoverEntry, SurroundingsEntry
from twin.cog import write_cog
from twin.frame import frame_of, transform
from twin.grid import Grid
from twin.ingest import read_bytes, read_heights
from twin.products import load_grid, save_grid
from twin.vertical import ellipsoid_minus_working_m, height_shift

Products = Mapping[str, Path]

PICTURE_QUALITY = 95
PAINTED_WIDTH, IMAGERY_WIDTH = 4096, 16_384
BAND = 64  # rows of the ground
PAINTING = (
    "meshes.build.steps",
    *(f"meshes.build.{name}" for name in ("picture", "brush", "cover_rules", "daylight", "grain", "palette")),
    "meshes.build.parcels",
    "twin.build.notes",
    "twin.ingest",
    "twin.ingest.inside",
    "twin.catalog.cover",
    "twin.cog",
    "twin.sample.noise",
    *SIZING,
)
"""The code that paints the ground."""
TILING = ("meshes.build.ground", "meshes.tiles", "twin.products", "twin.vertical", *SIZING)
"""The code that cuts it into tiles."""
PICTURE = "surface.tif"

MARGIN_CELLS = 1.5
"""How far the surroundings reach under the terrain's edge, in their own cells: no gap from any side."""


def terrain_step(catalog: Catalog) -> Step:
    """``tileset.json`` and tiles: the terrain with its picture, fine where water comes and goes."""
    reservoir, frame = catalog.head.reservoir, frame_of(catalog.head)
    # At the upper end no level is meant any more.
    levels_m = (reservoir.lowest_m, reservoir.highest_m + 0.01)

    def make(folder: Path, products: Products, tell: Tell) -> None:
        from meshes.build.ground.pyramid import build_ground  # noqa: PLC0415  (numba)

        build_ground(
            folder,
            np.load(products["ground"] / "ground.npy", mmap_mode="r"),
            grid=load_grid(products["ground"]),
            frame=frame,
            picture=products["picture"] / PICTURE,
            connection_cm=np.load(products["water"] / "connection.npy", mmap_mode="r"),
            levels_m=levels_m,
            ellipsoid_minus_working_m=ellipsoid_minus_working_m(catalog.head.vertical),
            tell=tell,
        )

    return Step(
        name="terrain-tiles",
        title=("构建地形瓦片", "cutting the terrain into tiles"),
        make=make,
        needs=("ground", "water", "picture"),
        settings={
            "levels": levels_m,
            "frame": catalog.head.frame.model_dump(mode="json"),
            "vertical": catalog.head.vertical.model_dump(mode="json"),
        },
        code=TILING,
        seconds=7,
    )


def picture_step(catalog: Catalog) -> Step:
    """``surface.tif``: the picture that lies on the terrain; an aerial one where the catalog has it."""
    imagery, landcover = catalog.optional(ImageryEntry), catalog.optional(LandcoverEntry)
    entry = imagery or landcover
    sources = Sources(catalog=catalog, entries=() if entry is None else (entry,))

    def make(folder: Path, products: Products, tell: Tell) -> None:
        from meshes.build.picture import paint  # noqa: PLC0415

        grid = load_grid(products["ground"])
        read = None if entry is None else read_bytes(sources.path(entry, products), entry)
        if read is not None and entry is not None:
            write_notes(folder, {entry.id: read.doubts})
        if read is not None and entry is imagery:
            picture = imagery_on(grid, read.values, read.grid)
        else:
            cover = None if read is None else nearest_on(grid, read.values, read.grid)
            tell(0.2)
            ground_m = np.load(products["ground"] / "ground.npy", mmap_mode="r")
            picture = paint(ground_m, cell_m=grid.cell_m, landcover=cover, width_limit=PAINTED_WIDTH)
        tell(0.9)
        _save(folder / PICTURE, picture, grid)

    return Step(
        name="picture",
        title=("绘制地表影像", "painting the surface"),
        make=make,
        needs=("ground", *sources.needs),
        sources=sources.files,
        settings=sources.settings | {"quality": PICTURE_QUALITY},
        code=PAINTING,
        seconds=5,
    )


def surroundings_step(catalog: Catalog, entry: SurroundingsEntry) -> Step:
    """``tileset.json``, tiles and ``heights.npy`` of the catchment, with a hole where the terrain is.

    Its picture is plain relief; in an invented basin what may grow there is invented, too.
    """
    sources = Sources(catalog=catalog, entries=(entry,))
    guess = catalog.head.synthetic

    def make(folder: Path, products: Products, tell: Tell) -> None:
        from meshes.build.ground.pyramid import build_ground  # noqa: PLC0415
        from meshes.build.picture import paint  # noqa: PLC0415

        read = read_heights(sources.path(entry, products), entry)
        grid = read.grid
        offset_m = height_shift(entry.vertical, settings=catalog.head.vertical).offset_m
        heights = (read.heights_m + np.float64(offset_m)).astype(np.float32)  # rounded once
        write_notes(folder, {entry.id: read.doubts})
        tell(0.1)
        _save(folder / PICTURE, paint(heights, cell_m=grid.cell_m, guess=guess), grid)
        tell(0.5)
        heights[_covered(grid, load_grid(products["ground"]))] = np.nan
        np.save(folder / "heights.npy", heights)
        save_grid(folder, grid)
        build_ground(
            folder,
            heights,
            grid=grid,
            frame=frame_of(catalog.head),
            picture=folder / PICTURE,
            ellipsoid_minus_working_m=ellipsoid_minus_working_m(catalog.head.vertical),
            tell=lambda part: tell(0.5 + 0.5 * part),
        )

    return Step(
        name="surroundings",
        title=("构建外围流域", "the catchment around"),
        make=make,
        needs=("ground", *sources.needs),
        sources=sources.files,
        settings=sources.settings | {"guess": guess},
        code=(*PAINTING, *TILING),
        seconds=5,
        entry=entry.id,
        required=False,
    )


def nearest_on(wanted: Grid, values: NDArray[np.uint8], own: Grid) -> NDArray[np.uint8]:
    """Values at the cells of another grid, 0 outside; (rows, cols, …) of ``wanted``."""
    if own == wanted:
        return values
    row, col = (a.ravel() for a in np.indices(wanted.shape))
    x, y = transform(*wanted.centre_of(row, col), source=wanted.crs, target=own.crs)
    c = np.floor((x - own.west) / own.dx).astype(np.intp)
    r = np.floor((own.north - y) / own.dy).astype(np.intp)
    inside = (r >= 0) & (r < own.rows) & (c >= 0) & (c < own.cols)
    out = np.zeros((len(r), *values.shape[2:]), np.uint8)
    out[inside] = values[r[inside], c[inside]]
    return out.reshape(*wanted.shape, *values.shape[2:])


def imagery_on(ground: Grid, values: NDArray[np.uint8], own: Grid) -> NDArray[np.uint8]:
    """An aerial picture over the ground's extent, (h, w, 3), at its own resolution but at most
    ``IMAGERY_WIDTH`` wide and high."""
    finer = max(1, min(IMAGERY_WIDTH // max(ground.shape), round(ground.cell_m / own.cell_m)))
    out = np.empty((ground.rows * finer, ground.cols * finer, 3), np.uint8)
    for first in range(0, ground.rows, BAND):  # band by band: a look-up takes many times a picture's memory
        rows = min(BAND, ground.rows - first)
        wanted = replace(
            ground,
            rows=rows * finer,
            cols=ground.cols * finer,
            north=ground.north - first * ground.dy,
            dx=ground.dx / finer,
            dy=ground.dy / finer,
        )
        out[first * finer : (first + rows) * finer] = nearest_on(wanted, values, own)
    return out


def _covered(coarse: Grid, fine: Grid) -> NDArray[np.bool_]:
    """Cells of the coarse grid that lie under the fine one, but for a margin; shape of ``coarse``."""
    row, col = (a.ravel() for a in np.indices(coarse.shape))
    x, y = transform(*coarse.centre_of(row, col), source=coarse.crs, target=fine.crs)
    west, south, east, north = fine.bounds
    # The margin in the fine grid's own units.
    ratio = coarse.cell_m / fine.cell_m
    dx, dy = MARGIN_CELLS * ratio * fine.dx, MARGIN_CELLS * ratio * fine.dy
    inside: NDArray[np.bool_] = (x > west + dx) & (x < east - dx) & (y > south + dy) & (y < north - dy)
    return inside.reshape(coarse.shape)


def _save(path: Path, picture: NDArray[np.uint8], ground: Grid) -> None:
    """A picture of a grid's extent."""
    rows, cols = picture.shape[:2]
    grid = replace(
        ground, rows=rows, cols=cols, dx=ground.dx * ground.cols / cols, dy=ground.dy * ground.rows / rows
    )
    bands = np.ascontiguousarray(np.moveaxis(picture, -1, 0))
    write_cog(path, bands, grid, overviews="average", jpeg_quality=PICTURE_QUALITY)
