"""A scene in a plotter of PyVista: one picture, and nothing left of it once it is closed."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvista as pv
from PIL import Image
from vtkmodules.util.numpy_support import vtk_to_numpy

from layers.errors import LayerError, PlotterError, UnknownFloodError
from layers.model import SceneBasin
from layers.stage import Stage
from layers.tiles.tiles_layer import TilesLayer
from tests.layers.altered import Altered
from tests.layers.plan import differ
from tests.layers.plotted import LAKE, SIZE, shot
from tests.layers.seeing import on_screen
from tests.scenes import show
from twin.basin import Basin
from twin.errors import TwinError
from twin.moment import what_if

OpenStage = Callable[..., Stage]


def test_the_plotter_shows_what_a_stage_of_its_own_shows(
    plotter: pv.Plotter, basin: Basin, open_stage: OpenStage
) -> None:
    alone, inside = open_stage(), open_stage(plotter=plotter)
    assert inside.size == SIZE
    assert inside.scene == alone.scene
    assert alone.settle()
    assert differ(shot(plotter, inside), alone.render()[..., :3].astype(np.int16)).mean() < 1e-3
    for options in ({"size": (640, 360)}, {"overlay": False, "smooth": False}):
        own, other = (x.picture(**options).astype(np.int16) for x in (alone, inside))  # type: ignore[arg-type]
        assert differ(own, other).mean() < 1e-3


def test_what_is_added_at_a_place_is_drawn_where_the_scene_has_it(
    plotter: pv.Plotter, basin: Basin, open_stage: OpenStage
) -> None:
    stage = open_stage(plotter=plotter)
    show(stage, level_m=150.0)
    bare = shot(plotter, stage)
    point = stage.place(*LAKE, above_m=100.0)
    assert point[2] == pytest.approx(250.0), "on the water, not on the bed"
    plotter.add_mesh(pv.Sphere(radius=60.0, center=point), color="#ff00ff", lighting=False)
    rows, cols = np.nonzero(differ(shot(plotter, stage), bare, by=40))
    x, y = on_screen(stage, *LAKE, 250.0)
    assert cols.mean() == pytest.approx(x * SIZE[0], abs=1.0)
    assert rows.mean() == pytest.approx(y * SIZE[1], abs=1.0)
    lon, lat = basin.frame.to_lonlat(*LAKE)
    assert stage.place(lon, lat, 250.0, crs="EPSG:4326") == pytest.approx(point, abs=0.01)


def test_ground_hides_what_is_added_behind_it(plotter: pv.Plotter, open_stage: OpenStage) -> None:
    stage = open_stage(plotter=plotter)
    bare = shot(plotter, stage)
    plotter.add_mesh(pv.Sphere(radius=30.0, center=stage.place(*LAKE, 60.0)), color="#ff00ff")
    assert not differ(shot(plotter, stage), bare).any()


def test_exaggerated_heights_are_refused(plotter: pv.Plotter, open_stage: OpenStage) -> None:
    stage = open_stage(plotter=plotter)
    before = stage.scene
    with pytest.raises(PlotterError, match="exaggeration=1") as caught:
        stage.apply(before.changed(exaggeration=2.0))
    assert isinstance(caught.value, LayerError)
    assert stage.scene == before


def test_invented_data_is_stamped_on_the_plotters_own_picture(
    plotter: pv.Plotter, basin: Basin, open_stage: OpenStage
) -> None:
    invented = open_stage(plotter=plotter)
    with_it = shot(plotter, invented)
    real = open_stage(Altered(basin, synthetic=False))
    assert real.settle()
    stamped = differ(with_it, real.render()[..., :3].astype(np.int16), by=8)
    rows, cols = np.flatnonzero(stamped.any(axis=1)), np.flatnonzero(stamped.any(axis=0))
    assert 160 < rows[0] < rows[-1] < 180
    assert 100 < cols[0] < cols[-1] < 220
    invented.stamp_at = (0.2, 0.1)
    moved = differ(shot(plotter, invented), real.render()[..., :3].astype(np.int16), by=8)
    assert moved[:40, :140].any()
    assert not moved[90:].any()


def test_a_stage_closed_first_leaves_the_plotter_as_it_was(plotter: pv.Plotter, basin: Basin) -> None:
    mesh = plotter.add_mesh(pv.Sphere(radius=500.0), color="#ff00ff", lighting=False)
    plotter.show(auto_close=False)

    def state() -> tuple[Any, ...]:
        renderer, window = plotter.renderer, plotter.render_window
        return (
            *(renderer.GetUseOIT(), renderer.GetUseDepthPeeling(), window.GetMultiSamples()),
            *(renderer.GetCullers().GetNumberOfItems(), renderer.GetViewProps().GetNumberOfItems()),
        )

    before, seen = state(), plotter.camera_position
    stage = Stage(basin, plotter=plotter)
    assert state() != before
    shot(plotter, stage)
    stage.close()
    assert state() == before
    plotter.camera_position = seen
    plotter.render_window.Render()
    picture = np.asarray(plotter.screenshot(return_img=True))
    assert (picture[90, 160] == (255, 0, 255)).all()
    assert (picture[5, 5] == picture[170, 5]).all(), "no sky, no ground"
    plotter.remove_actor(mesh)


def test_a_plotter_closed_first_does_not_trouble_the_stage(
    plotter: pv.Plotter, open_stage: OpenStage
) -> None:
    stage = open_stage(plotter=plotter)
    plotter.show(auto_close=True)
    assert plotter.render_window is None
    stage.close()


FORGOTTEN = """
import pyvista as pv
from layers.stage import Stage
from twin.basin import Basin
plotter = pv.Plotter(off_screen=True, window_size=(320, 180))
Stage(Basin.open({catalog!r}), plotter=plotter)
plotter.{end}
"""


@pytest.mark.parametrize("end", ["show()", "screenshot()"])
def test_a_script_that_closes_nothing_ends_quietly(end: str, project: Path, small_basin: Path) -> None:
    code = FORGOTTEN.format(catalog=str(small_basin), end=end)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_two_scenes_follow_each_other_in_a_plotter(plotter: pv.Plotter, open_stage: OpenStage) -> None:
    first = open_stage(plotter=plotter)
    before = shot(plotter, first)
    first.close()
    second = open_stage(plotter=plotter)
    assert not differ(shot(plotter, second), before, by=0).any()


def test_a_still_for_a_notebook_shows_the_scene(plotter: pv.Plotter, open_stage: OpenStage) -> None:
    stage = open_stage(plotter=plotter)
    assert stage.settle()
    plotter.notebook = True
    still = plotter.show(jupyter_backend="static", return_viewer=True)
    picture = np.asarray(still.convert("RGB")).astype(np.int16)
    assert not differ(picture, shot(plotter, stage), by=0).any()


def test_a_remote_view_gets_the_scene(plotter: pv.Plotter, open_stage: OpenStage) -> None:
    """What trame's views that draw in Python are made of."""
    from vtkmodules.vtkWebCore import vtkWebApplication

    stage = open_stage(plotter=plotter)
    assert stage.settle()
    encoded = bytes(vtk_to_numpy(vtkWebApplication().StillRender(plotter.render_window, 95)))
    picture = np.asarray(Image.open(BytesIO(base64.b64decode(encoded))).convert("RGB")).astype(np.int16)
    assert np.abs(picture - shot(plotter, stage)).mean() < 3.0


