"""The small cases of tables and vectors from the field: codes, encodings, numbers, parts, times."""

from __future__ import annotations

from pathlib import Path

import pytest

from meshes.build.catalog_check import check
from twin.build.stations import read_stations
from twin.build.tables import make_table
from twin.catalog import CurveEntry, RunEntry, StationsEntry, VectorEntry, load_catalog
from twin.ingest import read_table, read_vector
from twin.ingest.features import Features
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


def found_in(shared: Path, case: str, entry_id: str) -> Features:
    catalog = load_catalog(shared / "cases" / case / "cat.yaml")
    entry = catalog.entries[entry_id]
    assert isinstance(entry, VectorEntry)
    return read_vector(catalog.path_of(entry), entry, crs="EPSG:4548")


@pytest.mark.parametrize(
    ("case", "entry_id", "attributes", "area_m2"),
    [
        ("06-shapefile-uppercase", "district", ["密云"], 1e6),
        ("09-surfaces-tin", "tin", ["屋顶"], 40_000),
        ("09-surfaces-tin", "polyhedral", ["屋顶"], 40_000),
        ("35-shp-gbk-undeclared", "ld4d", ["密云水库"], 1e6),
        ("35-shp-gbk-undeclared", "ld57", ["密云水库"], 1e6),
        ("35-shp-gbk-undeclared", "ld00", ["密云水库"], 1e6),
        ("35-shp-gbk-undeclared", "gbk", ["密云水库"], 0),
        ("35-shp-gbk-undeclared", "bom", ["密云水库"], 0),
    ],
)
def test_vectors_of_the_field_come_with_their_texts_and_places(
    *, shared: Path, case: str, entry_id: str, attributes: list[str], area_m2: float
) -> None:
    features = found_in(shared, case, entry_id)
    assert list(features.attributes.values()) == [attributes]
    assert sum(shape.area for shape in features.geometry) == pytest.approx(area_m2, rel=1e-6)


CURVES = [
    "utf16",
    "utf16-gb",
    "mac",
    "thousands",
    "semicolon",
    "gbkbom",
    "units",
    "descending",
    "blankrow",
]


def test_curves_of_offices_are_one_curve_and_a_table_of_two_ways_is_one_line(shared: Path) -> None:
    path = shared / "cases" / "31-curve-tables" / "cat.yaml"
    report = check(path)
    broken = [row for row in report.rows if row.status == "broken"]
    assert [(row.id, "decimals of the level across" in row.reason) for row in broken] == [("matrix", True)]
    catalog = load_catalog(path)
    for name in CURVES:
        entry = catalog.entries[name]
        assert isinstance(entry, CurveEntry)
        table = read_table(catalog.path_of(entry), entry)
        assert table.numbers("level_m").tolist() == [120, 130, 140, 150, 160], name
        assert table.numbers("area_m2").tolist() == [1e4, 2e4, 3e4, 4e4, 5e4], name
        assert table.numbers("storage_m3").tolist() == [5e5, 1e6, 1.5e6, 2e6, 2.5e6], name
