"""``twin check``: what each data set is, where it lies, and whether it can be read."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import numpy as np

from twin.catalog import frame_of
from twin.catalog.catalog import BrokenEntry, Catalog
from twin.catalog.entries import (
    KINDS,
    BarrierEntry,
    Entry,
    HeightEntry,
    InsetEntry,
    LandcoverEntry,
    ModelEntry,
    RasterEntry,
    StationsEntry,
    TableEntry,
    TerrainEntry,
    VectorEntry,
)
from twin.catalog.feed_check import feed_problems
from twin.catalog.landcover_classes import COVER
from twin.catalog.load import load_catalog_leniently
from twin.catalog.problems import CatalogError, Problem
from twin.counting import counted
from twin.cross_checks import crest_words, model_doubts, vector_doubts
from twin.disk import MACHINES_FAULT, refusal
from twin.errors import TwinError, programs_fault
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

logger = logging.getLogger(__name__)

STOPS = TerrainEntry | InsetEntry | BarrierEntry
"""Without one of them every level and storage is another: a build stops where its file cannot be used."""
MOST_POINTS = 200_000
"""Of shapes whose size is told: more take seconds to measure."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table. ``reason`` says why it is broken; ``facts`` what was found inside.

    A build leaves out what is broken, and ``stops`` at some of it: the ground counts on its parts.
    """

    id: str
    kind: str
    title_zh: str
    title_en: str
    driver: str
    path: str
    crs: str
    vertical: str
    edition: str
    access: str
    status: Literal["ok", "broken", "generated"]
    reason: str = ""
    facts: str = ""
    stops: bool = False


@dataclass(frozen=True, kw_only=True)
class CheckReport:
    """The table and everything that is wrong. ``generated`` rows are made by ``twin build``."""

    catalog: Path
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """No error; warnings are allowed."""
        return not any(problem.severity == "error" for problem in self.problems)

    @property
    def buildable(self) -> bool:
        """Whether a build would publish the basin, without what is broken; the ground cannot be left out."""
        needed = any(row.kind == "terrain" and row.status != "broken" for row in self.rows)
        return needed and not any(row.stops for row in self.rows)

    def as_dict(self) -> dict[str, object]:
        """For ``--json``."""
        return {
            "catalog": str(self.catalog),
            "ok": self.ok,
            "entries": [asdict(row) for row in self.rows],
            "problems": [problem.as_dict() for problem in self.problems],
        }


def check(
    path: Path | str,
    *,
    root: Path | str | None = None,
    sample: Path | None = None,
    look_at_model: LookAtModel | None = None,
) -> CheckReport:
    """Read a catalog and everything it names. Never raises for what a person can mend.

    ``sample`` is the folder that the sample basin was generated into; without it such entries are only
    reported as "generated". ``look_at_model`` (``meshes.build.foreign.model_check``) reads 3D models; without
    it their place and size are told.
    """
    path = Path(path)
    try:
        catalog, found = load_catalog_leniently(path, root=root)
    except CatalogError as error:
        return CheckReport(catalog=path, rows=(), problems=error.problems)
    problems = list(found)
    rows = {}
    for entry in catalog.entries.values():
        rows[entry.id], wrong = _row(catalog, entry, sample, look_at_model)
        problems += wrong
    for broken in catalog.broken.values():
        rows[broken.id] = _broken_row(broken)
    if catalog.optional(TerrainEntry) is not None and not any(row.stops for row in rows.values()):
        problems += _tried(catalog, rows)
    problems = list(dict.fromkeys((*problems, *feed_problems(catalog))))
    in_order = sorted(rows.values(), key=lambda row: catalog.lines.get(row.id, 0))
    return CheckReport(catalog=path, rows=tuple(in_order), problems=tuple(problems))


def _row(
    catalog: Catalog, entry: Entry, sample: Path | None, look_at_model: LookAtModel | None
) -> tuple[Row, list[Problem]]:
    problems: list[Problem] = []
    facts, crs, reason = "", getattr(entry, "crs", None) or "", ""
    waits = entry.driver == "sample" and (sample is None or isinstance(entry, ModelEntry | StationsEntry))
    where = entry.uri if waits else str(catalog.path_of(entry, sample=sample))
    if not waits:
        try:
            facts, crs, doubts = _look(catalog, entry, Path(where))
            if isinstance(entry, ModelEntry) and look_at_model is not None:
                facts, more = look_at_model(catalog, entry)
                doubts += more
            problems += [_problem(catalog, entry, words, "warning") for words in doubts]
        except TwinError as error:
            reason = str(error).removeprefix(f"{where}: ")
        except Exception as error:
            if isinstance(error, OSError) and error.errno in MACHINES_FAULT:
                raise refusal(error) from error
            logger.exception("the check of %s met a fault of the program", entry.id)
            reason = programs_fault(error)
        if reason:
            problems.append(_problem(catalog, entry, reason, "error"))
    row = Row(
        id=entry.id,
        kind=entry.kind,
        title_zh=entry.title.zh,
        title_en=entry.title.en,
        driver=entry.driver,
        path=where,
        crs=crs,
        vertical=_vertical(catalog, entry),
        edition=entry.edition,
        access=entry.access,
        status="broken" if reason else "generated" if waits else "ok",
        reason=reason,
        facts=facts,
        stops=bool(reason) and isinstance(entry, STOPS),
    )
    return row, problems


def _tried(catalog: Catalog, rows: dict[str, Row]) -> list[Problem]:
    """What a build finds out when it lays the ground together and floods it; a row that it stops at."""
    from twin.build.trial import tried  # noqa: PLC0415

    try:
        notes = tried(catalog)
    except TwinError as error:
        entry = _blamed(catalog, str(error))
        reason = str(error).removeprefix(f"{rows[entry.id].path}: ")
        rows[entry.id] = replace(rows[entry.id], status="broken", reason=reason, stops=True)
        return [_problem(catalog, entry, reason, "error")]
    return [
        _problem(catalog, catalog.entries[name], line, "warning")
        for name, told in notes.items()
        for line in told.lines
    ]


def _blamed(catalog: Catalog, message: str) -> Entry:
    """The entry of the ground that an error names by its file or its id; else the terrain."""
    terrain = catalog.only(TerrainEntry)
    parts = [entry for entry in catalog.entries.values() if isinstance(entry, InsetEntry | BarrierEntry)]
    named = (
        entry
        for entry in parts
        if entry.driver != "sample"
        and (str(catalog.path_of(entry)) in message or message.startswith((f"{entry.id}:", f"{entry.id} ")))
    )
    return next(named, terrain)


def _broken_row(broken: BrokenEntry) -> Row:
    return Row(
        id=broken.id,
        kind=broken.kind,
        title_zh=broken.title.zh,
        title_en=broken.title.en,
        driver="",
        path="",
        crs="",
        vertical="",
        edition="",
        access="",
        status="broken",
        reason=broken.reason,
        stops=issubclass(
            KINDS.get(broken.kind, Entry), InsetEntry | BarrierEntry
        ),  # of terrains one is enough
    )


def _problem(catalog: Catalog, entry: Entry, words: str, severity: Literal["error", "warning"]) -> Problem:
    return Problem(
        file=catalog.path,
        line=catalog.lines[entry.id],
        key=f"entries.{entry.id}",
        code="bad-data" if severity == "error" else "doubtful-data",
        message=words,
        entry=entry.id,
        severity=severity,
    )


def _vertical(catalog: Catalog, entry: Entry) -> str:
    if isinstance(entry, HeightEntry | BarrierEntry | ModelEntry):
        return str(height_shift(entry.vertical, settings=catalog.head.vertical))
    return ""


LookAtModel = Callable[[Catalog, ModelEntry], tuple[str, list[str]]]
"""Reads a model; facts and doubts. Raises TwinError with what is wrong."""

Looked = tuple[str, str, list[str]]
"""Facts, the CRS, and doubts."""


def _look(catalog: Catalog, entry: Entry, path: Path) -> Looked:
    """Read the file through. Raises TwinError with what is wrong."""
    looks: list[tuple[type[Entry], Callable[..., Looked]]] = [
        (TerrainEntry, _terrain),
        (RasterEntry, _raster),
        (VectorEntry, _vector),
        (TableEntry, _table),
        (ModelEntry, _model),
        (StationsEntry, _stations),
    ]
    look = next(look for kind, look in looks if isinstance(entry, kind))
    return look(catalog, entry, path)


def _terrain(catalog: Catalog, entry: TerrainEntry, path: Path) -> Looked:
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
    return ", ".join(facts), grid.crs, [*read.doubts, *scale_doubts(grid)]


def _raster(catalog: Catalog, entry: RasterEntry, path: Path) -> Looked:
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
    return ", ".join([*facts, *found]), grid.crs, list(doubts)


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


def _vector(catalog: Catalog, entry: VectorEntry, path: Path) -> Looked:
    frame = frame_of(catalog.head)
    features = read_vector(path, entry, crs=frame.crs)
    kinds = ", ".join(sorted({shape.geom_type for shape in features.geometry}))
    facts = f"{len(features)} × {kinds}{_size(features)}"
    if isinstance(entry, BarrierEntry):
        facts += crest_words(catalog, entry, features)[0]
    doubts = [*features.notes, *vector_doubts(catalog, entry, features)]
    return facts, entry.crs or "from the file", doubts


def _size(features: Features) -> str:
    """The true area of all polygons, where there are not too many of them."""
    import shapely  # noqa: PLC0415

    if shapely.get_num_coordinates(features.geometry).sum() > MOST_POINTS:
        return ""
    area_m2 = sum(shape_area_m2(shape, crs=features.crs) for shape in features.geometry)
    return f", {area_m2 / 1e6:,.3f} km²" if area_m2 else ""


def _model(catalog: Catalog, entry: ModelEntry, path: Path) -> Looked:
    """Its place and size; the file itself is read by ``look_at_model``."""
    where = entry.crs or ("ECEF" if entry.ecef else "anchor" if entry.anchor else "from the file")
    return f"{path.stat().st_size / 1e6:,.1f} MB, read by twin build", where, model_doubts(catalog, entry)


def _table(catalog: Catalog, entry: TableEntry, path: Path) -> Looked:
    """Its lines; what a curve or a run must be besides is checked as a build does."""
    from twin.build.tables import make_table  # noqa: PLC0415

    with TemporaryDirectory(prefix="twin-check-") as folder:
        table = make_table(Path(folder), entry=entry, path=path)
        notes = read_notes(Path(folder)).get(entry.id, Notes())
    return f"{counted(len(table), 'line')}: {', '.join(list(table.columns)[:6])}", "", list(notes.lines)


def _stations(catalog: Catalog, entry: StationsEntry, path: Path) -> Looked:
    """Its two tables as a build reads them; each row that is left out is a doubt."""
    from twin.build.stations import read_stations  # noqa: PLC0415

    network, notes = read_stations(catalog, entry)
    facts = f"{counted(len(network.stations), 'station')}, {counted(len(network.datastreams), 'datastream')}"
    return facts, entry.crs, [*notes.left_out, *notes.doubts, *station_doubts(catalog, network)]
