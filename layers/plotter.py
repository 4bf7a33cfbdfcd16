"""Synchronise a scene with the plotter it is drawn in.

Camera, stamp, redraws.
"""

from __future__ import annotations

from collections.abc import Callable
from math import atan2, degrees
from weakref import WeakMethod

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPolyData
from vtkmodules.vtkRenderingCore import (
    vtkPolyDataMapper2D,
    vtkRenderer,
    vtkTexture,
    vtkTexturedActor2D,
)

from layers.camera import camera as geometry
from layers.errors import PlotterError
from layers.gl.arrays import triangles
from layers.heights import Ground, flood_of
from layers.labels.painter import badge, stamp_corner
from layers.scene_layers import SceneLayers, aim
from twin.arrays import F32, U8
from twin.scene import Camera, Scene

LATER_MS = 100
"""So long after a frame that lacks tiles the next one is looked for."""
NARROWEST_DEG, WIDEST_DEG = 5.0, 120.0  # what twin.scene.Camera takes


class PlotterLink:
    """Holds camera, stamp and redraw timer of a scene in a plotter.

    ``stamp_at`` tells before each frame where "synthetic data" belongs, fractions from left and top.
    """

    def __init__(self, scenery: SceneLayers, *, stamp_at: Callable[[], tuple[float, float]]) -> None:
        camera = SharedCamera(scenery.renderer, scenery.ground)
        self.write, self.followed = camera.write, camera.followed
        refreshing = Refreshing(scenery.renderer, settled=lambda: scenery.settled)
        self.ask = refreshing.ask
        self._closing = [refreshing.close]
        if scenery.synthetic:
            self._closing.append(StampActor(scenery.renderer, at=stamp_at).close)

    def refuse_exaggerated(self, scene: Scene) -> None:
        """Raise PlotterError for exaggerated heights.

        Other data in the plotter would not fit the ground.
        """
        if scene.exaggeration != 1.0:
            raise PlotterError(
                f"heights in a plotter are true, not {scene.exaggeration:g} times as high: apply the scene "
                "with exaggeration=1"
            )

    def close(self) -> None:
        """Remove the stamp and the observers."""
        for close in self._closing:
            close()


class SharedCamera:
    """Synchronises a scene's camera with the renderer's, in both directions.

    A scene has neither roll nor parallel projection, and its camera stays above ground and water: what is
    read is written back so, and the picture and the scene never differ.
    """

    def __init__(self, renderer: vtkRenderer, ground: Ground) -> None:
        self._renderer, self._ground = renderer, ground
        self._written: tuple[object, ...] = ()

    def write(self, scene: Scene) -> None:
        """Set the renderer's camera from the scene's."""
        camera = self._renderer.GetActiveCamera()
        camera.ParallelProjectionOff()
        aim(camera, scene.camera, self._ground.frame, scene.exaggeration)
        self._written = self._pose()

    def followed(self, scene: Scene) -> Scene:
        """Return the scene with the renderer's camera.

        The scene itself where that was not moved.
        """
        if self._pose() == self._written:
            return scene
        camera = geometry.kept_above(
            self._read(scene), self._ground, flood=flood_of(scene), exaggeration=scene.exaggeration
        )
        scene = scene.changed(camera=camera)
        self.write(scene)
        return scene

    def _pose(self) -> tuple[object, ...]:
        camera = self._renderer.GetActiveCamera()
        return (
            *(camera.GetPosition(), camera.GetFocalPoint(), camera.GetViewUp()),
            *(camera.GetViewAngle(), camera.GetParallelProjection()),
        )

    def _read(self, scene: Scene) -> Camera:
        """The inverse of ``aim``, by the definition of a scene's camera."""
        camera = self._renderer.GetActiveCamera()
        eye, at = (
            (float(place[0]), float(place[1]), float(place[2]))
            for place in self._ground.frame.absolute([camera.GetPosition(), camera.GetFocalPoint()])
        )
        angle = min(WIDEST_DEG, max(NARROWEST_DEG, float(camera.GetViewAngle())))
        before = scene.camera.model_copy(update={"view_angle_deg": angle})
        x, y, z = camera.GetViewUp()
        if z < 0.0:  # orbited over the top: held where it looks straight down
            eye = at[0], at[1], at[2] + float(camera.GetDistance())
        elif camera.GetDirectionOfProjection()[2] < 0.0 < abs(x) + abs(y):
            # Where the look is straight down only the picture's top tells the heading.
            before = before.model_copy(update={"heading_deg": degrees(atan2(x, y)) % 360.0 % 360.0})
        return geometry.looking(before, eye_at=eye, at=at, exaggeration=scene.exaggeration)


