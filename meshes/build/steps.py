"""The steps that make what is drawn: the terrain's mesh, its picture, and the surroundings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.build import Step
from twin.build.sources import Sources
from twin.build.step import Tell
from twin.catalog import Catalog, ImageryEntry, LandcoverEntry, SurroundingsEntry
from twin.frame import Frame, frame_of, transform
from twin.grid import Grid
from twin.ingest import read_classes, read_picture, read_raster
from twin.products import MeshArrays, load_grid
from twin.vertical import height_shift

Products = Mapping[str, Path]
Points = NDArray[np.float64]

TERRAIN_TRIANGLES = 350_000
SURROUNDINGS_TRIANGLES = 40_000
PICTURE_QUALITY = 90
PICTURE_WIDTH = 4096
PAINTING = (
    "meshes.build.steps",
    *(f"meshes.build.{name}" for name in ("picture", "brush", "cover_rules", "daylight", "grain", "palette")),
    "meshes.build.parcels",
    "twin.ingest",
    "twin.ingest.inside",
    "twin.catalog.cover",
    "twin.sample.noise",
)
"""The code that paints the ground."""

MARGIN_CELLS = 1.5
"""How far the surroundings reach under the terrain's edge, in their own cells: no gap from any side."""


def terrain_step(catalog: Catalog) -> Step:
    """``mesh/*.npy``: the terrain, fine where water comes and goes."""
    reservoir = catalog.head.reservoir

    def make(folder: Path, products: Products, tell: Tell) -> None:
        from meshes.build.terrain import terrain_mesh  # noqa: PLC0415  (numba)

        ground_m = np.load(products["ground"] / "ground.npy", mmap_mode="r")
        connection_cm = np.load(products["water"] / "connection.npy", mmap_mode="r")
        mesh = terrain_mesh(
            ground_m,
            connection_m=(connection_cm / np.float32(100.0)).astype(np.float32),
            levels_m=(reservoir.lowest_m, reservoir.highest_m + 0.01),  # the upper end is left out
            target_triangles=TERRAIN_TRIANGLES,
        )
        tell(0.8)
        _placed(mesh, load_grid(products["ground"]), frame_of(catalog.head)).save(folder)

    return Step(
        name="terrain-mesh",
        title=("构建地形网格", "meshing the terrain"),
        make=make,
        needs=("ground", "water"),
        settings={
            "triangles": TERRAIN_TRIANGLES,
            "levels": [reservoir.lowest_m, reservoir.highest_m],
            "frame": catalog.head.frame.model_dump(mode="json"),
        },
        code=("meshes.build.terrain", "meshes.build.rtin", "twin.products"),
        seconds=3,
    )


def picture_step(catalog: Catalog) -> Step:
    """``surface.jpg``: the picture that lies on the terrain; an aerial one where the catalog has it."""
    imagery, landcover = catalog.optional(ImageryEntry), catalog.optional(LandcoverEntry)
    entry = imagery or landcover
    sources = Sources(catalog=catalog, entries=() if entry is None else (entry,))

    def make(folder: Path, products: Products, tell: Tell) -> None:
        from meshes.build.picture import paint  # noqa: PLC0415

        grid = load_grid(products["ground"])
        if imagery is not None:
            picture = imagery_on(grid, *read_picture(sources.path(imagery, products), imagery))
        else:
            cover = None
            if landcover is not None:
                cover = nearest_on(grid, *read_classes(sources.path(landcover, products), landcover))
            tell(0.2)
            ground_m = np.load(products["ground"] / "ground.npy", mmap_mode="r")
            picture = paint(ground_m, cell_m=_cell_m(grid), landcover=cover)
        tell(0.9)
        _save(folder / "surface.jpg", picture)

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


def surroundings_steps(catalog: Catalog, entry: SurroundingsEntry) -> list[Step]:
    """``mesh/*.npy`` and ``surface.jpg`` of the coarse catchment, with a hole where the terrain is."""
    sources = Sources(catalog=catalog, entries=(entry,))

    def make(folder: Path, products: Products, tell: Tell) -> None:
        from meshes.build.picture import paint  # noqa: PLC0415
        from meshes.build.terrain import terrain_mesh  # noqa: PLC0415

        values, grid = read_raster(sources.path(entry, products), entry)
        offset_m = height_shift(entry.vertical, settings=catalog.head.vertical).offset_m
        heights = (values + offset_m).astype(np.float32)
        tell(0.2)
        _save(folder / "surface.jpg", paint(heights, cell_m=_cell_m(grid)))
        tell(0.6)
        frame = frame_of(catalog.head)
        heights[_covered(grid, load_grid(products["ground"]))] = np.nan
        mesh = terrain_mesh(heights, target_triangles=SURROUNDINGS_TRIANGLES)
        _placed(mesh, grid, frame).save(folder)

    return [
        Step(
            name="surroundings",
            title=("构建外围流域", "the catchment around"),
            make=make,
            needs=("ground", *sources.needs),
            sources=sources.files,
            settings=sources.settings | {"triangles": SURROUNDINGS_TRIANGLES},
            code=(*PAINTING, "meshes.build.terrain", "meshes.build.rtin", "twin.products"),
            seconds=3,
            entry=entry.id,
            required=False,
        )
    ]


def _placed(mesh: Any, grid: Grid, frame: Frame) -> MeshArrays:
    from meshes.build.terrain import place  # noqa: PLC0415

    def to_frame(row: Points, col: Points) -> tuple[Points, Points]:
        return frame.from_crs(grid.crs, *grid.centre_of(row, col))

    position, tcoord = place(mesh, shape=grid.shape, to_frame=to_frame, origin=(frame.east, frame.north, 0.0))
    return MeshArrays(position=position, tcoord=tcoord, triangles=mesh.triangles, chunks=mesh.chunks)


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
    """An aerial picture over the ground's extent, (h, w, 3), at its own resolution but at most 4096 wide."""
    finer = max(1, min(PICTURE_WIDTH // ground.cols, round(_cell_m(ground) / _cell_m(own))))
    wanted = replace(
        ground, rows=ground.rows * finer, cols=ground.cols * finer, dx=ground.dx / finer, dy=ground.dy / finer
    )
    return nearest_on(wanted, values, own)


def _covered(coarse: Grid, fine: Grid) -> NDArray[np.bool_]:
    """Cells of the coarse grid that lie under the fine one, but for a margin; shape of ``coarse``."""
    row, col = (a.ravel() for a in np.indices(coarse.shape))
    x, y = transform(*coarse.centre_of(row, col), source=coarse.crs, target=fine.crs)
    west, south, east, north = fine.bounds
    # The margin in the fine grid's own units.
    ratio = float(np.sqrt(coarse.cell_area_m2.mean() / fine.cell_area_m2.mean()))
    dx, dy = MARGIN_CELLS * ratio * fine.dx, MARGIN_CELLS * ratio * fine.dy
    inside: NDArray[np.bool_] = (x > west + dx) & (x < east - dx) & (y > south + dy) & (y < north - dy)
    return inside.reshape(coarse.shape)


def _cell_m(grid: Grid) -> float:
    """The side of a cell of mean area, m."""
    return float(np.sqrt(grid.cell_area_m2.mean()))


def _save(path: Path, picture: NDArray[np.uint8]) -> None:
    from PIL import Image  # noqa: PLC0415

    Image.fromarray(picture).save(path, quality=PICTURE_QUALITY, subsampling=0, optimize=True)
