"""A curve that contradicts itself says so in check, build, water, and at the number's origin."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from apps.parts import provenance
from apps.session.session import Session
from tests.apps.command import Result, twin
from tests.small import BED_M, SLOPE, write_small_basin
from twin.basin import Basin
from twin.bilingual import Language


def write_curve(path: Path, *, step_m3: float, step_m: float = 1.0) -> None:
    """The small basin's cone with storages rounded to ``step_m3``."""
    lines = ["level_m,area_m2,storage_m3"]
    for level in np.arange(126.0, 160.0 + step_m / 2, step_m).tolist():
        area = np.pi * ((level - BED_M) / SLOPE) ** 2
        lines.append(f"{level},{area:.0f},{round(area * (level - BED_M) / 3 / step_m3) * step_m3:.0f}")
    path.write_text("\n".join(lines) + "\n", "utf-8")


@pytest.fixture(scope="module")
def coarse(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """A basin whose storages are rounded to 1e6 m³, line by line of 0.25 m; and what its build said."""
    catalog = write_small_basin(tmp_path_factory.mktemp("coarse"))
    write_curve(catalog.parent / "curve.csv", step_m3=1e6, step_m=0.25)
    return catalog, twin("build", catalog, "--progress", "none")


def test_check_and_build_say_how_many_and_where_the_worst_is(coarse: tuple[Path, Result]) -> None:
    catalog, built = coarse
    checked = json.loads(twin("check", catalog, "--json").stdout)
    assert checked["ok"]
    words = [problem["message"] for problem in checked["problems"] if problem["entry"] == "curve"]
    assert "of 136 intervals, by up to" in words[0]
    assert "rounded to 1e+06 m³" in words[1]
    assert built.returncode == 0
    for text in words:
        assert f"twin: curve is doubtful: {text}" in built.stderr


def test_a_fine_table_says_nothing(tmp_path: Path) -> None:
    catalog = write_small_basin(tmp_path)
    write_curve(tmp_path / "curve.csv", step_m3=1.0)
    assert json.loads(twin("check", catalog, "--json").stdout)["problems"] == []
    assert "doubtful" not in twin("build", catalog, "--progress", "none").stderr


def test_water_shows_the_area_that_the_storages_ask_for(coarse: tuple[Path, Result]) -> None:
    catalog, _ = coarse
    report = json.loads(twin("water", catalog, "--level", 150.1, "--json").stdout)
    assert abs(report["curve_rise_m2"] / report["curve_area_m2"] - 1) > 0.1
    assert "of 136 intervals" in report["curve_doubts"][0]
    shown = twin("water", catalog, "--level", 150.1).stdout
    assert "that its storages ask for here" in shown
    assert "contradict each other" in shown


@pytest.mark.parametrize(
    ("language", "table", "here"),
    [
        ("zh", "段面积与库容互相矛盾", "库容的变化相当于"),
        ("en", "contradict", "storages rise as"),
    ],
)
def test_the_origins_of_storage_and_area_say_it(
    coarse: tuple[Path, Result], small_basin: Path, language: Language, table: str, here: str
) -> None:
    def told(catalog: Path, figure: str) -> str:
        session = Session(Basin.open(catalog))
        session.show_what_if("level", 150.1)
        return "\n".join(row.value for row in provenance.view(session, figure, language).rows)

    for figure in ("storage", "area", "free_normal"):
        assert table in told(coarse[0], figure)
        assert here in told(coarse[0], figure)
        assert table not in told(small_basin, figure)
    assert table not in told(coarse[0], "level")


def test_levels_in_feet_are_suspected_by_check_and_build(tmp_path: Path) -> None:
    catalog = write_small_basin(tmp_path)
    write_curve(tmp_path / "curve.csv", step_m3=1.0)
    text = catalog.read_text("utf-8")
    other = text[text.index("  curve:") : text.index("  villages:")].replace("curve:", "curve-2:", 1)
    catalog.write_text(text + other + "    unit_mult: {level_m: 3.28084, storage_m3: 1.0e-4}\n", "utf-8")
    words = [p["message"] for p in json.loads(twin("check", catalog, "--json").stdout)["problems"]]
    assert any("is a unit wrong" in text and "126.00 to 160.00 m" in text for text in words)
    assert "curve-2 is doubtful: its levels run from" in twin("build", catalog, "--progress", "none").stderr


def test_a_desk_begins_where_the_curve_does(tmp_path: Path) -> None:
    """A slider from 126 m would end at the first drag in a level without an answer."""
    catalog = write_small_basin(tmp_path)
    lines = (tmp_path / "curve.csv").read_text("utf-8").splitlines()
    (tmp_path / "curve.csv").write_text("\n".join([lines[0], *lines[2:]]) + "\n", "utf-8")
    assert "have no answer below" in twin("build", catalog, "--progress", "none").stderr
    session = Session(Basin.open(catalog))
    assert (session.levels.lowest_m, session.levels.highest_m) == (140.0, 160.0)
    session.show_what_if("level", session.levels.lowest_m)
    assert session.report.storage_m3 == session.levels.storage_range_m3[0]
