"""Check the file of one entry, by its kind.

Read it through, say what it holds and what is doubtful. Each ``check_…`` takes the catalog, the entry and its
file's path, and raises TwinError with what is wrong.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from twin.catalog import Catalog, frame_of
from twin.catalog.entries import (
    BarrierEntry,
    InsetEntry,
    LandcoverEntry,
    RasterEntry,
    StationsEntry,
    TableEntry,
    TerrainEntry,
    VectorEntry,
)
from twin.catalog.landcover_classes import COVER
from twin.counting import counted
from twin.cross_checks import crest_words, vector_doubts
from twin.frame_check import check_frame_over, scale_doubts
from twin.geodesy import shape_area_m2
from twin.grid import Grid
from twin.ingest import IngestError, read_heights, read_vector, seed_cell
from twin.ingest.features import Features
from twin.ingest.read import probe_raster, raster_place, raster_words
from twin.notes import Notes, read_notes
from twin.reach import outside_doubts
from twin.station_checks import station_doubts
from twin.vertical import height_shift

MOST_POINTS = 200_000
"""Of shapes whose size is told: more take seconds to measure."""


class Findings(NamedTuple):
    """Findings of a check in a file.

    Facts for its row, its CRS ('' where it has none), and doubts.
    """

    facts: str
    crs: str
    doubts: list[str]


def check_terrain(catalog: Catalog, entry: TerrainEntry, path: Path) -> Findings:
    """Check the terrain.

    That the seed is wet, and that frame and scale fit its place.
    """
    read = read_heights(path, entry)
    heights, grid = read.heights_m, read.grid
    shift = height_shift(entry.vertical, settings=catalog.head.vertical).offset_m
    seed_cell(
        heights + np.float64(shift),
        grid,
        reservoir=catalog.head.reservoir,
        frame=frame_of(catalog.head),
        bed=entry.bed,
    )
    check_frame_over(grid, crs=catalog.head.frame.crs)
    low, high = float(np.nanmin(heights)), float(np.nanmax(heights))
    facts = [f"{grid.cols} × {grid.rows} cells of {grid.dx:g}", f"{low:.1f} to {high:.1f} m", *read.found]
    return Findings(", ".join(facts), grid.crs, [*read.doubts, *scale_doubts(grid)])


def check_raster(catalog: Catalog, entry: RasterEntry, path: Path) -> Findings:
    """Check any other raster, and that it covers some of the terrain."""
    answer, grid = probe_raster(path, entry)
    found, doubts = raster_words(answer, entry)
    facts = [f"{grid.cols} × {grid.rows} cells of {grid.dx:g}"]
    if isinstance(entry, LandcoverEntry):
        facts.append(_classes(entry, answer["classes"]))
    if "lowest" in answer:
        facts.append(f"{answer['lowest']:.1f} to {answer['highest']:.1f} m")
    if isinstance(entry, InsetEntry):
        doubts = (*doubts, *scale_doubts(grid))
    elif (ground := _ground(catalog)) is not None:
        doubts = (*doubts, *outside_doubts(ground, grid))
    return Findings(", ".join([*facts, *found]), grid.crs, list(doubts))


def _classes(entry: LandcoverEntry, found: list[int]) -> str:
    """How many classes, and by whose numbers where the catalog does not say."""
    if entry.classes is not None:
        return counted(len(found), "class")
    names = {number: name for name, number in COVER.items()}
    own = ", ".join(f"{number} {names[number]}" for number in found if number in names)
    return f"{counted(len(found), 'class')} by the program's numbers ({own})"


def _ground(catalog: Catalog) -> Grid | None:
    """Where the terrain lies; None where that is not known, which its own row says."""
    terrain = catalog.optional(TerrainEntry)
    if terrain is None or terrain.driver == "sample":
        return None
    try:
        return raster_place(catalog.path_of(terrain), terrain)
    except IngestError:
        return None


def check_vectors(catalog: Catalog, entry: VectorEntry, path: Path) -> Findings:
    """Check vector data: its shapes, its place, the crests of barriers."""
    frame = frame_of(catalog.head)
    features = read_vector(path, entry, crs=frame.crs)
    kinds = ", ".join(sorted({shape.geom_type for shape in features.geometry}))
    facts = f"{len(features)} × {kinds}{_size(features)}"
    if isinstance(entry, BarrierEntry):
        facts += crest_words(catalog, entry, features)[0]
    doubts = [*features.notes, *vector_doubts(catalog, entry, features)]
    return Findings(facts, entry.crs or "from the file", doubts)


def _size(features: Features) -> str:
    """The true area of all polygons, where there are not too many of them."""
    import shapely  # noqa: PLC0415

    if shapely.get_num_coordinates(features.geometry).sum() > MOST_POINTS:
        return ""
    area_m2 = sum(shape_area_m2(shape, crs=features.crs) for shape in features.geometry)
    return f", {area_m2 / 1e6:,.3f} km²" if area_m2 else ""


def check_table(catalog: Catalog, entry: TableEntry, path: Path) -> Findings:
    """Check a table.

    Its lines, and as a build does what a curve or a run must be besides.
    """
    from twin.build.tables import make_table  # noqa: PLC0415

    with TemporaryDirectory(prefix="twin-check-") as folder:
        table = make_table(Path(folder), entry=entry, path=path)
        notes = read_notes(Path(folder)).get(entry.id, Notes())
    facts = f"{counted(len(table), 'line')}: {', '.join(list(table.columns)[:6])}"
    return Findings(facts, "", list(notes.lines))


def check_stations(catalog: Catalog, entry: StationsEntry, path: Path) -> Findings:
    """Check both tables of stations as a build reads them.

    Each row that is left out is a doubt.
    """
    from twin.build.stations import read_stations  # noqa: PLC0415

    network, notes = read_stations(catalog, entry)
    facts = f"{counted(len(network.stations), 'station')}, {counted(len(network.datastreams), 'datastream')}"
    return Findings(facts, entry.crs, [*notes.left_out, *notes.doubts, *station_doubts(catalog, network)])
