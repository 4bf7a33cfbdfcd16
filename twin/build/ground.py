"""Build the ground: working heights on the terrain's grid.

Finer surveys are laid in and the barriers burnt in.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from twin.build.mosaic import Survey, mosaic
from twin.build.sources import Sources
from twin.build.step import Products, StepProgress
from twin.catalog import BarrierEntry, InsetEntry, TerrainEntry
from twin.catalog.entries import HeightEntry
from twin.cog import write_cog
from twin.frame_check import check_frame_over, scale_doubts
from twin.grid import Grid
from twin.ingest import read_heights, read_vector
from twin.notes import write_notes
from twin.products import save_grid, write_json
from twin.vertical import height_shift
from twin.water.barriers import Barrier, burn


def make_ground(folder: Path, *, sources: Sources, products: Products, progress: StepProgress) -> None:
    """Write ``ground.tif`` and ``ground.npy`` (float32 m, NaN for none), ``grid.json`` and ``facts.json``.

    Where insets were laid in, ``origin.tif`` and ``origin.npy`` (uint8) say which survey a cell is from: 0
    for the terrain, then the insets in the order of ``facts.json``.
    """
    terrain = next(entry for entry in sources.entries if isinstance(entry, TerrainEntry))
    insets = [entry for entry in sources.entries if isinstance(entry, InsetEntry)]
    shift = height_shift(terrain.vertical, settings=sources.catalog.head.vertical)
    surveys = [_survey(entry, sources, products) for entry in (terrain, *insets)]
    ground = mosaic(surveys[0].survey, [read.survey for read in surveys[1:]])
    check_frame_over(ground.grid, crs=sources.catalog.head.frame.crs)
    progress(0.3)
    barriers: list[Barrier] = []
    for entry in sources.entries:
        if isinstance(entry, BarrierEntry):
            barriers += _barriers(entry, sources=sources, products=products, grid=ground.grid)
    ground_m = burn(ground.ground_m, grid=ground.grid, barriers=barriers)
    progress(0.6)
    np.save(folder / "ground.npy", ground_m)
    save_grid(folder, ground.grid)
    write_cog(folder / "ground.tif", ground_m, ground.grid, overviews="average", nodata=float("nan"))
    if insets:
        np.save(folder / "origin.npy", ground.origin)
        write_cog(folder / "origin.tif", ground.origin, ground.grid, overviews="nearest")
    write_json(
        folder / "facts.json",
        {
            "vertical": str(shift),
            "vertical_known": shift.known,
            "barriers": len(barriers),
            "insets": [entry.id for entry in insets],
            "found": {read.survey.name: read.found for read in surveys if read.found},
        },
    )
    doubts = {read.survey.name: list(read.doubts) for read in surveys}
    for name, misfit in ground.doubts.items():
        doubts[name].append(misfit)
    write_notes(folder, doubts)


@dataclass(frozen=True, kw_only=True)
class _Read:
    """A survey, what was found in its file worth saying, and doubts."""

    survey: Survey
    found: tuple[str, ...]
    doubts: tuple[str, ...]


def _survey(entry: HeightEntry, sources: Sources, products: Products) -> _Read:
    """An entry's heights as working heights: shifted in float64, rounded once."""
    read = read_heights(sources.path(entry, products), entry)
    offset_m = height_shift(entry.vertical, settings=sources.catalog.head.vertical).offset_m
    heights_m = (read.heights_m + np.float64(offset_m)).astype(np.float32)
    survey = Survey(name=entry.id, heights_m=heights_m, grid=read.grid)
    return _Read(survey=survey, found=read.found, doubts=(*read.doubts, *scale_doubts(read.grid)))


def _barriers(entry: BarrierEntry, *, sources: Sources, products: Products, grid: Grid) -> list[Barrier]:
    """An entry's barriers in the grid's CRS, with crests as working heights."""
    features = read_vector(sources.path(entry, products), entry, crs=grid.crs)
    offset_m = height_shift(entry.vertical, settings=sources.catalog.head.vertical).offset_m
    if entry.crest_field is None:
        crests = [entry.crest_m] * len(features)
    else:
        crests = [float(crest) for crest in features.column(entry.crest_field)]  # type: ignore[arg-type]
    return [
        Barrier(geometry=geometry, crest_m=float(crest or 0.0) + offset_m, name=f"{entry.id} {number}")
        for number, (geometry, crest) in enumerate(zip(features.geometry, crests, strict=True), 1)
    ]
