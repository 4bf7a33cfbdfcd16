"""What is drawn wet is what the connection raster says, pixel by pixel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from layers.errors import UnknownFloodError
from layers.heights import flood_of
from layers.light import WATER
from layers.stage import Stage
from tests.layers.plan import differ, drawn, grown, map_stage, per_pixel
from tests.scenes import show, show_layer
from tests.small import COLS, DAM_ROW, ROWS, ground_m
from twin.arrays import Bools
from twin.basin import Basin
from twin.scene import Marks

OpenStage = Callable[..., Stage]


def link_m(basin: Basin) -> np.ndarray:
    return basin.connection() / 100.0


def wet_pixels(stage: Stage, **water: float) -> Bools:
    """Pixels that the water changes."""
    show_layer(stage, "water", visible=False)
    dry = drawn(stage)
    show_layer(stage, "water", visible=True)
    show(stage, **water)  # type: ignore[arg-type]
    return differ(dry, drawn(stage))


@pytest.mark.parametrize("level_m", [126.0, 140.0, 149.99, 150.0, 157.51, 160.0])
def test_wet_pixels_are_the_wet_cells_and_none_is_behind_the_dam(
    level_m: float, basin: Basin, open_stage: OpenStage
) -> None:
    stage = map_stage(open_stage, basin)
    wet = wet_pixels(stage, level_m=level_m)
    expected = per_pixel(link_m(basin) <= level_m)
    assert (wet != expected).sum() == 0
    assert wet[: 2 * DAM_ROW].any()
    low = per_pixel(ground_m() < level_m)
    below_dam = low[2 * DAM_ROW + 4 :]
    assert below_dam.sum() > 5_000, "the valley below the dam lies under the level"
    assert not wet[2 * DAM_ROW + 4 :].any()


def test_a_level_reaches_the_cells_that_connect_at_exactly_its_centimetre(
    basin: Basin, open_stage: OpenStage
) -> None:
    stage = map_stage(open_stage, basin)
    links = np.unique(basin.connection())
    some = links[(links > 13_000) & (links < 15_900)][:: len(links) // 6]
    for level_cm in some:
        wet = wet_pixels(stage, level_m=level_cm / 100)
        np.testing.assert_array_equal(wet, per_pixel(basin.connection() <= level_cm))


def test_between_two_centimetres_the_lower_one_s_extent_is_drawn(basin: Basin, open_stage: OpenStage) -> None:
    """A tenth of a millimetre below a centimetre is not it, and one above is no more."""
    stage = map_stage(open_stage, basin)
    links = np.unique(basin.connection())
    some = links[(links > 13_000) & (links < 15_900)][:: len(links) // 3]
    for level_cm in some:
        below = wet_pixels(stage, level_m=level_cm / 100 - 0.0001)
        np.testing.assert_array_equal(below, per_pixel(basin.connection() < level_cm))
        above = wet_pixels(stage, level_m=level_cm / 100 + 0.0099)
        np.testing.assert_array_equal(above, per_pixel(basin.connection() <= level_cm))


@pytest.mark.parametrize("more_m", [0.0, 0.0099])
def test_the_uncertain_belt_is_drawn_to_the_cell(more_m: float, basin: Basin, open_stage: OpenStage) -> None:
    """Cells whose connection level is just the error away are certain, above and below."""
    link = basin.connection()
    there = set(np.unique(link).tolist())
    level_cm = next(cm for cm in range(14_000, 15_900) if {cm - 50, cm + 50} <= there)
    stage = map_stage(open_stage, basin)
    show(stage, level_m=level_cm / 100 + more_m)
    plain = drawn(stage)
    show(stage, level_m=level_cm / 100 + more_m, uncertain=True)
    belt = np.abs(link - level_cm) < 50
    np.testing.assert_array_equal(differ(plain, drawn(stage)), per_pixel(belt))


def test_a_change_of_level_changes_only_the_belt_between_the_levels(
    basin: Basin, open_stage: OpenStage
) -> None:
    stage = map_stage(open_stage, basin, bed_m=200.0)  # one flat colour for all water
    show(stage, level_m=148.0)
    before = drawn(stage)
    show(stage, level_m=152.0)
    changed = differ(before, drawn(stage))
    link = link_m(basin)
    belt = (link > 148.0) & (link <= 152.0)
    assert changed[per_pixel(belt)].all()
    assert not changed[~per_pixel(grown(belt))].any(), "the line along the old shore is within one cell"


def test_water_hidden_is_land_alone(basin: Basin, open_stage: OpenStage) -> None:
    stage = map_stage(open_stage, basin)
    show(stage, level_m=150.0)
    show_layer(stage, "water", visible=False)
    hidden = drawn(stage)
    assert flood_of(stage.scene) is None
    show(stage, level_m=157.0, uncertain=True, compared_m=140.0)
    assert not differ(hidden, drawn(stage), by=0).any()


def test_a_falling_lake_leaves_pockets_behind_until_they_are_forgotten(
    basin: Basin, open_stage: OpenStage
) -> None:
    ground, _ = basin.ground()
    link = np.array(basin.connection())
    rows, cols = np.indices((ROWS, COLS))
    hollow = np.hypot(rows - 70, cols - 130) < 4  # beside the deep: ground from 146 to 154 m
    link[hollow] = 15_500  # behind a sill of 155 m
    stage = map_stage(open_stage, basin, connection=link)
    below_sill = hollow & (ground < 155.0 - 0.01)
    assert below_sill.sum() > 40

    def wet(**levels: float) -> Bools:
        return wet_pixels(stage, **levels)

    lake = link <= 15_000
    np.testing.assert_array_equal(wet(level_m=150.0), per_pixel(lake))
    np.testing.assert_array_equal(wet(level_m=150.0, highest_m=154.99), per_pixel(lake))
    np.testing.assert_array_equal(wet(level_m=150.0, highest_m=155.0), per_pixel(lake | below_sill))
    np.testing.assert_array_equal(wet(level_m=150.0, highest_m=150.0), per_pixel(lake))


def test_a_highest_level_below_the_level_means_the_level(basin: Basin, open_stage: OpenStage) -> None:
    stage = map_stage(open_stage, basin)
    show(stage, level_m=150.0)
    alone = drawn(stage)
    show(stage, level_m=150.0, highest_m=140.0)
    assert not differ(alone, drawn(stage), by=0).any()


def colour(fractions: tuple[float, float, float]) -> np.ndarray:
    return np.rint(255 * np.array(fractions)).astype(np.int16)


def test_where_the_bed_is_unknown_the_water_has_its_own_flat_colour(
    basin: Basin, open_stage: OpenStage
) -> None:
    stage = map_stage(open_stage, basin, bed_m=140.0)
    show(stage, level_m=150.0)
    flat = ~differ(drawn(stage), np.broadcast_to(colour(WATER.unsurveyed), (2 * ROWS, 2 * COLS, 3)), by=3)
    ground, _ = basin.ground()
    link = link_m(basin)
    unknown = (ground <= 140.0) & (link <= 150.0)
    off_shore = per_pixel(~grown(link > 150.0))  # a line is drawn along the shore
    np.testing.assert_array_equal(flat & off_shore, per_pixel(unknown) & off_shore)


def test_where_the_whole_bed_is_surveyed_no_pixel_says_no_survey(basin: Basin, open_stage: OpenStage) -> None:
    assert basin.bed_m is None
    stage = map_stage(open_stage, basin)
    show(stage, level_m=157.5)
    picture = drawn(stage)[per_pixel(link_m(basin) <= 157.5)]
    assert np.abs(picture - colour(WATER.unsurveyed)).max(axis=-1).min() > 3
    assert len(np.unique(picture, axis=0)) > 20, "the depth is seen"


def test_deeper_water_is_darker(basin: Basin, open_stage: OpenStage) -> None:
    stage = map_stage(open_stage, basin)
    show(stage, level_m=158.0)
    along = drawn(stage)[2 * 70, 2 * 100 : 2 * 133 : 6].sum(axis=-1)  # from the middle to the east shore
    assert (np.diff(along) >= -6).all()
    assert along[-1] - along[0] > 100


def test_the_uncertain_belt_is_drawn_when_asked_and_only_then(basin: Basin, open_stage: OpenStage) -> None:
    stage = map_stage(open_stage, basin, vertical_error_m=1.5)
    show(stage, level_m=150.005)
    plain = drawn(stage)
    show(stage, level_m=150.005, uncertain=True)
    marked = differ(plain, drawn(stage))
    belt = np.abs(link_m(basin) - 150.005) < 1.5
    assert not marked[~per_pixel(belt)].any()
    assert marked[per_pixel(belt)].mean() > 0.97  # a stripe may meet its own colour


@pytest.mark.parametrize("other_m", [145.0, 155.0])
def test_the_ground_between_two_levels_is_marked_when_they_are_compared(
    other_m: float, basin: Basin, open_stage: OpenStage
) -> None:
    stage = map_stage(open_stage, basin)
    show(stage, level_m=150.0)
    plain = drawn(stage)
    show(stage, level_m=150.0, compared_m=other_m)
    link, (low, high) = link_m(basin), sorted((150.0, other_m))
    np.testing.assert_array_equal(differ(plain, drawn(stage)), per_pixel((link > low) & (link <= high)))


def test_newly_wet_and_dried_ground_have_colours_of_their_own(basin: Basin, open_stage: OpenStage) -> None:
    stage = map_stage(open_stage, basin)
    show(stage, level_m=155.0, compared_m=150.0)
    risen = drawn(stage)
    show(stage, level_m=150.0, compared_m=155.0)
    between = per_pixel((link_m(basin) > 150.0) & (link_m(basin) <= 155.0))
    assert differ(risen, drawn(stage), by=30)[between].all()


@pytest.mark.parametrize("widened", [1.0, 1.25])
def test_a_swipe_shows_each_level_on_its_own_side(
    widened: float, basin: Basin, open_stage: OpenStage
) -> None:
    stage = map_stage(open_stage, basin)
    stage.widened = widened
    pictures = []
    for level_m in (145.0, 155.0):
        show(stage, level_m=level_m)
        pictures.append(drawn(stage))
    show(stage, marks=Marks(compared_m=145.0, swipe=0.3))
    column = round((0.5 + (0.3 - 0.5) / widened) * 2 * COLS)
    split = drawn(stage)
    np.testing.assert_array_equal(split[:, :column], pictures[0][:, :column])
    np.testing.assert_array_equal(split[:, column:], pictures[1][:, column:])


@pytest.mark.parametrize("level_m", [160.51, 210.0])
def test_a_level_beyond_what_is_known_is_refused_and_changes_nothing(
    open_stage: OpenStage, small_basin: Path, level_m: float
) -> None:
    stage = open_stage(Basin.open(small_basin))
    show(stage, level_m=150.0)
    with pytest.raises(UnknownFloodError, match=r"160\.51"):
        show(stage, level_m=level_m)
    assert flood_of(stage.scene) is not None
    assert flood_of(stage.scene).level_m == 150.0
