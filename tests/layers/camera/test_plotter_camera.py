"""A plotter's camera and its scene's are one: who moves either moves both, and tiles come for it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import pyvista as pv

from layers.model import SceneBasin
from layers.stage import Stage
from layers.tiles.tiles_layer import TilesLayer
from tests.layers.plan import differ
from tests.layers.plotted import LAKE, shot
from tests.layers.seeing import above_ground, eye_of
from tests.layers.tiles.villages import place as village_place
from tests.scenes import show
from tests.small import NORTH, WEST

OpenStage = Callable[..., Stage]


def is_level(plotter: pv.Plotter) -> bool:
    """Whether the right of the picture lies on the horizon."""
    right = np.cross(plotter.camera.GetDirectionOfProjection(), plotter.camera.GetViewUp())
    return bool(abs(right[2]) < 1e-6)


def test_the_scene_follows_the_plotters_camera_and_streams_there(
    plotter: pv.Plotter, open_stage: OpenStage
) -> None:
    stage = open_stage(plotter=plotter)
    plotter.render_window.Render()
    before = stage.camera
    eye, at = stage.place(WEST + 700, NORTH - 3100, 400.0), stage.place(WEST + 900, NORTH - 900, 170.0)
    plotter.camera.position, plotter.camera.focal_point = eye, at
    plotter.camera.up = (0.0, 0.0, 1.0)
    plotter.camera.view_angle = 50.0
    camera = stage.scene.camera
    assert camera != before
    assert eye_of(camera) == pytest.approx((WEST + 700, NORTH - 3100, 400.0), abs=0.1)
    assert (camera.target_east_m, camera.target_north_m, camera.target_m) == pytest.approx(
        (WEST + 900, NORTH - 900, 170.0), abs=0.1
    )
    assert camera.view_angle_deg == 50.0
    moved = shot(plotter, stage)
    assert plotter.camera.position == pytest.approx(eye, abs=0.1), "it stays where it was put"
    alone = open_stage()
    alone.apply(alone.scene.changed(camera=camera))
    assert alone.settle()
    assert differ(moved, alone.render()[..., :3].astype(np.int16)).mean() < 1e-3, (
        "with the tiles of the place"
    )


def test_turning_the_plotters_camera_to_a_village_streams_its_tiles(
    plotter: pv.Plotter, with_village: SceneBasin, open_stage: OpenStage
) -> None:
    stage = open_stage(with_village, plotter=plotter)
    village = stage.layers["models"]
    assert isinstance(village, TilesLayer)
    at = stage.place(*village_place(40, 40), 180.0)
    plotter.camera.position = at + np.array([0.0, 900.0, 500.0])
    plotter.camera.focal_point = at + np.array([0.0, 9000.0, 0.0])
    shot(plotter, stage)
    assert village.status().tiles == 0, "it lies behind the camera"
    plotter.camera.focal_point = at
    shot(plotter, stage)
    assert village.status().tiles == 4


def test_a_turn_of_the_interactor_is_followed_in_its_frame(
    plotter: pv.Plotter, open_stage: OpenStage
) -> None:
    stage = open_stage(plotter=plotter)
    plotter.render_window.Render()
    before = stage.camera
    plotter.camera.SetViewUp(0.0, 0.0, 1.0)
    plotter.camera.Azimuth(-40.0)
    plotter.render_window.Render()
    assert stage.camera.heading_deg == pytest.approx(before.heading_deg + 40.0, abs=1e-3)
    assert stage.camera.pitch_deg == pytest.approx(before.pitch_deg, abs=1e-3)
    assert stage.camera.distance_m == pytest.approx(before.distance_m, rel=1e-6)


def test_a_drag_of_the_mouse_orbits_and_leaves_the_horizon_level(
    plotter: pv.Plotter, open_stage: OpenStage
) -> None:
    stage = open_stage(plotter=plotter)
    plotter.show(auto_close=False)
    before, interactor = stage.camera, plotter.render_window.GetInteractor()
    interactor.SetEventInformation(160, 90)
    interactor.LeftButtonPressEvent()
    for x, y in ((180, 95), (200, 85), (220, 80)):
        interactor.SetEventInformation(x, y)
        interactor.MouseMoveEvent()
    interactor.LeftButtonReleaseEvent()
    turned = (stage.camera.heading_deg - before.heading_deg + 180.0) % 360.0 - 180.0
    assert abs(turned) > 10.0
    assert stage.camera.distance_m == pytest.approx(before.distance_m, rel=1e-3)
    assert is_level(plotter)


def test_a_camera_straight_above_keeps_the_top_of_its_picture(
    plotter: pv.Plotter, open_stage: OpenStage
) -> None:
    stage = open_stage(plotter=plotter)
    at = stage.place(*LAKE, 150.0)
    plotter.camera.position, plotter.camera.focal_point = at + np.array([0.0, 0.0, 5000.0]), at
    plotter.camera.up = (1.0, 0.0, 0.0)
    assert stage.camera.pitch_deg == -90.0
    assert stage.camera.heading_deg == pytest.approx(90.0)
    plotter.view_xy()
    assert stage.camera.heading_deg == pytest.approx(0.0)


def test_a_camera_rolled_sunken_or_parallel_is_put_right(plotter: pv.Plotter, open_stage: OpenStage) -> None:
    stage = open_stage(plotter=plotter)
    plotter.render_window.Render()
    plotter.camera.roll += 30.0
    assert not is_level(plotter)
    plotter.enable_parallel_projection()
    plotter.render_window.Render()
    assert is_level(plotter)
    assert not plotter.camera.GetParallelProjection()
    x, y, _ = stage.place(*LAKE, 150.0)
    plotter.camera.position, plotter.camera.focal_point = (x, y - 1500.0, 20.0), (x, y, 150.0)
    assert above_ground(stage, stage.camera) > 20.0
    plotter.render_window.Render()
    assert plotter.camera.position[2] > 140.0
    heading = stage.camera.heading_deg
    plotter.camera.SetViewUp(0.0, 0.0, 1.0)
    plotter.camera.Elevation(120.0)
    plotter.camera.OrthogonalizeViewUp()
    plotter.camera.SetViewUp(0.0, 1.0, -1.0)
    assert (stage.camera.heading_deg, stage.camera.pitch_deg) == (heading, -90.0), "over the top"


def test_apply_moves_the_plotters_camera(plotter: pv.Plotter, open_stage: OpenStage) -> None:
    stage = open_stage(plotter=plotter)
    first = stage.scene
    plotter.camera.position = stage.place(WEST + 500, NORTH - 3000, 900.0)
    stage.apply(first)
    assert stage.scene == first
    frame = stage.basin.frame
    x, y, z = eye_of(first.camera)
    assert plotter.camera.position == pytest.approx((x - frame.east, y - frame.north, z), abs=1e-6)


def test_another_level_leaves_the_plotters_camera_alone(plotter: pv.Plotter, open_stage: OpenStage) -> None:
    stage = open_stage(plotter=plotter)
    plotter.render_window.Render()
    plotter.camera.SetViewUp(0.0, 0.0, 1.0)
    plotter.camera.Azimuth(25.0)
    position = plotter.camera.position
    low = shot(plotter, stage)
    show(stage, level_m=140.0)
    assert plotter.camera.position == pytest.approx(position, abs=1e-6)
    assert differ(shot(plotter, stage), low).mean() > 0.01


def test_the_plotter_does_not_move_the_camera_at_its_first_frame(
    plotter: pv.Plotter, open_stage: OpenStage
) -> None:
    stage = open_stage(plotter=plotter)
    home = stage.camera
    plotter.add_mesh(pv.Sphere(radius=10.0, center=stage.place(*LAKE)))
    plotter.show(auto_close=False)
    assert stage.camera == home
