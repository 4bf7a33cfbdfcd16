"""Area and storage of the terrain against closed forms and against sums over cells, rising and falling."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from twin.areas import CellAreas
from twin.water.centimetres import to_cm
from twin.water.hypsometry import Hypsometry, HypsometryError, hypsometry
from twin.water.ranges import LevelOutOfRange, StorageOutOfRange
from twin.water.surface import WaterState

UNHURRIED = settings(deadline=None)  # the first call compiles


def _around_the_apex(cells: int, cell_m: float = 10.0) -> tuple[np.ndarray, np.ndarray]:
    """Places (m) of cell centres from an apex in the raster's middle, on a corner between cells."""
    away = (np.arange(cells) - (cells - 1) / 2) * cell_m
    return np.meshgrid(away, away)


def test_a_cone_has_the_area_and_the_volume_of_its_closed_form(flooded):
    """Slope 0.05, 40 m deep, cells of 10 m: radius 800 m at the rim."""
    x, y = _around_the_apex(180)
    ground = (np.hypot(x, y) * 0.05).astype(np.float32)
    _, table = flooded(ground, seed=(90, 90), cap_cm=4200)
    assert table.area_at(40.0) == pytest.approx(math.pi * 800**2, rel=2e-4)
    assert table.storage_at(40.0) == pytest.approx(math.pi * 800**2 * 40 / 3, rel=5e-5)
    # At every other level the count of cells inside a circle is noisy, but not biased.
    levels = np.arange(3000, 4000) / 100
    areas = [table.area_at(level) / (math.pi * (level / 0.05) ** 2) - 1 for level in levels]
    volumes = [table.storage_at(level) / (math.pi * (level / 0.05) ** 2 * level / 3) - 1 for level in levels]
    assert abs(np.mean(areas)) < 2e-5
    assert np.abs(volumes).max() < 5e-5


@pytest.mark.parametrize("degrees", [15, 30, 40])
def test_a_square_pyramid_has_the_area_and_the_volume_of_its_closed_form(flooded, degrees):
    """The same depth and slope, 1600 m wide; turned, so that its sides do not run along rows of cells."""
    x, y = _around_the_apex(240)
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    ground = (np.maximum(np.abs(cos * x - sin * y), np.abs(sin * x + cos * y)) * 0.05).astype(np.float32)
    _, table = flooded(ground, seed=(120, 120), cap_cm=4200)
    assert table.area_at(40.0) == pytest.approx(1600**2, rel=2e-4)
    assert table.storage_at(40.0) == pytest.approx(1600**2 * 40 / 3, rel=5e-5)


def test_storage_jumps_exactly_when_a_second_valley_is_captured(flooded):
    """Two V-valleys, a saddle at 5 m between them, the seed in the first."""
    across = np.concatenate([np.arange(10, 0, -1), np.arange(0, 6), np.arange(4, -1, -1), np.arange(1, 11)])
    ground = np.tile(across.astype(np.float32), (3, 1))
    _, table = flooded(ground, seed=(1, 10), cap_cm=1500)
    valley = sum((5 - depth) * 300.0 for depth in (4, 3, 2, 1, 0, 1, 2, 3, 4))
    before, after = table.storage_at(4.99), table.storage_at(5.0)
    assert table.storage_at(4.9999) - before < 50  # up to there it only rises
    assert after - before == pytest.approx(valley + 0.01 * table.area_at(4.99), rel=1e-12)
    # The inverse: every storage within the jump belongs to the one level.
    assert table.level_at(before + 0.5 * (after - before)) == pytest.approx(5.0)
    assert table.level_at(after) == pytest.approx(5.0)
    # Falling, the second valley keeps its water up to the saddle.
    assert table.storage_at(3.0, highest_m=5.0) == pytest.approx(table.storage_at(3.0) + valley)
    assert table.storage_at(3.0, highest_m=4.99) == pytest.approx(table.storage_at(3.0))


small = st.tuples(st.integers(1, 7), st.integers(1, 7)).flatmap(
    lambda shape: arrays(
        np.float32,
        shape,
        elements=st.one_of(st.floats(0, 1.25, width=32), st.sampled_from([0.5, 0.8, math.nan])),
    )
)


@UNHURRIED
@given(small, st.data())
def test_the_table_equals_sums_over_cells_at_any_state(flooded, ground, data):
    seed = tuple(data.draw(st.integers(0, n - 1)) for n in ground.shape)
    ground[seed] = np.fmin(ground[seed], 0.6)
    now, highest = sorted(data.draw(st.lists(st.integers(0, 12490), min_size=2, max_size=2)))
    surface, table = flooded(ground, seed=seed, cap_cm=130)
    state = WaterState(level_m=now / 1e4, highest_m=highest / 1e4)
    assert table.area_at(state.level_m, highest_m=state.highest_m) == pytest.approx(surface.area_m2(state))
    assert table.storage_at(state.level_m, highest_m=state.highest_m) == pytest.approx(
        float(surface.depth_m(state).sum(dtype=np.float64)) * 100.0, rel=1e-5, abs=1e-3
    )


