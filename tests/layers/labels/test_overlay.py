"""What lies over the picture: it says true things, and both painters can be given it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from math import atan2, cos, degrees, radians, sin

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.labels.overlay import SYNTHETIC, heights_note, scale_bar
from layers.stage import Stage
from tests.layers.altered import Altered
from tests.layers.seeing import on_screen
from tests.scenes import grab, orbit, pan, show, zoom
from twin.basin import Basin

OpenStage = Callable[..., Stage]


def test_it_is_plain_json_with_its_chinese_intact(stage: Stage) -> None:
    overlay = stage.overlay()
    text = json.dumps(overlay.as_dict(), ensure_ascii=False, allow_nan=False)
    back = json.loads(text)
    assert {label["text"] for label in back["labels"]} == {"东村", "西村", "小水库"}
    assert len(back["marks"]) == 2
    for thing in (*back["labels"], *back["marks"]):
        assert 0.0 < thing["x"] < 1.0
        assert 0.0 < thing["y"] < 1.0
    assert set(back) >= {"labels", "marks", "north_deg", "scale", "synthetic"}


@pytest.mark.parametrize("heading_deg", [0.0, 90.0, 180.0, 270.0, 33.0])
def test_the_north_arrow_points_north(heading_deg: float, stage: Stage) -> None:
    """Against two points of the ground, one north of the other, as VTK draws them looking straight down."""
    camera = stage.camera.model_copy(update={"heading_deg": heading_deg, "pitch_deg": -89.9})
    show(stage, camera=camera)
    stage.render()
    at = (camera.target_east_m, camera.target_north_m, 150.0)
    (x0, y0), (x1, y1) = on_screen(stage, *at), on_screen(stage, at[0], at[1] + 200.0, at[2])
    width, height = stage.size
    drawn = degrees(atan2((x1 - x0) * width, (y0 - y1) * height)) % 360.0
    apart = (stage.overlay().north_deg - drawn + 180.0) % 360.0 - 180.0
    assert abs(apart) < 0.5
    assert 0.0 <= stage.overlay().north_deg < 360.0


def bar_as_drawn(stage: Stage) -> float:
    """How much of the view's width VTK gives the bar's length, laid across the middle of the view."""
    camera, length = stage.camera, stage.overlay().scale.length_m
    stage.render()
    heading = radians(camera.heading_deg)
    across = np.array([cos(heading), -sin(heading), 0.0]) * length / 2
    middle = np.array(stage.pick(0.5, 0.5))
    (x0, _), (x1, _) = on_screen(stage, *(middle - across)), on_screen(stage, *(middle + across))
    return x1 - x0


@pytest.mark.parametrize("exaggeration", [1.0, 3.0])
def test_the_scale_bar_is_as_long_as_it_says(exaggeration: float, stage: Stage) -> None:
    show(stage, exaggeration=exaggeration)
    show(stage, camera=stage.camera.model_copy(update={"target_m": 150.0, "heading_deg": 40.0}))
    assert stage.overlay().scale.share == pytest.approx(bar_as_drawn(stage), rel=0.01)


def test_bar_and_arrow_are_true_where_the_frames_metre_and_north_are_not(
    basin: Basin, open_stage: OpenStage
) -> None:
    """As of the next UTM zone: 0.29 % too large, and true north 3.9° off its own."""
    frame = replace(basin.frame)
    vars(frame).update(metre_m=0.9971, true_north_deg=-3.9)
    plain, other = open_stage(basin), open_stage(Altered(basin, frame=frame))
    show(other, camera=plain.camera)
    bar, own = plain.overlay().scale, other.overlay().scale
    assert own.share / own.length_m == pytest.approx(bar.share / bar.length_m / 0.9971 * basin.frame.metre_m)
    apart = (other.overlay().north_deg - plain.overlay().north_deg + 180.0) % 360.0 - 180.0
    assert apart == pytest.approx(-3.9 - basin.frame.true_north_deg)


def test_the_scale_bar_stays_true_after_a_hand_has_moved_the_view(stage: Stage) -> None:
    for place, factor in (((0.2, 0.9), 0.4), ((0.8, 0.4), 0.5), ((0.5, 0.5), 3.0)):
        held = grab(stage, *place)
        zoom(stage, held, factor=factor)
        orbit(stage, held, right_deg=20.0, up_deg=-6.0)
        pan(stage, held, x=0.5, y=0.6)
        assert stage.overlay().scale.share == pytest.approx(bar_as_drawn(stage), rel=0.02)


@given(distance_m=st.floats(50, 400_000), view_angle_deg=st.floats(10, 90), aspect=st.floats(0.5, 4))
def test_the_scale_bar_has_a_round_length_that_fits(
    distance_m: float, view_angle_deg: float, aspect: float
) -> None:
    from tests.layers.plan import FROM_ABOVE

    camera = FROM_ABOVE.model_copy(update={"distance_m": distance_m, "view_angle_deg": view_angle_deg})
    bar = scale_bar(camera, aspect)
    assert bar.note == heights_note(1.0, "zh") == ""
    assert (heights_note(3.0, "zh"), heights_note(2.5, "en")) == ("竖向 ×3", "Vertical ×2.5")
    assert 0.055 < bar.share <= 0.16 * (1 + 1e-6)
    assert f"{bar.length_m:.6e}"[:8] in ("1.000000", "2.000000", "5.000000")
    number, unit = re.fullmatch(r"([\d.]+) (m|km)", bar.text).groups()  # type: ignore[union-attr]
    assert float(number) * {"m": 1, "km": 1000}[unit] == pytest.approx(bar.length_m)


def test_invented_data_says_so_in_both_languages_and_real_data_does_not(
    basin: Basin, open_stage: OpenStage
) -> None:
    assert open_stage().overlay().synthetic == SYNTHETIC
    assert "合成数据" in SYNTHETIC
    assert "Synthetic data" in SYNTHETIC
    assert open_stage(Altered(basin, synthetic=False)).overlay().synthetic is None


def test_places_are_fractions_so_that_any_size_may_draw_them(stage: Stage) -> None:
    small, large = stage.overlay(size=(640, 360)), stage.overlay(size=(2560, 1440))
    places = [{m.id: (m.x, m.y) for m in overlay.marks} for overlay in (small, large)]
    assert places[0] == places[1]
    assert small.scale.share == pytest.approx(large.scale.share)
