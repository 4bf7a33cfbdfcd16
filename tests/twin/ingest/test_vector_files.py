"""Vector files as they are delivered: parts in any case, sets that are none, surfaces, curves, logs."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely

from twin.ingest import CrsError, FormatError, MissingFileError, UnsupportedError, read_vector
from twin.ingest.beside import vector_companions
from twin.ingest.sandbox import vector

Entry = Callable[..., Any]
FRAME = "EPSG:4548"
SQUARES = [shapely.box(490_000 + 100 * k, 4_483_000, 490_050 + 100 * k, 4_483_050) for k in range(3)]
KINDS = {".shp": "ESRI Shapefile", ".gpkg": "GPKG", ".geojson": "GeoJSON"}


def looked(path: Path, **keys: Any) -> dict[str, Any]:
    """What the child would answer."""
    out = path.parent / f"out{len(list(path.parent.iterdir()))}"
    out.mkdir()
    arguments = {"layer": None, "encoding": None, "keep": True, **keys}
    found = vector.read(path, out=out, driver=KINDS[path.suffix.lower()], **arguments)
    return dict(found)


def a_set(folder: Path, name: str = "a") -> Path:
    path = folder / f"{name}.shp"
    columns = {"NAME": ["甲", "乙", "丙"], "XZQDM": [110228.0, 110118.0, None]}
    geopandas.GeoDataFrame(columns, geometry=SQUARES, crs=FRAME).to_file(path, encoding="utf-8")
    return path


@pytest.mark.parametrize("spelt", [str.upper, str.title, lambda suffix: suffix[:2].upper() + suffix[2:]])
def test_parts_of_a_shapefile_are_found_in_any_case(
    entry: Entry, tmp_path: Path, spelt: Callable[[str], str]
) -> None:
    for part in sorted(a_set(tmp_path).parent.glob("a.*")):
        part.rename(tmp_path / f"A{spelt(part.suffix)}")
    name = f"A{spelt('.shp')}"
    features = read_vector(tmp_path / name, entry("road", uri=name), crs=FRAME)
    assert features.column("NAME") == ["甲", "乙", "丙"]
    assert len(vector_companions(tmp_path / name)) == 4, "a build's key changes with every part"


def test_parts_whose_cases_differ_are_one_set(tmp_path: Path) -> None:
    path = a_set(tmp_path)
    (tmp_path / "a.dbf").rename(tmp_path / "A.DBF")
    (tmp_path / "a.prj").rename(tmp_path / "a.Prj")
    found = looked(path)
    assert (found["count"], found["crs"]) == (3, FRAME)
    assert found["attributes"][0] == ["甲", "乙", "丙"]


def test_codes_that_a_table_holds_as_decimals_are_whole(tmp_path: Path) -> None:
    found = looked(a_set(tmp_path))
    assert found["attributes"][1] == [110228, 110118, None]
    assert all(cell is None or isinstance(cell, int) for cell in found["attributes"][1])


def test_a_missing_index_is_made_anew_outside_the_data_and_told(tmp_path: Path) -> None:
    path = a_set(tmp_path)
    (tmp_path / "a.shx").unlink()
    found = looked(path)
    assert found["count"] == 3
    assert found["notes"] == [
        "has no .shx beside it: its shapes are taken as they follow each other in the .shp"
    ]
    assert not (tmp_path / "a.shx").exists()


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda at: (at / "a.dbf").unlink(), "has no .dbf beside it"),
        (lambda at: cut(at / "a.shp", 20), r"its .shp is cut off: 488 of 508 bytes are there"),
        (lambda at: cut(at / "a.dbf", 40), r"its .dbf is cut off: \d+ of \d+ bytes"),
        (lambda at: cut(at / "a.shx", 8), "its .shx holds 2 shapes, its .dbf 3 rows: they are of two sets"),
        (lambda at: (at / "a.shx").write_bytes(b"x" * 124), "its .shx is damaged: take it away"),
        (lambda at: (at / "a.shp").write_bytes(b"\0\0\x27\x0a"), "its .shp is cut off: it has 4 bytes"),
    ],
)
def test_a_set_that_is_none_is_told(tmp_path: Path, harm: Callable[[Path], object], words: str) -> None:
    """With fewer rows than shapes, attributes went to the wrong ones or were empty, without a word."""
    path = a_set(tmp_path)
    harm(tmp_path)
    with pytest.raises(FormatError, match=words):
        looked(path)


def cut(path: Path, count: int) -> None:
    path.write_bytes(path.read_bytes()[:-count])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_a_prj_of_any_encoding_says_the_place(tmp_path: Path, encoding: str) -> None:
    path = a_set(tmp_path)
    text = path.with_suffix(".prj").read_text("utf-8")
    path.with_suffix(".prj").write_bytes(text.encode(encoding))
    assert looked(path)["crs"] == FRAME


def test_a_prj_that_names_nothing_is_told(entry: Entry, tmp_path: Path) -> None:
    path = a_set(tmp_path)
    path.with_suffix(".prj").write_text("密云独立坐标系", "gb18030")
    with pytest.raises(
        CrsError, match=r"\.prj \(密云独立坐标系\) names no coordinate system that .*: set crs in"
    ):
        read_vector(path, entry("road", uri="a.shp"), crs=FRAME)
    features = read_vector(path, entry("road", uri="a.shp", crs=FRAME), crs=FRAME)
    assert features.notes == (
        "its .prj (密云独立坐标系) names no coordinate system that is known; crs is believed",
    )


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


POINT = {"type": "Point", "coordinates": [116.9, 40.5]}


def feature(**properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": POINT}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(feature(n=1)),
        json.dumps({"type": "FeatureCollection", "features": [feature(n=1)]}),
        "\n".join([json.dumps(feature(n=1))]) + "\n",
        "\x1e" + json.dumps(feature(n=1)) + "\n\x1e" + json.dumps(feature(n=2)) + "\n",
        json.dumps(feature(n=1)) + "\r\n" + json.dumps(feature(n=2)) + "\r\n",
    ],
)
def test_a_feature_alone_or_one_a_line_is_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(text, newline="")
    found = looked(path)
    assert found["attributes"] == [[1, 2][: found["count"]]]
    assert found["count"] == text.count("Point")


def test_a_geometry_alone_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_text(json.dumps(POINT))
    assert looked(tmp_path / "a.geojson")["count"] == 1


def collection(crs: object) -> str:
    return json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature()]})


def test_a_crs_member_must_agree_with_the_catalog(entry: Entry, tmp_path: Path) -> None:
    """The catalog's word won over it, without a word."""
    path = tmp_path / "a.geojson"
    path.write_text(collection({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4548"}}))
    with pytest.raises(CrsError, match="says it is in EPSG:4548, the catalog says EPSG:4490: one is wrong"):
        read_vector(path, entry("road", crs="EPSG:4490"), crs=FRAME)
    path.write_text(collection({"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}))
    assert read_vector(path, entry("road", crs="EPSG:4490"), crs=FRAME).notes == ()


@pytest.mark.parametrize("name", ["EPSG:999999", "密云独立坐标系"])
def test_a_crs_member_that_nobody_knows_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.geojson").write_text(collection({"type": "name", "properties": {"name": name}}))
    (note,) = looked(tmp_path / "a.geojson")["notes"]
    assert note.startswith("names a coordinate system that is not known")


def test_a_ring_that_is_open_is_closed_and_told(tmp_path: Path) -> None:
    ring = [[116.9, 40.5], [116.91, 40.5], [116.91, 40.51]]
    broken = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    text = json.dumps({"type": "FeatureCollection", "features": [broken, feature()]})
    (tmp_path / "a.geojson").write_text(text)
    found = looked(tmp_path / "a.geojson")
    assert found["notes"] == ["1 feature has a ring that was not closed, and is now"]


def test_codes_with_more_digits_than_are_kept_are_doubted(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_text(json.dumps(feature(ZLDWDM=11011810420100000123, n=2**52)))
    (note,) = looked(tmp_path / "a.geojson")["notes"]
    assert note == "numbers in ZLDWDM have more digits than are kept; if they are codes, save them as text"


@pytest.mark.parametrize(
    ("name", "start", "words"),
    [
        ("a.geojson", b'<?xml version="1.0"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">', "is KML"),
        ("a.geojson", b"<gpx version='1.1'>", "is GPX"),
        ("a.geojson", b"<wfs:x xmlns:gml='http://www.opengis.net/gml'>", "is GML"),
        ("a.geojson", b"fgb\x03fgb\x00", "is FlatGeobuf"),
        ("a.geojson", b"PAR1", "is Parquet"),
        ("a.geojson", b"  0\r\nSECTION\r\n", "is a DXF drawing"),
        ("a.geojson", b"!table\n!version 300\n", "is a MapInfo table"),
        ("a.geojson", b'Version 300\nCharset "WindowsSimpChinese"\n', "is MapInfo's MIF"),
        ("a.geojson", b'{"geometryType":"esriGeometryPoint","features":[]}', "is Esri's JSON"),
        ("a.geojson", b"<!DOCTYPE html><html>404", "is a web page, perhaps an error's"),
        ("a.geojson", b"version https://git-lfs.github.com/spec/v1", "is a pointer of Git LFS"),
        ("a.shp", b"AC1027", "is a DWG drawing"),
        ("a.gpkg", b"Rar!\x1a\x07", "is a RAR archive"),
    ],
)
def test_what_is_sound_and_not_read_is_called_by_its_name(
    tmp_path: Path, name: str, start: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(start)
    with pytest.raises(UnsupportedError, match=words) as caught:
        looked(tmp_path / name)
    assert "damaged" not in str(caught.value)


@pytest.mark.parametrize(("name", "kind"), [("a.shp", "GPKG"), ("b.geojson", "ESRI Shapefile")])
def test_a_format_that_is_read_under_another_s_name_is_told_with_the_key_for_it(
    entry: Entry, tmp_path: Path, name: str, kind: str
) -> None:
    path = tmp_path / name
    frame = geopandas.GeoDataFrame({"a": [1]}, geometry=SQUARES[:1], crs=FRAME)
    own = tmp_path / ("whole.gpkg" if kind == "GPKG" else "b.shp")
    frame.to_file(own, driver=kind)
    own.rename(path)
    with pytest.raises(FormatError, match=f"is {kind}, whatever its name says: set format: {kind}"):
        looked(path)
    assert len(read_vector(path, entry("road", uri=name, format=kind), crs=FRAME)) == 1


def test_a_prj_that_holds_a_number_alone_is_one(tmp_path: Path) -> None:
    path = a_set(tmp_path)
    path.with_suffix(".prj").write_text("EPSG:4548", "utf-8")
    assert looked(path)["crs"] == FRAME
    path.with_suffix(".prj").write_text("\n", "utf-8")
    assert looked(path)["unknown_crs"] == "its .prj is empty"


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("a.kml", "is KML, which is not read: convert it to GeoPackage"),
        ("a.KMZ", "is KMZ"),
        ("dl.gdb", "is an Esri file geodatabase"),
        ("a.dwg", "is a DWG drawing"),
        ("a.zip", "is a ZIP archive, which is not read: unpack it"),
        ("a.dbf", "is a part of a Shapefile, which is not read: name the .shp beside it"),
        ("a.xlsx", "is an Excel workbook, which is not read: save the sheet as CSV"),
        ("a.odd", "cannot tell the format"),
    ],
)
def test_a_catalog_names_what_is_not_read_by_its_ending(entry: Entry, uri: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        entry("road", uri=uri)


def test_crests_written_as_text_are_heights(entry: Entry, tmp_path: Path) -> None:
    line = {"type": "LineString", "coordinates": [[116.9, 40.5], [116.9, 40.6]]}
    features = [
        {"type": "Feature", "properties": {"crest_m": crest}, "geometry": line}
        for crest in ("160.5m", "160.5 米", "１６０．５", " 160.5")
    ]
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    found = read_vector(path, entry("barriers"), crs=FRAME)
    assert found.column("crest_m") == [160.5] * 4


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


def test_files_in_a_folder_whose_name_is_no_utf_8_are_read(entry: Entry, tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xc3\xdc\xd4\xc6"))
    folder.mkdir()
    frame = geopandas.GeoDataFrame({"n": [1]}, geometry=SQUARES[:1], crs=FRAME)
    for ending in (".shp", ".gpkg", ".geojson"):
        frame.to_file(tmp_path / f"a{ending}")
    for part in sorted(tmp_path.glob("a.*")):
        shutil.copyfile(part, folder / part.name)
    for ending in (".shp", ".gpkg", ".geojson"):
        keys = {"uri": f"a{ending}", "crs": FRAME}
        assert len(read_vector(folder / f"a{ending}", entry("road", **keys), crs=FRAME)) == 1


def test_a_name_in_other_letters_is_hinted_at(entry: Entry, tmp_path: Path) -> None:
    a_set(tmp_path, "Dams")
    with pytest.raises(
        MissingFileError, match=r"there is no such file; there is Dams\.shp: the case of letters"
    ):
        read_vector(tmp_path / "dams.shp", entry("road", uri="dams.shp"), crs=FRAME)
