"""GeoPackages as they are delivered: surfaces, curves, logs, layers without a system, odd cells."""

from __future__ import annotations

import shutil
import sqlite3
import struct
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely

from tests.twin.ingest.vector_files import FRAME, SQUARES, Entry, looked
from twin.ingest import CrsError, read_vector
from twin.ingest.beside import vector_companions


def surface(kind: int, *faces: list[tuple[float, float, float]]) -> bytes:
    """A TIN (1016) or PolyhedralSurface (1015) as a GeoPackage stores it."""
    inner = 1017 if kind == 1016 else 1003
    body = b"".join(
        struct.pack("<BIII", 1, inner, 1, len(face)) + b"".join(struct.pack("<3d", *point) for point in face)
        for face in faces
    )
    head = b"GP\0\1" + struct.pack("<i", 4548)
    return head + struct.pack("<BII", 1, kind, len(faces)) + body


def declared(path: Path, kind: str, blob: bytes | None = None, *, z: int = 1, layer: str = "a") -> Path:
    """A GeoPackage whose layer says another type of geometry, and holds ``blob``."""
    if not path.exists():
        frame = geopandas.GeoDataFrame({"name": ["甲", "乙"]}, geometry=SQUARES[:2], crs=FRAME)
        frame.to_file(path, layer=layer)
    with closing(sqlite3.connect(path)) as database:
        for (name,) in database.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            database.execute(f'drop trigger "{name}"')
        database.execute("update gpkg_geometry_columns set geometry_type_name = ?, z = ?", (kind, z))
        if blob is not None:
            database.execute("update a set geom = ? where fid = 1", (blob,))
        database.commit()
    return path


FLAT = [(0, 0, 1), (200, 0, 2), (200, 200, 3), (0, 0, 1)], [(0, 0, 1), (200, 200, 3), (0, 200, 2), (0, 0, 1)]
BOX = (
    [(0, 0, 0), (0, 50, 0), (50, 50, 0), (50, 0, 0), (0, 0, 0)],
    [(0, 0, 9), (50, 0, 9), (50, 50, 9), (0, 50, 9), (0, 0, 9)],
    [(0, 0, 0), (50, 0, 0), (50, 0, 9), (0, 0, 9), (0, 0, 0)],
)

WALL = ([(0, 0, 0), (50, 0, 0), (50, 0, 9), (0, 0, 9), (0, 0, 0)],)


@pytest.mark.parametrize(
    ("kind", "blob", "area_m2"),
    [
        ("TIN", surface(1016, *FLAT), 40_000),
        ("POLYHEDRALSURFACE", surface(1015, *BOX), 2_500),  # floor and roof are one ground
        ("POLYHEDRALSURFACE", surface(1015, *WALL), 0),
        ("GEOMETRY", surface(1016, *FLAT), 40_000),
    ],
)
def test_surfaces_in_space_are_the_ground_that_they_cover(
    *, tmp_path: Path, kind: str, blob: bytes, area_m2: float
) -> None:
    path = declared(tmp_path / "a.gpkg", kind, blob)
    before = path.read_bytes()
    found = looked(path)
    assert found["count"] == 2
    assert shapes(path)[0].area == pytest.approx(area_m2)
    assert shapes(path)[1].equals(SQUARES[1])
    (note,) = found["notes"]
    assert note.startswith("1 feature is a surface in space")
    assert path.read_bytes() == before


def shapes(path: Path) -> list[Any]:
    """The geometries of the newest answer beside a file."""
    newest = next(at for at in path.parent.iterdir() if at.name.startswith("out"))
    ends = np.load(newest / "ends.npy")
    packed = (newest / "geometry.bin").read_bytes()
    starts = [0, *ends[:-1].tolist()]
    return [shapely.from_wkb(packed[a:b]) for a, b in zip(starts, ends.tolist(), strict=True)]


@pytest.mark.parametrize("z", [0, 1, 2])
def test_a_layer_of_any_geometry_with_heights_is_read(tmp_path: Path, z: int) -> None:
    """The whole file was called damaged."""
    assert looked(declared(tmp_path / "a.gpkg", "GEOMETRY", z=z))["count"] == 2


