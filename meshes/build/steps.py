"""The steps that make what is drawn: the picture of the ground, the terrain's tiles, and the surroundings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meshes.build.imagery.orthophotos import nearest_on
from twin.build import Step
from twin.build.basin import SIZING
from twin.build.notes import Notes, write_notes
from twin.build.sources import Sources
from twin.build.step import Tell
from twin.catalog import Catalog, ImageryEntry, LandcoverEntry, SurroundingsEntry
from twin.cog import write_cog
from twin.frame import frame_of, transform
from twin.grid import Grid
from twin.ingest import ByteRaster, IngestError, read_heights, read_landcover, read_picture
from twin.products import Painting, load_grid, save_grid, save_painting
from twin.reach import outside_doubts
from twin.vertical import ellipsoid_minus_working_m, height_shift

Products = Mapping[str, Path]

PICTURE_QUALITY = 95
PAINTED_WIDTH, IMAGERY_WIDTH = 4096, 16_384
PAINTING = (
    "meshes.build.steps",
    "meshes.build.imagery",
    "twin.build.notes",
    "twin.ingest",
    "twin.ingest.sandbox",
    "twin.catalog.landcover_classes",
    "twin.cog",
    "twin.products",
    "twin.noise",
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
    """``surface.tif``: the picture that lies on the terrain, and ``painting.json``: what it was made from.

    It is painted from land cover, or as plain relief; imagery lies above that. An entry that cannot be read
    is left out, and told.
    """
    landcover, imagery = catalog.of_class(LandcoverEntry), catalog.of_class(ImageryEntry)
    sources = Sources(catalog=catalog, entries=(*landcover, *imagery))

    def make(folder: Path, products: Products, tell: Tell) -> None:
        from meshes.build.imagery.ground_picture import paint  # noqa: PLC0415
        from meshes.build.imagery.orthophotos import overlaid  # noqa: PLC0415

        grid = load_grid(products["ground"])
        told: dict[str, Notes] = {}

        def read(entry: LandcoverEntry | ImageryEntry) -> ByteRaster | None:
            path = sources.path(entry, products)
            try:
                found = (
                    read_picture(path, entry)
                    if isinstance(entry, ImageryEntry)
                    else read_landcover(path, entry)
                )
                told[entry.id] = Notes(lines=(*found.doubts, *outside_doubts(grid, found.grid)))
            except IngestError as error:
                if getattr(error, "again", False):
                    raise
                told[entry.id] = Notes(left_out=str(error), zh=error.in_chinese(), kind=type(error).__name__)
                return None
            return found

        cover = next((nearest_on(grid, own.values, own.grid) for own in map(read, landcover) if own), None)
        tell(0.2)
        ground_m = np.load(products["ground"] / "ground.npy", mmap_mode="r")
        picture = paint(ground_m, cell_m=grid.cell_m, landcover=cover, width_limit=PAINTED_WIDTH)
        tell(0.5)
        photos = [own for own in map(read, imagery) if own is not None]
        picture, seen = overlaid(picture, photos, grid=grid, width_limit=IMAGERY_WIDTH)
        tell(0.9)
        _save(folder / PICTURE, picture, grid)
        save_painting(folder, imagery=seen, under=_under(cover))
        write_notes(folder, told)

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


def _under(cover: NDArray[np.uint8] | None) -> list[Painting]:
    """What the ground was painted from; both where land cover does not know all of it."""
    if cover is None or not cover.any():
        return ["relief"]
    return ["cover"] if cover.all() else ["cover", "relief"]


def surroundings_step(catalog: Catalog, entry: SurroundingsEntry) -> Step:
    """``tileset.json``, tiles and ``heights.npy`` of the catchment, with a hole where the terrain is.

    Its picture is plain relief; in an invented basin what may grow there is invented, too.
    """
    sources = Sources(catalog=catalog, entries=(entry,))
    guess = catalog.head.synthetic

    def make(folder: Path, products: Products, tell: Tell) -> None:
        from meshes.build.ground.pyramid import build_ground  # noqa: PLC0415
        from meshes.build.imagery.ground_picture import paint  # noqa: PLC0415

        read = read_heights(sources.path(entry, products), entry)
        grid = read.grid
        offset_m = height_shift(entry.vertical, settings=catalog.head.vertical).offset_m
        heights = (read.heights_m + np.float64(offset_m)).astype(np.float32)  # rounded once
        ground = load_grid(products["ground"])
        write_notes(folder, {entry.id: (*read.doubts, *outside_doubts(ground, grid))})
        tell(0.1)
        _save(folder / PICTURE, paint(heights, cell_m=grid.cell_m, guess=guess), grid)
        tell(0.5)
        heights[_covered(grid, ground)] = np.nan
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
