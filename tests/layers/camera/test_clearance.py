"""A film's camera stays above ground and water, early, without a jerk, its clear keys kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.camera.camera import CLEARANCE_M, kept_above
from layers.camera.clearance import ClearPath
from layers.camera.following import FollowPath
from layers.camera.path import KeyPath, OrbitPath, PathKey, camera_at
from layers.heights import Ground, WaterLevels, ground_of
from tests.layers.seeing import eye_of
from tests.small import NORTH, WEST
from twin.arrays import F64
from twin.basin import Basin
from twin.scene import Camera

FLOOD = WaterLevels(level_m=158.0, highest_m=158.0)
low_cameras = st.builds(
    Camera,
    target_east_m=st.floats(WEST + 200, WEST + 3800),
    target_north_m=st.floats(NORTH - 3000, NORTH - 200),
    target_m=st.floats(125, 175),
    distance_m=st.floats(60, 3_000),
    heading_deg=st.floats(0, 359.9),
    pitch_deg=st.floats(-80, 5),
)


@pytest.fixture(scope="module")
def ground(small_basin: Path) -> Ground:
    return ground_of(Basin.open(small_basin))


def clear(path: KeyPath | OrbitPath, ground: Ground, *, keys: tuple[float, ...] = ()) -> ClearPath:
    return ClearPath(path, ground=ground, flood=FLOOD, exaggeration=2.0, seconds=8.0, keys=keys)


@settings(max_examples=8)
@given(places=st.lists(low_cameras, min_size=2, max_size=4))
def test_it_is_never_below_ground_or_water(ground: Ground, places: list[Camera]) -> None:
    times = np.linspace(0.0, 8.0, len(places))
    path = KeyPath([PathKey(at_s=float(t), camera=one) for t, one in zip(times, places, strict=True)])
    lifted = clear(path, ground, keys=tuple(times))
    for t in np.linspace(0.0, 8.0, 161):
        camera = camera_at(lifted, float(t))
        assert kept_above(camera, ground, flood=FLOOD, exaggeration=2.0) == camera


def over_the_dam(ground: Ground) -> tuple[KeyPath, ClearPath]:
    """From over the lake to below the dam, low: the straight way leads through the dam."""
    here = Camera(
        target_east_m=WEST + 2_000.0, target_north_m=NORTH - 1_400.0, target_m=158.0, distance_m=200.0,
        heading_deg=180.0, pitch_deg=-10.0,
    )  # fmt: skip
    there = here.model_copy(update={"target_north_m": NORTH - 3_100.0, "target_m": 126.0})
    path = KeyPath([PathKey(at_s=0.0, camera=here), PathKey(at_s=8.0, camera=there)])
    return path, clear(path, ground, keys=(0.0, 8.0))


def test_an_obstacle_is_lifted_over_early_and_smoothly(ground: Ground) -> None:
    _, lifted = over_the_dam(ground)
    lift = lifted.lift_m
    assert lift.max() > 10.0
    assert np.flatnonzero(lift > 0.1)[0] < np.flatnonzero(lift > 0.9 * lift.max())[0] - 30
    step_s = 8.0 / (len(lift) - 1)
    acceleration = np.diff(lift, 2) / step_s**2
    assert np.abs(acceleration).max() < 20.0 * lift.max()


def test_what_is_clear_is_left_as_it_is(ground: Ground) -> None:
    high = Camera(
        target_east_m=WEST + 2_000.0, target_north_m=NORTH - 1_400.0, target_m=158.0, distance_m=3_000.0,
        heading_deg=20.0, pitch_deg=-45.0,
    )  # fmt: skip
    orbit = OrbitPath(high, turn_deg=90.0, seconds=8.0)
    assert camera_at(clear(orbit, ground), 3.3) == camera_at(orbit, 3.3)


def test_the_targets_stay_and_clear_keys_are_kept(ground: Ground) -> None:
    path, lifted = over_the_dam(ground)
    for t in (0.0, 1.0, 4.0, 7.0, 8.0):
        before, after = camera_at(path, t), camera_at(lifted, t)
        kept = ("target_east_m", "target_north_m", "target_m", "heading_deg")
        assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]
    low = np.array([eye_of(camera_at(path, t), 2.0)[2] for t in (0.0, 8.0)])
    floor = [
        2.0 * ground.floor(*eye_of(camera_at(path, t), 2.0)[:2], flood=FLOOD) + CLEARANCE_M
        for t in (0.0, 8.0)
    ]
    for t, free in zip((0.0, 8.0), low - floor, strict=True):
        if free > 0.0:
            assert camera_at(lifted, t).distance_m == pytest.approx(200.0, abs=0.5)


def test_a_line_is_followed_at_constant_speed_and_turns_slowly() -> None:
    """A right angle, 6 km each way: the corner is cut, and the heading goes round in seconds."""
    line = np.array([[0.0, 0.0], [0.0, 6_000.0], [6_000.0, 6_000.0]])

    def flat(east: F64, north: F64) -> F64:
        return np.full(len(east), 100.0)

    path = FollowPath(line, flat, distance_m=1_000.0, pitch_deg=-20.0, seconds=60.0)
    t = np.linspace(0.0, 60.0, 1801)
    poses = path.poses(t)
    assert poses[0, :2] == pytest.approx(line[0], abs=1.0)
    assert poses[-1, :2] == pytest.approx(line[-1], abs=1.0)
    speed = np.hypot(*np.diff(poses[:, :2], axis=0).T) * 30.0
    assert speed[90:-90].max() < 1.01 * speed[90:-90].min()
    assert np.abs(np.diff(poses[:, 4])).max() * 30.0 < 12.0
    assert poses[[5, -5], 4] == pytest.approx([0.0, 90.0], abs=2.0)
    off = np.minimum(np.abs(poses[:, 0]), np.abs(poses[:, 1] - 6_000.0))
    assert 50.0 < off.max() < 500.0
    assert poses[:, 2] == pytest.approx(100.0)


def test_a_line_without_length_is_refused() -> None:
    with pytest.raises(ValueError, match="no length"):
        FollowPath(np.zeros((3, 2)), lambda east, _: east, distance_m=100.0, pitch_deg=-20.0, seconds=5.0)
