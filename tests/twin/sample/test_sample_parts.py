"""The parts the sample is made of, each on small ground."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.morphology import reconstruction

from twin.areas import CellAreas, cell_areas
from twin.arrays import F32, Bools
from twin.catalog.landcover_classes import COVER
from twin.grid import Grid
from twin.noise import fractal
from twin.sample import names
from twin.sample.bed import area_curve, fill, meet_hypsometry
from twin.sample.dams import DamSiteError, check_closed, close_basin
from twin.sample.drainage import BUCKET_M, accumulate, drain
from twin.sample.erosion import erode
from twin.sample.facts import BED_M, CREST_M, PUBLISHED
from twin.sample.hollow import DEPTH_M, NEAR, SILL_M, NoHollowError, cut
from twin.sample.landcover import SampleCover
from twin.sample.rivers import draw
from twin.sample.roads import find_roads, on_roads


def grid_of(rows: int, cols: int, *, cell_m: float = 30.0) -> Grid:
    return Grid(crs="EPSG:4548", rows=rows, cols=cols, west=0.0, north=rows * cell_m, dx=cell_m, dy=cell_m)


def test_area_curve_rises_and_stores_what_is_published() -> None:
    level, area = area_curve()
    assert level[0] == BED_M
    assert area[0] == 0.0
    assert (np.diff(area) > 0).all()
    storage = np.concatenate([[0.0], np.cumsum((area[1:] + area[:-1]) / 2 * np.diff(level))])
    for level_m, area_m2, storage_m3 in PUBLISHED:
        assert np.interp(level_m, level, area) == pytest.approx(area_m2, rel=1e-6)
        assert np.interp(level_m, level, storage) == pytest.approx(storage_m3, rel=5e-4)


def flood_oracle(ground: F32, seed: tuple[int, int], *, diagonal: bool) -> F32:
    marker = np.full(ground.shape, ground.max(), ground.dtype)
    marker[seed] = ground[seed]
    cross = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]])
    result: F32 = reconstruction(
        marker, ground, method="erosion", footprint=np.ones((3, 3)) if diagonal else cross
    )
    return result


@given(seed=st.integers(0, 10_000), diagonal=st.booleans())
def test_flood_takes_cells_at_the_level_of_the_reconstruction(seed: int, diagonal: bool) -> None:
    ground = np.random.default_rng(seed).uniform(0, 40, (17, 23)).astype(np.float32)
    start = np.zeros(ground.shape, np.bool_)
    start[8, 11] = True
    order, receiver, spill = drain(ground, start, np.zeros_like(start), diagonal)
    assert np.sort(order).tolist() == list(range(ground.size))
    assert (
        np.abs(spill.reshape(ground.shape) - flood_oracle(ground, (8, 11), diagonal=diagonal)).max()
        <= BUCKET_M
    )
    place = np.empty(ground.size, np.int64)
    place[order] = np.arange(ground.size)
    downstream = receiver[order[1:]]
    assert (downstream >= 0).all()
    assert (place[downstream] < np.arange(1, ground.size)).all()  # every receiver is taken before


def test_catchments_add_up_to_the_whole_ground() -> None:
    ground = np.random.default_rng(1).uniform(0, 9, (30, 40)).astype(np.float32)
    outlet = np.zeros(ground.shape, np.bool_)
    outlet[-1, 5] = outlet[0, 30] = True
    order, receiver, _ = drain(ground, outlet, np.zeros_like(outlet), True)
    area = np.ones(ground.shape)
    accumulate(order, receiver, area)
    assert area[outlet].sum() == ground.size


def test_closed_cells_are_never_taken() -> None:
    ground = np.zeros((9, 9), np.float32)
    wall = np.zeros(ground.shape, np.bool_)
    wall[:, 4] = True
    start = np.zeros_like(wall)
    start[4, 0] = True
    order, _, spill = drain(ground, start, wall, False)
    assert order.size == 9 * 4
    assert np.isnan(spill.reshape(9, 9)[:, 4:]).all()


def test_eroded_ground_has_no_pits_and_rivers_that_flatten_downstream() -> None:
    rng = np.random.default_rng(3)
    ground = rng.uniform(0, 5, (80, 80)).astype(np.float32)
    outlet = np.zeros(ground.shape, np.bool_)
    outlet[-1] = True
    drained = erode(
        ground,
        outlet=outlet,
        inflow_m2=np.zeros(ground.shape),
        steepness=np.full(ground.shape, 30.0, np.float32),
        cell_m=100.0,
        repose=0.6,
        rounds=12,
    )
    z, to = ground.ravel(), drained.receiver
    flowing = np.flatnonzero(to >= 0)
    drop = z[flowing] - z[to[flowing]]
    assert (drop > 0).all()
    area = drained.area_m2.ravel()[flowing]
    assert np.median(drop[area > 5e5]) < 0.5 * np.median(drop[area < 5e4])


def test_bed_and_shores_meet_the_curve_on_any_ground() -> None:
    """A slope far too large and steep for the curve, with pits; the flood in it still follows the curve.

    Cells grow by a tenth from north to south, and count by their own areas.
    """
    rng = np.random.default_rng(5)
    rows, cols = np.mgrid[0:200, 0:220]
    ground = (100 + 0.4 * np.hypot(rows - 100, cols - 110) + rng.uniform(0, 4, rows.shape)).astype(np.float32)
    areas = CellAreas(down=np.linspace(1.0, 1.1, 200)[:, None] * 160.0**2, across=np.ones((220, 1)))
    keep = np.zeros(ground.shape, np.bool_)
    lake = fill(ground, seed=(100, 110), closed=keep, areas=areas)
    shaped = meet_hypsometry(ground, lake=lake, keep=keep, areas=areas)
    connection = flood_oracle(shaped, (100, 110), diagonal=False)
    for level_m, area_m2, storage_m3 in PUBLISHED:
        wet = connection <= level_m
        assert areas.sum_m2(wet) == pytest.approx(area_m2, rel=0.01)
        held = (level_m - shaped[wet]) @ areas.at(*np.nonzero(wet))
        assert held == pytest.approx(storage_m3, rel=0.005)


def test_a_hollow_is_captured_at_its_sill_and_the_curve_keeps_its_points() -> None:
    """On a cone: dry up to the sill, then full at once; bed and areas elsewhere as without it."""
    grid = replace(grid_of(560, 560), west=NEAR[0] - 8400.0, north=NEAR[1] + 8400.0)
    rows, cols = np.mgrid[0:560, 0:560]
    ground = (100 + 0.3 * np.hypot(rows - 280, cols - 280) + 3 * np.sin(cols / 9.0)).astype(np.float32)
    open_, seed = np.zeros(ground.shape, np.bool_), (280, 280)
    lake = fill(ground, seed=seed, closed=open_, areas=cell_areas(grid))
    pit = cut(ground, grid, lake=lake, closed=open_, seed=1)
    lake = fill(ground, seed=seed, closed=open_, areas=cell_areas(grid))
    shaped = meet_hypsometry(ground, lake=lake, keep=open_, areas=cell_areas(grid))
    pit.sink(shaped)
    connection = flood_oracle(shaped, seed, diagonal=False)
    sills_m = np.unique(connection[pit.cells])
    assert len(sills_m) == 1 and sills_m[0] == pytest.approx(SILL_M, abs=0.1)
    assert shaped[pit.cells].max() < sills_m[0]
    assert shaped[pit.cells].min() == pytest.approx(SILL_M - DEPTH_M, abs=0.01)
    for level_m, area_m2, _ in PUBLISHED:
        assert cell_areas(grid).sum_m2(connection <= level_m) == pytest.approx(area_m2, rel=0.001)


def test_relief_without_room_has_no_hollow() -> None:
    grid = replace(grid_of(560, 560), west=NEAR[0] + 90_000.0)
    rows, cols = np.mgrid[0:560, 0:560]
    ground = (100 + 0.3 * np.hypot(rows - 280, cols - 280)).astype(np.float32)
    open_ = np.zeros(ground.shape, np.bool_)
    lake = fill(ground, seed=(280, 280), closed=open_, areas=cell_areas(grid))
    with pytest.raises(NoHollowError):
        cut(ground, grid, lake=lake, closed=open_, seed=1)


def bowl_with_gap() -> tuple[F32, Bools]:
    """A valley that is open to a plain in the south, 400 m wide at the gap."""
    rows, cols = np.mgrid[0:160, 0:120]
    side = np.abs(cols - 60) * 3.0
    ground = (100 + np.where(rows < 110, side, np.where(rows < 125, side * 1.5, 0))).astype(np.float32)
    ground[:4] = ground[:, :2] = ground[:, -2:] = 300.0
    return ground, rows >= 125


def test_a_dam_closes_the_gap_and_the_check_agrees() -> None:
    ground, outside = bowl_with_gap()
    rim_km = (np.abs(np.mgrid[0:160, 0:120][0] - 117) * 0.03).astype(np.float32)
    closed, bodies = np.zeros(ground.shape, np.bool_), np.zeros(ground.shape, np.bool_)
    grid = grid_of(*ground.shape)
    with pytest.raises(DamSiteError, match="leaks near"):
        check_closed(ground, grid, seed=(60, 60), outside=outside)
    (dam,) = close_basin(ground, closed, bodies, grid, seed=(60, 60), outside=outside, rim_km=rim_km)
    check_closed(ground, grid, seed=(60, 60), outside=outside)
    assert dam.crest_m == CREST_M
    assert dam.height_m == pytest.approx(CREST_M - 100.0, abs=3.0)
    assert 700 < dam.length_m < 1600
    assert (ground[closed] == np.float32(CREST_M)).mean() > 0.5
    assert bodies.sum() > closed.sum()


def test_noise_is_a_function_of_place_alone() -> None:
    whole = fractal(grid_of(60, 80), wave_m=700.0, octaves=4, seed=9)
    part_grid = Grid(crs="EPSG:4548", rows=20, cols=30, west=300.0, north=1500.0, dx=30.0, dy=30.0)
    part = fractal(part_grid, wave_m=700.0, octaves=4, seed=9)
    np.testing.assert_array_equal(part, whole[10:30, 10:40])
    assert np.abs(whole).max() < 1.2
    assert not np.array_equal(whole, fractal(grid_of(60, 80), wave_m=700.0, octaves=4, seed=10))


def test_courses_run_downhill_and_keep_their_gorges() -> None:
    courses = draw(seed=2026)
    for river in (0, 1):
        points = courses.of(river)
        assert (np.diff(points[:, 2]) <= 1e-9).all()
        assert np.hypot(*np.diff(points[:, :2], axis=0).T).max() < 60.0
    elsewhere = draw(seed=7)
    gorge = np.abs(courses.of(1)[:, 1] - 4_479_200) < 300
    assert np.abs(courses.of(1)[gorge] - elsewhere.of(1)[gorge]).max() < 400.0


def test_roads_hold_all_places_together_and_shun_water() -> None:
    grid = grid_of(200, 200)
    height = np.zeros(grid.shape, np.float32)
    water = np.zeros(grid.shape, np.bool_)
    water[:160, 96:108] = True
    places = [(600.0, 5400.0), (5400.0, 5400.0), (700.0, 500.0), (5300.0, 600.0)]
    roads = find_roads(height, grid, barred=water, places=places, seed=1)
    mask = on_roads(roads, grid)
    assert not (mask & water).any()
    from scipy import ndimage

    parts, count = ndimage.label(mask, structure=np.ones((3, 3)))
    assert count == 1
    for east, north in places:
        row, col = int((grid.north - north) / 30), int(east / 30)
        assert parts[row - 4 : row + 5, col - 4 : col + 5].any()


def test_cover_classes_are_those_of_the_catalog() -> None:
    assert {c.name.lower(): int(c) for c in SampleCover} == COVER


ALL_NAMES = (
    *names.VILLAGES, *names.TRIBUTARIES, *names.PEAKS, *names.ISLANDS, names.RESERVOIR, names.DISTRICT,
    names.WEST_RIVER, names.EAST_RIVER,
)  # fmt: skip


def test_names_are_unique_in_both_languages() -> None:
    assert len({zh for zh, _ in ALL_NAMES}) == len(ALL_NAMES)
    assert len({en for _, en in ALL_NAMES}) == len(ALL_NAMES)


ENDINGS = "(社区居民|村民|居民)?(委员会|村委会|居委会|社区|村|镇|地区|街道)+$"


@pytest.mark.real
def test_no_name_is_that_of_a_real_village_or_township(shared: Path) -> None:
    with (shared / "miyun" / "village_names.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    real = {row["village"] for row in rows} | {row["township"] for row in rows}
    bare = {re.sub(ENDINGS, "", name) for name in real}
    for zh, _ in ALL_NAMES:
        assert not any(len(name) > 1 and (name in zh or zh in name) for name in bare), zh
