"""The checker says which crests it found, and doubts those that are none for the reservoir."""

from __future__ import annotations

from pathlib import Path

import pytest

from meshes.build.catalog_check import CheckReport, check
from tests.small import write_small_basin


def report_of(folder: Path, crest: str, *, unit_mult: float | None = None) -> CheckReport:
    path = write_small_basin(folder)
    dam = folder / "dam.geojson"
    dam.write_text(dam.read_text("utf-8").replace("165.0", crest), "utf-8")
    if unit_mult is not None:
        more = f"crest_field: crest_m\n    unit_mult: {{crest_m: {unit_mult}}}"
        path.write_text(path.read_text("utf-8").replace("crest_field: crest_m", more), "utf-8")
    return check(path)


@pytest.mark.parametrize(("crest", "shown"), [("165.0", "165.00"), ("160.005", "160.005")])
def test_a_crest_is_told(tmp_path: Path, crest: str, shown: str) -> None:
    report = report_of(tmp_path, crest)
    (row,) = [row for row in report.rows if row.id == "dam"]
    assert row.facts == f"1 × LineString, crests {shown} m"
    assert report.problems == ()


@pytest.mark.parametrize(
    ("crest", "words"),
    [
        ("541.3386", "a crest of 541.3386 m lies far above the reservoir's highest level of 160.00 m"),
        ("0", "a crest of 0.00 m holds no water"),
        ("16.5", "a crest of 16.50 m holds no water, for the reservoir's levels begin at 126.00 m"),
    ],
)
def test_a_crest_in_another_unit_is_doubted(tmp_path: Path, crest: str, words: str) -> None:
    report = report_of(tmp_path, crest)
    assert report.ok
    (problem,) = [problem for problem in report.problems if problem.entry == "dam"]
    assert problem.message.startswith(words) and "unit_mult" in problem.message


def test_a_crest_in_feet_with_its_unit_is_not_doubted(tmp_path: Path) -> None:
    report = report_of(tmp_path, "541.3386", unit_mult=0.3048)
    assert report.problems == ()
