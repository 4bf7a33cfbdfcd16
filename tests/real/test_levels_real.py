"""A published table that contradicts itself, and levels between centimetres, on small real cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.apps.command import twin

pytestmark = pytest.mark.real


def test_the_table_of_lake_powell_is_doubted_in_check_build_and_water(shared: Path, tmp_path: Path) -> None:
    catalog = shared / "cases/truth-06-curve-contradictions/data_catalog.yaml"
    problems = json.loads(twin("check", catalog, "--json").stdout)["problems"]
    assert "in 337 of 340 intervals, by up to 56 %" in problems[0]["message"]
    built = twin("build", catalog, "--store", tmp_path / "store", "--progress", "none")
    assert "337 of 340" in built.stderr
    report = twin("water", catalog, "--store", tmp_path / "store", "--level", 1032.8, "--json")
    assert "337 of 340" in json.loads(report.stdout)["curve_doubts"][0]


def test_levels_between_centimetres_and_float_noise(shared: Path, tmp_path: Path) -> None:
    catalog = shared / "cases/truth-07-mm-level/data_catalog.yaml"
    twin("build", catalog, "--store", tmp_path / "store", "--progress", "none")

    def asked(level: str) -> dict[str, object]:
        told = twin("water", catalog, "--store", tmp_path / "store", "--level", level, "--json").stdout
        answer: dict[str, object] = json.loads(told)
        return answer

    whole, between = asked("20.00"), asked("20.004")
    assert asked("19.999999") == whole
    assert between["area_m2"] == whole["area_m2"]
    assert (between["level_m"], between["extent_level_m"]) == (20.004, 20.0)
