"""What a .dbf holds in columns of numbers and dates is read as written, and never made up."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.ingest.sandbox import dbf, vector

Column = tuple[str, str, int, int]
"""Name, type, width and decimals."""


def write_set(folder: Path, columns: list[Column], rows: list[list[str]], *, deleted: int = -1) -> Path:
    """A Shapefile whose table is written byte by byte, as other programs write it."""
    path = folder / "a.shp"
    places = [shapely.Point(490_000 + k, 4_483_000) for k in range(len(rows))]
    geopandas.GeoDataFrame({"a": [0] * len(rows)}, geometry=places, crs="EPSG:4548").to_file(path)
    path.with_suffix(".cpg").unlink()
    width = 1 + sum(size for _, _, size, _ in columns)
    head = struct.pack("<4BIHH20x", 3, 121, 10, 9, len(rows), 33 + 32 * len(columns), width)
    for name, kind, size, decimals in columns:
        head += struct.pack("<11sc4xBB14x", name.encode(), kind.encode(), size, decimals)
    body = b"".join(
        (b"*" if k == deleted else b" ")
        + b"".join(
            cell[:size].encode().rjust(size) if kind in "NF" else cell[:size].encode().ljust(size)
            for cell, (_, kind, size, _) in zip(row, columns, strict=True)
        )
        for k, row in enumerate(rows)
    )
    path.with_suffix(".dbf").write_bytes(head + b"\r" + body + b"\x1a")
    return path


def looked(path: Path) -> dict[str, Any]:
    out = path.parent / f"out{len(list(path.parent.iterdir()))}"
    out.mkdir()
    found = vector.read(path, out=out, driver="ESRI Shapefile", layer=None, encoding=None, keep=True)
    return dict(found)


@pytest.mark.parametrize(
    ("column", "cells", "found", "note"),
    [
        (("V", "N", 10, 3), ["1.500", "1,5", ""], [1.5, 1.5, None], None),
        (("V", "N", 10, 3), ["1.5", "*" * 10], [1.5, None], None),  # that is how GDAL writes none
        (("V", "N", 10, 3), ["1,5", "*" * 10], [1.5, None], None),
        (("V", "N", 10, 3), ["1.5", "-"], [1.5, None], "1 cell of V (such as -): no number, and left out"),
        (("V", "F", 10, 3), ["1.5", "abc"], [1.5, None], "1 cell of V (such as abc): no number"),
        (("V", "F", 20, 8), ["1.2e+005", "3"], [120_000.0, 3.0], None),
        (("STCD", "N", 10, 0), ["0012345678", "30510101"], ["0012345678", "30510101"], None),
        (("STCD", "N", 8, 0), ["30510101", ""], [30510101, None], None),
        (("V", "N", 8, 0), ["0", "12"], [0, 12], None),
        (("ZLDWDM", "N", 19, 0), ["1101181042010000012", "7"], ["1101181042010000012", "7"], None),
        (("XZQDM", "N", 19, 11), ["110228.00000000000", "110118.00000000000"], [110228, 110118], None),
        (("D", "D", 8, 0), ["20211009", "00000000", ""], ["2021-10-09", None, None], None),
        (("D", "D", 8, 0), ["20211009", "20211332"], ["2021-10-09", "20211332"], "no day of any year"),
        (("D", "D", 8, 0), ["2021.10.", "20211009"], ["2021.10.", "2021-10-09"], "no day of any year"),
        (("V", "N", 10, 3), ["1.#QNAN", "1e400", "2"], [None, None, 2], "2 cells of V (such as 1.#QNAN)"),
        (
            ("I", "I", 4, 0),
            ["\1\0\0\0", "\2"],
            [None, None],
            "I is of FoxPro's type I, which is not read: save",
        ),
        (("B", "B", 8, 2), ["\x7f" * 8, "2"], [None, None], "B is of FoxPro's type B, which is not read"),
        (("B", "B", 10, 0), ["1", "2"], [None, None], "B is a memo, which is not read"),
        (("M", "M", 10, 0), ["1", "2"], [None, None], "M is a memo, which is not read"),
    ],
)
def test_columns_come_as_they_are_written(
    *, tmp_path: Path, column: Column, cells: list[str], found: list[object], note: str | None
) -> None:
    """OGR made 0 of abc, 1 of 1,5, 12 of 0012, and refused the file for a day that is none."""
    answer = looked(write_set(tmp_path, [column, ("NAME", "C", 4, 0)], [[cell, "x"] for cell in cells]))
    values, names = answer["attributes"]
    assert values == found
    assert [type(cell) for cell in values] == [type(cell) for cell in found]
    assert names == ["x"] * len(cells)
    assert len(answer["notes"]) == (note is not None)
    assert note is None or note in answer["notes"][0]


def test_rows_that_were_deleted_are_gone_with_their_cells(tmp_path: Path) -> None:
    path = write_set(tmp_path, [("V", "N", 8, 0)], [["1"], ["odd"], ["3"]], deleted=1)
    answer = looked(path)
    assert (answer["attributes"], answer["notes"]) == ([[1, 3]], [])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=30), st.integers(0, 4))
def test_plain_numbers_are_left_to_the_library(tmp_path: Path, values: list[int], decimals: int) -> None:
    written = [f"{value / 10**decimals:.{decimals}f}" for value in values]
    path = write_set(tmp_path, [("V", "N", 16, decimals)], [[cell] for cell in written])
    link = tmp_path / "link.dbf"
    link.unlink(missing_ok=True)
    assert dbf.with_texts(path.with_suffix(".dbf"), link) == dbf.AsText()
    assert link.is_symlink(), "a table without oddities is not copied"
