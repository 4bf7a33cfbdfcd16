from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from twin.ingest import ColumnError, EmptyFileError, IngestError, TableError, read_table

Entry = Callable[..., Any]
CURVE = """\
# published figures
kind,level_m,area_km2,storage_1e8m3
dead level,126.0,46.154,4.37
"normal, pool",157.5,179.33,40.08
"""


@pytest.fixture
def table(tmp_path: Path) -> Callable[[str | bytes], Path]:
    def do(content: str | bytes) -> Path:
        path = tmp_path / "a.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return do


def test_a_published_curve_comes_in_metres(entry: Entry, table: Any) -> None:
    curve = read_table(table(CURVE), entry("curve"))
    assert curve.columns["kind"] == ["dead level", "normal, pool"]
    assert curve.numbers("storage_m3").tolist() == [4.37e8, 40.08e8]
    assert curve.numbers("area_m2").tolist() == [46.154e6, 179.33e6]
    assert curve.lines == (3, 4)


def test_a_foreign_table_is_renamed_and_multiplied(entry: Entry, table: Any) -> None:
    path = table("水位,库容,面积\r\n126,437,46\r\n157.5,4008,179\r\n".encode("gb18030"))
    keys = {
        "encoding": "gb18030",
        "rename": {"水位": "level_m", "库容": "storage_m3", "面积": "area_m2"},
        "unit_mult": {"storage_m3": 1e6, "area_m2": 1e6},
    }
    curve = read_table(path, entry("curve", **keys))
    assert curve.numbers("storage_m3").tolist() == [437e6, 4008e6]
    assert curve.notes == ()
    del keys["encoding"]  # its bytes show it
    assert read_table(path, entry("curve", **keys)).columns == curve.columns


def test_one_figure_in_two_units_must_be_one(entry: Entry, table: Any) -> None:
    """The column in plain units was believed, whatever the other one said."""
    rows = "level_m,area_km2,area_m2,storage_m3\n126,{},46154000,1\n157.5,179.33,179330000,2\n"
    assert read_table(table(rows.format("46.154")), entry("curve")).numbers("area_m2")[0] == 46_154_000
    with pytest.raises(ColumnError, match="area_km2 and area_m2 contradict each other in row 1"):
        read_table(table(rows.format("92.308")), entry("curve"))
    rounded = "level_m,area_m2,storage_1e8m3,storage_1e4m3\n1,1,0.11,1131\n2,2,0.27,2681\n"
    read_table(table(rounded), entry("curve"))
    with pytest.raises(ColumnError, match=r"storage_1e8m3|storage_1e4m3"):
        read_table(table(rounded.replace("2681", "4681")), entry("curve"))


def test_an_empty_cell_is_no_number_and_text_is_text(entry: Entry, table: Any) -> None:
    read = read_table(table("level_m,area_m2,storage_m3,depth,note\n1,2,3,,x\n2,3,4,5.5,\n"), entry("curve"))
    assert read.columns["depth"] == [None, 5.5]
    assert np.isnan(read.numbers("depth")[0])
    assert read.columns["note"] == ["x", None]
    with pytest.raises(ValueError, match="holds text"):
        read.numbers("note")
    with pytest.raises(KeyError, match="no column 'gone'"):
        read.numbers("gone")


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        ("", EmptyFileError, "the file is empty"),
        ("\n\n", EmptyFileError, "the file is empty"),
        ("level_m,area_m2,storage_m3\n", EmptyFileError, "no line of data"),
        ("level_m,area_m2\n1,2\n", ColumnError, "a curve needs the column storage_m3"),
        ("level_m,area_m2,storage_m3\n1,2\n", TableError, "line 2 has 2 cells, the header 3"),
        ("level_m,level_m,storage_m3\n1,2,3\n", TableError, "two columns are named 'level_m'"),
        ("level_m,,storage_m3\n1,2,3\n", TableError, "line 2: column 2 has a cell, and no name"),
        ("level_m,area_m2,storage_m3\n1,nan,3\n", TableError, "line 2: area_m2 is nan"),
        ("level_m,area_m2,storage_m3\n1,2,3\n2,-inf,3\n", TableError, "line 3: area_m2 is -inf"),
        ("level_m,area_m2,storage_m3\n1,2,1e999\n", TableError, "too large a number"),
        ("level_m,area_m2,storage_m3\n1,2,3\n2,,3\n", ColumnError, "area_m2 is empty in row 2"),
        (
            "level_m,area_m2,storage_m3\n1,2,3\n2,~3,3\n",
            TableError,
            "line 3: area_m2 is ~3, which is no number",
        ),
        ('level_m,area_m2,storage_m3\n1,"2,3\n', TableError, "line"),
        (b"PK\x03\x04\0\0", IngestError, "is a ZIP archive"),
    ],
)
def test_a_table_that_cannot_be_used_says_where(
    entry: Entry, table: Any, content: str | bytes, error: type[IngestError], words: str
) -> None:
    with pytest.raises(error, match=words) as caught:
        read_table(table(content), entry("curve"))
    assert "\n" not in str(caught.value)
