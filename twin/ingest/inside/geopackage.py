"""Prepare a GeoPackage that OGR's Python reader would refuse or read half: on a copy, never in place.

A layer declared as TIN, as any geometry with heights or as curves makes the reader refuse every layer of the
file; and what lies in a write-ahead log (``-wal``) beside it is seen only by who may write there.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from twin.ingest.errors import EmptyFileError, UnsupportedError

_PLAIN = ("POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON")
_COLUMNS = "select table_name, upper(geometry_type_name), z, m from gpkg_geometry_columns"


def prepared(path: Path, out: Path) -> Path:
    """The file, or a copy of it that can be read whole. Raises UnsupportedError, EmptyFileError."""
    log = path.with_name(f"{path.name}-wal")
    waiting = log.is_file() and log.stat().st_size > 0
    try:
        layers = [] if waiting else _layers(path)
    except sqlite3.Error:
        return path  # damaged: the reader says so
    if not waiting and not any(_refused(*layer) for layer in layers):
        return path
    copy = out / path.name
    shutil.copyfile(path, copy)
    if waiting:
        shutil.copyfile(log, out / log.name)
    try:
        with closing(sqlite3.connect(copy)) as database:
            found = database.execute(_COLUMNS).fetchall()
            for (name,) in database.execute(
                "select name from sqlite_master where type = 'trigger'"
            ).fetchall():
                database.execute('drop trigger "{}"'.format(name.replace('"', '""')))
            for name, kind, z, m in found:
                if _refused(name, kind, z, m):
                    database.execute(
                        "update gpkg_geometry_columns set geometry_type_name = 'GEOMETRY', z = 0, m = 0 "
                        "where table_name = ?",
                        (name,),
                    )
            database.commit()
            database.execute("pragma wal_checkpoint(truncate)")
            database.execute("pragma journal_mode = delete")
    except sqlite3.Error:
        return path
    return copy


def _layers(path: Path) -> list[tuple[str, str, int, int]]:
    """What each layer declares. Raises UnsupportedError for another kind of database."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        tables = {str(name) for (name,) in database.execute("select lower(name) from sqlite_master")}
        if "gpkg_contents" not in tables:
            if "geometry_columns" in tables:
                raise UnsupportedError("is SpatiaLite, which is not read: convert it to GeoPackage (ogr2ogr)")
            raise UnsupportedError(
                "is a SQLite database and no GeoPackage: name the file that holds the layer"
            )
        if "gpkg_geometry_columns" not in tables:
            raise EmptyFileError("is a GeoPackage without a layer: it holds no table of geometries")
        return database.execute(_COLUMNS).fetchall()


def _refused(_: str, kind: str, z: int, m: int) -> bool:
    return bool(kind not in (*_PLAIN, "GEOMETRY", "GEOMETRYCOLLECTION") or m or (z and kind == "GEOMETRY"))