class StampActor:
    """Badge "synthetic data" in a renderer's picture, over all else."""

    def __init__(self, renderer: vtkRenderer, *, at: Callable[[], tuple[float, float]]) -> None:
        self._renderer, self._at = renderer, at
        self._height = 0
        self._actor = vtkTexturedActor2D()
        self._actor.SetTexture(vtkTexture())
        self._actor.UseBoundsOff()
        renderer.AddViewProp(self._actor)
        self._observer = renderer.AddObserver("StartEvent", self._fit)

    def close(self) -> None:
        self._renderer.RemoveObserver(self._observer)
        self._renderer.RemoveViewProp(self._actor)

    def _fit(self, *_: object) -> None:
        width, height = self._renderer.GetRenderWindow().GetSize()
        picture = badge(height)
        if height != self._height:
            self._height = height
            self._draw(np.flipud(picture))
        left, top = stamp_corner(self._at(), (width, height))
        self._actor.SetPosition(left, height - top - len(picture))

    def _draw(self, picture: U8) -> None:
        rows, cols = picture.shape[:2]
        image = vtkImageData()
        image.SetDimensions(cols, rows, 1)
        image.GetPointData().SetScalars(numpy_to_vtk(picture.reshape(-1, 4), deep=True))
        self._actor.GetTexture().SetInputDataObject(image)
        mapper = vtkPolyDataMapper2D()
        mapper.SetInputDataObject(_rectangle(cols, rows))
        self._actor.SetMapper(mapper)


class Refreshing:
    """Redraws an on-screen plotter while tiles arrive.

    By timers of its interactor. Without an interactor whose events run (off-screen, in a still of a notebook)
    nothing happens.
    """

    def __init__(self, renderer: vtkRenderer, *, settled: Callable[[], bool]) -> None:
        self._window, self._settled = renderer.GetRenderWindow(), settled
        self._wanted = self._waiting = False
        interactor = self._window.GetInteractor()
        self._observers = [(renderer, renderer.AddObserver("EndEvent", self._look_later))]
        if interactor is not None:
            look = WeakMethod(self._look)  # nobody else takes this observer out when the plotter is closed
            observer = interactor.AddObserver("TimerEvent", lambda *_: (found := look()) and found())
            self._observers.append((interactor, observer))

    def ask(self) -> None:
        """Request a redraw, from any thread."""
        self._wanted = True

    def close(self) -> None:
        for source, observer in self._observers:
            source.RemoveObserver(observer)

    def _look_later(self, *_: object) -> None:
        interactor = self._window.GetInteractor()
        if interactor is not None and not self._waiting and not self._settled():
            self._waiting = True
            interactor.CreateOneShotTimer(LATER_MS)

    def _look(self) -> None:
        self._waiting = False
        if self._wanted:
            self._wanted = False
            self._window.Render()
        else:
            self._look_later()


def _rectangle(width: int, height: int) -> vtkPolyData:
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], dtype=np.float32)
    places: F32 = np.column_stack([corners * (width, height), np.zeros(4)]).astype(np.float32)
    halves = np.array([(0, 1, 2), (0, 2, 3)], dtype=np.int32)
    return triangles(places, halves, tcoord=corners, attributes={})
