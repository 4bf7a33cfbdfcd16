"""Points, lines and polygons of GeoJSON, GeoPackage and Shapefile, by OGR."""

from __future__ import annotations

import math
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from twin.ingest.errors import EmptyFileError, FormatError, TooLargeError, ValuesError
from twin.ingest.inside import mojibake

MAX_FEATURES = 1_000_000
MAX_POINTS = 20_000_000

_MAGIC = {"GPKG": b"SQLite format 3\0", "ESRI Shapefile": b"\x00\x00\x27\x0a"}
_NOT_OGR = (DataSourceError, DataLayerError, FeatureError, FieldError, GeometryError)


def read(
    path: Path, *, out: Path, driver: str, layer: str | None, encoding: str | None, keep: bool
) -> dict[str, object]:
    """Geometries go to ``geometry.bin`` as WKB one after the other, their ends to ``ends.npy``."""
    _check_start(path, driver)
    try:
        layer = _layer(path, layer)
        told = pyogrio.read_info(path, layer=layer, encoding=encoding)
        if told["driver"] != driver:
            raise FormatError(f"is not {driver} but {told['driver']}")
        if told["geometry_type"] is None:
            raise FormatError("has no geometry: a table without places is no layer")
        meta, _, geometry, fields = pyogrio.raw.read(
            path,
            layer=layer,
            encoding=encoding,
            force_2d=True,
            max_features=MAX_FEATURES + 1,
            datetime_as_string=True,
        )
    except (UnicodeDecodeError, LookupError):
        if driver != "ESRI Shapefile":
            raise FormatError("its texts are not UTF-8; save it as UTF-8") from None
        said = (
            f"not {encoding}, as the catalog says" if encoding else "not of the encoding that its .cpg says"
        )
        other = "utf-8" if encoding == "gb18030" else "gb18030"
        raise FormatError(f"its texts are {said}; if they are {other}, set encoding: {other}") from None
    except _NOT_OGR as error:
        said = " ".join(str(error).replace(str(path), "the file").split())
        raise FormatError(f"is a damaged {driver} file: {said[:200]}") from None
    if len(geometry) > MAX_FEATURES:
        raise TooLargeError(f"has more than {MAX_FEATURES:,} features")
    there = np.array([wkb is not None for wkb in geometry], dtype=bool)
    shapes = shapely.from_wkb(geometry[there])
    there[there] = ~shapely.is_empty(shapes)
    shapes = shapes[~shapely.is_empty(shapes)]
    if not len(shapes):
        raise EmptyFileError("holds no feature with a geometry")
    points = int(shapely.get_num_coordinates(shapes).sum())
    if points > MAX_POINTS:
        raise TooLargeError(f"has {points:,} points; at most {MAX_POINTS:,} are read: simplify or cut it")
    if not np.isfinite(shapely.get_coordinates(shapes)).all():
        raise ValuesError("holds coordinates that are infinite or not a number")
    if keep:
        _write(out, shapes)
    return {
        "crs": meta["crs"],
        "count": len(shapes),
        "points": points,
        "without_geometry": int((~there).sum()),
        "types": sorted({shape.geom_type for shape in shapes}),
        "fields": [str(name) for name in meta["fields"]],
        "attributes": [_column(values[there]) for values in fields] if keep else [],
        "encoding": _doubted(meta["fields"], fields) if driver == "ESRI Shapefile" else "",
    }


def _doubted(names: Any, fields: Any) -> str:
    """Which encoding a Shapefile's texts seem to be of, where they were read as another; '' where right."""
    texts = [values for values in fields if values.dtype == object]
    return mojibake.doubt(chain(map(str, names), *(values.tolist() for values in texts)))


def _check_start(path: Path, driver: str) -> None:
    """The first bytes must be the named format's: OGR itself would try all it knows."""
    with path.open("rb") as file:
        start = file.read(4096)
    if not start:
        raise EmptyFileError("the file is empty")
    if driver == "GeoJSON":
        fits = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"
    else:
        fits = start.startswith(_MAGIC[driver])
    if not fits:
        raise FormatError(f"is not {driver}, whatever its name says; it begins with {start[:16]!r}")
    if driver == "ESRI Shapefile" and not path.with_suffix(".dbf").is_file():
        raise FormatError("has no .dbf beside it, which holds a Shapefile's attributes: copy the whole set")


def _layer(path: Path, layer: str | None) -> str:
    """The layer to read: the one named, or the only one."""
    layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    if not layers:
        raise EmptyFileError("holds no layer with geometries")
    if layer is None and len(layers) == 1:
        return layers[0]
    if layer not in layers:
        asked = "name one with 'layer'" if layer is None else f"there is no layer {layer!r}"
        raise FormatError(f"{asked}; it holds {', '.join(sorted(layers)[:20])}")
    return layer


def _write(out: Path, shapes: Any) -> None:
    chunks = shapely.to_wkb(shapes, output_dimension=2, byte_order=1)
    np.save(out / "ends.npy", np.cumsum([len(chunk) for chunk in chunks], dtype=np.int64))
    with (out / "geometry.bin").open("wb") as file:
        file.writelines(chunks)


def _column(values: Any) -> list[object]:
    return [_plain(value) for value in values.tolist()]


def _plain(value: object) -> object:
    """A value that JSON can hold: text, number, truth or null; lists and bytes as text."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | tuple | np.ndarray):
        return "; ".join(str(item) for item in value)
    return str(value)
