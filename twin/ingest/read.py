"""Reading what a catalog names: guarded, converted and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.catalog.cover import COVER
from twin.catalog.entries import (
    BarrierEntry,
    HeightEntry,
    ImageryEntry,
    LandcoverEntry,
    RasterEntry,
    TableEntry,
    VectorEntry,
)
from twin.crs_agreement import agree
from twin.frame import FrameError, check_crs, crs_name, transform
from twin.grid import Grid
from twin.ingest.adapt import (
    QUANTITIES,
    TEXTS,
    adapt,
    canonical_units,
    check_columns,
    figures,
    rising,
    steps_of,
)
from twin.ingest.errors import ColumnError, CrsError, FormatError, LimitError
from twin.ingest.features import Features, Table
from twin.ingest.guard import DEFAULT, guarded
from twin.ingest.limits import Limits
from twin.ingest.zones import datum_doubt, zone_fault
from twin.vertical import reference_doubts

_NOTHING_SAID = ("EPSG:4326", "EPSG:4979", "OGC:CRS84")
"""What a GeoJSON without a ``crs`` member is in, whatever its coordinates are, and many write for nothing."""
_MEND_RASTER = "write the right one into it (gdal_edit -a_srs EPSG:…)"
_MEND_VECTOR = "take it out of the file (a Shapefile has it in .prj) and set crs in the catalog"


@dataclass(frozen=True, kw_only=True)
class HeightRaster:
    """Heights of a file on their grid; what of it was ``found`` worth saying, and ``doubts``, in words."""

    heights_m: NDArray[np.float32] | NDArray[np.float64]
    grid: Grid
    found: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def read_heights(path: Path, entry: HeightEntry, *, limits: Limits = DEFAULT) -> HeightRaster:
    """Heights in metres as the file has them (no datum shift), NaN where there is none, row 0 in the north.

    The file's scale, offset and unit, and ``unit_mult``, are one conversion in float64. float32 where that is
    exact for the file's type and nothing is converted, else float64. NaN in the file counts as no data; ±inf
    and heights that the earth does not have are errors, because a file that holds them went wrong somewhere.
    Raises IngestError.
    """
    arguments = _raster_arguments(entry)
    with guarded("raster", path, {**arguments, "keep": True}, limits=limits) as (answer, folder):
        grid = _grid(answer, entry, path)
        values = _array(folder / "values.npy", answer, grid.shape, path)
    found, doubts = raster_words(answer, entry)
    return HeightRaster(
        heights_m=np.ascontiguousarray(values[::-1]) if answer["south_up"] else values,
        grid=grid,
        found=found,
        doubts=doubts,
    )


def read_raster(
    path: Path, entry: HeightEntry, *, limits: Limits = DEFAULT
) -> tuple[NDArray[np.float32] | NDArray[np.float64], Grid]:
    """Heights and grid alone of ``read_heights``."""
    read = read_heights(path, entry, limits=limits)
    return read.heights_m, read.grid


def raster_words(answer: Mapping[str, Any], entry: RasterEntry) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What was found in a raster worth saying, and doubts; both in words."""
    found, doubts = list(answer["found"]), list(answer["doubts"])
    if (told := answer.get("vertical")) is not None and isinstance(entry, HeightEntry):
        found.append(f"heights of {told}")
        doubts += reference_doubts(str(told), entry.vertical)
    return tuple(found), tuple(doubts)


@dataclass(frozen=True, kw_only=True)
class ByteRaster:
    """Bytes of a file on their grid; what of it was ``found`` worth saying, and ``doubts``, in words."""

    values: NDArray[np.uint8]
    grid: Grid
    found: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def read_landcover(path: Path, entry: LandcoverEntry, *, limits: Limits = DEFAULT) -> ByteRaster:
    """Land cover in the program's numbers (``twin.catalog.cover``), (rows, cols), 0 for nothing known.

    Row 0 in the north. Raises IngestError.
    """
    return _read_bytes(path, entry, limits)


