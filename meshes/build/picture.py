"""Paint the ground's picture and lay imagery over it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from meshes.build.imagery.ground_picture import paint
from meshes.build.imagery.orthophotos import nearest_on, overlaid
from meshes.build.imagery.surface_picture import save_picture
from twin.areas import cell_side_m
from twin.arrays import U8
from twin.build.sources import Sources
from twin.build.step import StepProgress
from twin.catalog.entries import ImageryEntry, LandcoverEntry
from twin.ingest import ByteRaster, IngestError, read_landcover, read_picture
from twin.notes import Notes, write_notes
from twin.products import Painting, load_grid, save_painting
from twin.reach import outside_doubts

PAINTED_WIDTH, IMAGERY_WIDTH = 4096, 16_384


def make_picture(
    folder: Path,
    *,
    landcover: list[LandcoverEntry],
    imagery: list[ImageryEntry],
    sources: Sources,
    products: Mapping[str, Path],
    progress: StepProgress,
) -> None:
    """Write ``surface.tif`` (COG, JPEG inside), ``painting.json`` and ``notes.json``.

    An entry that cannot be read is left out, and noted.
    """
    grid = load_grid(products["ground"])
    told: dict[str, Notes] = {}

    def read(entry: LandcoverEntry | ImageryEntry) -> ByteRaster | None:
        path = sources.path(entry, products)
        try:
            found = (
                read_picture(path, entry) if isinstance(entry, ImageryEntry) else read_landcover(path, entry)
            )
            told[entry.id] = Notes(lines=(*found.doubts, *outside_doubts(grid, found.grid)))
        except IngestError as error:
            if getattr(error, "again", False):
                raise
            told[entry.id] = Notes(left_out=str(error), zh=error.in_chinese(), kind=type(error).__name__)
            return None
        return found

    cover = next((nearest_on(grid, own.values, own.grid) for own in map(read, landcover) if own), None)
    progress(0.2)
    ground_m = np.load(products["ground"] / "ground.npy", mmap_mode="r")
    picture = paint(ground_m, cell_m=cell_side_m(grid), landcover=cover, width_limit=PAINTED_WIDTH)
    progress(0.5)
    photos = [own for own in map(read, imagery) if own is not None]
    picture, seen = overlaid(picture, photos, grid=grid, width_limit=IMAGERY_WIDTH)
    progress(0.9)
    save_picture(folder, picture, grid)
    save_painting(folder, imagery=seen, under=_under(cover))
    write_notes(folder, told)


def _under(cover: U8 | None) -> list[Painting]:
    """What the ground was painted from; both where land cover does not know all of it."""
    if cover is None or not cover.any():
        return ["relief"]
    return ["cover"] if cover.all() else ["cover", "relief"]
