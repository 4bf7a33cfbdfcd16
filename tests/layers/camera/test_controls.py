"""The camera: it starts with all in view, moves as a map under a hand does, and stays above the ground."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import isnan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.stage import Stage
from tests.layers.altered import Altered
from tests.layers.seeing import above_ground, eye_of, on_screen
from tests.scenes import grab, orbit, pan, show, zoom
from tests.small import COLS, NORTH, ROWS, WEST
from twin.basin import Basin
from twin.moment import what_if
from twin.scene import Camera, Scene

OpenStage = Callable[..., Stage]
MIDDLE = {"target_east_m": WEST + 10.0 * COLS, "target_north_m": NORTH - 10.0 * ROWS, "target_m": 150.0}


def looking(**changes: float) -> Camera:
    facts = {**MIDDLE, "distance_m": 3000.0, "heading_deg": 20.0, "pitch_deg": -35.0, **changes}
    return Camera(**facts)


@pytest.mark.parametrize("size", [(320, 180), (240, 180), (180, 180), (420, 180)])
def test_home_sees_the_whole_basin_where_no_viewpoint_is_named(
    size: tuple[int, int], basin: Basin, open_stage: OpenStage
) -> None:
    site = basin.site.model_copy(update={"viewpoints": [], "home": None})
    stage = open_stage(Altered(basin, site=site), size=size)
    assert stage.camera == stage.home()
    stage.render()
    west, south, east, north = stage.ground.extent
    for x, y in product((west + 1, east - 1), (south + 1, north - 1)):
        across, down = on_screen(stage, x, y, float(stage.ground.height(x, y)))
        assert 0.0 < across < 1.0
        assert 0.0 < down < 1.0


def test_home_is_the_sites_home_viewpoint(stage: Stage) -> None:
    assert stage.home() == stage.viewpoint("home") == stage.camera
    assert (stage.camera.distance_m, stage.camera.pitch_deg) == (5000, -40)
    with pytest.raises(KeyError):
        stage.viewpoint("nowhere")


@pytest.mark.parametrize("exaggeration", [1.0, 3.0])
def test_the_target_is_drawn_in_the_middle(exaggeration: float, stage: Stage) -> None:
    show(stage, exaggeration=exaggeration)
    camera = looking()
    show(stage, camera=camera)
    stage.render()
    at = on_screen(stage, camera.target_east_m, camera.target_north_m, camera.target_m)
    assert at == pytest.approx((0.5, 0.5), abs=1e-6)


@pytest.mark.parametrize("exaggeration", [1.0, 4.0])
@pytest.mark.parametrize("place", [(0.5, 0.5), (0.2, 0.7), (0.8, 0.9)])
def test_what_is_grabbed_stays_under_the_hand(
    place: tuple[float, float], exaggeration: float, stage: Stage
) -> None:
    show(stage, exaggeration=exaggeration)

    def drawn_at(point: tuple[float, float, float]) -> tuple[float, float]:
        stage.render()
        return on_screen(stage, point[0], point[1], point[2] / exaggeration)

    pixel = 0.5 / 320
    show(stage, camera=looking())
    held = grab(stage, *place)
    assert drawn_at(held) == pytest.approx(place, abs=pixel)
    pan(stage, held, x=0.4, y=0.6)
    assert drawn_at(held) == pytest.approx((0.4, 0.6), abs=pixel)
    orbit(stage, held, right_deg=25.0, up_deg=-10.0)
    assert drawn_at(held) == pytest.approx((0.4, 0.6), abs=pixel)
    zoom(stage, held, factor=0.6)
    assert drawn_at(held) == pytest.approx((0.4, 0.6), abs=pixel)
    zoom(stage, held, factor=1.9)
    assert drawn_at(held) == pytest.approx((0.4, 0.6), abs=pixel)


def test_turning_turns_and_zooming_nears(stage: Stage) -> None:
    before = looking()
    show(stage, camera=before)
    held = grab(stage, 0.5, 0.5)
    orbit(stage, held, right_deg=30.0, up_deg=5.0)
    assert stage.camera.heading_deg == pytest.approx(before.heading_deg + 30.0)
    assert stage.camera.pitch_deg == pytest.approx(before.pitch_deg + 5.0)
    zoom(stage, held, factor=0.5)
    assert stage.camera.distance_m == pytest.approx(before.distance_m / 2)


fraction = st.floats(0.0, 1.0)
gestures = st.lists(
    st.one_of(
        st.tuples(st.just("pan"), fraction, fraction, fraction, fraction),
        st.tuples(st.just("orbit"), fraction, fraction, st.floats(-180, 180), st.floats(-90, 90)),
        st.tuples(st.just("zoom"), fraction, fraction, st.floats(0.05, 20.0), st.just(0.0)),
        st.tuples(st.just("exaggerate"), st.floats(1, 5), *[st.just(0.0)] * 3),
        st.tuples(st.just("level"), st.floats(126, 160), *[st.just(0.0)] * 3),
    ),
    min_size=15,
    max_size=25,
)


def do(stage: Stage, gesture: tuple[str, float, float, float, float]) -> None:
    what, a, b, c, d = gesture
    if what == "exaggerate":
        show(stage, exaggeration=a)
    elif what == "level":
        show(stage, level_m=a)
    elif what == "pan":
        pan(stage, grab(stage, a, b), x=c, y=d)
    elif what == "orbit":
        orbit(stage, grab(stage, a, b), right_deg=c, up_deg=d)
    else:
        zoom(stage, grab(stage, a, b), factor=c)


def test_no_gesture_brings_the_eye_below_the_ground_or_out_of_a_link(stage: Stage) -> None:
    @settings(max_examples=15)
    @given(moves=gestures)
    def play(moves: list[tuple[str, float, float, float, float]]) -> None:
        show(stage, exaggeration=1.0)
        show(stage, level_m=150.0)
        show(stage, camera=looking())
        for move in moves:
            do(stage, move)
            gap = above_ground(stage, stage.camera)
            assert isnan(gap) or gap > 20.0, (move, stage.camera)
            scene = Scene(camera=stage.camera, moment=what_if(150.0))
            assert Scene.from_link(scene.to_link()).camera == stage.camera

    play()


def test_rising_water_lifts_a_camera_that_it_would_drown(stage: Stage) -> None:
    show(stage, level_m=127.0)
    show(stage, camera=looking(distance_m=60.0, target_m=126.0, pitch_deg=-25.0))
    low = eye_of(stage.camera)[2]
    assert low < 160.0
    show(stage, level_m=160.0)
    assert above_ground(stage, stage.camera) > 20.0


def test_a_camera_asked_for_inside_a_hill_looks_at_the_same_place_from_above_it(stage: Stage) -> None:
    asked = looking(target_m=100.0, distance_m=1800.0, heading_deg=90.0, pitch_deg=-1.0)
    show(stage, camera=asked)
    assert above_ground(stage, asked) < 0 < above_ground(stage, stage.camera)
    got = stage.camera
    assert (got.target_east_m, got.target_north_m, got.target_m) == pytest.approx(
        (asked.target_east_m, asked.target_north_m, asked.target_m)
    )


def test_a_viewpoint_survives_state_link_and_stage(basin: Basin, open_stage: OpenStage) -> None:
    first = open_stage()
    show(first, camera=first.viewpoint("home"))
    link = Scene(camera=first.camera, moment=what_if(150.0)).to_link()
    second = open_stage()
    show(second, camera=Scene.from_link(link).camera)
    assert second.camera == first.viewpoint("home")


def test_moving_the_camera_asks_for_a_render(stage: Stage) -> None:
    asked: list[int] = []
    stage.on_change = lambda: asked.append(1)
    stage.on_arrival = lambda: None
    show(stage, camera=looking())
    held = grab(stage, 0.5, 0.5)
    pan(stage, held, x=0.6, y=0.5)
    orbit(stage, held, right_deg=3.0, up_deg=0.0)
    zoom(stage, held, factor=0.9)
    show(stage, exaggeration=2.0)
    assert len(asked) >= 5
    stage.render()
    stage.picture(size=(64, 36))
    stage.overlay()
    assert len(asked) < 10, "drawing asks for nothing"