def read_picture(path: Path, entry: ImageryEntry, *, limits: Limits = DEFAULT) -> ByteRaster:
    """Red, green, blue and opacity, (rows, cols, 4); row 0 in the north. Raises IngestError.

    The array may be mapped from a file that is deleted already.
    """
    return _read_bytes(path, entry, limits)


def _read_bytes(path: Path, entry: LandcoverEntry | ImageryEntry, limits: Limits) -> ByteRaster:
    arguments = {**_raster_arguments(entry), "keep": True}
    with guarded("raster", path, arguments, limits=limits) as (answer, folder):
        grid = _grid(answer, entry, path)
        shape = grid.shape if isinstance(entry, LandcoverEntry) else (*grid.shape, 4)
        values = _array(folder / "values.npy", answer, shape, path, mapped=True)
    found, doubts = raster_words(answer, entry)
    return ByteRaster(
        values=values[::-1] if answer["south_up"] else values, grid=grid, found=found, doubts=doubts
    )


def read_vector(path: Path, entry: VectorEntry, *, crs: str, limits: Limits = DEFAULT) -> Features:
    """The features of a vector source, converted to ``crs`` (a frame's, or a raster's own), z left out.

    The catalog's ``crs`` wins over a GeoJSON's WGS84 (which it is without saying so) and wherever it is
    GCJ-02; whatever else a file says must agree with it. Barriers are checked to have a crest height each.
    Raises IngestError.
    """
    import shapely  # noqa: PLC0415  (only builds read vectors)

    arguments = _vector_arguments(entry)
    with guarded("vector", path, {**arguments, "keep": True}, limits=limits) as (answer, folder):
        source = vector_crs(answer, entry, path)
        ends = np.load(folder / "ends.npy", allow_pickle=False)
        packed = (folder / "geometry.bin").read_bytes()
    starts = np.concatenate([[0], ends[:-1]])
    if len(ends) != answer["count"] or (ends <= starts).any() or ends[-1] != len(packed):
        raise LimitError(f"{path}: the reader's answer does not fit together", path=path)
    chunks = [packed[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
    geometry = shapely.from_wkb(np.array(chunks, dtype=object))
    if fault := zone_fault(*shapely.get_coordinates(geometry).T, crs=source):
        raise CrsError(f"{path}: {fault}", path=path)
    columns = dict(zip(answer["fields"], answer["attributes"], strict=True))
    if any(len(column) != len(ends) for column in columns.values()):
        raise LimitError(f"{path}: the reader's answer does not fit together", path=path)
    try:
        moved, fits = _moved(geometry, source, crs, strict=isinstance(entry, BarrierEntry))
    except FrameError as error:
        raise CrsError(f"{path}: {error}", path=path) from None
    columns = {name: list(compress(column, fits)) for name, column in columns.items()}
    attributes = adapt(columns, rename=entry.rename, unit_mult=entry.unit_mult, path=path)
    notes = (*vector_notes(answer), *_outside(fits, source), *filter(None, [datum_doubt(source, crs)]))
    features = Features(crs=crs, geometry=moved, attributes=attributes, notes=notes)
    if isinstance(entry, BarrierEntry):
        if (crest := entry.crest_field) in attributes:
            attributes[crest] = figures(attributes[crest], name="" if crest in entry.unit_mult else "crest_m")
        _check_barriers(features, entry.crest_field, path)
    return features


def _moved(
    geometry: NDArray[np.object_], source: str, target: str, *, strict: bool
) -> tuple[NDArray[np.object_], list[bool]]:
    """Shapes in another CRS, without those that lie outside what it can take; and which are left.

    Raises FrameError where ``strict`` and one does, or all do.
    """
    import shapely  # noqa: PLC0415

    def to_target(xy: NDArray[np.float64], *, strict: bool) -> NDArray[np.float64]:
        moved = transform(xy[:, 0], xy[:, 1], source=source, target=target, strict=strict)
        return np.column_stack(moved)

    moved = shapely.transform(geometry, partial(to_target, strict=strict))
    places, owner = shapely.get_coordinates(moved, return_index=True)
    outside = np.zeros(len(moved), bool)
    outside[owner[~np.isfinite(places).all(axis=1)]] = True
    if outside.all():
        to_target(shapely.get_coordinates(geometry), strict=True)
    return moved[~outside], (~outside).tolist()


def _outside(fits: Sequence[bool], source: str) -> tuple[str, ...]:
    """A note on features that lie outside what their CRS can take; none where all fit."""
    count = fits.count(False)
    if not count:
        return ()
    which = f"feature {fits.index(False) + 1} lies" if count == 1 else f"{count:,} features lie"
    return (f"{which} outside what {crs_name(source)} can take: left out",)


def read_table(path: Path, entry: TableEntry, *, limits: Limits = DEFAULT) -> Table:
    """The columns of a CSV, renamed and multiplied as the entry says.

    Curves and runs get their columns in the units of the program too (``area_m2`` from ``area_km2``,
    ``storage_m3`` from ``storage_1e8m3``), and are checked to have what such a table needs. Times stay as
    they are written. Raises IngestError.
    """
    given = {new: old for old, new in entry.rename.items()}
    arguments = {
        "encoding": entry.encoding,
        "text": [given.get(name, name) for name in TEXTS],
        # a unit behind a number is the column's own only where nothing multiplies it
        "quantities": {
            given.get(name, name): "" if name in entry.unit_mult else name
            for name in (*QUANTITIES, *entry.unit_mult)
        },
    }
    with guarded("table", path, arguments, limits=limits) as (answer, _):
        columns = adapt(answer["columns"], rename=entry.rename, unit_mult=entry.unit_mult, path=path)
        steps = steps_of(answer["columns"], rename=entry.rename, unit_mult=entry.unit_mult)
    columns = canonical_units(columns, path=path)
    check_columns(columns, kind=entry.kind, path=path)
    if entry.kind == "curve":
        columns, lines = rising(columns, tuple(answer["lines"]))
    else:
        lines = tuple(answer["lines"])
    return Table(columns=columns, lines=lines, steps=steps, notes=tuple(answer["notes"]))


def read_text_table(
    path: Path, *, encoding: str | None, rename: Mapping[str, str], limits: Limits = DEFAULT
) -> tuple[Table, list[tuple[int, str]]]:
    """Any CSV as text, renamed: codes such as 3051E010 or 0012345678 are no numbers; and its odd lines.

    A line that is no row is left out: (line, why). Raises IngestError.
    """
    arguments = {"encoding": encoding, "text": True, "lenient": True}
    with guarded("table", path, arguments, limits=limits) as (answer, _):
        columns = adapt(answer["columns"], rename=rename, unit_mult={}, path=path)
    odd = [(int(line), str(why)) for line, why in answer["odd"]]
    return Table(columns=columns, lines=tuple(answer["lines"]), notes=tuple(answer["notes"])), odd


def probe_raster(path: Path, entry: RasterEntry, *, limits: Limits = DEFAULT) -> tuple[dict[str, Any], Grid]:
    """Read a raster through without keeping it: facts for ``twin check``. Raises IngestError."""
    with guarded("raster", path, {**_raster_arguments(entry), "keep": False}, limits=limits) as (answer, _):
        return answer, _grid(answer, entry, path)


def raster_place(path: Path, entry: RasterEntry, *, limits: Limits = DEFAULT) -> Grid:
    """Where a raster lies, by its head alone. Raises IngestError."""
    arguments = {"want": "place", "crs": entry.crs, "keep": False}
    with guarded("raster", path, arguments, limits=limits) as (answer, _):
        return _grid(answer, entry, path)


def vector_crs(answer: dict[str, Any], entry: VectorEntry, path: Path) -> str:
    """Which CRS a vector's coordinates are in: the catalog's, or the file's own. Raises CrsError."""
    told = answer["crs"]
    if entry.crs is None:
        if told is None:
            why = answer["unknown_crs"] or "does not say its coordinate system"
            raise CrsError(f"{path}: {why}: set crs in the catalog", path=path)
        return _known(str(told), path, mend=_MEND_VECTOR)
    silent = told is None or (entry.ogr_driver == "GeoJSON" and told in _NOTHING_SAID)
    if entry.crs != "GCJ-02" and not silent:
        _agree(entry.crs, _known(str(told), path, mend=_MEND_VECTOR), path)
    return entry.crs


def vector_notes(answer: dict[str, Any]) -> tuple[str, ...]:
    """What was left out or is doubtful, in words."""
    unknown = answer["unknown_crs"]
    return (*((f"{unknown}; crs is believed",) if unknown else ()), *answer["notes"])


def _raster_arguments(entry: RasterEntry) -> dict[str, object]:
    common: dict[str, object] = {"crs": entry.crs, "nodata": entry.nodata}
    if isinstance(entry, ImageryEntry):
        return common | {"want": "picture", "bands": entry.bands}
    if isinstance(entry, LandcoverEntry):
        named = None if entry.classes is None else {key: COVER[name] for key, name in entry.classes.items()}
        own = list(COVER.values())
        return common | {"want": "classes", "band": entry.band, "classes": named, "own_classes": own}
    assert isinstance(entry, HeightEntry)
    told = entry.unit_mult if "unit_mult" in entry.model_fields_set else None
    return common | {"want": "heights", "band": entry.band, "unit_mult": told}


def _vector_arguments(entry: VectorEntry) -> dict[str, object]:
    return {"driver": entry.ogr_driver, "layer": entry.layer, "encoding": entry.encoding}


def _grid(answer: dict[str, Any], entry: RasterEntry, path: Path) -> Grid:
    told = _known(str(answer["crs"]), path, mend=_MEND_RASTER)
    if entry.crs is not None:
        _agree(entry.crs, told, path)
    return Grid(
        crs=entry.crs or told,
        rows=int(answer["rows"]),
        cols=int(answer["cols"]),
        west=float(answer["west"]),
        north=float(answer["north"]),
        dx=float(answer["dx"]),
        dy=float(answer["dy"]),
    )


def _known(crs: str, path: Path, *, mend: str) -> str:
    """The system that a file names itself. Raises CrsError with how to mend the file: none goes before it."""
    try:
        check_crs(crs)
    except FrameError as error:
        raise CrsError(f"{path}: {error}: {mend}", path=path) from None
    return crs


def _agree(declared: str, told: str, path: Path) -> None:
    try:
        agree(declared, told)
    except FrameError as error:
        raise CrsError(f"{path}: {error.message}", path=path) from None


def _array(
    file: Path, answer: dict[str, Any], shape: tuple[int, ...], path: Path, *, mapped: bool = False
) -> NDArray[Any]:
    values: NDArray[Any] = np.load(file, mmap_mode="r" if mapped else None, allow_pickle=False)
    if values.shape != shape or values.dtype.name != answer["dtype"]:
        raise LimitError(f"{path}: the reader's answer does not fit together", path=path)
    return values


def _check_barriers(features: Features, field: str | None, path: Path) -> None:
    """Lines or polygons, each with a crest."""
    for number, shape in enumerate(features.geometry, 1):
        if shape.geom_type.removeprefix("Multi") not in ("LineString", "Polygon"):
            words = f"feature {number} is a {shape.geom_type}; barriers are lines or polygons"
            raise FormatError(f"{path}: {words}", path=path)
    if field is None:
        return
    try:
        crests = features.column(field)
    except KeyError as error:
        raise ColumnError(f"{path}: crest_field: {error.args[0]}", path=path) from None
    for number, crest in enumerate(crests, 1):
        if isinstance(crest, bool) or not isinstance(crest, int | float) or not -500 <= crest <= 9000:
            raise ColumnError(
                f"{path}: feature {number} has no crest height in {field!r}: {crest!r}", path=path
            )
