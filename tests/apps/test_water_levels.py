"""``twin water``: levels between centimetres, and falling water that leaves a pocket full."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.apps.command import one_line, twin
from tests.shared_store import SharedStore
from tests.small import CELL_M, ground_m, write_raster, write_small_basin
from twin.basin import Basin
from twin.moment import what_if
from twin.scene import Camera, Scene

SILL_M, POCKET_M, POCKET_CELLS = 154.0, 140.0, 64
"""A hollow in the cone's eastern slope; the ground towards the lake lies at 154 m."""


@pytest.fixture(scope="module")
def pocket(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small basin with a hollow beside the lake, built."""
    catalog = write_small_basin(tmp_path_factory.mktemp("pocket"))
    ground = ground_m()
    ground[66:74, 135:143] = POCKET_M
    write_raster(catalog.parent / "terrain.tif", ground)
    return shared_store.build(catalog)


def asked(catalog: Path, *options: object) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(twin("water", catalog, *options, "--json").stdout)
    return answer


def test_a_level_between_centimetres_names_the_extent_that_it_has(pocket: Path) -> None:
    whole, between = asked(pocket, "--level", 150), asked(pocket, "--level", 150.004)
    assert (between["level_m"], between["extent_level_m"]) == (150.004, 150.0)
    assert (between["area_m2"], between["uncertain_area_m2"]) == (
        whole["area_m2"],
        whole["uncertain_area_m2"],
    )
    assert between["storage_m3"] > whole["storage_m3"]
    shown = twin("water", pocket, "--level", 150.004).stdout
    assert "150.004 m" in shown
    assert shown.count("extent at 150.00 m") == 2


@pytest.mark.parametrize("level", ["149.999999", "150.00004", "149.99996"])
def test_what_arithmetic_left_of_a_level_is_the_level(pocket: Path, level: str) -> None:
    assert asked(pocket, "--level", level) == asked(pocket, "--level", 150)


@given(st.integers(1_260_000, 1_600_000))
def test_points_belt_area_and_storage_belong_to_the_same_extent(pocket: Path, tenths: int) -> None:
    basin = Basin.open(pocket)
    level_m = tenths / 1e4
    report, below = basin.water.at(level_m=level_m), basin.water.at(level_m=tenths // 100 / 100)
    assert report.extent_level_m == below.level_m
    assert report.coarser == (tenths % 100 != 0)
    assert (report.area_m2, report.uncertain_area_m2) == (below.area_m2, below.uncertain_area_m2)
    assert report.terrain_storage_m3 == pytest.approx(
        (below.terrain_storage_m3 or 0) + (level_m - below.level_m) * (below.area_m2 or 0), abs=1.0
    )


def test_a_link_carries_the_level_that_the_numbers_are_of() -> None:
    camera = Camera(
        target_east_m=0, target_north_m=0, target_m=0, distance_m=10, heading_deg=0, pitch_deg=-40
    )
    scene = Scene(camera=camera, moment=what_if(19.999999))
    assert scene.moment.level_m == Scene.from_link(scene.to_link()).moment.level_m == 20.0


def test_a_storage_is_answered_as_it_was_asked(pocket: Path) -> None:
    answer = asked(pocket, "--storage", 12_345_678)
    assert answer["storage_m3"] == 12_345_678
    assert answer["level_m"] == round(answer["level_m"], 4)
    back = asked(pocket, "--level", answer["level_m"])["storage_m3"]
    assert abs(back - 12_345_678) <= 0.5e-4 * answer["curve_area_m2"]


def test_small_waters_are_told_in_digits_that_count(shared_store: SharedStore, tmp_path: Path) -> None:
    """0.000 ×10⁸ m³ and 0.00 km² are no answers."""
    catalog = write_small_basin(tmp_path)
    (tmp_path / "curve.csv").write_text("level_m,area_m2,storage_m3\n126,1000,0\n160,2000,51000\n", "utf-8")
    shared_store.build(catalog)
    shown = twin("water", catalog, "--level", 143).stdout
    assert "21,250 m³" in shown
    assert "1,500 m²" in shown
    assert "0.000" not in shown


def test_a_pocket_stays_full_when_the_lake_falls(pocket: Path) -> None:
    fallen, risen = asked(pocket, "--level", 150, "--highest", 155), asked(pocket, "--level", 150)
    assert (fallen["highest_m"], risen["highest_m"]) == (155.0, None)
    assert fallen["area_m2"] - risen["area_m2"] == pytest.approx(POCKET_CELLS * CELL_M**2, rel=1e-3)
    water_m3 = POCKET_CELLS * CELL_M**2 * (SILL_M - POCKET_M)
    assert fallen["terrain_storage_m3"] - risen["terrain_storage_m3"] == pytest.approx(water_m3, rel=1e-3)
    assert fallen["storage_m3"] == risen["storage_m3"]  # the curve knows no past
    below = asked(pocket, "--level", 150, "--highest", SILL_M - 0.01)
    assert below["area_m2"] == risen["area_m2"]
    shown = twin("water", pocket, "--level", 150, "--highest", 155.006).stdout
    assert "155.006 m" in shown
    assert "extent at 150.00 m, pockets to 155.00 m" in shown


def test_a_highest_level_goes_with_a_storage_too(pocket: Path) -> None:
    there = asked(pocket, "--level", 150, "--highest", 155)
    back = asked(pocket, "--storage", there["storage_m3"], "--highest", 155)
    assert back["level_m"] == there["level_m"]
    assert back["area_m2"] == there["area_m2"]
    assert back["highest_m"] == 155.0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--level", 150, "--highest", 149.9999), ("149.9999", "150.00", "below the level")),
        (("--level", 150, "--highest", 160.0001), ("160.0001", "126.00 to 160.00")),
        (("--level", 150, "--highest", 12), ("level 12 m", "126.00")),
        (("--level", 150, "--highest", "nan"), ("finite",)),
        (("--level", 150, "--highest", "155m"), ("155m",)),
        (("--leaks", "--highest", 155), ("--highest goes with",)),
        (("--highest", 155), ("--level",)),
    ],
)
def test_a_highest_level_that_cannot_be_is_one_line(
    pocket: Path, options: tuple[object, ...], words: tuple[str, ...]
) -> None:
    one_line(twin("water", pocket, *options), *words, code=2)


def test_a_highest_level_of_the_level_itself_changes_nothing(pocket: Path) -> None:
    same = asked(pocket, "--level", 155, "--highest", 155)
    alone = asked(pocket, "--level", 155)
    assert same | {"highest_m": None, "extent_highest_m": None} == alone
