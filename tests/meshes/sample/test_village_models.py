"""The sample's village models: whole, lit from one side, and the same on every run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from meshes.sample.generate import building_features, village_model
from meshes.sample.people import settle, share_out
from meshes.sample.village_model import VillageModel, VillageSite, VillageSiteError, from_features
from twin.arrays import F64
from twin.crs import transform
from twin.sample import vectors
from twin.sample.facts import CRS
from twin.sample.features import village_features
from twin.sample.villages import Village


def slope(east: F64, north: F64) -> F64:
    """A hillside with a swell, about 4 % steep."""
    return np.asarray(160.0 + 0.03 * (east - 489_000.0) + 0.8 * np.sin(north / 60.0))


def village(*, number: int = 7, radius_m: float = 150.0, households: int = 90, people: int = 240) -> Village:
    return Village(
        number=number, name_zh="青穗庄", name_en="Qingsuizhuang", east=489_000.0, north=4_486_000.0,
        level_m=160.0, radius_m=radius_m, households=households, people=people,
    )  # fmt: skip


def site(**facts: Any) -> VillageSite:
    one = village(**facts)
    return VillageSite(
        number=one.number, name_zh=one.name_zh, name_en=one.name_en, east=one.east, north=one.north,
        level_m=one.level_m, radius_m=one.radius_m, households=one.households, people=one.people,
        outline=tuple(one.outline(seed=2026)),
    )  # fmt: skip


@pytest.fixture(scope="module")
def model() -> VillageModel:
    return village_model(site(), heights=slope, detail="normal", seed=2026)


def test_the_same_village_comes_out_of_every_run(model: VillageModel) -> None:
    again = village_model(site(), heights=slope, detail="normal", seed=2026)
    for name in ("position", "tcoord", "triangles", "feature", "picture"):
        np.testing.assert_array_equal(getattr(again, name), getattr(model, name))
    assert again.buildings == model.buildings


def test_another_seed_or_number_gives_another_village(model: VillageModel) -> None:
    for other in (
        village_model(site(), heights=slope, detail="normal", seed=2027),
        village_model(site(number=8), heights=slope, detail="normal", seed=2026),
    ):
        assert other.buildings != model.buildings


def test_arrays_have_the_promised_types(model: VillageModel) -> None:
    count = len(model.position)
    assert (model.position.shape, model.position.dtype) == ((count, 3), np.float64)
    assert (model.tcoord.shape, model.tcoord.dtype) == ((count, 2), np.float32)
    assert (model.feature.shape, model.feature.dtype) == ((count,), np.int32)
    assert (model.triangles.shape[1], model.triangles.dtype) == (3, np.int32)
    assert (model.picture.shape, model.picture.dtype) == ((2048, 2048, 3), np.uint8)
    assert model.triangles.min() == 0
    assert model.triangles.max() == count - 1
    assert model.tcoord.min() >= 0.0
    assert model.tcoord.max() <= 1.0
    assert np.isfinite(model.position).all()


def areas(model: VillageModel) -> F64:
    corner = model.position[model.triangles] - np.array([489_000.0, 4_486_000.0, 160.0])
    return np.asarray(
        np.linalg.norm(np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=1) / 2
    )


def test_no_triangle_is_degenerate(model: VillageModel) -> None:
    assert areas(model).min() > 1e-5


def test_a_village_has_about_as_many_triangles_as_a_few_tiles_hold(model: VillageModel) -> None:
    assert 15_000 < len(model.triangles) < 32_000
    houses = [one for one in model.buildings if one.kind == "house"]
    assert 60 < len(houses) <= 90
    assert {one.kind for one in model.buildings} == {"house", "wing", "shed", "public"}
    assert 0.005 < np.mean([one.storeys == 2 for one in houses]) < 0.25
    assert all(2.0 < one.height_m < 9.0 for one in model.buildings)


def test_buildings_are_numbered_without_gaps_and_every_face_belongs_to_one_or_to_none(
    model: VillageModel,
) -> None:
    assert [one.number for one in model.buildings] == list(range(1, len(model.buildings) + 1))
    assert set(np.unique(model.feature)) == set(range(len(model.buildings) + 1))
    owner = model.feature[model.triangles]
    assert (owner == owner[:, :1]).all()


def test_households_and_people_of_the_houses_add_up_to_the_village(model: VillageModel) -> None:
    assert sum(one.households for one in model.buildings) == 90
    assert sum(one.people for one in model.buildings) == 240
    for one in model.buildings:
        assert (one.households > 0) == (one.kind == "house")
        assert one.people >= one.households


def test_buildings_stand_in_the_outline_and_apart(model: VillageModel) -> None:
    footprints = [shapely.Polygon(one.ring) for one in model.buildings]
    outline = shapely.Polygon(model.site.outline)
    assert all(outline.contains(one) for one in footprints)
    tree = shapely.STRtree(footprints)
    left, right = tree.query(footprints, predicate="intersects")
    assert (left == right).all()


def test_buildings_have_their_outside_outside(model: VillageModel) -> None:
    """The flux of (x, 0, 0) or (0, y, 0) through a surface is the volume in it; a missing floor counts 0."""
    corner = model.position[model.triangles]
    owner = model.feature[model.triangles[:, 0]]
    normal = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]) / 2
    for one in model.buildings:
        mine = owner == one.number
        ring = np.asarray(one.ring)
        middle = ring[:-1].mean(axis=0)
        box = shapely.Polygon(one.ring).area * one.height_m
        for axis in (0, 1):
            flux = float(((corner[mine, :, axis].mean(axis=1) - middle[axis]) * normal[mine, axis]).sum())
            assert flux > 0.5 * box


def test_roofs_and_ground_look_up(model: VillageModel) -> None:
    corner = model.position[model.triangles]
    normal = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    bare = model.feature[model.triangles[:, 0]] == 0
    level = np.abs(corner[:, :, 2] - slope(corner[:, :, 0], corner[:, :, 1])).max(axis=1) < 0.5
    assert (normal[bare & level, 2] > 0).all()
    built = model.feature[model.triangles[:, 0]] > 0
    flat = np.abs(normal[:, 2]) > 0.5 * np.linalg.norm(normal, axis=1)
    assert (normal[built & flat, 2] > 0).all()


def test_the_ground_follows_the_terrain_a_little_above_it(model: VillageModel) -> None:
    ground = model.position[: 37 * 37]
    above = ground[:, 2] - slope(ground[:, 0], ground[:, 1])
    assert np.abs(above).max() < 0.5
    inner = np.hypot(ground[:, 0] - model.site.east, ground[:, 1] - model.site.north) < 90.0
    np.testing.assert_allclose(above[inner], 0.25, atol=1e-6)


def test_every_place_of_the_village_is_covered_by_its_ground(model: VillageModel) -> None:
    ground = model.triangles[: 2 * 36 * 36]
    flat = shapely.union_all([shapely.Polygon(p) for p in model.position[ground][:, :, :2]])
    assert flat.contains(shapely.Polygon(model.site.outline).buffer(30.0))


def test_floors_stand_on_the_ground_and_walls_reach_below_it(model: VillageModel) -> None:
    for one in model.buildings:
        ring = np.asarray(one.ring)
        terrain = slope(ring[:, 0], ring[:, 1])
        assert abs(one.ground_m - terrain.mean()) < 1.2
        mine = model.position[model.feature == one.number]
        assert mine[:, 2].min() < terrain.min() - 0.5


def test_the_picture_is_lit_from_the_north_west(model: VillageModel) -> None:
    """The band of ground south-east of the houses is darker than the band north-west of them."""
    ground = model.position[: 37 * 37]
    pixel = model.tcoord[: 37 * 37].astype(np.float64) * 2048
    scale, shift = np.polyfit(ground[:, 0], pixel[:, 0], 1)
    drop, top = np.polyfit(ground[:, 1] - 4_486_000.0, pixel[:, 1], 1)
    assert scale == pytest.approx(-drop, rel=1e-6)
    bright = []
    for away in (2.2, -2.2):
        at = [np.mean(one.ring[:4], axis=0) for one in model.buildings if one.kind == "public"]
        half = [shapely.Polygon(one.ring).bounds for one in model.buildings if one.kind == "public"]
        x = np.array([(b[2] if away > 0 else b[0]) + away for b in half])
        y = np.array([p[1] - away for p in at])
        col, row = (scale * x + shift).astype(int), (drop * (y - 4_486_000.0) + top).astype(int)
        bright.append(model.picture[row, col].mean())
    assert bright[0] < bright[1]


def test_high_detail_has_several_times_the_triangles_of_the_same_buildings(model: VillageModel) -> None:
    high = village_model(site(), heights=slope, detail="high", seed=2026)
    assert len(high.triangles) > 8 * len(model.triangles)
    assert high.picture.shape == (4096, 4096, 3)
    assert areas(high).min() > 1e-6
    assert sum(one.people for one in high.buildings) == 240
    for one, other in zip(high.buildings, model.buildings, strict=True):
        assert replace(one, ground_m=0.0, households=0, people=0) == replace(
            other, ground_m=0.0, households=0, people=0
        )


@settings(max_examples=5)
@given(
    number=st.integers(1, 43),
    radius_m=st.floats(110.0, 220.0),
    households=st.integers(1, 330),
    extra=st.integers(0, 900),
)
def test_any_village_is_whole(number: int, radius_m: float, households: int, extra: int) -> None:
    one = site(number=number, radius_m=radius_m, households=households, people=households + extra)
    made = village_model(one, heights=slope, detail="normal", seed=1)
    assert np.isfinite(made.position).all()
    assert areas(made).min() > 1e-6
    assert made.tcoord.min() >= 0.0
    assert made.tcoord.max() <= 1.0
    assert sum(b.households for b in made.buildings) == households
    assert sum(b.people for b in made.buildings) == households + extra
    outline = shapely.Polygon(one.outline)
    assert all(outline.contains(shapely.Polygon(b.ring)) for b in made.buildings)


@given(total=st.integers(0, 5000), weight=st.lists(st.floats(0.01, 50.0), min_size=1, max_size=60))
def test_shares_are_whole_and_within_one_of_the_exact_ones(total: int, weight: list[float]) -> None:
    weights = np.array(weight)
    shares = share_out(total, weights, rng=np.random.default_rng(1))
    assert shares.sum() == total
    assert (np.abs(shares - total * weights / weights.sum()) < 1.0 + 1e-6).all()


def test_more_houses_than_households_leaves_some_empty() -> None:
    homes, lives = settle(np.ones(5, np.int32), households=3, people=9, rng=np.random.default_rng(1))
    assert homes.tolist() == [1, 1, 1, 0, 0]
    assert lives.sum() == 9
    assert lives[3:].tolist() == [0, 0]


def test_sites_come_out_of_the_geojson_that_the_sample_writes(tmp_path: Path) -> None:
    points, footprints = village_features([village()], seed=2026)
    for name, some in (("points", points), ("footprints", footprints)):
        vectors.write(tmp_path / f"{name}.geojson", some)
    read = [
        json.loads((tmp_path / f"{name}.geojson").read_text())["features"]
        for name in ("points", "footprints")
    ]
    (one,) = from_features(*read)
    assert (one.number, one.name_zh, one.households, one.people) == (7, "青穗庄", 90, 240)
    assert one.east == pytest.approx(489_000.0, abs=0.02)
    assert one.north == pytest.approx(4_486_000.0, abs=0.02)
    np.testing.assert_allclose(one.outline, village().outline(seed=2026), atol=0.02)


def test_a_point_without_footprint_is_refused() -> None:
    with pytest.raises(VillageSiteError, match="village 7 has no footprint"):
        from_features([{"properties": {"number": 7}, "geometry": {"coordinates": [117.0, 40.5]}}], [])


def test_a_footprint_that_misses_its_centre_is_refused() -> None:
    away = tuple((x + 900.0, y) for x, y in site().outline)
    with pytest.raises(VillageSiteError, match="does not lie round its centre"):
        village_model(replace(site(), outline=away), heights=slope, detail="normal", seed=1)


def test_ground_without_heights_is_refused() -> None:
    with pytest.raises(VillageSiteError, match="has no heights"):
        village_model(site(), heights=lambda x, y: np.full_like(x, np.nan), detail="normal", seed=1)


def test_buildings_become_polygons_marked_with_their_village(model: VillageModel, tmp_path: Path) -> None:
    features = building_features([model])
    vectors.write(tmp_path / "buildings.geojson", features)
    read = json.loads((tmp_path / "buildings.geojson").read_text())["features"]
    assert len(read) == len(model.buildings)
    assert sum(one["properties"]["people"] for one in read) == 240
    first = read[0]
    assert first["properties"]["village"] == 7
    assert first["properties"]["village_en"] == "Qingsuizhuang"
    assert first["properties"]["synthetic"] is True
    lon, lat = np.array(first["geometry"]["coordinates"][0]).T
    x, y = transform(lon, lat, source="EPSG:4326", target=CRS)
    np.testing.assert_allclose(np.column_stack([x, y]), model.buildings[0].ring, atol=0.02)
