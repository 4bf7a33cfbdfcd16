"""What lies under a point of the picture, and what exaggeration does not change."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from layers.stage import Stage
from tests.layers.plan import differ, drawn
from tests.layers.seeing import on_screen
from tests.scenes import grab, pan, show, show_layer
from tests.small import BED_M, CELL_M, MIDDLE, NORTH, PLATEAU_M, SLOPE, WEST
from twin.scene import Camera

OpenStage = Callable[..., Stage]
CENTRE = WEST + (MIDDLE[1] + 0.5) * CELL_M, NORTH - (MIDDLE[0] + 0.5) * CELL_M


def height_at(east: float, north: float) -> float:
    """The small basin's ground north of its lake's middle."""
    return min(BED_M + SLOPE * float(np.hypot(east - CENTRE[0], north - CENTRE[1])), PLATEAU_M)


@pytest.mark.parametrize("exaggeration", [1.0, 2.5, 5.0])
def test_a_pick_returns_true_heights_at_any_exaggeration(exaggeration: float, stage: Stage) -> None:
    show(stage, exaggeration=exaggeration)
    for x in (0.3, 0.5, 0.62):
        for y in (0.35, 0.42, 0.5, 0.6):
            point = stage.pick(x, y)
            assert point is not None
            east, north, height = point
            if north < CENTRE[1]:
                continue
            assert height == pytest.approx(max(height_at(east, north), 150.0), abs=0.3)


@pytest.mark.parametrize("exaggeration", [1.0, 4.0])
def test_a_pick_lies_where_the_picture_shows_it(exaggeration: float, stage: Stage) -> None:
    show(stage, exaggeration=exaggeration)
    stage.render()
    for place in ((0.5, 0.5), (0.3, 0.4), (0.7, 0.8)):
        point = stage.pick(*place)
        assert point is not None
        assert on_screen(stage, *point) == pytest.approx(place, abs=0.3 / 320)


def test_on_water_it_is_the_water(stage: Stage) -> None:
    point = stage.pick(0.5, 0.5)
    assert point is not None
    assert point[2] == pytest.approx(150.0, abs=0.01)
    show_layer(stage, "water", visible=False)
    bed = stage.pick(0.5, 0.5)
    assert bed is not None
    assert bed[2] < 130.0, "without water the bed is seen"


def test_in_the_sky_and_off_the_terrain_there_is_nothing(stage: Stage) -> None:
    level = stage.camera.model_copy(update={"pitch_deg": -3.0, "target_m": 400.0})
    show(stage, camera=level)
    assert stage.pick(0.5, 0.02) is None
    show(stage, camera=stage.home().model_copy(update={"target_east_m": WEST - 50_000.0}))
    assert stage.pick(0.5, 0.5) is None
    hand = grab(stage, 0.5, 0.5)  # a hand finds something to hold even there
    pan(stage, hand, x=0.6, y=0.5)
    assert stage.camera.target_east_m < WEST - 50_000.0


def test_straight_down_it_is_the_ground_below(stage: Stage) -> None:
    east, north = CENTRE[0] + 700.0, CENTRE[1] + 300.0
    camera = Camera(
        target_east_m=east, target_north_m=north, target_m=150.0, distance_m=4000.0, heading_deg=77.0,
        pitch_deg=-90.0,
    )  # fmt: skip
    show(stage, camera=camera)
    point = stage.pick(0.5, 0.5)
    assert point == pytest.approx((east, north, height_at(east, north)), abs=0.3)


def test_exaggeration_lifts_what_is_drawn(stage: Stage) -> None:
    plain = drawn(stage)
    show(stage, exaggeration=3.0)
    assert differ(plain, drawn(stage)).mean() > 0.1
    show(stage, exaggeration=1.0)
    assert not differ(plain, drawn(stage), by=0).any()
