"""Texts are read by their bytes, whatever a file or the catalog says; who is overruled is told."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from twin.ingest import FormatError, read_table, read_vector
from twin.ingest.sandbox import geopackage, vector
from twin.ingest.sandbox.encodings import Told, decoded, marked, named
from twin.ingest.sandbox.mojibake import doubt

Entry = Callable[..., Any]
NAMES = ["密云水库", "潮河", "白河大坝"]


@pytest.fixture
def shapefile(tmp_path: Path) -> Callable[..., Path]:
    def do(encoding: str, cpg: str | None = None, language: int = 0, field: str = "名称") -> Path:
        path = tmp_path / "places.shp"
        places = [shapely.Point(116.9 + k / 100, 40.5) for k in range(3)]
        frame = geopandas.GeoDataFrame({field: NAMES}, geometry=places, crs=4490)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pyogrio.write_dataframe(frame, path, encoding=encoding)
        path.with_suffix(".cpg").unlink(missing_ok=True)
        if cpg is not None:
            path.with_suffix(".cpg").write_text(cpg)
        table = bytearray(path.with_suffix(".dbf").read_bytes())
        table[29] = language
        path.with_suffix(".dbf").write_bytes(table)
        return path

    return do


def looked(path: Path, encoding: str | None = None) -> dict[str, Any]:
    """What the child would answer: this is about bytes, not about the guard."""
    out = path.parent / f"out{len(list(path.parent.iterdir()))}"
    out.mkdir()
    kinds = {".shp": "ESRI Shapefile", ".gpkg": "GPKG", ".geojson": "GeoJSON"}
    return vector.read(path, out=out, driver=kinds[path.suffix], layer=None, encoding=encoding, keep=True)  # type: ignore[return-value]


@pytest.mark.parametrize("written", ["GB18030", "UTF-8"])
@pytest.mark.parametrize("language", [0x00, 0x57, 0x4D, 0x03])
@pytest.mark.parametrize("cpg", [None, "UTF-8", "65001", "GBK", "936", "ANSI 936", "ISO-8859-1", "gbkk"])
def test_a_shapefile_is_read_right_in_every_combination(
    shapefile: Any, written: str, language: int, cpg: str | None
) -> None:
    """The matrix of the field: bytes, language byte and .cpg, each in its own way wrong."""
    found = looked(shapefile(written, cpg, language))
    assert (found["fields"], found["attributes"]) == (["名称"], [NAMES])
    beside = None if cpg in (None, "gbkk") else named(str(cpg))
    said = beside or {0x4D: "gb18030", 0x03: "cp1252"}.get(language)
    assert bool(found["notes"]) == (said not in (None, written.lower()))
    if found["notes"]:
        (note,) = found["notes"]
        by = "its .cpg" if beside else "its .dbf"
        assert note.startswith(f"its texts are {written.lower()} and were read so, though {by} says {said};")
        assert note.endswith(f"set encoding: {written.lower()}")


@pytest.mark.parametrize(("written", "declared"), [("GB18030", "utf-8"), ("UTF-8", "gbk")])
def test_a_catalog_that_is_wrong_is_overruled_and_told(
    *, entry: Entry, shapefile: Any, written: str, declared: str
) -> None:
    keys = {"uri": "places.shp", "encoding": declared}
    found = read_vector(shapefile(written), entry("road", **keys), crs="EPSG:4490")
    assert found.attributes["名称"] == NAMES
    (note,) = found.notes
    assert "though the catalog says" in note and note.endswith(f"set encoding: {written.lower()}")


def test_cells_cut_in_the_midst_of_a_character_lose_its_half_and_are_counted(shapefile: Any) -> None:
    path = shapefile("GB18030", "GBK")
    table = path.with_suffix(".dbf")
    whole = "白河大坝".encode("gb18030")
    table.write_bytes(table.read_bytes().replace(whole, whole[:-1] + b" "))
    found = looked(path)
    assert found["attributes"] == [["密云水库", "潮河", "白河大"]]
    assert found["notes"] == ["1 text ends in the midst of a character, whose half is left out"]


def test_names_of_attributes_are_cut_at_ten_bytes_and_told_apart(shapefile: Any) -> None:
    assert looked(shapefile("GB18030", field="设计洪水位高程"))["fields"] == ["设计洪水位"]
    path = shapefile("UTF-8", field="设计洪水位高程")
    found = looked(path)
    assert found["fields"] == ["设计洪"]
    assert found["notes"] == ["1 text ends in the midst of a character, whose half is left out"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-32-be"])
def test_a_geojson_of_any_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    place = {"type": "Point", "coordinates": [116.9, 40.5]}
    feature = {"type": "Feature", "properties": {"名称": "密云水库"}, "geometry": place}
    path = tmp_path / "a.geojson"
    path.write_bytes(json.dumps(feature, ensure_ascii=False).encode(encoding))
    found = looked(path)
    assert (found["fields"], found["attributes"]) == (["名称"], [["密云水库"]])
    assert bool(found["notes"]) == (not encoding.startswith("utf-8"))


def test_a_geojson_that_is_no_text_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_bytes(b'{"type": "Feature",\n"properties": {"a": "\xff\x81"}, "geometry": null}')
    with pytest.raises(FormatError, match="line 2 is not UTF-8, as a GeoJSON is"):
        looked(path)


def test_a_geopackage_with_foreign_bytes_is_read_by_the_same_rule(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "a.gpkg"
    geopandas.GeoDataFrame({"name": ["x"]}, geometry=[shapely.Point(1, 2)], crs=4490).to_file(path)
    with sqlite3.connect(path) as database:
        for (name,) in database.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            database.execute(f'drop trigger "{name}"')
        database.execute("update a set name = cast(? as text)", ("密云水库".encode("gbk"),))
    database.close()
    assert looked(path)["attributes"] == [["密云水库"]]
    assert geopackage.prepared(path, tmp_path, None) == (path, []), "a sound one is not copied"


def test_texts_of_two_encodings_are_each_read_as_what_they_are() -> None:
    mixed = ["密云水库".encode(), "潮河".encode("gbk"), "白河大坝".encode(), b"plain"]
    read = decoded(mixed, told=None)
    assert read.texts == ["密云水库", "潮河", "白河大坝", "plain"]
    assert read.notes == ("1 text is gb18030 among texts in utf-8; each was read as what it is",)


def test_bytes_that_are_no_text_are_shown_as_such_and_counted() -> None:
    read = decoded(["密云水库".encode(), "潮河".encode(), b"\xff\xff\xff"], told=None)
    assert read.texts[:2] == ["密云水库", "潮河"] and "�" in read.texts[2]
    assert read.notes == ("1 text holds bytes that are no utf-8; a � stands there",)


@pytest.mark.parametrize(
    ("text", "encoding", "said", "words"),
    [
        ("密雲水庫", "big5", "big5", None),  # the 950 of a .cpg is believed where its bytes fit
        ("密雲水庫", "gb18030", "gb18030", None),  # so is traditional Chinese in what the catalog says
        ("Müller Straße", "cp1252", "cp1252", None),
        ("Müller Straße", "utf-8", "utf-8", None),
        ("Müller Straße", "cp1252", None, "does not say which encoding"),
        ("密雲水庫", "gb18030", None, "look odd in gb18030"),
        ("密雲水庫", "big5", "gb18030", "look odd in gb18030"),
        ("水庫壩址高程", "big5", "cp1252", "look odd in cp1252"),
        ("서울 한강", "cp949", "cp949", None),
    ],
)
def test_other_encodings_are_believed_where_they_are_said_and_never_read_in_silence(
    text: str, encoding: str, said: str | None, words: str | None
) -> None:
    read = decoded([text.encode(encoding)], told=None if said is None else Told(encoding=said, by="its .cpg"))
    if words is None:
        assert (read.texts, read.notes) == ([text], ())
    else:
        assert any(words in note for note in read.notes)


@pytest.mark.parametrize(
    ("written", "python"),
    [
        ("GBK", "gb18030"),
        ("cp936", "gb18030"),
        ("ANSI 936", "gb18030"),
        ("OEM 936", "gb18030"),
        ("54936", "gb18030"),
        ("65001", "utf-8"),
        ("Utf8", "utf-8"),
        ("88591", "iso8859-1"),
        ("8859_1", "iso8859-1"),
        ("ISO 88591", "iso8859-1"),
        ("1252", "cp1252"),
        ("950", "big5"),
        ("Big-5", "big5"),
        ("UTF 8", "utf-8"),
        ("gbkk", None),
        ("", None),
    ],
)
def test_names_of_encodings_as_they_stand_in_cpg_files(written: str, python: str | None) -> None:
    assert named(written) == python


def test_texts_that_were_spoilt_before_are_doubted() -> None:
    wrong = [name.encode("gbk").decode("latin-1").encode() for name in NAMES]
    assert any("look like gb18030 that a program read" in note for note in decoded(wrong, told=None).notes)
    assert any("spoilt before" in note for note in decoded(["锟斤拷水库".encode()], told=None).notes)


CURVE = "水位,面积,库容,注\n126,46,437,死水位\n157.5,179,4008,正常蓄水位\n"
NAMED = {"rename": {"水位": "level_m", "面积": "area_m2", "库容": "storage_m3"}}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "encoding",
    [
        "utf-8",
        "utf-8-sig",
        "gb18030",
        "gb18030 behind UTF-8's mark",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "utf-32-le",
    ],
)
def test_a_table_of_any_encoding_and_any_line_ends_is_read(
    *, entry: Entry, tmp_path: Path, encoding: str, end: str
) -> None:
    text = CURVE.replace("\n", end)
    behind = "gb18030 behind" in encoding
    raw = b"\xef\xbb\xbf" + text.encode("gb18030") if behind else text.encode(encoding)
    (tmp_path / "a.csv").write_bytes(raw)
    for declared in ({}, {"encoding": "gbk"}, {"encoding": "utf-8"}):
        table = read_table(tmp_path / "a.csv", entry("curve", **NAMED, **declared))
        assert table.columns["注"] == ["死水位", "正常蓄水位"]
        assert table.numbers("level_m").tolist() == [126, 157.5]
        plain = encoding in ("utf-8", "gb18030") and declared.get("encoding", "utf-8")[:2] != encoding[:2]
        assert bool(table.notes) == (behind or (plain and bool(declared)))
    assert marked(raw)[0] == (encoding if encoding[-2:] in ("le", "be") else marked(raw)[0])


def test_a_cell_that_an_export_cut_in_a_character_is_repaired_and_told(entry: Entry, tmp_path: Path) -> None:
    raw = CURVE.encode("gb18030").replace("死水位".encode("gb18030"), "死水位".encode("gb18030")[:-1])
    (tmp_path / "a.csv").write_bytes(raw)
    table = read_table(tmp_path / "a.csv", entry("curve", **NAMED))
    assert table.columns["注"] == ["死水", "正常蓄水位"]
    assert table.notes == ("1 text ends in the midst of a character, whose half is left out",)


LEVEL_1 = st.text(
    st.sampled_from("密云水库潮河白河大坝北庄溪翁庄镇测站雨量水位流域管理处"), min_size=1, max_size=8
)


@given(st.lists(LEVEL_1, min_size=1, max_size=20))
def test_right_chinese_is_never_doubted_and_wrong_is_always(names: list[str]) -> None:
    assert doubt(names) == ""
    assert doubt([name.encode("gb18030").decode("latin-1") for name in names]) == "gb18030"
    assert doubt([name.encode("utf-8").decode("latin-1") for name in names]) == "utf-8"


@given(st.lists(LEVEL_1, min_size=1, max_size=20), st.sampled_from(["utf-8", "gb18030"]))
def test_names_come_back_from_either_encoding_without_a_word(names: list[str], encoding: str) -> None:
    read = decoded([name.encode(encoding) for name in names], told=None)
    assert (read.texts, read.encoding, read.notes) == (names, encoding, ())


def test_words_of_europe_are_right_as_they_are() -> None:
    assert doubt(["Müller", "Société", "Señor", "Straße", "Ångström"]) == ""
    assert doubt(["plain", "text", None, 5]) == ""
