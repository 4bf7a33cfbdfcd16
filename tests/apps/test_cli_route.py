"""``twin route`` and ``twin forecast``: closed forms of the cone, and one line for what cannot be."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.apps.command import one_line, twin
from tests.small import BED_M, SLOPE
from twin.forecast_table import forecast_of
from twin.runs_file import RunsFile

DAY_S = 86_400.0


def storage_m3(level_m: float) -> float:
    """Of the cone below a level: a third of its area times its depth."""
    depth_m = level_m - BED_M
    return float(np.pi * (depth_m / SLOPE) ** 2 * depth_m / 3)


def test_a_level_is_reached_when_the_cone_is_full_to_it(small_basin: Path) -> None:
    flow = (storage_m3(152.0) - storage_m3(150.0)) / DAY_S  # m³/s that fill it in a day
    asked = (
        *("--start", 150, "--level", 152, "--days", 3, "--json"),
        *("--inflow", flow + 5, "--release", 5, "--inflow-error", 0.1),
    )
    result = twin("route", small_basin, *asked)
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    (crossing,) = [one for one in told["crossings"] if one["level_id"] == "asked"]
    start_s = told["time_s"][0]
    assert crossing["rising"] and crossing["at_s"] - start_s == pytest.approx(DAY_S, rel=1e-3)
    more = flow + 0.1 * (flow + 5)  # a tenth more of the inflow
    assert crossing["earliest_s"] - start_s == pytest.approx(DAY_S * flow / more, rel=1e-3)
    assert told["level_m"][0] == 150.0 and told["curve"] == "curve"
    assert told["storage_m3"][-1] == pytest.approx(storage_m3(150.0) + 3 * DAY_S * flow, rel=1e-3)
    words = twin("route", small_basin, *(one for one in asked if one != "--json")).stdout
    assert "asked" in words and "rising" in words and "curve curve" in words


def test_a_plan_is_read_from_a_file_and_its_peak_told(small_basin: Path, tmp_path: Path) -> None:
    plan = tmp_path / "wave.csv"
    plan.write_text(
        "time,inflow (m³/s),release (m³/s)\n2026-07-01 08:00,40,0\n2026-07-02 08:00,0,0\n"
        "2026-07-02 08:01,0,40\n2026-07-03 08:00,0,40\n",
        encoding="utf-8",
    )
    told = json.loads(twin("route", small_basin, "--start", 150, "--plan", plan, "--json").stdout)
    assert told["end"] == "plan"
    assert told["peak_s"] == pytest.approx(1782864000 + DAY_S, abs=120)  # 2026-07-02 08:00 +08:00
    m3 = storage_m3(150.0) + 20 * DAY_S  # the inflow falls evenly to nothing
    assert storage_m3(told["peak_m"]) == pytest.approx(m3, rel=1e-4)


@pytest.mark.parametrize(
    ("asked", "words", "code"),
    [
        (("--start", 150), "--inflow and --plan", 2),
        (("--start", 150, "--inflow", 1, "--plan", "PLAN"), "--inflow and --plan", 2),
        (("--start", 999, "--inflow", 1), "126.00 to 160.00 m", 2),
        (("--start", 150, "--plan", "PLAN"), "line 2", 1),
    ],
)
def test_a_route_that_cannot_be_is_refused(
    small_basin: Path, tmp_path: Path, asked: tuple[object, ...], words: str, code: int
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("time,inflow (m³/s),release (m³/s)\n2026-07-01 08:00,much,0\n", encoding="utf-8")
    result = twin("route", small_basin, *(bad if one == "PLAN" else one for one in asked))
    assert result.returncode == code and words in result.stderr, result.stderr
    assert "Traceback" not in result.stderr


def test_a_forecast_is_kept_listed_and_deleted(small_basin: Path, tmp_path: Path) -> None:
    table = tmp_path / "morning.csv"
    table.write_text(
        "time,level (m),level_low (m),level_high (m)\n"
        "2026-07-01 08:00,150,149,151\n2026-07-02 08:00,152,150.5,153\n",
        encoding="utf-8",
    )
    catalog = shutil.copytree(small_basin.parent, tmp_path / "basin") / small_basin.name
    told = ("--author", "水文局", "--issued", "2026-07-01 08:00")
    one_line(twin("forecast", table, "--catalog", catalog), "--author", code=2)
    result = twin("forecast", table, "--catalog", catalog, *told, "--access", "restricted")
    assert result.returncode == 0 and "150.00 to 152.00 m" in result.stdout, result.stderr
    listed = twin("forecast", "--catalog", catalog, "--list").stdout
    assert "2026-07-01 00:00Z  水文局  morning  restricted" in listed
    file = RunsFile(catalog.parent / ".twin" / "runs.sqlite")
    (run,) = file.all("forecast")
    levels = forecast_of(run.document)
    assert levels.level_m.tolist() == [150.0, 152.0] and levels.high_m.tolist() == [151.0, 153.0]
    assert twin("forecast", "--catalog", catalog, "--delete", run.id).returncode == 0
    assert file.all("forecast") == ()
    table.write_text("time,level (m)\n2026-07-01 08:00,high\n", encoding="utf-8")
    one_line(twin("forecast", table, "--catalog", catalog, *told), "line 2")
