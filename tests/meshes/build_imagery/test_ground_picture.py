"""The surface picture: what is painted where, on ground small enough to reason about."""

from __future__ import annotations

import time

import numba
import numpy as np
import pytest
from scipy import ndimage

from meshes.build.imagery.ground_picture import paint
from meshes.build.imagery.palette import PAINTS
from meshes.errors import NoGroundError
from twin.arrays import F32, F64, U8
from twin.catalog.landcover_classes import COVER

CELL_M = 30.0


def hills(rows: int = 90, cols: int = 120, *, cell_m: float = CELL_M) -> F32:
    noise = np.random.default_rng(4).normal(size=(rows, cols))
    smooth = ndimage.gaussian_filter(noise, 300.0 / cell_m) * (300.0 / cell_m)
    return (250 + 400 * smooth).astype(np.float32)


def everywhere(name: str, shape: tuple[int, int] = (60, 80)) -> U8:
    return np.full(shape, COVER[name], np.uint8)


def flat(shape: tuple[int, int] = (60, 80)) -> F32:
    return np.full(shape, 120.0, np.float32)


def tone(picture: U8) -> F64:
    return np.asarray(picture.reshape(-1, 3).mean(axis=0))


def test_picture_has_the_ground_s_extent_and_a_whole_number_of_pixels_to_a_cell() -> None:
    picture = paint(hills(), cell_m=CELL_M)
    assert picture.dtype == np.uint8
    assert picture.shape == (180, 240, 3)
    assert paint(hills(), cell_m=CELL_M, width_limit=150).shape == (90, 120, 3)
    assert paint(hills(), cell_m=90.0).shape[1] in (480, 720, 960)


def test_a_raster_wider_than_the_limit_is_thinned() -> None:
    picture = paint(hills(), cell_m=CELL_M, width_limit=60)
    assert picture.shape == (45, 60, 3)


@pytest.mark.parametrize("name", sorted(set(COVER) - {"settlement", "field"}))
def test_level_ground_shows_its_own_colours(name: str) -> None:
    picture = paint(flat(), cell_m=CELL_M, landcover=everywhere(name))
    shades = np.array(PAINTS[name].shades, dtype=float)
    assert (tone(picture) > shades.min(axis=0) - 8).all()
    assert (tone(picture) < shades.max(axis=0) + 8).all()


def test_woods_are_darker_than_fields_and_fields_than_sand() -> None:
    wood, field, sand = (
        tone(paint(flat(), cell_m=CELL_M, landcover=everywhere(name))).mean()
        for name in ("broadleaf", "field", "sand")
    )
    assert wood + 20 < field < sand - 20


def test_fields_are_parcels_with_edges() -> None:
    picture = paint(flat((100, 100)), cell_m=CELL_M, landcover=everywhere("field", (100, 100))).astype(int)
    step = np.abs(np.diff(picture, axis=1)).max(axis=2)
    assert (step < 6).mean() > 0.4  # within a parcel the colour is even
    assert (step > 12).mean() > 0.05  # from one to the next it is not


def test_slopes_to_the_north_west_are_lit_and_those_to_the_south_east_in_shade() -> None:
    row, col = np.mgrid[0:80, 0:80]
    roof = (600 - 9.0 * np.abs(row + col - 79)).astype(np.float32)
    picture = paint(roof, cell_m=CELL_M, landcover=everywhere("grass", (80, 80))).astype(float).mean(axis=2)
    row, col = np.mgrid[0:160, 0:160]
    towards = row + col - 159
    lit, shade = picture[(towards < -30) & (towards > -110)], picture[(towards > 30) & (towards < 110)]
    assert lit.mean() > 1.25 * shade.mean()
    assert shade.mean() > 45  # shadows stay readable
    assert np.percentile(lit, 99) < 245  # and no slope burns out


def test_gorges_are_darker_than_crests() -> None:
    _, col = np.mgrid[0:80, 0:160]
    waves = (300 + 60 * np.cos(2 * np.pi * col / 40)).astype(np.float32)
    picture = paint(waves, cell_m=CELL_M, landcover=everywhere("shrub", waves.shape)).mean(axis=(0, 2))
    crest = picture[::80].mean() / 2 + picture[78::80].mean() / 2
    floor = picture[38:280:80].mean() / 2 + picture[40:280:80].mean() / 2
    assert crest > floor + 5


