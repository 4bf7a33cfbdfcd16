"""Points, lines and polygons of GeoJSON, GeoPackage and Shapefile, by OGR."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from twin.ingest.errors import EmptyFileError, FormatError, TooLargeError, ValuesError
from twin.ingest.sandbox import geojson, geopackage, shapefile
from twin.ingest.sandbox.attributes import attributes_of
from twin.ingest.sandbox.dbf import AsText
from twin.ingest.sandbox.encodings import Told
from twin.ingest.sandbox.shapes import Shapes, shapes_of
from twin.ingest.sandbox.unread import check_read

MAX_FEATURES = 1_000_000
MAX_POINTS = 20_000_000

_MAGIC = {"GPKG": b"SQLite format 3\0", "ESRI Shapefile": b"\x00\x00\x27\x0a"}
_GPKG_MARKS = (b"GPKG", b"GP10", b"GP11")
"""What an SQLite database is that is a GeoPackage (OGC 12-128, requirement 2)."""
_NOT_OGR = (DataSourceError, DataLayerError, FeatureError, FieldError, GeometryError)
_WORDS = (
    ("sqlite3_", "its database cannot be read"),
    ("not recognized as", "nothing of it can be read"),
    ("Connection with the layer lost", "its database cannot be read"),
)
"""What OGR says in words of its own, and ours."""
_BYTES = "ISO-8859-1"
"""Texts come as they are stored: every byte is a character of it."""


def read(
    path: Path, *, out: Path, driver: str, layer: str | None, encoding: str | None, keep: bool
) -> dict[str, object]:
    """Write geometries as WKB to ``geometry.bin``, ends to ``ends.npy``.

    One after the other.
    """
    _check_start(path, driver)
    told = None if encoding is None else Told(encoding=encoding, by="the catalog")
    file, notes, as_text, unknown_crs = path, list[str](), AsText(), ""
    if driver == "ESRI Shapefile":
        whole = shapefile.gathered(path, out)
        file, notes, as_text, unknown_crs = whole.path, whole.notes, whole.as_text, whole.unknown_crs
        told = told or whole.told
    elif driver == "GPKG":
        file, notes = geopackage.prepared(path, out, layer)
    else:
        file, notes = geojson.prepared(path, out, told)
        told = None  # it is UTF-8 now
    meta, geometry, fields = _features(_reachable(file, out), driver, layer)
    if len(geometry) > MAX_FEATURES:
        raise TooLargeError(f"has more than {MAX_FEATURES:,} features")
    found = shapes_of(geometry)
    if not len(found.shapes):
        raise EmptyFileError("holds no feature with a geometry")
    points = int(shapely.get_num_coordinates(found.shapes).sum())
    if points > MAX_POINTS:
        raise TooLargeError(f"has {points:,} points; at most {MAX_POINTS:,} are read: simplify or cut it")
    if not np.isfinite(shapely.get_coordinates(found.shapes)).all():
        raise ValuesError("holds coordinates that are infinite or not a number")
    if keep:
        _write(out, found.shapes)
    names, columns, more = attributes_of(meta, [values[found.there] for values in fields], told, as_text)
    return {
        "crs": _crs(meta["crs"]),
        "unknown_crs": unknown_crs,
        "count": len(found.shapes),
        "points": points,
        "types": sorted({shape.geom_type for shape in found.shapes}),
        "fields": names,
        "attributes": columns if keep else [],
        "notes": [*notes, *_lost(found), *more],
    }


def _reachable(file: Path, out: Path) -> Path:
    """The file, or a link to it where its name or a folder's is no UTF-8, which OGR wants."""
    try:
        str(file).encode()
    except UnicodeEncodeError:
        link = out / f"source{file.suffix.lower()}"
        link.symlink_to(file)
        return link
    return file


