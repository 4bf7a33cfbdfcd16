"""``twin check``: what each data set is, where it lies, and whether it can be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from twin.catalog.catalog import BrokenEntry, Catalog
from twin.catalog.cross_check import crest_words, curve_doubts, curve_of, inset_doubts
from twin.catalog.entries import (
    BarrierEntry,
    CurveEntry,
    Entry,
    HeightEntry,
    InsetEntry,
    LandcoverEntry,
    ModelEntry,
    RasterEntry,
    RunEntry,
    StationsEntry,
    TableEntry,
    TerrainEntry,
    VectorEntry,
)
from twin.catalog.feed_check import feed_problems
from twin.catalog.load import load_catalog_leniently
from twin.catalog.problems import CatalogError, Problem
from twin.catalog.strict import Place
from twin.errors import TwinError
from twin.frame import frame_of
from twin.frame_check import check_frame_over, scale_doubts
from twin.geodesy import distance_m, shape_area_m2
from twin.grid import Grid
from twin.ingest import IngestError, read_heights, read_table, read_vector, seed_cell
from twin.ingest.features import Features
from twin.ingest.read import probe_raster, raster_place, raster_words
from twin.reach import outside_doubts
from twin.vertical import VerticalError, height_shift

if TYPE_CHECKING:
    from twin.ingest.features import Table
    from twin.stations.network import Network

FAR_KM = 500.0
"""Farther from the seed than this, a layer is probably in another CRS than the catalog says."""
MOST_POINTS = 200_000
"""Of shapes whose size is told: more take seconds to measure."""

STATION_FAR_KM = 200.0
"""Farther from the seed than this, a station is probably not of the basin."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table. ``reason`` says why it is broken; ``facts`` what was found inside."""

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


@dataclass(frozen=True, kw_only=True)
class Report:
    """The table and everything that is wrong. ``generated`` rows are made by ``twin build``."""

    catalog: Path
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """No error; warnings are allowed."""
        return not any(problem.severity == "error" for problem in self.problems)

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
) -> Report:
    """Read a catalog and everything it names. Never raises for what a person can mend.

    ``sample`` is the folder that the sample basin was generated into; without it such entries are only
    reported as "generated". ``look_at_model`` reads 3D models (``meshes.build.foreign.looking``); without it
    their place and size are told.
    """
    path = Path(path)
    try:
        catalog, found = load_catalog_leniently(path, root=root)
    except CatalogError as error:
        return Report(catalog=path, rows=(), problems=error.problems)
    problems = list(found)
    rows = {}
    for entry in catalog.entries.values():
        rows[entry.id], wrong = _row(catalog, entry, sample, look_at_model)
        problems += wrong
    for broken in catalog.broken.values():
        rows[broken.id] = _broken_row(broken)
    problems += feed_problems(catalog)
    in_order = sorted(rows.values(), key=lambda row: catalog.lines.get(row.id, 0))
    return Report(catalog=path, rows=tuple(in_order), problems=tuple(problems))


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
    )
    return row, problems


