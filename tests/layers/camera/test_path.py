"""Paths of a film's camera: keys at their times, constant perceived speed, no corners, no stops between."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.camera.flight import fly
from layers.camera.path import KeyPath, OrbitPath, PathKey, camera_at
from layers.camera.poses import apart, between, camera_of, moved, pose_of, tangent, unwrapped
from tests.layers.seeing import eye_of
from tests.small import NORTH, WEST
from twin.arrays import F64
from twin.scene import Camera

cameras = st.builds(
    Camera,
    target_east_m=st.floats(WEST - 20_000, WEST + 20_000),
    target_north_m=st.floats(NORTH - 20_000, NORTH + 20_000),
    target_m=st.floats(100, 900),
    distance_m=st.floats(60, 60_000),
    heading_deg=st.floats(0, 359.9),
    pitch_deg=st.floats(-89, -3),
    view_angle_deg=st.sampled_from([30.0, 50.0]),
)
HERE = Camera(
    target_east_m=WEST, target_north_m=NORTH, target_m=150.0, distance_m=4_000.0,
    heading_deg=350.0, pitch_deg=-40.0,
)  # fmt: skip


def shifted(**changes: float) -> Camera:
    return HERE.model_copy(update=changes)


def keys(*cameras: Camera, every_s: float = 5.0) -> KeyPath:
    return KeyPath([PathKey(at_s=k * every_s, camera=camera) for k, camera in enumerate(cameras)])


def speeds(path: KeyPath, t: F64) -> F64:
    """Perceived speed between the times."""
    poses = path.poses(t)
    return np.asarray(apart(poses[:-1], poses[1:]) / np.diff(t))


@given(start=cameras, end=cameras)
def test_the_way_that_a_tangent_begins_ends_where_it_should(start: Camera, end: Camera) -> None:
    a, b = pose_of(start), pose_of(end)
    far = np.abs(b - a).max()
    np.testing.assert_allclose(moved(a, tangent(a, b)), b, rtol=1e-7, atol=1e-6 * (1.0 + far))
    np.testing.assert_allclose(apart(a, b), apart(b, a), rtol=1e-9)
    middle = between(a, b, np.array(0.3))
    np.testing.assert_allclose(apart(a, middle), 0.3 * apart(a, b), rtol=1e-4, atol=1e-9)


@given(start=cameras, end=cameras)
def test_between_two_keys_it_is_the_flight_of_van_wijk_and_nuij(start: Camera, end: Camera) -> None:
    """Half-way in time is half-way in perceived distance, in both."""
    if start.target_m != end.target_m:
        end = end.model_copy(update={"target_m": start.target_m})
    path, flight = keys(start, end), fly(start, end, seconds=5.0)
    found, expected = camera_at(path, 2.5), flight.at(2.5)
    assert eye_of(found) == pytest.approx(eye_of(expected), rel=1e-6, abs=0.01)


@given(places=st.lists(cameras, min_size=1, max_size=5), seconds=st.floats(0.5, 30))
def test_keys_are_met_at_their_times_exactly(places: list[Camera], seconds: float) -> None:
    path = keys(*places, every_s=seconds)
    for k, camera in enumerate(places):
        assert camera_at(path, k * seconds) == camera_of(pose_of(camera))
    assert camera_at(path, -1.0) == camera_of(pose_of(places[0]))
    assert camera_at(path, 1e3) == camera_of(pose_of(places[-1]))


@settings(max_examples=20)
@given(places=st.lists(cameras, min_size=2, max_size=5))
def test_speed_has_no_jump_and_is_nil_at_both_ends(places: list[Camera]) -> None:
    """Halving the step halves the longest change of speed."""
    path, end = keys(*places), 5.0 * (len(places) - 1)

    def sharpest(count: int) -> float:
        found = speeds(path, np.linspace(-0.5, end + 0.5, count))
        return float(np.abs(np.diff(found)).max())

    fast = float(speeds(path, np.linspace(0.0, end, 500)).max())
    assert sharpest(4001) <= 0.7 * sharpest(2001) + 5e-3 * fast
    assert speeds(path, np.array([0.0, 1e-3])).max() <= 1e-3 * max(1.0, fast)


def test_equal_ways_in_equal_times_are_flown_without_a_stop_at_constant_speed() -> None:
    """Starting and stopping take a second each."""
    path = KeyPath(
        [
            PathKey(at_s=at_s, camera=shifted(target_east_m=WEST + 2_000.0 * k))
            for k, at_s in enumerate((0.0, 7.0, 13.0, 19.0, 26.0))
        ]
    )
    found = speeds(path, np.linspace(2.5, 23.5, 400))
    assert found.max() < 1.05 * found.min()


def test_a_key_that_dwells_is_a_stop() -> None:
    away = shifted(target_east_m=WEST + 9_000.0)
    path = KeyPath(
        [
            PathKey(at_s=1.0, camera=HERE),
            PathKey(at_s=5.0, camera=away, dwell_s=2.0),
            PathKey(at_s=9.0, camera=shifted(distance_m=900.0)),
        ]
    )
    assert {camera_at(path, t) for t in (5.0, 6.0, 6.9, 7.0)} == {camera_of(pose_of(away))}
    assert speeds(path, np.array([4.99, 5.0])).max() < 0.01 < speeds(path, np.array([2.9, 3.0])).max()


def test_a_way_that_nearly_goes_back_turns_slowly_without_a_stop() -> None:
    """The dams, an arm of the lake 20 km away, a dam again: the eye's acceleration stays a viewer's."""
    path = keys(
        shifted(distance_m=17_000.0, heading_deg=25.0),
        shifted(target_east_m=WEST + 15_100.0, target_north_m=NORTH + 13_100.0, distance_m=15_000.0),
        shifted(target_east_m=WEST - 3_800.0, target_north_m=NORTH - 500.0, distance_m=5_500.0),
        every_s=6.0,
    )
    t = np.arange(0.0, 12.0, 1 / 30)
    eyes = np.array([eye_of(camera_at(path, float(one))) for one in t])
    away = path.poses(t)[1:-1, 3]
    assert (np.linalg.norm(np.diff(eyes, 2, axis=0), axis=1) * 900.0 / away).max() < 4.0
    found = speeds(path, t)
    assert 0.0 < found[150:210].min() < 0.5 * found.max()


@given(places=st.lists(cameras, min_size=2, max_size=4), k=st.integers(0, 3))
def test_no_curve_goes_beyond_straight_down(places: list[Camera], k: int) -> None:
    places.insert(min(k, len(places)), shifted(pitch_deg=-90.0))
    pitch = keys(*places).poses(np.linspace(0.0, 5.0 * len(places), 200))[:, 5]
    assert pitch.min() >= -90.0


@given(headings=st.lists(st.floats(0, 359.99), min_size=2, max_size=6))
def test_heading_turns_the_short_way_round(headings: list[float]) -> None:
    found = unwrapped(pose_of(shifted(heading_deg=heading)) for heading in headings)[:, 4]
    assert all(abs(b - a) <= 180.0 for a, b in pairwise(found))
    assert np.allclose((found - headings + 180.0) % 360.0, 180.0, atol=1e-6)


def test_an_orbit_keeps_its_radius_height_and_speed() -> None:
    path = OrbitPath(HERE, turn_deg=-540.0, seconds=20.0)
    eyes = np.array([eye_of(camera_at(path, t)) for t in np.linspace(0.0, 20.0, 81)])
    around = eyes - [HERE.target_east_m, HERE.target_north_m, HERE.target_m]
    assert np.hypot(around[:, 0], around[:, 1]) == pytest.approx(4_000.0 * np.cos(np.radians(40.0)))
    assert around[:, 2] == pytest.approx(4_000.0 * np.sin(np.radians(40.0)))
    steps = np.linalg.norm(np.diff(eyes, axis=0), axis=1)
    assert steps == pytest.approx(steps[0])
    assert camera_at(path, 20.0).heading_deg == pytest.approx(170.0)


def test_keys_that_are_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="no time"):
        KeyPath([PathKey(at_s=0.0, camera=HERE, dwell_s=3.0), PathKey(at_s=2.0, camera=HERE)])
    with pytest.raises(ValueError, match="none"):
        KeyPath([])
