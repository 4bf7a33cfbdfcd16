"""Flights: exact at both ends, without jumps, above the ground, the same whenever they are asked."""

from __future__ import annotations

from itertools import pairwise
from math import dist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.camera.flight import Flight, fly
from layers.stage import Stage
from tests.layers.seeing import above_ground, eye_of
from tests.scenes import flight_to, show
from tests.small import NORTH, WEST
from twin.scene import Camera

cameras = st.builds(
    Camera,
    target_east_m=st.floats(WEST + 200, WEST + 3800),
    target_north_m=st.floats(NORTH - 3000, NORTH - 200),
    target_m=st.floats(125, 200),
    distance_m=st.floats(100, 20_000),
    heading_deg=st.floats(0, 359.9),
    pitch_deg=st.floats(-89, -3),
    view_angle_deg=st.sampled_from([30.0, 50.0]),
)
FAR = Camera(
    target_east_m=WEST, target_north_m=NORTH, target_m=150.0, distance_m=40_000.0,
    heading_deg=350.0, pitch_deg=-40.0,
)  # fmt: skip
NEAR = FAR.model_copy(
    update={"target_east_m": WEST + 30_000.0, "distance_m": 900.0, "heading_deg": 15.0, "pitch_deg": -20.0}
)


def watched(flight: Flight, count: int) -> list[Camera]:
    return [flight.at(t) for t in np.linspace(0.0, flight.seconds, count)]


@given(start=cameras, end=cameras)
def test_a_flight_starts_and_ends_exactly_where_it_should(start: Camera, end: Camera) -> None:
    flight = fly(start, end)
    assert flight.at(0.0) == flight.at(-1.0) == start
    assert flight.at(flight.seconds) == flight.at(flight.seconds + 9.0) == end
    assert 0.5 <= flight.seconds <= 6.0
    assert fly(start, end, seconds=2.5).seconds == 2.5


@settings(max_examples=20)
@given(start=cameras, end=cameras)
def test_a_flight_has_no_jumps(start: Camera, end: Camera) -> None:
    """Halving the time between looks halves the longest step: there is no jump that stays."""
    flight = fly(start, end)

    def longest(count: int) -> float:
        eyes = [eye_of(camera) for camera in watched(flight, count)]
        return max(dist(a, b) for a, b in pairwise(eyes))

    assert longest(801) <= 0.62 * longest(401) + 0.01


@given(start=cameras, end=cameras, share=st.floats(0, 1))
def test_a_flight_is_a_pure_function_of_time(start: Camera, end: Camera, share: float) -> None:
    flight, again = fly(start, end), fly(start, end)
    t = share * flight.seconds
    there = flight.at(t)
    watched(flight, 7)
    assert flight.at(t) == again.at(t) == there


def test_it_turns_the_short_way_round() -> None:
    headings = [camera.heading_deg for camera in watched(fly(FAR, NEAR), 50)]
    assert all(h >= 350.0 - 1e-9 or h <= 15.0 + 1e-9 for h in headings)


def test_it_rises_on_a_long_way_and_leaves_and_lands_gently() -> None:
    near = NEAR.model_copy(update={"target_east_m": WEST - 30_000.0})
    flight = fly(near, NEAR)
    assert max(camera.distance_m for camera in watched(flight, 60)) > 10 * NEAR.distance_m
    eyes = [eye_of(camera) for camera in watched(flight, 600)]
    steps = [dist(a, b) for a, b in pairwise(eyes)]
    assert max(steps[0], steps[-1]) < 0.001 * max(steps)


@pytest.mark.parametrize("exaggeration", [1.0, 5.0])
def test_a_flight_of_a_stage_never_goes_below_the_ground(exaggeration: float, stage: Stage) -> None:
    show(stage, exaggeration=exaggeration)

    @settings(max_examples=12)
    @given(start=cameras, end=cameras)
    def go(start: Camera, end: Camera) -> None:
        show(stage, camera=start)
        flight = flight_to(stage, end)
        assert flight.at(0.0) == stage.camera
        for camera in watched(flight, 25):
            show(stage, camera=camera)
            assert not above_ground(stage, stage.camera) < 20.0

    go()


def test_a_flight_to_where_one_is_takes_a_moment_and_stays(stage: Stage) -> None:
    here = stage.camera
    flight = flight_to(stage, here)
    assert flight.seconds < 1.0
    for camera in watched(flight, 5):
        assert eye_of(camera) == pytest.approx(eye_of(here), abs=1e-6)
