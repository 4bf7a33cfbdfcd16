"""Draw a basin's Scene and the labels over its picture.

One renderer with its layers. A stage asks for a render (``on_change``, ``on_arrival``), it never pushes one.
It belongs to the thread that made it. It holds no state of its own that a person could have set: all of that
is in the ``Scene`` that was applied last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import dist

import numpy as np
from numpy.typing import ArrayLike

from layers.camera import camera as cameras
from layers.camera import controls
from layers.camera.camera import Vector
from layers.compared_water import drawn, show_water
from layers.errors import LayerError, refuse_unknown_flood
from layers.gl.capture import still
from layers.gl.window import Borrowed, OffScreen, Plotter
from layers.governor import FINE
from layers.heights import Ground, flood_of
from layers.labels.overlay import Overlay
from layers.labels.painter import furniture, paint, stamp
from layers.labels.placer import Box, LabelPlacer
from layers.labels.signs import NO_SIGNS, Signs
from layers.layer import Layer
from layers.light import LIGHT, WATER, Light, WaterColours
from layers.model import ModelData, SceneBasin, start_level_m
from layers.plotter import PlotterLink
from layers.scene_layers import SceneLayers
from layers.tiles.models import PickedModel
from layers.tiles.streamed import StreamedLayer
from layers.view_overlay import view_overlay
from twin.arrays import F32, U8
from twin.moment import Moment, what_if
from twin.scene import Camera, Scene

SETTLE_S = 20.0
MODEL_STANDS_M = 12.0
"""A model's ground may lie so far behind the terrain's, which is cut there, and is still what one sees."""


class Stage:
    """Renderer of one view of a basin: applies a Scene, draws pictures."""

    def __init__(
        self,
        basin: SceneBasin,
        *,
        plotter: Plotter | None = None,
        scene: Scene | None = None,
        ground: Ground | None = None,
        size: tuple[int, int] | None = None,
        light: Light = LIGHT,
        water_colours: WaterColours = WATER,
    ) -> None:
        """``scene`` is drawn first; without one it is :meth:`fresh` at the site's start level.

        ``plotter``, PyVista's or another, has the scene in its own picture, with whatever is added to it at
        coordinates of :meth:`place`; its camera and the scene's are one. Without it the stage is off-screen.
        ``ground`` is the basin's, if made; ``size`` (width, height) in pixels, by itself 1280 × 720 or the
        plotter's. Raises what :meth:`apply` raises, and PlotterError for one that is closed, has several
        plots or no screen and is not off-screen.
        """
        self.basin, self._cap_m = basin, basin.cap_m
        self.on_change: Callable[[], None] = lambda: None
        #: Requests a frame as more is loaded, from any thread and within frames: it must only note that.
        self.on_arrival: Callable[[], None] = self._changed
        #: How far the ground may be off in pictures; with 0 it is as fine as its budget of memory allows.
        self.max_error_px = 3.0
        #: How far the surfaces of models may be off in pictures, px. No frame waits for them; see ``settle``.
        self.tile_error_px = FINE.tile_error_px
        #: Where "synthetic data" is burnt into every picture: fractions from left and top.
        self.stamp_at = (0.5, 0.965)
        #: How many times the scene's view frames show each way: a browser moves them by itself.
        self.widened = 1.0
        self.viewer = ""  #: Name of the view, where several take turns and share a budget.
        target = OffScreen(size or (1280, 720)) if plotter is None else Borrowed(plotter, size)
        self._scenery = SceneLayers(
            basin, target=target, ground=ground, light=light, water_colours=water_colours
        )
        self.window, self.renderer, self.ground = target.window, target.renderer, self._scenery.ground
        self.terrain, self.water = self._scenery.terrain, self._scenery.water
        self._frame: tuple[float, float, float] | None = None
        #: Places the labels, and keeps them steady: each of several views that take turns has its own.
        self.placer = LabelPlacer(self.ground)
        self._scene: Scene | None = None
        self._observers: list[int] = []
        self._plot = None if plotter is None else PlotterLink(self._scenery, stamp_at=lambda: self.stamp_at)
        if self._plot is not None:
            self.on_arrival = self._plot.ask
        #: Layers whose names are not placed, whatever the scene says.
        self.withheld: frozenset[str] = frozenset()
        #: What stations show over the picture; see :meth:`show_signs`.
        self.signs = NO_SIGNS
        try:
            self.apply(scene or self.fresh(what_if(start_level_m(basin))))
        except LayerError:
            self.close()
            raise
        self._listen()
        for event, react in (("StartEvent", self._before_frame), ("EndEvent", self._after_frame)):
            self._observers.append(self.renderer.AddObserver(event, react))

    # -- what is shown --------------------------------------------------------------------------------

    def fresh(self, moment: Moment) -> Scene:
        """Return a fresh view's scene: home viewpoint, layers as in the catalog."""
        return Scene(
            camera=self.home(),
            moment=moment,
            layers={layer.id: layer.at_first for layer in self.layers.values()},
        )

    @property
    def scene(self) -> Scene:
        """Scene applied last; its camera follows a plotter's, above ground and water."""
        assert self._scene is not None
        if self._plot is not None:
            self._scene = self._plot.followed(self._scene)
        return self._scene

    def apply(self, scene: Scene) -> None:
        """Show a scene.

        What differs from the one before is drawn anew, and nothing is computed. Layers that this basin does
        not have are passed over. Raises UnknownFloodError, and changes nothing, at or above the level up to
        which connection levels are known: dry ground and wet cannot be told apart there. In a plotter it
        raises PlotterError for an exaggerated one.
        """
        refuse_unknown_flood(scene.moment.highest_m, cap_m=self._cap_m)
        if self._plot is not None:
            self._plot.refuse_exaggerated(scene)
        scene = controls.kept_above(scene, self.ground)
        before, self._scene = self._scene, scene
        if self._plot is not None:
            self._plot.write(scene)
        if before is None or scene.exaggeration != before.exaggeration:
            self._scenery.context.exaggerate(scene.exaggeration)
        if before is None or scene.layers != before.layers:
            self._show_layers(scene)
        if before is None or (scene.moment, scene.marks) != (before.moment, before.marks):
            show_water(self.water, scene, error_m=self.basin.vertical_error_m)
        self.terrain.mark_shores(self.water.has_marks)
        if scene != before:
            self._changed()

    def _show_layers(self, scene: Scene) -> None:
        for layer in self.layers.values():
            layer.set_state(scene.layers.get(layer.id, layer.at_first))

    def set_models(self, models: Sequence[ModelData]) -> None:
        """Show these models: a build made more, or made them anew."""
        self._scenery.set_models(models)
        self._show_layers(self.scene)
        self._listen()
        self._changed()

    def show_signs(self, signs: Signs) -> None:
        """Show these signs and bars; the picture itself stays as it is."""
        self.placer.set_signs(signs.stations)  # of a view: each has its own
        if signs is not self.signs and self._scenery.rain is not None:
            self._scenery.rain.set_amounts(signs.rain_mm, mark=signs.rain_mark)
        self.signs = signs

    @property
    def layers(self) -> Mapping[str, Layer]:
        """Layers by id; another mapping after ``set_models``."""
        return self._scenery.layers

    # -- the camera, and what it sees -----------------------------------------------------------------

    @property
    def camera(self) -> Camera:
        """Scene's camera."""
        return self.scene.camera

    def home(self) -> Camera:
        """Return the camera that a fresh view starts with."""
        return cameras.home(self.basin, self.ground, aspect=self._aspect)

    def viewpoint(self, id: str) -> Camera:  # noqa: A002  (the field's own word)
        """Return a named viewpoint's camera; raises KeyError for an unknown one."""
        views = {view.id: view for view in self.basin.site.viewpoints}
        return cameras.at_viewpoint(views[id], self.basin.frame)

    def place(
        self,
        x: ArrayLike,
        y: ArrayLike,
        height_m: ArrayLike | None = None,
        *,
        crs: str | None = None,
        above_m: float = 0.0,
    ) -> F32:
        """Return scene coordinates, (..., 3) float32, for other data drawn in it.

        ``x`` and ``y`` are east and north in the frame's CRS, or in ``crs`` ("EPSG:4326": longitude and
        latitude). Without ``height_m`` (working heights, m) they lie on the ground or water as it is shown,
        ``above_m`` over it; NaN off the terrain. Raises FrameError for an unknown ``crs``.
        """
        frame = self.basin.frame
        east, north = (np.asarray(x), np.asarray(y)) if crs is None else frame.from_crs(crs, x, y)
        if height_m is None:
            height_m = self.ground.height(east, north, flood=flood_of(self.scene))
        return frame.local(east, north, np.asarray(height_m) + above_m)

    def pick(self, x: float, y: float, *, aspect: float | None = None) -> Vector | None:
        """Raycast the surface at view fractions; returns (east, north, height)."""
        return controls.surface_at(self.scene, self.ground, x, y, aspect=aspect or self._aspect)

    def pick_model(self, x: float, y: float, *, aspect: float | None = None) -> PickedModel | None:
        """Pick the model at a view point; None if ground hides it."""
        k, aspect = self.scene.exaggeration, aspect or self._aspect
        eye, look = cameras.eye(self.scene.camera, k), cameras.ray(self.scene.camera, x, y, aspect)
        found, ground = self._scenery.pick_model(eye, look, exaggeration=k), self.pick(x, y, aspect=aspect)
        if found is None or ground is None:
            return found
        away, to_ground = (dist(eye, (p[0], p[1], p[2] * k)) for p in (found.place, ground))
        return found if away < to_ground + MODEL_STANDS_M else None

    def pick_station(self, x: float, y: float) -> str | None:
        """Pick the station whose sign was last drawn at a point."""
        return self.placer.at(x, y)

    # -- pictures -------------------------------------------------------------------------------------

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture in pixels."""
        width, height = self.window.GetSize()
        return int(width), int(height)

    def resize(self, width: int, height: int) -> None:
        if (width, height) != self.size:
            self.window.SetSize(width, height)
            self._changed()

    def render(
        self,
        *,
        max_error_px: float | None = None,
        tile_error_px: float | None = None,
        enlarged: float = 1.0,
    ) -> U8:
        """Draw one frame; (height, width, 4) uint8 RGBA, first row on top.

        Invented data is stamped on it. This frame's silhouettes may be ``max_error_px`` off, and the surfaces
        of models ``tile_error_px``, instead of the stage's. One that will be shown ``enlarged`` is drawn with
        as fine a picture on the ground as the larger one would have.
        """
        self._frame = (
            self.max_error_px if max_error_px is None else max_error_px,
            self.tile_error_px if tile_error_px is None else tile_error_px,
            enlarged,
        )
        try:
            frame = self._drawn(self.widened)
        finally:
            self._frame = None
        return self._stamped(frame, widened=self.widened)

    def settle(
        self,
        *,
        size: tuple[int, int] | None = None,
        tile_error_px: float | None = None,
        timeout_s: float = SETTLE_S,
    ) -> bool:
        """Wait until models' tiles for ``size`` are loaded, up to ``timeout_s``.

        Returns whether they are. Models may be ``tile_error_px`` off, instead of the stage's own.
        """
        return self._scenery.settle(
            cameras.widened(self.scene.camera, self.widened),
            size=size or self.size,
            exaggeration=self.scene.exaggeration,
            max_error_px=self.max_error_px,
            tile_error_px=self.tile_error_px if tile_error_px is None else tile_error_px,
            timeout_s=timeout_s,
            viewer=self.viewer,
        )

    def overlay(self, *, size: tuple[float, float] | None = None, reserved: Sequence[Box] = ()) -> Overlay:
        """Return names, marks, north arrow and scale bar of the view.

        For a view of ``size`` CSS pixels (the picture's own). No name is placed in the ``reserved`` boxes
        (left, top, right, bottom; CSS pixels).
        """
        return view_overlay(
            self.scene,
            self._scenery,
            self.placer,
            basin=self.basin,
            size=size or self.size,
            reserved=reserved,
            stamp_at=self.stamp_at,
            withheld=self.withheld,
        )

    def picture(
        self, *, size: tuple[int, int] | None = None, overlay: bool = True, smooth: bool = True
    ) -> U8:
        """Return a picture, (height, width, 3) uint8; ``smooth`` averages four frames.

        It waits for the models' tiles, 20 s at most, and then shows what is there.
        """
        size = size or self.size
        self.settle(size=size)
        frame = still(self.window, self._drawn, self.renderer.GetActiveCamera(), size, smooth=smooth)
        if overlay:
            frame = paint(frame, self.overlay(size=size, reserved=furniture(size)))
        return self._stamped(frame)

    def close(self) -> None:
        """Free everything drawn and the window, but not a plotter's.

        The stage is of no use after that. A plotter may be closed before or after it.
        """
        self.on_change = self.on_arrival = lambda: None
        for observer in self._observers:
            self.renderer.RemoveObserver(observer)
        if self._plot is not None:
            self._plot.close()
        self._scenery.close()

    # -- inner ----------------------------------------------------------------------------------------

    def _drawn(self, widened: float = 1.0) -> U8:
        error_m = self.basin.vertical_error_m
        return drawn(self.window, self.water, self.scene, error_m=error_m, widened=widened)

    @property
    def _aspect(self) -> float:
        width, height = self.size
        return width / height

    def _listen(self) -> None:
        for layer in self.layers.values():
            layer.on_change = self._changed
            if isinstance(layer, StreamedLayer):
                layer.on_arrival = lambda: self.on_arrival()  # noqa: PLW0108  (it is set later)

    def _changed(self) -> None:
        self.on_change()

    def _before_frame(self, *_: object) -> None:
        """Runs before every frame, whoever asks for it."""
        error_px, tile_error_px, enlarged = self._frame or (self.max_error_px, self.tile_error_px, 1.0)
        self._scenery.prepare(
            cameras.widened(self.scene.camera, self.widened),
            exaggeration=self.scene.exaggeration,
            max_error_px=error_px,
            tile_error_px=tile_error_px,
            enlarged=enlarged,
            viewer=self.viewer,
        )

    def _after_frame(self, *_: object) -> None:
        self._scenery.after_frame()

    def _stamped(self, frame: U8, *, widened: float = 1.0) -> U8:
        """The frame with "synthetic data" burnt in; a plotter's has it already."""
        if self.basin.synthetic and self._plot is None:
            x, y = self.stamp_at
            stamp(frame, at=((x - 0.5) / widened + 0.5, (y - 0.5) / widened + 0.5))
        return frame
