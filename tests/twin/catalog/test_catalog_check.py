"""``twin check``'s report: a row for every entry, a line for everything that is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio
from pyproj import Geod
from rasterio.transform import Affine

from meshes.build.catalog_check import CheckReport, check

CORNERS = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
Write = Callable[..., Path]
ROADS = (
    '{"type": "Feature", "properties": {"name": "x"}, "geometry": {"type": "LineString", "coordinates": %s}}'
)


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., None]:
    """Real files for the catalog that ``write`` writes: a valley of 100 m and a road."""

    def do(height_m: float = 100.0, road: str = "[[116.9, 40.5], [116.91, 40.5]]") -> None:
        profile = {"driver": "GTiff", "count": 1, "height": 20, "width": 20, "dtype": "float32"}
        place = {"crs": "EPSG:4326", "transform": Affine(0.001, 0, 116.89, 0, -0.001, 40.51)}
        with rasterio.open(tmp_path / "ground.tif", "w", **profile, **place) as file:
            file.write(np.full((1, 20, 20), height_m, np.float32))
        (tmp_path / "roads.geojson").write_text(ROADS % road, encoding="utf-8")

    return do


def rows(report: CheckReport) -> dict[str, tuple[str, str]]:
    return {row.id: (row.status, row.reason) for row in report.rows}


def test_a_good_catalog_has_a_row_for_each_entry(write: Write, files: Callable[..., None]) -> None:
    path = write()
    files()
    report = check(path)
    assert report.ok
    assert report.problems == ()
    terrain, roads = report.rows
    assert (terrain.status, terrain.crs, terrain.vertical) == ("ok", "EPSG:4326", "local +0.00 m = local")
    assert terrain.facts == "20 × 20 cells of 0.001, 100.0 to 100.0 m"
    assert (roads.status, roads.crs, roads.access, roads.facts) == (
        "ok",
        "GCJ-02",
        "internal",
        "1 × LineString",
    )
    assert json.loads(json.dumps(report.as_dict()))["entries"][1]["title_zh"] == "道路"


def test_polygons_are_reported_with_their_true_area(small_catalog: Path) -> None:
    """A hole and a part apart, in degrees: neither the frame nor the way a ring is wound changes them."""
    outer, hole, apart = ((116.87, 40.48, s) for s in (0.02, 0.01, 0.005))
    rings = [[[x + a * s, y + b * s] for a, b in CORNERS] for x, y, s in (outer, hole, apart)]
    place = small_catalog.parent / "villages.geojson"
    shape = {"type": "MultiPolygon", "coordinates": [rings[:2], [[[x + 0.05, y] for x, y in rings[2]]]]}
    feature = {"type": "Feature", "geometry": shape, "properties": {"name": "甲"}}
    place.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    text = small_catalog.read_text("utf-8")
    head, villages = text.split("  villages:")
    small_catalog.write_text(f"{head}  villages:{villages.replace('EPSG:4548', 'EPSG:4326')}", "utf-8")
    geod = Geod(ellps="WGS84")
    big, small, third = (abs(geod.polygon_area_perimeter(*zip(*ring, strict=True))[0]) for ring in rings)
    (row,) = (row for row in check(small_catalog).rows if row.id == "villages")
    assert row.facts == f"1 × MultiPolygon, {(big - small + third) / 1e6:.3f} km²"


def test_files_that_cannot_be_read_are_named_with_the_line_of_their_entry(write: Write) -> None:
    report = check(write())  # the files are empty
    assert not report.ok
    assert rows(report) == {
        "terrain": ("broken", "the file is empty"),
        "roads": ("broken", "the file is empty"),
    }
    assert [(problem.line, problem.key) for problem in report.problems] == [
        (12, "entries.terrain"),
        (23, "entries.roads"),
    ]


def test_broken_entries_stay_in_the_table_in_the_file_s_order(
    write: Write, files: Callable[..., None]
) -> None:
    path = write(("bed: none", "bad: none"))
    files()
    report = check(path)
    assert [row.id for row in report.rows] == ["terrain", "roads"]
    assert rows(report)["terrain"] == ("broken", "bed: is missing")
    assert rows(report)["roads"][0] == "ok"


def test_a_catalog_that_cannot_be_read_at_all_has_no_rows(write: Write) -> None:
    report = check(write(("version: 1", "version: one")))
    assert (report.rows, report.ok) == ((), False)


@pytest.mark.parametrize(
    ("height_m", "words"), [(500.0, "on a height of 500.0 m"), (np.nan, "every cell is no data")]
)
def test_a_seed_on_a_peak_is_found(
    write: Write, files: Callable[..., None], height_m: float, words: str
) -> None:
    path = write()
    files(height_m)
    assert words in rows(check(path))["terrain"][1]


def test_a_seed_outside_is_found(write: Write, files: Callable[..., None]) -> None:
    path = write(("lon: 116.9", "lon: 117.9"))
    files()
    assert "outside the terrain" in rows(check(path))["terrain"][1]


def test_a_label_that_is_no_attribute_is_found(write: Write, files: Callable[..., None]) -> None:
    path = write(("access: internal", "access: internal\n    show: {label: nmae}"))
    files()
    report = check(path)
    assert rows(report)["roads"][0] == "ok", "its lines are drawn"
    (doubt,) = report.problems
    assert doubt.message == "show.label: no attribute 'nmae'; there are name: no names are shown"


def test_a_layer_on_another_continent_is_doubted_and_not_refused(
    write: Write, files: Callable[..., None]
) -> None:
    path = write(("crs: GCJ-02", "crs: EPSG:4326"))
    files(road="[[100.0, 20.5], [100.1, 20.5]]")
    report = check(path)
    assert report.ok
    assert [(p.severity, p.code) for p in report.problems] == [("warning", "doubtful-data")]
    assert "km from the reservoir" in report.problems[0].message


def test_a_curve_that_falls_is_found(write: Write, files: Callable[..., None], tmp_path: Path) -> None:
    keys = {"kind": "curve", "title": "{zh: 曲线, en: Curve}", "driver": "table", "uri": "curve.csv"}
    keys |= {"status": "published", "edition": '"1"', "source": "a test", "access": "public"}
    lines = ["    access: internal", "  curve:", *(f"    {key}: {value}" for key, value in keys.items()), ""]
    path = write(("    access: internal\n", "\n".join(lines)))
    files()
    points = ["level_m,area_m2,storage_m3", "126,46e6,4e8", "150,140e6,25e8", "157,170e6,24e8"]
    (tmp_path / "curve.csv").write_text("\n".join(points), encoding="ascii")
    assert "not monotone" in rows(check(path))["curve"][1]


def test_what_the_sample_makes_is_reported_without_being_made(project: Path) -> None:
    report = check(project / "data_catalog.yaml")
    assert report.ok, [str(problem) for problem in report.problems]
    assert {row.status for row in report.rows if row.driver == "sample"} == {"generated"}


INSET = """
  survey:
    kind: inset
    title: {zh: 细部, en: Survey}
    driver: raster
    uri: survey.tif
    vertical: {reference: local}
    edition: "1"
    source: a test
    access: public