def test_one_layer_of_surfaces_does_not_cost_the_others(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    for layer in ("a", "b"):
        geopandas.GeoDataFrame({"n": [1]}, geometry=SQUARES[:1], crs=FRAME).to_file(path, layer=layer)
    declared(path, "TIN")
    assert looked(path, layer="b")["count"] == 1


CURVE = struct.pack("<BII", 1, 8, 3) + struct.pack("<6d", 0, 0, 50, 50, 100, 0)


def test_curves_are_read_as_lines(tmp_path: Path) -> None:
    path = declared(tmp_path / "a.gpkg", "CURVE", b"GP\0\1" + struct.pack("<i", 4548) + CURVE, z=0)
    looked(path)
    assert shapes(path)[0].length == pytest.approx(50 * 3.14159, rel=1e-3)


def test_what_lies_in_a_log_beside_a_geopackage_is_read(tmp_path: Path) -> None:
    path = tmp_path / "b" / "a.gpkg"
    path.parent.mkdir()
    geopandas.GeoDataFrame({"n": [1]}, geometry=SQUARES[:1], crs=FRAME).to_file(tmp_path / "a.gpkg")
    with closing(sqlite3.connect(tmp_path / "a.gpkg")) as writing:
        writing.execute("pragma journal_mode = wal")
        for (name,) in writing.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            writing.execute(f'drop trigger "{name}"')
        writing.execute("update a set n = 2")
        writing.commit()
        for name in ("a.gpkg", "a.gpkg-wal"):  # while it is open elsewhere
            shutil.copyfile(tmp_path / name, path.parent / name)
    kept = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    assert looked(path)["attributes"] == [[2]]
    assert {name: (path.parent / name).read_bytes() for name in kept} == kept
    assert [file.name for file in vector_companions(path)] == ["a.gpkg-wal"]


def test_an_edit_that_was_broken_off_is_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    frame = geopandas.GeoDataFrame({"n": ["x" * 5000] * 50}, geometry=SQUARES[:1] * 50, crs=FRAME)
    frame.to_file(path)
    with closing(sqlite3.connect(path)) as database:
        for (name,) in database.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            database.execute(f'drop trigger "{name}"')
        database.commit()
        database.execute("pragma cache_size = 1")  # what is written goes to the file at once
        database.execute("update a set n = n || 'y'")
        left = tmp_path / "left" / "a.gpkg"
        left.parent.mkdir()
        shutil.copyfile(path, left)
        shutil.copyfile(f"{path}-journal", f"{left}-journal")
    assert b"xy" in left.read_bytes()
    assert set(looked(left)["attributes"][0]) == {"x" * 5000}
    assert [file.name for file in vector_companions(left)] == ["a.gpkg-journal"]
    Path(f"{left}-journal").write_bytes(b"no journal")
    assert looked(left)["count"] == 50


@pytest.mark.parametrize("number", [0, -1])
def test_a_system_that_is_declared_undefined_is_none(entry: Entry, tmp_path: Path, number: int) -> None:
    path = declared(tmp_path / "a.gpkg", "POLYGON", z=0)
    with closing(sqlite3.connect(path)) as database:
        for name in ("gpkg_geometry_columns", "gpkg_contents"):
            database.execute(f"update {name} set srs_id = ?", (number,))
        database.commit()
    with pytest.raises(CrsError, match="does not say its coordinate system: set crs"):
        read_vector(path, entry("road", uri="a.gpkg"), crs=FRAME)
    assert len(read_vector(path, entry("road", uri="a.gpkg", crs=FRAME), crs=FRAME)) == 2


@pytest.mark.parametrize(
    ("column", "cell", "note"),
    [
        ("count", "abc", "1 cell of count (such as abc): no whole number, and left out"),
        ("count", 1.5, "1 cell of count (such as 1.5): no whole number, and left out"),
        ("size", "1,5", "1 cell of size (such as 1,5): no number, and left out"),
        ("day", "20211009", "1 cell of day (such as 20211009): no date, and left out"),
        ("day", "2021-13-45", "1 cell of day (such as 2021-13-45): no date, and left out"),
        ("geom", b"\0", "1 feature without geometry left out"),
    ],
)
def test_a_cell_of_a_geopackage_that_is_none_of_its_column_is_told(
    *, tmp_path: Path, column: str, cell: object, note: str
) -> None:
    """abc was 0, 1.5 was 1, and one damaged geometry cost the whole layer."""
    path = tmp_path / "a.gpkg"
    days = np.array(["2021-10-09", "2021-10-10"], "datetime64[ns]")
    columns = {"count": [1, 2], "size": [1.5, 2.5], "day": days}
    geopandas.GeoDataFrame(columns, geometry=SQUARES[:2], crs=FRAME).to_file(path)
    declared(path, "POLYGON", z=0)
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"update a set {column} = ? where fid = 1", (cell,))
        database.commit()
    before = path.read_bytes()
    found = looked(path)
    assert found["notes"] == [note]
    kept = dict(zip(found["fields"], found["attributes"], strict=True))
    if column == "geom":
        assert kept["count"] == [2]
    else:
        assert kept[column][0] is None and kept[column][1] is not None
    assert path.read_bytes() == before