def test_plotters_that_cannot_show_a_scene_are_refused(basin: Basin, plotter: pv.Plotter) -> None:
    two = pv.Plotter(off_screen=True, shape=(1, 2))
    with pytest.raises(PlotterError, match="single plot"):
        Stage(basin, plotter=two)
    two.close()
    with pytest.raises(PlotterError, match="closed"):
        Stage(basin, plotter=two)
    two.deep_clean()
    if "DISPLAY" not in os.environ:
        shown = pv.Plotter(off_screen=False)
        with pytest.raises(PlotterError, match="off_screen=True"):
            Stage(basin, plotter=shown)
        shown.close()
        shown.deep_clean()
    with pytest.raises(UnknownFloodError):
        Stage(basin, plotter=plotter, scene=a_scene(basin, level_m=8000.0))
    assert plotter.renderer.GetViewProps().GetNumberOfItems() == 0


def a_scene(basin: Basin, *, level_m: float) -> Any:
    stage = Stage(basin, size=(16, 16))
    scene = stage.fresh(what_if(level_m))
    stage.close()
    return scene


def test_while_tiles_arrive_a_plotter_on_a_screen_is_drawn_again(
    plotter: pv.Plotter, with_village: SceneBasin, open_stage: OpenStage
) -> None:
    stage = open_stage(with_village, plotter=plotter)
    village = stage.layers["models"]
    assert isinstance(village, TilesLayer)
    interactor = plotter.render_window.GetInteractor()
    timers: list[int] = []
    frames: list[int] = []
    watched = [
        (source, source.AddObserver(event, lambda *_, seen=seen: seen.append(1)))
        for source, event, seen in (
            (interactor, "CreateTimerEvent", timers),
            (plotter.renderer, "EndEvent", frames),
        )
    ]
    plotter.render_window.Render()
    assert not village.settled
    for _ in range(200):
        if not timers:
            break
        assert len(timers) == 1, "one at a time"
        timers.clear()
        village.wait(1.0)
        interactor.InvokeEvent("TimerEvent")
    assert village.settled
    assert 1 < len(frames) < 20
    count = len(frames)
    interactor.InvokeEvent("TimerEvent")
    assert len(frames) == count, "once all is there, no further frame"
    for source, observer in watched:
        source.RemoveObserver(observer)


def test_the_error_is_told_in_chinese_too() -> None:
    assert issubclass(PlotterError, TwinError)
    assert "绘图" in PlotterError.zh


def test_a_stage_takes_any_window_with_a_renderer(basin: Basin) -> None:
    from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow

    class Bare:
        def __init__(self) -> None:
            self.render_window, self.renderer = vtkRenderWindow(), vtkRenderer()
            self.render_window.SetOffScreenRendering(True)
            self.render_window.AddRenderer(self.renderer)

    bare = Bare()
    stage = Stage(basin, plotter=bare, size=SIZE)
    assert stage.settle()
    assert stage.render().shape == (180, 320, 4)
    stage.close()
    bare.render_window.Finalize()
