"""Prepare a GeoPackage that OGR would refuse or half read.

OGR's Python reader; on a copy, never in place. A layer declared as TIN, as any geometry with heights or as
curves makes the reader refuse every layer of the file; and what lies in a write-ahead log (``-wal``) beside
it is seen only by who may write there, as is what a broken-off edit is to be taken back to (``-journal``).
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from twin.ingest.beside import LOGS
from twin.ingest.errors import EmptyFileError, UnsupportedError
from twin.ingest.sandbox.gpkg_cells import OddColumn, odd_columns, quoted

Layer = tuple[str, str, int, int]
"""Its table, its type of geometry, and whether it has heights and measures."""

_PLAIN = ("POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON")
_COLUMNS = "select table_name, upper(geometry_type_name), z, m from gpkg_geometry_columns"


def prepared(path: Path, out: Path, layer: str | None) -> tuple[Path, list[str]]:
    """Return the file or a readable copy, and notes.

    Raises UnsupportedError, EmptyFileError.
    """
    copy = out / "geopackage.gpkg"
    logs = {path.with_name(f"{path.name}{ending}"): f"{copy.name}{ending}" for ending in LOGS}
    waiting = [log for log in logs if log.is_file() and log.stat().st_size > 0]
    try:
        if waiting:
            shutil.copyfile(path, copy)
            for log in waiting:
                shutil.copyfile(log, out / logs[log])
            with closing(sqlite3.connect(copy)) as database:
                database.execute("pragma wal_checkpoint(truncate)")
                database.execute("pragma journal_mode = delete")
        with closing(_opened(copy if waiting else path)) as database:
            layers = [found for found in _layers(database) if _refused(*found)]
            names = [found[0] for found in _layers(database) if layer in (None, found[0])]
            odd = [column for name in names for column in odd_columns(database, name)]
        if layers or odd:
            if not waiting:
                shutil.copyfile(path, copy)
            _change(copy, layers, odd)
    except sqlite3.Error:
        return path, []  # damaged: the reader says so
    return copy if copy.exists() else path, [column.note for column in odd]


def _opened(path: Path) -> sqlite3.Connection:
    """A database that is only read, whatever lies beside it."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


def _change(copy: Path, layers: list[Layer], odd: list[OddColumn]) -> None:
    with closing(sqlite3.connect(copy)) as database:
        triggers = database.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
        for name, _ in triggers:  # they call functions that only OGR has
            database.execute(f"drop trigger {quoted(name)}")
        for name, *_ in layers:
            database.execute(
                "update gpkg_geometry_columns set geometry_type_name = 'GEOMETRY', z = 0, m = 0 "
                "where table_name = ?",
                (name,),
            )
        for column in odd:
            database.execute(column.emptied)
        for _, sql in triggers:
            database.execute(sql)
        database.commit()


def _layers(database: sqlite3.Connection) -> list[Layer]:
    """What each layer declares. Raises UnsupportedError for another kind of database."""
    tables = {str(name) for (name,) in database.execute("select lower(name) from sqlite_master")}
    if "gpkg_contents" not in tables:
        if "geometry_columns" in tables:
            raise UnsupportedError("is SpatiaLite, which is not read: convert it to GeoPackage (ogr2ogr)")
        raise UnsupportedError("is a SQLite database and no GeoPackage: name the file that holds the layer")
    if "gpkg_geometry_columns" not in tables:
        raise EmptyFileError("is a GeoPackage without a layer: it holds no table of geometries")
    return database.execute(_COLUMNS).fetchall()


def _refused(_: str, kind: str, z: int, m: int) -> bool:
    return bool(kind not in (*_PLAIN, "GEOMETRY", "GEOMETRYCOLLECTION") or m or (z and kind == "GEOMETRY"))