def _broken_row(broken: BrokenEntry) -> Row:
    nothing = dict.fromkeys(("driver", "path", "crs", "vertical", "edition", "access"), "")
    return Row(
        id=broken.id,
        kind=broken.kind,
        title_zh=broken.title.zh,
        title_en=broken.title.en,
        status="broken",
        reason=broken.reason,
        **nothing,
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
        facts.append(f"{len(answer['classes'])} classes")
    if "lowest" in answer:
        facts.append(f"{answer['lowest']:.1f} to {answer['highest']:.1f} m")
    if isinstance(entry, InsetEntry):
        doubts = (*doubts, *inset_doubts(catalog, entry, answer), *scale_doubts(grid))
        _inset(catalog, entry, grid)
    if not isinstance(entry, InsetEntry) and (ground := _ground(catalog)) is not None:
        doubts = (*doubts, *outside_doubts(ground, grid))
    return ", ".join([*facts, *found]), grid.crs, list(doubts)


def _inset(catalog: Catalog, entry: InsetEntry, grid: Grid) -> None:
    """Raises SurveyError for an inset that a build could not lay into the terrain, and would stop at."""
    from twin.build.mosaic import check_inset  # noqa: PLC0415

    if (ground := _ground(catalog)) is not None:
        check_inset(entry.id, grid, terrain=ground)


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
    import shapely  # noqa: PLC0415

    frame = frame_of(catalog.head)
    features = read_vector(path, entry, crs=frame.crs)
    label = entry.show.label
    if label is not None and label not in features.attributes:
        there = ", ".join(features.attributes) or "none"
        raise IngestError(f"show.label: no attribute {label!r}; there are {there}", path=path)
    doubts = list(features.notes)
    west, south, east, north = shapely.total_bounds(features.geometry)
    seed = frame.place(catalog.head.reservoir.seed)
    nearest = float(np.clip(seed[0], west, east)), float(np.clip(seed[1], south, north))
    away_km = distance_m(seed, nearest, crs=frame.crs) / 1000
    if not away_km <= FAR_KM:
        doubts.append(f"lies {away_km:,.0f} km from the reservoir: is its crs the right one?")
    kinds = ", ".join(sorted({shape.geom_type for shape in features.geometry}))
    facts = f"{len(features)} × {kinds}{_size(features)}"
    if isinstance(entry, BarrierEntry):
        crests, more = crest_words(catalog, entry, features)
        facts, doubts = facts + crests, [*doubts, *more]
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
    doubts = []
    if entry.anchor is not None:
        frame = frame_of(catalog.head)
        seed = frame.place(catalog.head.reservoir.seed)
        away_km = distance_m(seed, frame.place(entry.anchor), crs=frame.crs) / 1000
        if not away_km <= FAR_KM:
            doubts.append(f"stands {away_km:,.0f} km from the reservoir: is its anchor the right one?")
    where = entry.crs or ("ECEF" if entry.ecef else "anchor" if entry.anchor else "from the file")
    return f"{path.stat().st_size / 1e6:,.1f} MB, read by twin build", where, doubts


def _table(catalog: Catalog, entry: TableEntry, path: Path) -> Looked:
    table = read_table(path, entry)
    doubts = list(table.notes)
    if isinstance(entry, CurveEntry):
        doubts += curve_doubts(catalog, entry, curve_of(entry, table))
    if isinstance(entry, RunEntry):
        doubts += _run(catalog, table)
    return f"{len(table)} lines: {', '.join(list(table.columns)[:6])}", "", doubts


def _run(catalog: Catalog, table: Table) -> list[str]:
    """The points as a build reads them, and whether a desk could replay them on the default curve."""
    from twin.build.tables import points_of  # noqa: PLC0415
    from twin.water.scenario import reconstruct  # noqa: PLC0415

    points = points_of(table, zone=catalog.site.time_zone)
    curve = catalog.optional(CurveEntry)
    if curve is None:
        return []
    try:
        reconstruct(points, curve=curve_of(curve, read_table(catalog.path_of(curve), curve)))
    except IngestError:
        return []  # the curve's own row says so
    except TwinError as error:
        return [f"is read, but cannot be replayed: {error}"]
    return []


def _stations(catalog: Catalog, entry: StationsEntry, path: Path) -> Looked:
    """Its two tables as a build reads them; each row that is left out is a doubt."""
    from twin.alarms.rules import strangers  # noqa: PLC0415
    from twin.build.stations import read_stations  # noqa: PLC0415

    network, notes = read_stations(catalog, entry)
    frame = frame_of(catalog.head)
    seed = frame.place(catalog.head.reservoir.seed)
    doubts = [*notes.left_out, *notes.doubts]
    for station in network.stations.values():
        place = frame.place(Place(lon=station.lon, lat=station.lat))
        away_km = distance_m(seed, place, crs=frame.crs) / 1000
        if not away_km <= STATION_FAR_KM:
            doubts.append(
                f"the station {station.id} lies {away_km:,.0f} km from the reservoir: is it of here?"
            )
    doubts += [line.removeprefix("site: ") for line in strangers(catalog.site, network)]
    doubts += _gauge_doubts(catalog, network)
    facts = f"{len(network.stations)} stations, {len(network.datastreams)} datastreams"
    return facts, entry.crs, doubts


def _gauge_doubts(catalog: Catalog, network: Network) -> list[str]:
    """What would keep the lake's gauge from moving the water, where the basin is to be live."""
    from twin.stations.heights import shift_of  # noqa: PLC0415

    if not catalog.site.feeds:
        return []
    gauges = [s for s in network.stations.values() if s.kind == "reservoir" and network.find(s.id, "level")]
    if not gauges:
        return ["no station of the kind reservoir measures level: the desk will have no live water"]
    try:
        shift_of(gauges[0].reference, catalog.head.vertical)
    except VerticalError as error:
        return [f"levels of {gauges[0].id} cannot be converted: {error}"]
    return []
