"""Tables as offices save them: numbers in their ways, titles, empty columns, units, codes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.ingest import ColumnError, IngestError, TableError, read_table
from twin.ingest.sandbox import numbers, table

Entry = Callable[..., Any]
HEAD = "level_m,area_m2,storage_m3\n"


def looked(folder: Path, text: str, **arguments: object) -> dict[str, Any]:
    """What the child would answer."""
    path = folder / "a.csv"
    path.write_text(text, "utf-8", newline="")
    return table.read(path, out=folder, encoding=None, **arguments)  # type: ignore[arg-type,return-value]


def figures(folder: Path, text: str) -> dict[str, list[object]]:
    named = {name: name for name in ("level_m", "area_m2", "storage_m3")}
    return dict(looked(folder, text, quantities=named)["columns"])


@pytest.mark.parametrize(
    "text",
    [
        'level_m,area_m2,storage_m3\n"120.5","10,000","500,000"\n"130.5","20,000","1,000,000"\n',
        "level_m;area_m2;storage_m3\n120,5;10000,0;500000\n130,5;20000,0;1000000\n",
        "level_m;area_m2;storage_m3\n120,5;10.000;500.000\n130,5;20.000;1.000.000\n",
        "level_m\tarea_m2\tstorage_m3\n120.5\t10,000\t500,000\n130.5\t20,000\t1,000,000\n",
        "level_m;area_m2;storage_m3\n120.5;10 000;500\u00a0000\n130.5;20\u202f000;1 000 000\n",
        "level_m,area_m2,storage_m3\n１２０．５,１００００,500000\n130.5,20000,1000000\n",
        "level_m，area_m2，storage_m3\n120.5，10000，500000\n130.5，20000，1000000\n",
        "level_m|area_m2|storage_m3\n120.5|1e4|5E+05\n130.5|2.0e4|1E6\n",
        "sep=;\nlevel_m;area_m2;storage_m3\n120.5;10000;500000\n130.5;20000;1000000\n",
        "密云水库水位库容关系表,,\nlevel_m,area_m2,storage_m3\n120.5,10000,500000\n130.5,20000,1000000\n",
        "level_m,area_m2,storage_m3,,\n120.5,10000,500000,,\n130.5,20000,1000000,,\n,,,,\n,,,,\n",
        "level_m,,area_m2,storage_m3\n120.5,,10000,500000\n130.5,,20000,1000000\n",
        "level_m,area_m2,storage_m3\n120.5m,10000m²,500000 m3\n130.5米,20000㎡,1000000立方米\n",
        "\u200blevel_m , area_m2,storage_m3\n +120.5 ,10000,500000\n130.5,20000,1000000\x1a",
        'level_m,area_m2,storage_m3\n="120.5",10000,500000\n130.5,20000,1000000\n',
    ],
)
def test_numbers_are_read_as_offices_write_them(tmp_path: Path, text: str) -> None:
    assert figures(tmp_path, text) == {
        "level_m": [120.5, 130.5],
        "area_m2": [10_000, 20_000],
        "storage_m3": [500_000, 1_000_000],
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "level_m;area_m2;storage_m3\n120,000;1;2\n130,000;2;3\n",
            "line 2: level_m is 120,000, which could be 120.000 or 120000",
        ),
        (
            "level_m;area_m2;storage_m3\n120,5;1.5;2\n",
            "line 2: level_m is 120,5, line 2: area_m2 is 1.5: commas and points both",
        ),
        (HEAD + "120cm,1,2\n", "line 2: level_m is 120cm, which is no number"),
        (HEAD + "1,2,3\n#N/A,2,3\n", "line 3: level_m is #N/A, which is no number; leave it empty"),
        (HEAD + "1,2,3\n2,—,3\n", "line 3: area_m2 is —, which is no number"),
        (HEAD + '1,"1,00",3\n2,"1,0,0",3\n', "line 3: area_m2 is 1,0,0, which is no number"),
        (HEAD + "(m),(m2),(m3)\n1,2,3\n", r"line 2: level_m is \(m\), which is no number"),
        ("level_m area_m2 storage_m3\n1 2 3\n", "holds one cell a line"),
        (HEAD + "1,2,\x00\n", "line 2 holds a zero byte"),
        ('{"level_m": 1}', "is JSON and no table"),
        ("<html><table>", "is a web page"),
        ("version https://git-lfs.github.com/spec/v1\n", "is a pointer of Git LFS"),
        ("a,,b\n1,2,3\n", "line 2: column 2 has a cell, and no name in the header"),
    ],
)
def test_what_could_be_two_things_or_none_is_one_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(IngestError, match=words):
        figures(tmp_path, text)


def test_a_row_that_begins_with_a_hash_is_a_remark_and_told(tmp_path: Path) -> None:
    found = looked(tmp_path, HEAD + "# a remark\n#120,1,2\n130,2,3\n")
    assert found["columns"]["level_m"] == [130]
    assert found["notes"] == ["line 3 begins with # and would else be a row: taken for a remark"]


def test_a_title_above_the_header_is_told(tmp_path: Path) -> None:
    found = looked(tmp_path, "水位库容表,,\n" + HEAD + "1,2,3\n")
    assert found["notes"] == ["line 1 is taken for a title: it has one cell"]


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("测站编码", ["0012345678", "30510101"]),
        ("STCD", ["30510101", "30510102"]),
        ("行政区划代码", ["110228", "110118"]),
        ("anything", ["3051E010", "60512E02"]),
        ("anything", ["0101", "0301"]),
        ("anything", ["110118104201000001", "110118104201000002"]),
        ("anything", ["００１２", "0013"]),
        ("id", ['"0012345678"', "12"]),
        ("code", ['="0012"', "7"]),
    ],
)
def test_columns_of_codes_stay_text(tmp_path: Path, header: str, cells: list[str]) -> None:
    found = looked(tmp_path, f"level_m,{header}\n" + "".join(f"1,{cell}\n" for cell in cells))
    assert found["columns"][header] == [cell.strip('="') for cell in cells]
    assert found["columns"]["level_m"] == [1, 1]


def test_a_curve_from_the_highest_level_down_is_turned(entry: Entry, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEAD + "160,5,25\n150,4,20\n140,3,15\n")
    curve = read_table(path, entry("curve"))
    assert curve.numbers("level_m").tolist() == [140, 150, 160]
    assert curve.numbers("storage_m3").tolist() == [15, 20, 25]
    assert curve.lines == (4, 3, 2)


@pytest.mark.parametrize(
    ("names", "keys"),
    [
        (
            ("水位(m)", "面积（km²）", "库容(亿m³)"),
            {"rename": {"水位(m)": "level_m", "面积(km2)": "area_km2", "库容(亿m³)": "storage_1e8m3"}},
        ),
        (
            ("水位/m", "面积[公顷]", "库容（10⁴m³）"),
            {
                "rename": {"水位/m": "level_m", "面积[公顷]": "area_m2", "库容(10⁴m³)": "storage_m3"},
                "unit_mult": {"area_m2": 1e4, "storage_m3": 1e4},
            },
        ),
    ],
)
def test_units_in_a_header_agree_with_the_catalog(
    *, entry: Entry, tmp_path: Path, names: tuple[str, ...], keys: dict[str, Any]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(",".join(names) + "\n120,1,2\n130,2,3\n", "utf-8")
    curve = read_table(path, entry("curve", **keys))
    size = {"area_km2": 1e6, "area_m2": 1e4}[list(keys["rename"].values())[1]]
    assert curve.numbers("area_m2").tolist() == [size, 2 * size]


@pytest.mark.parametrize(
    ("rename", "words"),
    [
        (
            {"水位(m)": "level_m", "面积(km²)": "area_m2", "库容": "storage_m3"},
            r"面积\(km²\) is in km2, which area_m2 is not: set unit_mult: \{area_m2: 1e\+06\}",
        ),
        (
            {"水位(m)": "area_m2", "面积(km²)": "level_m", "库容": "storage_m3"},
            r"水位\(m\) is in m, which is no area: area_m2 cannot be made of it",
        ),
    ],
)
def test_a_unit_in_a_header_that_contradicts_the_catalog_is_refused(
    *, entry: Entry, tmp_path: Path, rename: dict[str, str], words: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("水位(m),面积(km²),库容\n120,1,2\n130,2,3\n", "utf-8")
    with pytest.raises(ColumnError, match=words):
        read_table(path, entry("curve", rename=rename))


@pytest.mark.parametrize("name", ["库容_亿m3", "库容：亿方", "库容亿m³", "库容单位:亿立方米", "库容\n(亿m³)"])
def test_a_unit_is_seen_however_a_header_says_it(entry: Entry, tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f'水位m;面积_m2;"{name}"\n120;1;2\n130;2;3\n', "utf-8")
    rename = {"水位m": "level_m", "面积_m2": "area_m2", name.replace("\n", ""): "storage_m3"}
    with pytest.raises(
        ColumnError, match=r"which storage_m3 is not: set unit_mult: \{storage_m3: 1e\+08\}"
    ) as caught:
        read_table(path, entry("curve", rename=rename, unit_mult={"storage_m3": 1e4}))
    assert "\n" not in str(caught.value)
    curve = read_table(path, entry("curve", rename=rename, unit_mult={"storage_m3": 1e8}))
    assert curve.numbers("storage_m3").tolist() == [2e8, 3e8]


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("<table><tr><td>水位</td></tr></table>", "is XML or a web page and no table"),
        ('<?xml version="1.0"?>\n<Workbook/>', "is XML or a web page and no table"),
        ("MIME-Version: 1.0\nX-Document-Type: Workbook\n", "is a web archive, as which Excel saves too"),
        ("ID;PWXL;N;E\nC;Y1;X1\n", "is an old Excel sheet"),
        ("{\\rtf1\\ansi level}", "is a text of Word"),
    ],
)
def test_what_excel_and_word_save_besides_is_named(tmp_path: Path, start: str, words: str) -> None:
    with pytest.raises(IngestError, match=words):
        looked(tmp_path, start)


def test_a_table_of_two_ways_is_told_for_what_it_is(entry: Entry, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("level_m,0,0.1,0.2,0.3\n120,1,2,3,4\n121,5,6,7,8\n")
    with pytest.raises(ColumnError, match="decimals of the level across"):
        read_table(path, entry("curve"))


def test_text_among_figures_is_named_by_its_own_line(entry: Entry, tmp_path: Path) -> None:
    """The first cell of the column was blamed, which was a number."""
    path = tmp_path / "a.csv"
    path.write_text("level_m,area_km2,storage_m3\n1,2,3\n2,about 3,4\n")
    with pytest.raises(TableError, match="line 3: area_km2 is about 3, which is no number"):
        read_table(path, entry("curve"))


FIGURE = st.decimals(min_value=-9999, max_value=10**9, places=2, allow_nan=False).map(float)


@given(st.lists(FIGURE, min_size=1, max_size=20), st.sampled_from(["en", "de", "fr", "plain"]))
def test_figures_come_back_from_every_way_of_writing_them(values: list[float], way: str) -> None:
    """Two decimals tell the marks apart in every one of these ways."""
    marks = {"en": ",.", "de": ".,", "fr": " ,", "plain": "\0."}[way]
    signs = str.maketrans({",": marks[0], ".": marks[1]})
    written = [f"{value:,.2f}".translate(signs).replace("\0", "") for value in values]
    cells = [numbers.plain(cell) for cell in written]
    assert all(map(numbers.is_number, cells))
    mark = numbers.decimal_mark([(1, "a", cell) for cell in cells], separator=";")
    assert [numbers.number(cell, mark=mark) for cell in cells] == values