def _features(file: Path, driver: str, layer: str | None) -> tuple[dict[str, Any], Any, list[Any]]:
    """What OGR reads, texts as bytes. Raises FormatError in our words."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what they are about is looked for in what was read
        return _by_ogr(file, driver, layer)


def _by_ogr(file: Path, driver: str, layer: str | None) -> tuple[dict[str, Any], Any, list[Any]]:
    try:
        layer = _layer(file, layer)
        info = pyogrio.read_info(file, layer=layer, encoding=_BYTES)
        if info["driver"] != driver:
            raise FormatError(f"is not {driver} but {info['driver']}")
        if info["features"] > MAX_FEATURES:
            raise TooLargeError(f"has more than {MAX_FEATURES:,} features")
        # with max_features, one damaged geometry would cost the whole layer
        meta, _, geometry, fields = pyogrio.raw.read(
            file,
            layer=layer,
            encoding=_BYTES,
            force_2d=True,
            datetime_as_string=True,
        )
    except _NOT_OGR as error:
        said = " ".join(str(error).replace(str(file), "the file").split())
        if undecoded := re.search(r"Could not decode.*?b'(.*?)(: .*)?'", said):
            said = undecoded[1]  # pyogrio shows the bytes of a message that is no UTF-8
        why = next((ours for theirs, ours in _WORDS if theirs in said), said[:200])
        raise FormatError(f"is a damaged {driver} file: {why}") from None
    return meta, geometry, list(fields)


def _check_start(path: Path, driver: str) -> None:
    """The first bytes must be the named format's: OGR itself would try all it knows."""
    with path.open("rb") as file:
        start = file.read(4096)
    if not start:
        raise EmptyFileError("the file is empty")
    if driver == "GeoJSON":
        plain = start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x1e")
        fits = plain[:1] == b"{"
    else:
        fits = start.startswith(_MAGIC[driver])
    if not fits:
        named = next((name for name, magic in _MAGIC.items() if start.startswith(magic)), "")
        if named == "ESRI Shapefile" or (named and start[68:72] in _GPKG_MARKS):
            raise FormatError(f"is {named}, whatever its name says: set format: {named}")
        check_read(path, start)
        shown = re.sub(r"[^ -~]", "·", start[:16].decode("latin-1"))
        raise FormatError(f"is not {driver}, whatever its name says; it begins with {shown}")


def _layer(path: Path, layer: str | None) -> str:
    """The layer to read: the one named, or the only one."""
    held = [(str(name), kind is not None) for name, kind in pyogrio.list_layers(path)]
    layers = [name for name, has_geometry in held if has_geometry]
    if not layers or (layer, False) in held:
        tables = f", only the table {held[0][0] if layer is None else layer}" if held else ""
        raise EmptyFileError(f"holds no geometries{tables}: without places it is no layer")
    if layer is None and len(layers) == 1:
        return layers[0]
    if layer not in layers:
        asked = "name one with 'layer'" if layer is None else f"there is no layer {layer!r}"
        raise FormatError(f"{asked}; it holds {', '.join(sorted(layers)[:20])}")
    return layer


def _crs(told: str | None) -> str | None:
    """A system that the file says; a GeoPackage's "undefined" ones (0 and -1) are none."""
    return None if told is None or '["Undefined ' in told else told


def _lost(found: Shapes) -> Iterable[str]:
    """What was left out of the shapes or changed in them, in words."""
    for count, one, many in (
        (found.empty, "feature without geometry", "features without geometry"),
        (found.broken, "feature whose geometry is damaged", "features whose geometry is damaged"),
    ):
        if count:
            yield f"{count:,} {one if count == 1 else many} left out"
    if found.mended:
        one, many = (
            "feature has a ring that was not closed, and is now",
            "features have rings that were not closed, and are now",
        )
        yield f"{found.mended:,} {one if found.mended == 1 else many}"
    if found.surfaces:
        surfaces = "feature is a surface" if found.surfaces == 1 else "features are surfaces"
        yield (
            f"{found.surfaces:,} {surfaces} in space (TIN, PolyhedralSurface): the ground covered is read, "
            "without heights"
        )


def _write(out: Path, shapes: Any) -> None:
    chunks = shapely.to_wkb(shapes, output_dimension=2, byte_order=1)
    np.save(out / "ends.npy", np.cumsum([len(chunk) for chunk in chunks], dtype=np.int64))
    with (out / "geometry.bin").open("wb") as file:
        file.writelines(chunks)