"""


@pytest.mark.parametrize(
    ("west", "cell_m", "words"),
    [
        (491_000.0, 5.0, ""),
        (491_000.0, 50.0, "coarser than the terrain's"),
        (700_000.0, 5.0, "is its crs the right"),
    ],
)
def test_an_inset_that_a_build_would_stop_at_is_an_error(
    tmp_path: Path, west: float, cell_m: float, words: str
) -> None:
    from rasterio.transform import from_origin

    from tests.small import write_raster, write_small_basin

    path = write_small_basin(tmp_path)
    path.write_text(path.read_text("utf-8") + INSET.lstrip("\n"), "utf-8")
    heights = np.full((40, 40), 140.0, np.float32)
    write_raster(tmp_path / "survey.tif", heights, transform=from_origin(west, 4_484_000.0, cell_m, cell_m))
    report = check(path)
    said = [problem.message for problem in report.problems if problem.severity == "error"]
    assert len(said) == bool(words)
    assert all(words in line for line in said)


def test_an_access_that_closes_the_basin_to_some_is_said(small_catalog: Path) -> None:
    text = small_catalog.read_text("utf-8")
    dam = text.index("  dam:")
    small_catalog.write_text(
        text[:dam] + text[dam:].replace("access: public", "access: restricted", 1), "utf-8"
    )
    report = check(small_catalog)
    assert {row.id: row.access for row in report.rows} == dict.fromkeys(
        ("terrain", "curve", "villages"), "public"
    ) | {"dam": "restricted"}
    (said,) = [problem for problem in report.problems if problem.message.startswith("access:")]
    assert (said.entry, said.severity) == ("dam", "warning") and "sees nothing of this basin" in said.message
