"""A forecast of the lake from CSV, and runs kept beside observations."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from twin.errors import TwinError
from twin.forecast_table import forecast_of, read_forecast
from twin.runs_file import RunsFile, RunsFileError
from twin.timed_table import TimedTableError
from twin.water.published import design_curve

ZONE, CURVE = ZoneInfo("Asia/Shanghai"), design_curve()
LEVELS = (
    "time,level (m),level_low (m),level_high (m)\n"
    "2026-07-01 08:00,150,149.5,150.6\n2026-07-02 08:00,151,150,152\n"
)


def test_levels_with_bounds_and_storages_by_the_curve() -> None:
    found = read_forecast(LEVELS, zone=ZONE, curve=CURVE)
    assert (found.level_m.tolist(), found.low_m.tolist(), found.high_m.tolist()) == (
        [150, 151],
        [149.5, 150],
        [150.6, 152],
    )
    again = forecast_of(found.to_document())
    np.testing.assert_array_equal(again.level_m, found.level_m)
    storages = "时间,蓄水量(亿m³)\n2026-07-01 08:00,30\n2026-07-02 08:00,31\n"
    by_storage = read_forecast(storages, zone=ZONE, curve=CURVE)
    assert CURVE.storage_at(float(by_storage.level_m[1])) == pytest.approx(31e8)
    assert by_storage.low_m.tolist() == by_storage.level_m.tolist()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("time,level (m)\n2026-07-01,150\n2026-07-02,190\n", "line 3: level 190 m lies outside"),
        ("time,level_low (m)\n2026-07-01,150\n2026-07-02,150\n", "no column of level or storage"),
        (LEVELS.replace("149.5", "150.5"), "line 2: the bounds do not enclose the value"),
    ],
)
def test_what_cannot_be_a_forecast_is_refused(text: str, says: str) -> None:
    with pytest.raises(TimedTableError, match=says):
        read_forecast(text, zone=ZONE, curve=CURVE)


def test_a_document_of_something_else_is_refused() -> None:
    with pytest.raises(TwinError, match="no forecast"):
        forecast_of('{"time_s": [1]}')


def test_runs_are_kept_by_kind_newest_first_and_a_folder_that_went_is_not_made_anew(tmp_path: Path) -> None:
    runs = RunsFile(tmp_path / "store" / "runs.sqlite")
    assert runs.all("forecast") == ()
    with pytest.raises(RunsFileError, match=r"runs\.sqlite"):
        runs.add("forecast", name="a", author="office", access="internal", document="{}")
    assert not (tmp_path / "store").exists()
    runs = RunsFile(tmp_path / "runs.sqlite")
    first = runs.add("forecast", name="a", author="office", access="internal", document="{}")
    runs.add("what-if", name="b", author="li", access="public", document="{}")
    assert [run.id for run in runs.all("forecast")] == [first]
    assert [run.name for run in runs.all("what-if")] == ["b"]
    with pytest.raises(RunsFileError, match="letters"):
        runs.rename(first, "  ")
