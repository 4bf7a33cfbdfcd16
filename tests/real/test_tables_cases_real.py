"""The small cases of tables from the field: codes, a stations table in the checker, an office's times."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.build.stations import read_stations
from twin.build.tables import make_table
from twin.catalog import RunEntry, StationsEntry, load_catalog
from twin.catalog.check import check
from twin.water.flood_points import points_from_csv

pytestmark = pytest.mark.real


@pytest.mark.parametrize(
    ("case", "codes"),
    [
        ("30-station-codes-with-E/cat", ["30510101", "3051E010", "60512E02"]),
        ("30-station-codes-with-E/long", ["0012345678", "0012345679"]),
        ("34-check-with-stations/cat", ["30510101"]),
    ],
)
def test_codes_are_the_text_that_stands_in_the_table(shared: Path, case: str, codes: list[str]) -> None:
    path = shared / "cases" / f"{case}.yaml"
    report = check(path)
    assert report.problems == ()
    catalog = load_catalog(path)
    network, notes = read_stations(catalog, catalog.only(StationsEntry))
    assert list(network.stations) == codes
    assert (notes.left_out, notes.doubts) == ([], [])


@pytest.mark.parametrize(
    ("case", "last"),
    [("slash", "2025-07-27T05:00"), ("h24", "2025-07-27T16:00"), ("nosec", "2025-07-27T02:00")],
)
def test_times_of_an_office_are_read_and_the_checker_says_what_a_build_does(
    shared: Path, tmp_path: Path, case: str, last: str
) -> None:
    path = shared / "cases" / "37-run-with-office-times" / f"{case}.yaml"
    assert check(path).ok
    catalog = load_catalog(path)
    entry = catalog.only(RunEntry)
    make_table(tmp_path, entry=entry, path=catalog.path_of(entry))
    points = points_from_csv(tmp_path / "table.csv", zone=catalog.site.time_zone)
    assert len(points) == 6
    assert f"{points[-1].time:%Y-%m-%dT%H:%M}" == last
