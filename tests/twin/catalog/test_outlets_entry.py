"""Outlets of a catalog: checked as a build reads them, and opened with the basin."""

from __future__ import annotations

from pathlib import Path

import pytest

from meshes.build.catalog_check import check
from tests.shared_store import SharedStore
from tests.small import write_small_basin
from twin.basin import Basin

ENTRY = """  gates:
    kind: outlets
    title: {zh: 闸门, en: Gates}
    driver: table
    uri: gates.csv
    opening_unit: m
    edition: "1"
    source: a test
    access: public
"""
ROWS = "gate,1,150,10\ngate,1,155,20\ngate,2,150,20\ngate,2,155,44\n"


def write(folder: Path, rows: str, head: str = "outlet,opening,level_m,discharge_m3s") -> Path:
    path = write_small_basin(folder)
    path.write_text(path.read_text("utf-8") + ENTRY, "utf-8")
    (folder / "gates.csv").write_text(f"{head}\n{rows}", "utf-8")
    return path


def test_outlets_of_a_catalog_are_opened_with_the_basin(tmp_path: Path, shared_store: SharedStore) -> None:
    basin = Basin.open(shared_store.build(write(tmp_path, ROWS)))
    (gate,) = basin.outlets.values()
    assert (gate.id, gate.opening_unit) == ("gate", "m")
    assert float(gate.discharge_m3s(1.5, 152.5)) == pytest.approx((15 + 32) / 2)


@pytest.mark.parametrize(
    ("rows", "head", "says"),
    [
        (ROWS.replace("44", "4"), "outlet,opening,level_m,discharge_m3s", "lets less through at 155 m"),
        (ROWS, "outlet,opening,level_m,flow", "needs the column discharge_m3s"),
    ],
)
def test_a_table_that_is_none_is_told_by_the_check(tmp_path: Path, rows: str, head: str, says: str) -> None:
    report = check(write(tmp_path, rows, head))
    assert any(says in problem.message for problem in report.problems)
