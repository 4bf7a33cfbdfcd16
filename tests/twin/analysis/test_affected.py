"""What a level affects equals the raster's own count, at any level and after any peak."""

from __future__ import annotations

import json
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely
from rasterio.features import rasterize
from rasterio.transform import Affine

from tests.affected_basin import HOUSES, RADII_M, VILLAGES, write_affected_basin
from tests.shared_store import SharedStore
from tests.small import BED_M, SLOPE
from twin.analysis.affected import Affected, AffectedReport, Count, VillageTable, Wetness
from twin.analysis.first_wet import first_wet
from twin.arrays import U8
from twin.basin import Basin
from twin.grid import Grid
from twin.water.surface import Shore, WaterState, WaterSurface


@pytest.fixture(scope="module")
def catalog(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_store.build(write_affected_basin(tmp_path_factory.mktemp("affected")))


@pytest.fixture(scope="module")
def basin(catalog: Path) -> Basin:
    return Basin.open(catalog)


def at(basin: Basin, level_m: float, highest_m: float | None = None) -> AffectedReport:
    return basin.affected.at(basin.water.state(level_m, highest_m=highest_m))


def surface(basin: Basin) -> WaterSurface:
    ground_m, grid = basin.ground()
    return WaterSurface(
        grid=grid,
        ground_m=ground_m,
        connection_cm=basin.connection(),
        cap_cm=round(basin.cap_m * 100),
        vertical_error_m=basin.vertical_error_m,
        flown_m=basin.hypsometry.flown_m,
    )


class Burnt:
    """The cells of each feature of a file, burnt by GDAL, and its households."""

    def __init__(self, catalog: Path, name: str, grid: Grid) -> None:
        found = json.loads((catalog.parent / f"{name}.geojson").read_text("utf-8"))["features"]
        self.cells = [
            np.flatnonzero(
                rasterize(
                    [one["geometry"]],
                    out_shape=grid.shape,
                    transform=Affine(*grid.transform),
                    all_touched=True,
                )
            )
            for one in found
        ]
        self.homes = [one["properties"].get("households", 0) for one in found]

    def count(self, shore: U8) -> tuple[Count, Count]:
        """Features and their households that the shore under them makes wet."""
        total, homes = Count(), Count()
        for cells, here in zip(self.cells, self.homes, strict=True):
            under = shore.ravel()[cells]
            if (under == Shore.CERTAINLY_WET).any():
                total, homes = total + Count(certain=1), homes + Count(certain=here)
            elif (under != Shore.CERTAINLY_DRY).any():
                total, homes = total + Count(possible=1), homes + Count(possible=here)
        return total, homes


def test_the_sums_are_the_rasters_own_count_at_50_levels(basin: Basin, catalog: Path) -> None:
    water = surface(basin)
    buildings, villages = (Burnt(catalog, name, water.grid) for name in ("buildings", "footprints"))
    last = f"villages/{VILLAGES - 1}"  # has no buildings: counts as a whole
    seen = set()
    for level_m in np.round(np.linspace(145.0, 160.0, 50), 4).tolist():
        report, shore = at(basin, level_m), water.shore(WaterState.rising(level_m))
        standing, homes = buildings.count(shore)
        whole = next(row for row in (*report.villages, *report.dry) if row.id == last)
        assert report.total.villages == villages.count(shore)[0]
        assert report.total.buildings == standing
        assert report.total.households == homes + whole.sum.households
        seen.add(standing)
    assert len(seen) > 20


def test_a_point_of_the_cone_gets_wet_at_its_own_height() -> None:
    """Without footprint, a village is the cell that it lies in."""
    rows, cols = np.indices((9, 9))
    ground = np.hypot(rows - 4, cols - 4).astype(np.float32)
    grid = Grid(crs="EPSG:4548", rows=9, cols=9, west=0.0, north=9.0, dx=1.0, dy=1.0)
    connection = np.ceil(ground * 100).astype(np.int32)
    shapes = [
        shapely.Point(4.5, 1.5),
        shapely.box(3.2, 3.2, 5.8, 3.8),
        shapely.box(50, 50, 51, 51),
        shapely.Point(),
    ]
    found = first_wet(shapes, ground_m=ground, connection_cm=connection, grid=grid, cap_cm=500)
    assert found.first_cm.tolist() == [300, 100, 500, 500]
    assert found.surveyed.tolist() == [True, True, False, False]


def test_a_village_gets_wet_where_its_footprint_is_lowest(basin: Basin) -> None:
    for row in at(basin, 160.0).villages:
        number = int(row.id.split("/")[1])
        assert row.first_wet_m is not None
        at_centre = BED_M + SLOPE * RADII_M[number]
        assert at_centre - SLOPE * (70 * 1.5 + 20) < row.first_wet_m < at_centre


def test_people_nobody_counted_are_unknown_and_never_none(basin: Basin) -> None:
    report = at(basin, 160.0)
    first = next(row for row in report.villages if row.id == "villages/0")
    assert first.sum.buildings == Count(certain=HOUSES)
    assert first.sum.unsaid == HOUSES // 4
    assert report.total.unsaid == HOUSES // 4
    last = next(row for row in report.villages if row.id == f"villages/{VILLAGES - 1}")
    assert (last.sum.whole, last.sum.households.at_most) == (1, last.households)


def test_townships_sum_up_to_the_whole_and_name_every_village(basin: Basin) -> None:
    for level_m in (152.0, 156.0, 160.0):
        report = at(basin, level_m)
        assert {name["zh"] for name, _ in report.townships} <= {"东乡", "西乡"}
        assert sum(some.households.at_most for _, some in report.townships) == report.total.households.at_most
        assert sum(some.villages.at_most for _, some in report.townships) == report.total.villages.at_most


def test_the_total_alone_is_the_reports(basin: Basin) -> None:
    for level_m in np.linspace(140.0, 159.9, 40):
        state = basin.water.state(float(level_m), highest_m=159.9)
        assert basin.affected.total(state) == basin.affected.at(state).total


def test_certain_and_possible_only_grow_with_the_level(basin: Basin) -> None:
    reports = [at(basin, float(level_m)) for level_m in np.arange(140.0, 160.0, 0.25)]
    for lower, higher in pairwise(reports):
        assert higher.total.villages.certain >= lower.total.villages.certain
        assert higher.total.people.at_most >= lower.total.people.at_most
        assert higher.total.households.at_most >= lower.total.households.at_most


def test_a_pocket_that_the_lake_has_left_keeps_its_assets_wet() -> None:
    """Only behind a sill: what lies on open ground is dry again."""
    names = [{"zh": "甲", "en": "a"}, {"zh": "乙", "en": "b"}]
    table = VillageTable(
        id=["v/0", "v/1"],
        name=names,
        township=names,
        east=np.zeros(2),
        north=np.zeros(2),
        first_cm=np.array([15_500, 15_500], np.int32),
        pocket_cm=np.array([15_500, 16_050], np.int32),
        households=np.array([3.0, 5.0]),
        people=np.array([9.0, 11.0]),
    )
    affected = Affected(villages=table, buildings=None, cap_cm=16_050, vertical_error_m=0.5, flown_m=None)
    fallen = affected.at(WaterState(level_m=150.0, highest_m=156.0))
    assert [(row.id, row.wetness) for row in fallen.villages] == [("v/0", Wetness.CERTAIN)]
    assert fallen.total.households == Count(certain=3)
    assert affected.at(WaterState.rising(150.0)).villages == ()


def test_what_lies_at_unknown_heights_is_left_out_and_named(
    tmp_path: Path, shared_store: SharedStore
) -> None:
    catalog = write_affected_basin(tmp_path)
    text = catalog.read_text("utf-8").replace(
        "vertical: {reference: local}", "vertical: {reference: unknown}"
    )
    catalog.write_text(text, encoding="utf-8")
    report = at(Basin.open(shared_store.build(catalog)), 160.0)
    assert report.villages == ()
    assert [(one.name["zh"], one.reason) for one in report.left_out] == [
        (f"村{k + 1}", "unknown-heights") for k in range(VILLAGES)
    ]


def test_who_does_not_see_the_buildings_reads_none_of_their_numbers(
    tmp_path: Path, shared_store: SharedStore
) -> None:
    basin = Basin.open(shared_store.build(write_affected_basin(tmp_path, access="restricted")))
    everything = at(basin, 160.0).total.buildings
    assert everything is not None
    assert everything.at_most > HOUSES
    report = at(basin.seen_by("internal"), 160.0)
    assert report.total.buildings is None
    assert report.total.households.at_most == sum(100 + k for k in range(VILLAGES))
    assert report.total.whole == VILLAGES


@pytest.mark.bench
def test_a_level_takes_milliseconds(basin: Basin) -> None:
    basin.affected  # noqa: B018
    start = time.perf_counter()
    for level_m in np.linspace(150.0, 160.0, 20):
        at(basin, float(level_m))
    assert (time.perf_counter() - start) / 20 < 0.05