def test_a_river_runs_in_one_piece_over_whatever_lies_beside_it() -> None:
    cover = everywhere("field", (80, 80))
    steps = np.arange(80)
    cover[steps, steps] = cover[steps[:-1], steps[1:]] = COVER["river"]
    picture = paint(flat((80, 80)), cell_m=CELL_M, landcover=cover).astype(int)
    blue = picture[..., 2] - picture[..., 0] > 8
    parts, count = ndimage.label(blue, structure=np.ones((3, 3)))
    sizes = np.bincount(parts.ravel())[1:]
    assert count >= 1
    assert sizes.max() > 150
    assert parts[5, 5] == parts[150, 150] != 0


@pytest.mark.parametrize("cell_m", [30.0, 250.0])
def test_without_land_cover_nothing_but_relief_is_painted(cell_m: float) -> None:
    level = paint(flat(), cell_m=cell_m).astype(int)
    assert (level == level[0, 0]).all(), "one even tone: neither fields nor woods"
    slopes = paint(hills(cell_m=cell_m), cell_m=cell_m).astype(float)
    hue = slopes / slopes.mean(axis=2, keepdims=True)
    assert hue.std(axis=(0, 1)).max() < 0.03, "light and shade of one colour"
    assert slopes.mean(axis=2).std() > 3


def test_guessed_steep_ground_is_wooded_and_low_plains_are_fields() -> None:
    _, col = np.mgrid[0:100, 0:200]
    ground = (60 + np.maximum(0, col - 100) * 15.0).astype(np.float32)
    picture = paint(ground, cell_m=CELL_M, guess=True)
    plain, slope = tone(picture[:, 40:160]), tone(picture[:, 230:360])
    assert plain.mean() > slope.mean() + 15


def test_a_lake_s_level_surface_is_painted_as_bed() -> None:
    ground = hills()
    ground[20:70, 20:90] = 143.0
    picture = paint(ground, cell_m=CELL_M, guess=True)
    lake = tone(picture[60:120, 60:150])
    assert lake[0] > lake[2] + 10  # silt, not green
    assert lake[0] >= lake[1]


def test_holes_are_painted_as_if_the_ground_went_on() -> None:
    ground = hills()
    ground[30:50, 40:60] = np.nan
    picture = paint(ground, cell_m=CELL_M)
    assert picture[70:90, 90:110].std() > 0
    assert picture.min() > 0


@pytest.mark.parametrize("guess", [False, True])
def test_unknown_classes_are_as_without_land_cover(guess: bool) -> None:
    partly = everywhere("sand", (90, 120))
    partly[:, 60:] = 0
    picture = paint(hills(), cell_m=CELL_M, landcover=partly, guess=guess)
    guessed = paint(hills(), cell_m=CELL_M, guess=guess)
    assert np.abs(tone(picture[:, 140:]) - tone(guessed[:, 140:])).max() < 4


@pytest.mark.parametrize("ground", [np.full((5, 5), np.nan, np.float32), np.ones((1, 9), np.float32)])
def test_ground_without_heights_is_refused_in_one_line(ground: F32) -> None:
    with pytest.raises(NoGroundError) as told:
        paint(ground, cell_m=CELL_M)
    assert "\n" not in str(told.value)


def test_the_picture_is_equal_on_every_run_and_number_of_threads() -> None:
    first = paint(hills(), cell_m=CELL_M)
    threads = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        second = paint(hills(), cell_m=CELL_M)
    finally:
        numba.set_num_threads(threads)
    np.testing.assert_array_equal(first, second)


def test_a_large_picture_takes_seconds() -> None:
    ground = hills(800, 1000)
    paint(hills(), cell_m=CELL_M)  # compiles
    before = time.process_time()
    picture = paint(ground, cell_m=CELL_M)
    spent = time.process_time() - before
    assert picture.shape == (1600, 2000, 3)
    assert spent < 8.0
