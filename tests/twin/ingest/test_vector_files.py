"""Shapefiles as they are delivered, and vector files that are none or are called by another's name."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import geopandas
import pytest

from tests.twin.ingest.vector_files import FRAME, SQUARES, Entry, a_set, looked
from twin.ingest import CrsError, FormatError, MissingFileError, UnsupportedError, read_vector
from twin.ingest.beside import vector_companions


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
