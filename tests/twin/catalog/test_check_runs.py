"""A run with an office's times is read, and the checker says of it what a build will."""

from __future__ import annotations

from pathlib import Path

import pytest

from meshes.build.catalog_check import check
from tests.small import write_small_basin
from twin.build.tables import make_table
from twin.catalog import RunEntry, load_catalog
from twin.errors import TwinError
from twin.water.flood_points import points_from_csv

ENTRY = """
  flood:
    kind: run
    title: {zh: 洪水, en: Flood}
    driver: table
    uri: flood.csv
    status: published
    edition: "1"
    source: a test
    access: public
"""


def write(folder: Path, times: list[str], *, column: str = "time_local", inflow: str = "100") -> Path:
    path = write_small_basin(folder)
    path.write_text(path.read_text("utf-8") + ENTRY.lstrip("\n"), "utf-8")
    rows = "".join(f"{time},{150 + k / 10},{inflow}\n" for k, time in enumerate(times))
    (folder / "flood.csv").write_text(f"{column},level_m,inflow_m3s\n{rows}", "utf-8")
    return path


def built(path: Path, folder: Path) -> list[str]:
    """The times that a build keeps, in the site's clock."""
    catalog = load_catalog(path)
    entry = catalog.only(RunEntry)
    make_table(folder, entry=entry, path=catalog.path_of(entry))
    points = points_from_csv(folder / "table.csv", zone=catalog.site.time_zone)
    return [f"{point.time:%Y-%m-%dT%H:%M}" for point in points]


@pytest.mark.parametrize(
    "times",
    [
        ["2025-07-27T22:00", "2025-07-27T23:00", "2025-07-28T00:00"],
        ["2025/7/27 22:00", "2025/7/27 23:00", "2025/7/28 0:00"],
        ["2025-07-27 22:00", "2025-07-27 23:00", "2025-07-27 24:00"],
        ["20250727220000", "20250727230000", "20250727240000"],
        ["2025年7月27日22时", "2025年7月27日23时", "2025年7月27日24时"],
        ["1753624800", "1753628400", "1753632000"],
    ],
)
def test_office_times_are_read(tmp_path: Path, times: list[str]) -> None:
    path = write(tmp_path, times)
    assert check(path).ok
    assert built(path, tmp_path) == ["2025-07-27T14:00", "2025-07-27T15:00", "2025-07-27T16:00"]


def test_a_column_in_utc_is_in_utc(tmp_path: Path) -> None:
    path = write(tmp_path, ["2025-07-27 14:00", "2025-07-27 15:00"], column="time_utc")
    assert check(path).ok
    assert built(path, tmp_path) == ["2025-07-27T14:00", "2025-07-27T15:00"]


@pytest.mark.parametrize(
    ("times", "inflow", "words"),
    [
        (["27/07/2025 8:00", "27/07/2025 9:00"], "100", "could be two times"),
        (["2025-07-27 24:30", "2025-07-28 9:00"], "100", "not a time"),
        (["2025-07-27 9:00", "2025-07-27 8:00"], "100", "times do not rise"),
        (["2025-07-27 8:00", "2025-07-27 8:00"], "100", "times do not rise"),
        (["2025-07-27 8:00", "2025-07-27 9:00"], "-100", "not a number it can have"),
        (["2025-07-27 8:00", "2025-07-27 9:00"], "much", "line 2: inflow_m3s is much, which is no number"),
    ],
)
def test_what_a_build_leaves_out_is_an_error_of_the_check(
    tmp_path: Path, times: list[str], inflow: str, words: str
) -> None:
    path = write(tmp_path, times, inflow=inflow)
    report = check(path)
    assert not report.ok
    assert any(words in problem.message for problem in report.problems)
    catalog = load_catalog(path)
    with pytest.raises(TwinError, match=words):
        built(path, tmp_path)
    assert catalog.only(RunEntry).id == "flood"


def test_a_run_that_cannot_be_replayed_is_a_doubt(tmp_path: Path) -> None:
    report = check(write(tmp_path, ["2025-07-27 8:00", "2025-07-27 9:00"]))
    assert report.ok
    assert any("cannot be replayed: 2 inflows, 0 releases" in problem.message for problem in report.problems)
