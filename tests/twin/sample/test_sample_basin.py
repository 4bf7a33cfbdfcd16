"""The sample basin as it lies on disk: one generation for all tests of this file."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import Transformer
from scipy import ndimage

from twin.areas import cell_areas
from twin.arrays import F32, F64, I32, Bools, Index
from twin.catalog.landcover_classes import COVER
from twin.cog import read_cog
from twin.grid import Grid
from twin.sample import generate
from twin.sample.facts import BED_M, CREST_M, PUBLISHED, SEED_POINT
from twin.sample.hollow import SILL_M
from twin.water.centimetres import to_cm
from twin.water.connection import connection_level

FILES = {
    "terrain.tif", "surroundings.tif", "landcover.tif", "dams.geojson", "villages.geojson",
    "village_footprints.geojson", "rivers.geojson", "roads.geojson", "district.geojson", "places.geojson",
    "townships.geojson", "watersheds.geojson", "river_ranges.geojson", "reservoir_ranges.geojson",
    "protection_zones.geojson", "belts.geojson",
}  # fmt: skip

TO_FRAME = Transformer.from_crs("EPSG:4326", "EPSG:4548", always_xy=True)


@dataclass(frozen=True, kw_only=True)
class Sample:
    folder: Path
    ground_m: F32
    grid: Grid
    connection_cm: I32
    progress: list[tuple[str, float]]

    def wet(self, level_m: float) -> Bools:
        return np.asarray(self.connection_cm <= round(100 * level_m))

    def features(self, name: str) -> list[dict[str, Any]]:
        text = (self.folder / f"{name}.geojson").read_text(encoding="utf-8")
        found: list[dict[str, Any]] = json.loads(text)["features"]
        return found

    def in_frame(self, coordinates: Any) -> F64:
        """(n, 2) east and north of longitudes and latitudes."""
        lon, lat = np.asarray(coordinates, dtype=float).reshape(-1, 2).T
        return np.column_stack(TO_FRAME.transform(lon, lat))

    def areas(self, name: str) -> list[Any]:
        """Polygons in the frame."""
        shapes = [shapely.geometry.shape(one["geometry"]) for one in self.features(name)]
        return [shapely.transform(one, self.in_frame) for one in shapes]

    def cells(self, points: F64) -> tuple[Index, Index]:
        row = np.floor((self.grid.north - points[:, 1]) / self.grid.dy).astype(np.intp)
        col = np.floor((points[:, 0] - self.grid.west) / self.grid.dx).astype(np.intp)
        return row, col


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("sample")
    progress: list[tuple[str, float]] = []
    generate(folder, progress=lambda what, share: progress.append((what, share)))
    ground, grid = read_cog(folder / "terrain.tif")
    seed = grid.cell_at(*SEED_POINT)
    assert seed is not None
    connection = connection_level(to_cm(ground), seed=seed, cap_cm=round(100 * CREST_M))
    return Sample(folder=folder, ground_m=ground, grid=grid, connection_cm=connection, progress=progress)


def test_every_file_is_there(sample: Sample) -> None:
    assert {path.name for path in sample.folder.iterdir()} == FILES


def test_progress_rises_from_nothing_to_all(sample: Sample) -> None:
    shares = [share for _, share in sample.progress]
    assert shares[0] == 0.0
    assert shares[-1] == 1.0
    assert shares == sorted(shares)


def test_terrain_is_large_and_fine_enough(sample: Sample) -> None:
    west, south, east, north = sample.grid.bounds
    assert sample.grid.crs == "EPSG:4548"
    assert (sample.grid.dx, sample.grid.dy) == (30.0, 30.0)
    assert east - west >= 60e3
    assert north - south >= 50e3
    assert max(sample.grid.shape) <= 2049
    assert sample.ground_m.dtype == np.float32
    assert np.isfinite(sample.ground_m).all()


@pytest.mark.parametrize(("level_m", "area_m2", "storage_m3"), PUBLISHED)
def test_flood_meets_the_published_points(
    sample: Sample, level_m: float, area_m2: float, storage_m3: float
) -> None:
    wet = sample.wet(level_m)
    depth = level_m - sample.ground_m[wet].astype(np.float64)
    area = cell_areas(sample.grid)
    assert area.sum_m2(wet) == pytest.approx(area_m2, rel=0.01)
    assert float(depth @ area.at(*np.nonzero(wet))) == pytest.approx(storage_m3, rel=0.005)


def test_lake_grows_without_jumps(sample: Sample) -> None:
    """No pocket is captured whole: a rise of 10 cm never wets more than one square kilometre."""
    areas = [sample.wet(level).sum() * 900.0 for level in np.arange(BED_M + 1.0, 160.01, 0.1)]
    steps = np.diff(areas)
    assert (steps >= 0).all()
    assert steps.max() < 1e6


def test_the_flood_of_2025_leaves_water_in_the_hollow(sample: Sample) -> None:
    """On the falling limb the lake is larger, and holds more, than at the same level before the flood."""
    highest_m, falling_m = 155.59, 154.0
    kept = sample.wet(highest_m) & (to_cm(sample.ground_m) < sample.connection_cm)
    parts, _ = ndimage.label(kept)
    (hollow,) = (np.flatnonzero(parts == k) for k in np.unique(parts[parts > 0]) if (parts == k).sum() > 100)
    sill_cm = np.unique(sample.connection_cm.ravel()[hollow])
    assert len(sill_cm) == 1 and abs(int(sill_cm[0]) - round(100 * SILL_M)) <= 15
    area_m2 = cell_areas(sample.grid).at(*np.divmod(hollow, sample.grid.cols))
    depth_m = sill_cm[0] / 100.0 - sample.ground_m.ravel()[hollow].astype(np.float64)
    assert 0.3e6 < area_m2.sum() < 0.8e6
    assert depth_m @ area_m2 > 1e6, "so much more is stored on the way down"
    assert not sample.wet(falling_m).ravel()[hollow].any(), "on the way up it is dry"


def test_plain_below_the_dams_stays_dry_up_to_160_m(sample: Sample) -> None:
    wet = sample.wet(160.0)
    edge = np.concatenate([wet[0], wet[-1], wet[:, 0], wet[:, -1]])
    assert not edge.any()
    assert not wet[1200:].any()  # the plain, 3 km and more south of the dams
    assert (sample.ground_m[1400:, :900] < 100.0).mean() > 0.95


def test_each_dam_holds_the_flood_back(sample: Sample) -> None:
    dams = sample.features("dams")
    kinds = [dam["properties"]["kind"] for dam in dams]
    assert kinds.count("main") == 2
    assert kinds.count("saddle") >= 2
    seed = sample.grid.cell_at(*SEED_POINT)
    assert seed is not None
    held_km2 = sample.wet(158.5).sum() * 9e-4
    for dam in dams:
        assert dam["properties"]["crest_m"] == CREST_M
        breached = sample.ground_m.copy()
        ends = sample.in_frame(dam["geometry"]["coordinates"])
        middle = ends.mean(axis=0)
        row, col = (int(i[0]) for i in sample.cells(middle[None]))
        height = dam["properties"]["height_m"]
        reach = 12
        cut = breached[row - reach : row + reach, col - reach : col + reach]
        np.minimum(cut, CREST_M - height, out=cut)
        level = connection_level(to_cm(breached), seed=seed, cap_cm=16100)
        assert (level <= 15850).sum() * 9e-4 > held_km2 + 50.0, dam["properties"]["name_en"]


def test_islands_stand_in_the_normal_pool(sample: Sample) -> None:
    dry, count = ndimage.label(~sample.wet(157.5))
    area_km2 = np.sort(np.bincount(dry.ravel())[1:])[::-1] * 9e-4
    assert count > 5
    assert (area_km2[1:] > 0.05).sum() >= 4
    named = [p["properties"] for p in sample.features("places") if p["properties"]["kind"] == "island"]
    assert named[0]["area_km2"] == pytest.approx(area_km2[1], abs=0.01)


def test_villages_are_43_with_names_of_their_own(sample: Sample) -> None:
    villages = [v["properties"] for v in sample.features("villages")]
    assert len(villages) == 43
    assert len({v["name_zh"] for v in villages}) == 43
    assert len({v["name_en"] for v in villages}) == 43
    assert all(20 <= v["households"] <= 400 for v in villages)
    assert all(2.0 < v["people"] / v["households"] < 3.5 for v in villages)


def test_villages_stand_above_the_protection_line_on_level_ground(sample: Sample) -> None:
    levels = []
    for village in sample.features("villages"):
        (row,), (col,) = sample.cells(sample.in_frame(village["geometry"]["coordinates"]))
        pad = sample.ground_m[row - 2 : row + 3, col - 2 : col + 3]
        assert np.ptp(pad) < 0.6, village["properties"]["name_en"]
        assert float(np.median(pad)) == pytest.approx(village["properties"]["level_m"], abs=0.01)
        levels.append(float(pad.min()))
    assert min(levels) >= 155.0
    in_belt = [level for level in levels if level < 160.0]
    assert 8 <= len(in_belt) <= 14
    assert min(in_belt) < 157.5 < max(in_belt)


def test_footprints_lie_around_their_villages(sample: Sample) -> None:
    points = {
        v["properties"]["number"]: sample.in_frame(v["geometry"]["coordinates"])[0]
        for v in sample.features("villages")
    }
    for footprint in sample.features("village_footprints"):
        ring = sample.in_frame(footprint["geometry"]["coordinates"][0])
        assert (ring[0] == ring[-1]).all()
        away = np.hypot(*(ring - points[footprint["properties"]["number"]]).T)
        assert away.min() > 40
        assert away.max() < 300


def test_rivers_flow_downhill_into_the_lake_and_over_the_plain(sample: Sample) -> None:
    rivers = sample.features("rivers")
    assert [r["properties"]["kind"] for r in rivers[:2]] == ["main", "main"]
    lake = ndimage.binary_dilation(sample.wet(157.5), iterations=25)
    for river in rivers:
        points = sample.in_frame(river["geometry"]["coordinates"])
        row, col = sample.cells(points)
        inside = (row >= 90) & (row < sample.grid.rows - 90) & (col >= 90) & (col < sample.grid.cols - 90)
        row, col = row[inside], col[inside]
        # The bed beside the smoothed line, and no dam between.
        bed = ndimage.minimum_filter(sample.ground_m, 5)[row, col]
        above = ~lake[row, col] & (np.cumsum(lake[row, col]) == 0)
        rise = np.diff(bed[above])
        assert (rise < 1.0).all(), river["properties"]["name_en"]
        if river["properties"]["kind"] == "main":
            assert lake[row, col].any()
            assert bed[-1] < bed[0] - 100.0


def test_land_cover_fits_the_ground(sample: Sample) -> None:
    cover, grid = read_cog(sample.folder / "landcover.tif")
    assert grid == sample.grid
    assert set(np.unique(cover)) <= set(COVER.values())
    down, right = np.gradient(sample.ground_m, 30.0)
    slope = np.hypot(down, right)
    assert np.median(slope[cover == COVER["field"]]) < 0.06
    assert np.median(slope[cover == COVER["broadleaf"]]) > 0.2
    assert sample.wet(160.0)[cover == COVER["bed"]].mean() > 0.99
    shares = {name: float((cover == number).mean()) for name, number in COVER.items()}
    assert shares["broadleaf"] + shares["conifer"] + shares["shrub"] > 0.35
    assert 0.15 < shares["field"] < 0.40
    assert 0.002 < shares["road"] < 0.03
    assert 0.0001 < shares["dam"] < 0.002


def test_surroundings_are_wide_and_meet_the_terrain(sample: Sample) -> None:
    wide, grid = read_cog(sample.folder / "surroundings.tif")
    west, south, east, north = grid.bounds
    assert east - west >= 150e3
    assert north - south >= 120e3
    assert grid.dx == 250.0
    # Along the terrain's edge both show one surface; within it they agree in the mean.
    col = np.arange(30, sample.grid.cols - 30, 7)
    for row in (0, sample.grid.rows - 1):
        x, y = sample.grid.centre_of(np.full_like(col, row), col)
        place = ((grid.north - y) / grid.dy - 0.5, (x - grid.west) / grid.dx - 0.5)
        theirs = ndimage.map_coordinates(wide, place, order=1)
        apart = np.abs(sample.ground_m[row, col] - theirs)
        assert np.percentile(apart, 75) < 0.5  # only rivers keep beds of their own
        assert apart.max() < 60.0
    rows, cols = np.mgrid[300:360, 300:400]  # well inside
    x, y = grid.centre_of(rows, cols)
    mine = ndimage.uniform_filter(sample.ground_m, 9)
    row, col = sample.cells(np.column_stack([x.ravel(), y.ravel()]))
    assert np.abs(mine[row, col] - wide[rows, cols].ravel()).max() < 25.0


def test_everything_says_that_it_is_synthetic(sample: Sample) -> None:
    for path in sample.folder.glob("*.geojson"):
        collection = json.loads(path.read_text(encoding="utf-8"))
        assert "合成数据" in collection["note"]
        assert all(f["properties"]["synthetic"] is True for f in collection["features"]), path.name


def test_district_holds_the_whole_lake(sample: Sample) -> None:
    from shapely import Polygon, contains_xy

    (district,) = sample.features("district")
    ring = Polygon(sample.in_frame(district["geometry"]["coordinates"][0]))
    assert ring.is_valid
    row, col = np.nonzero(sample.wet(160.0)[::4, ::4])
    x, y = sample.grid.centre_of(row * 4, col * 4)
    assert contains_xy(ring, x, y).all()


def test_relief_is_that_of_mountains_around_a_basin(sample: Sample) -> None:
    """Statistics, with room for float functions that differ between processors."""
    z = sample.ground_m
    assert 1000 < z.max() < 1600
    assert 50 < z.min() < 70
    assert np.percentile(z, [10, 50, 90]) == pytest.approx([74, 296, 669], rel=0.12)
    down, right = np.gradient(z[:800], 30.0)
    slope_deg = np.degrees(np.arctan(np.hypot(down, right)))
    assert np.median(slope_deg) == pytest.approx(16, abs=4)
    assert np.percentile(slope_deg, 99.5) < 42
    # Like an eroded range and unlike noise, valleys outnumber pits: almost nothing is a closed hollow.
    outer = z[:600, 300:1700]
    pits = (ndimage.minimum_filter(outer, 3) == outer)[1:-1, 1:-1]
    assert pits.mean() < 0.004


def test_townships_are_the_district_without_gaps_and_say_where_villages_lie(sample: Sample) -> None:
    district, *_ = sample.areas("district")
    townships = sample.areas("townships")
    assert len(townships) == 22
    assert shapely.coverage_is_valid(townships)
    assert shapely.union_all(townships).symmetric_difference(district).area < 100.0
    facts = [one["properties"] for one in sample.features("townships")]
    assert len({one["name_zh"] for one in facts}) == 22
    villages = [one["properties"] for one in sample.features("villages")]
    for one in sample.features("villages"):
        at = shapely.Point(*sample.in_frame(one["geometry"]["coordinates"])[0])
        (own,) = (k for k, area in enumerate(townships) if area.contains(at))
        assert one["properties"]["township_zh"] == facts[own]["name_zh"]
        assert one["properties"]["township_en"] == facts[own]["name_en"]
    assert sum(one["people"] for one in facts) == sum(one["people"] for one in villages)


def test_small_watersheds_are_179_without_gaps_each_with_the_next(sample: Sample) -> None:
    sheds, facts = sample.areas("watersheds"), [one["properties"] for one in sample.features("watersheds")]
    assert len(sheds) == len({one["code"] for one in facts}) == len({one["name_zh"] for one in facts}) == 179
    assert shapely.coverage_is_valid(sheds)
    assert all(one.geom_type == "Polygon" for one in sheds)
    assert shapely.union_all(sheds).area == pytest.approx(sum(one.area for one in sheds), rel=1e-9)
    down = {one["code"]: one["next"] for one in facts}
    at = {one["code"]: shape for one, shape in zip(facts, sheds, strict=True)}
    assert sum(not to for to in down.values()) == 1  # at the dams
    for code, to in down.items():
        assert not to or shapely.intersection(at[code], at[to]).length > 0, "the next one is a neighbour"
        below, steps = to, 0
        while below:
            below, steps = down[below], steps + 1
            assert steps < 179, "round in a circle"
    (root,) = (one for one in facts if not one["next"])
    assert root["upstream_km2"] == pytest.approx(sum(one["area_km2"] for one in facts), abs=1.0)
    cells = np.argwhere(sample.wet(157.0)[::40, ::40]) * 40
    lake = np.column_stack(sample.grid.centre_of(cells[:, 0], cells[:, 1]))
    assert shapely.contains_xy(shapely.union_all(sheds), *lake.T).mean() > 0.99


def test_ranges_zones_and_belts_are_as_many_as_the_source_names(sample: Sample) -> None:
    for name, count in (("river_ranges", 96), ("reservoir_ranges", 24)):
        facts = [one["properties"] for one in sample.features(name)]
        assert len({one["name_zh"] for one in facts if one["range"] == "management"}) == count
        shapes = sample.areas(name)
        assert shapely.is_valid(shapes).all()
        union = shapely.union_all(shapely.buffer(shapes, 0.0))
        assert union.area == pytest.approx(sum(one.area for one in shapes), rel=1e-4), "no overlaps"
    zones = sample.areas("protection_zones")
    assert len(zones) == 3
    assert zones[0].area < zones[1].area + zones[0].area < zones[2].area
    lake = zones[0].buffer(-200.0)
    assert shapely.intersection(lake, zones[1]).area == 0
    near, far = sample.areas("belts")
    main = max(sample.areas("reservoir_ranges"), key=shapely.area)
    assert shapely.intersection(near, far).area < 1.0
    west, south, east, north = sample.grid.bounds
    inside = shapely.box(west, south, east, north)
    reach = shapely.intersection(main.buffer(1000.0, quad_segs=64), inside)
    lacking = shapely.difference(shapely.difference(reach, shapely.union_all([near, far, main])), near)
    assert lacking.area < 0.01 * reach.area + sum(one.area for one in sample.areas("river_ranges")[:4])


def test_two_runs_are_equal_whatever_the_number_of_threads(sample: Sample, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from twin.sample import generate; generate(Path(sys.argv[1]))"
    )
    environment = {**os.environ, "NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "GDAL_NUM_THREADS": "1"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, env=environment)
    for name in sorted(FILES):
        here, there = (
            hashlib.sha256((folder / name).read_bytes()).hexdigest() for folder in (sample.folder, tmp_path)
        )
        assert here == there, name