@UNHURRIED
@given(small, st.data())
def test_the_level_of_a_storage_is_the_lowest_that_holds_it(flooded, ground, data):
    seed = tuple(data.draw(st.integers(0, n - 1)) for n in ground.shape)
    ground[seed] = 0
    _, table = flooded(ground, seed=seed, cap_cm=130)
    storage = data.draw(st.floats(0, 1)) * float(table.storage_m3[-1])
    level = table.level_at(storage)
    assert table.storage_at(min(level + 1e-4, table.highest_m)) >= storage * (1 - 1e-9) - 1e-6
    if level > table.lowest_m:
        assert table.storage_at(level - 1e-4) <= storage * (1 + 1e-9) + 1e-6


def test_rows_of_different_cell_area_count_by_their_own(flooded):
    ground = np.zeros((2, 2), np.float32)
    areas = CellAreas(down=np.array([[2.0], [3.0]]), across=np.ones((2, 1)))
    table = hypsometry(ground, to_cm(ground), cap_cm=200, areas=areas, bed="surveyed")
    assert table.area_at(1.0) == 10.0
    assert table.storage_at(1.5) == pytest.approx(15.0)


def test_a_terrain_flown_over_a_lake_states_no_storage_and_nothing_below_the_lake(flooded):
    ground = np.full((5, 5), 143.0, np.float32)
    ground[:, 4] = 144.0
    _, table = flooded(ground, seed=(2, 2), cap_cm=16000, bed="none")
    assert table.flown_m == 143.0
    assert table.bed_m is None
    assert table.storage_at(144.0) is None
    assert table.storage_above_surface_at(145.0) == pytest.approx(20 * 100 * 2.0 + 5 * 100 * 1.0)
    assert table.area_at(142.99) is None
    assert table.storage_above_surface_at(142.99) is None
    assert table.uncertain_area_at(142.99, vertical_error_m=1.0) is None
    assert table.area_at(143.0) == 2000.0
    # The lake itself was water: only its shore can be uncertain.
    assert table.uncertain_area_at(143.5, vertical_error_m=1.0) == 500.0


def test_the_uncertain_area_counts_cells_closer_to_the_level_than_the_error(flooded):
    ground = np.arange(10, dtype=np.float32).reshape(1, 10)
    surface, table = flooded(ground, seed=(0, 0), cap_cm=1200, vertical_error_m=1.0)
    for level, cells in ((5.0, 1), (5.5, 2), (5.01, 2), (0.0, 1), (9.0, 1)):
        assert table.uncertain_area_at(level, vertical_error_m=1.0) == cells * 100.0
        kinds = surface.shore(WaterState.rising(level))
        assert np.isin(kinds, (1, 2)).sum() == cells


def test_a_bed_below_the_seed_is_the_bed(flooded):
    ground = np.array([[5, 1, 7]], np.float32)
    _, table = flooded(ground, seed=(0, 0), cap_cm=900)
    assert table.bed_m == 1.0
    assert table.area_at(4.99) == 0.0
    assert table.area_at(5.0) == 200.0
    assert table.storage_at(5.0) == pytest.approx(400.0)
    assert table.area_at(0.5) == 0.0


@pytest.mark.parametrize("level", [12.0, math.nan, math.inf, -math.inf])
def test_a_level_that_the_table_cannot_answer_is_refused(flooded, level):
    _, table = flooded(np.zeros((2, 2), np.float32), seed=(0, 0), cap_cm=1200)
    for ask in (table.area_at, table.storage_at):
        with pytest.raises(LevelOutOfRange, match=r"outside 0\.00 to 11\.99 m"):
            ask(level)
    with pytest.raises(LevelOutOfRange):
        table.uncertain_area_at(level, vertical_error_m=1.0)


@pytest.mark.parametrize("storage", [-1.0, 1e9, math.nan])
def test_a_storage_that_the_table_cannot_answer_is_refused(flooded, storage):
    _, table = flooded(np.zeros((2, 2), np.float32), seed=(0, 0), cap_cm=1200)
    with pytest.raises(StorageOutOfRange):
        table.level_at(storage)


def test_a_table_is_the_same_after_a_way_through_its_file(flooded, tmp_path):
    ground = np.random.default_rng(3).uniform(126, 129, (30, 30)).astype(np.float32)
    _, table = flooded(ground, seed=(4, 4), cap_cm=12_950)
    table.write_csv(tmp_path / "hypsometry.csv")
    again = Hypsometry.read_csv(tmp_path / "hypsometry.csv", bed="surveyed")
    assert again.lowest_cm == table.lowest_cm
    for column in ("area_m2", "storage_m3", "pocket_area_m2", "pocket_storage_m3"):
        np.testing.assert_allclose(getattr(again, column), getattr(table, column), atol=1e-3)


@pytest.mark.parametrize("text", ["", "level,area\n1,2\n", None])
def test_a_file_that_is_no_table_is_refused_in_one_line(tmp_path, text):
    path = tmp_path / "hypsometry.csv"
    if text is not None:
        path.write_text(text)
    with pytest.raises(HypsometryError, match=r"hypsometry\.csv: not a table") as caught:
        Hypsometry.read_csv(path, bed="surveyed")
    assert "\n" not in str(caught.value)


def test_a_terrain_that_is_never_reached_is_refused():
    ground = np.full((2, 2), 5.0, np.float32)
    with pytest.raises(HypsometryError, match=r"connected below 4\.00 m"):
        hypsometry(ground, to_cm(ground), cap_cm=400, areas=CellAreas.uniform((2, 2), 1.0), bed="surveyed")
