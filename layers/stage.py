"""The stage: one off-screen renderer with its layers, its camera and the labels over it.

A stage asks for a render (``on_change``, ``on_arrival``), it never pushes one. It belongs to the thread that
made it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import dist

from layers import camera as cameras
from layers import controls, gaps
from layers.camera import Vector
from layers.capture import still
from layers.errors import UnknownFloodError
from layers.flight import Flight, fly
from layers.governor import FINE
from layers.labels import Box, Placer, text_scale
from layers.layer import Layer
from layers.light import LIGHT, WATER, Light, WaterColours
from layers.model import U8, ModelData, SceneBasin
from layers.overlay import SYNTHETIC, Overlay, north_deg, scale_bar
from layers.painter import furniture, paint, stamp, stamp_box
from layers.rain import bars
from layers.scenery import Scenery
from layers.stations import Sign
from layers.tiles.models import Picked
from layers.tiles.streamed import StreamedLayer
from layers.window import pixels
from twin.moment import Mode, Moment
from twin.scene import Camera, Density, LayerState, Scene

SETTLE_S = 20.0
MODEL_STANDS_M = 12.0
"""A model's ground may lie so far behind the terrain's, which is cut there, and is still what one sees."""


class Stage:
    """What one view shows of a basin."""

    def __init__(
        self,
        basin: SceneBasin,
        *,
        size: tuple[int, int] = (1280, 720),
        language: str = "zh",
        light: Light = LIGHT,
        water_colours: WaterColours = WATER,
    ) -> None:
        self.basin = basin
        self.language = language
        self.on_change: Callable[[], None] = lambda: None
        #: Asks for a frame because more of a model has been loaded; calls ``on_change`` unless it is set. It
        #: comes from load threads, and while a frame is drawn: it must only note that one is wanted.
        self.on_arrival: Callable[[], None] = self._changed
        #: What time is shown; saved pictures of anything but "live" say it in a coloured frame.
        self.mode: Mode = "what-if"
        #: How many names and signs lie over the picture.
        self.density: Density = "normal"
        #: How far the ground may be off in pictures; with 0 it is as fine as its budget of memory allows.
        self.max_error_px = 3.0
        #: How far the surfaces of models may be off in pictures, px. No frame waits for them; see ``settle``.
        self.tile_error_px = FINE.tile_error_px
        #: Where "synthetic data" is burnt into every picture: fractions from left and top.
        self.stamp_at = (0.5, 0.965)
        self._scenery = Scenery(basin, size=size, light=light, water_colours=water_colours)
        self.window, self.renderer = self._scenery.window, self._scenery.renderer
        self.ground = self._scenery.ground
        self.terrain, self.water = self._scenery.terrain, self._scenery.water
        self._listen()
        self._exaggeration = 1.0
        self._frame: tuple[float, float, float] | None = None
        self._placer = Placer(self.ground)
        self._camera = self.home()
        self.renderer.AddObserver("StartEvent", self._before_frame)
        self.renderer.AddObserver("EndEvent", self._after_frame)

    # -- what is shown --------------------------------------------------------------------------------

    def set_water(
        self,
        *,
        level_m: float,
        highest_m: float | None = None,
        error_m: float | None = None,
        show_uncertain: bool = False,
        compare_m: float | None = None,
    ) -> None:
        """Show the flood at ``level_m``; two uniforms, nothing is computed.

        ``highest_m`` is the highest level of the moment: pockets above the level keep water to their sill.
        ``show_uncertain`` marks the belt within ``error_m`` of the level, ``compare_m`` the ground between
        that level and this one. Raises UnknownFloodError at or above the level up to which connection levels
        are known, for there dry ground and wet cannot be told apart.
        """
        top_m = max(level_m, level_m if highest_m is None else highest_m)
        if not top_m < self.basin.cap_m:  # NaN as well
            raise UnknownFloodError(
                f"the flood is known below {self.basin.cap_m:.2f} m only, not at {top_m:g} m",
                level_m=top_m,
                cap_m=self.basin.cap_m,
            )
        self.water.show(
            level_m=level_m,
            highest_m=highest_m,
            possible_m=(error_m or 0.0) if show_uncertain else 0.0,
            compare_m=compare_m,
        )
        self.terrain.mark_shores(self.water.has_marks)
        self.camera = self._camera  # rising water lifts it

    def take_models(self, models: Sequence[ModelData]) -> None:
        """Show these models from now on: a build has made more of them, or made them anew."""
        self._scenery.take_models(models)
        self._listen()
        self._changed()

    def tell_stations(self, signs: Mapping[str, Sign]) -> None:
        """What stations show from now on, by their ids; the picture itself stays as it is."""
        self._placer.tell(signs)

    def tell_rain(self, amounts: Mapping[str, tuple[float, float]]) -> None:
        """Rain of 24 hours by station: (mm, share that is known)."""
        if self._scenery.rain is not None:
            self._scenery.rain.tell(amounts)

    @property
    def layers(self) -> Mapping[str, Layer]:
        """By id; another mapping after ``take_models``."""
        return self._scenery.layers

    @property
    def exaggeration(self) -> float:
        return self._exaggeration

    def set_exaggeration(self, factor: float) -> None:
        """Draw heights ``factor`` times as high, 1 to 5."""
        self._exaggeration = min(5.0, max(1.0, float(factor)))
        self._scenery.canvas.exaggerate(self._exaggeration)
        self.camera = self._camera

    # -- the camera -----------------------------------------------------------------------------------

    @property
    def camera(self) -> Camera:
        return self._camera

    @camera.setter
    def camera(self, camera: Camera) -> None:
        self._camera = cameras.kept_above(
            camera, self.ground, flood=self.water.flood, exaggeration=self._exaggeration
        )
        self._changed()

    def home(self) -> Camera:
        """The camera a fresh view starts with."""
        view = self.basin.site.home_viewpoint
        if view is None:
            return cameras.overview(self.ground, aspect=self._aspect)
        return cameras.at_viewpoint(view, self.basin.frame)

    def viewpoint(self, id: str) -> Camera:  # noqa: A002  (the field's own word)
        """The camera of a named viewpoint. Raises KeyError for an unknown one."""
        views = {view.id: view for view in self.basin.site.viewpoints}
        return cameras.at_viewpoint(views[id], self.basin.frame)

    def flight_to(self, end: Camera, *, seconds: float | None = None) -> Flight:
        """A smooth way from here; ``stage.camera = flight.at(t)`` flies it."""
        return fly(
            self._camera,
            end,
            seconds=seconds,
            ground=self.ground,
            flood=self.water.flood,
            exaggeration=self._exaggeration,
        )

    def scene(self, moment: Moment) -> Scene:
        """What is shown, as one value; ``moment`` is the caller's, a stage knows only levels."""
        return Scene(
            camera=self._camera,
            moment=moment,
            layers={x.id: LayerState(visible=x.visible, opacity=x.opacity) for x in self.layers.values()},
            exaggeration=self._exaggeration,
            density=self.density,
            language="en" if self.language == "en" else "zh",
        )

    def apply(self, scene: Scene) -> None:
        """Show a scene. Layers that this basin does not have are passed over."""
        self.language = scene.language
        self.mode = scene.moment.mode
        self.density = scene.density
        self.set_exaggeration(scene.exaggeration)
        self.set_water(level_m=scene.moment.level_m, highest_m=scene.moment.highest_m)
        for name, state in scene.layers.items():
            if (layer := self.layers.get(name)) is not None:
                layer.visible, layer.opacity = state.visible, state.opacity
        self.camera = scene.camera

    def grab(self, x: float, y: float) -> Vector:
        """The point that a hand takes hold of at a place of the view (fractions from its left and top).

        It is (east, north, height · exaggeration): on the surface, or at the target's distance in the sky.
        """
        if (hit := self.pick(x, y)) is not None:
            return hit[0], hit[1], hit[2] * self._exaggeration
        return cameras.target(self._camera, self._exaggeration)

    def pan(self, grabbed: Vector, *, x: float, y: float) -> None:
        """Move over the ground until the grabbed point lies under a place of the view."""
        k = self._exaggeration
        self._aim(controls.panned(self._camera, grabbed, to=(x, y), aspect=self._aspect, exaggeration=k))

    def orbit(self, grabbed: Vector, *, right_deg: float, up_deg: float) -> None:
        """Swing around the grabbed point."""
        self._aim(
            controls.turned(
                self._camera, grabbed, right_deg=right_deg, up_deg=up_deg, exaggeration=self._exaggeration
            )
        )

    def zoom(self, grabbed: Vector, *, factor: float) -> None:
        """Go to ``factor`` times the distance from the grabbed point."""
        self._aim(controls.zoomed(self._camera, grabbed, factor=factor, exaggeration=self._exaggeration))

    def pick(self, x: float, y: float) -> Vector | None:
        """(east, north, height) of the surface under a point of the view (fractions from left and top)."""
        return self.ground.hit(
            cameras.eye(self._camera, self._exaggeration),
            cameras.ray(self._camera, x, y, self._aspect),
            flood=self.water.flood,
            exaggeration=self._exaggeration,
        )

    def pick_model(self, x: float, y: float) -> Picked | None:
        """What of a model lies under a point of the view, or None where none does, or the ground hides it."""
        k = self._exaggeration
        eye, look = cameras.eye(self._camera, k), cameras.ray(self._camera, x, y, self._aspect)
        found, ground = self._scenery.pick_model(eye, look, exaggeration=k), self.pick(x, y)
        if found is None or ground is None:
            return found
        away, to_ground = (dist(eye, (p[0], p[1], p[2] * k)) for p in (found.place, ground))
        return found if away < to_ground + MODEL_STANDS_M else None

    def pick_station(self, x: float, y: float) -> str | None:
        """The station whose sign or words lie under a point of the view that was drawn last, or None."""
        return self._placer.at(x, y)

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
        """Draw one frame; (height, width, 4) uint8 RGBA, first row on top. Invented data says so on it.

        This frame's silhouettes may be ``max_error_px`` off, and the surfaces of models ``tile_error_px``,
        instead of the stage's. One that will be shown ``enlarged`` is drawn with as fine a picture on the
        ground as the larger one would have.
        """
        self._frame = (
            self.max_error_px if max_error_px is None else max_error_px,
            self.tile_error_px if tile_error_px is None else tile_error_px,
            enlarged,
        )
        try:
            self.window.Render()
        finally:
            self._frame = None
        frame = pixels(self.window)
        if self.basin.synthetic:
            stamp(frame, at=self.stamp_at)
        return frame

    def settle(
        self,
        *,
        size: tuple[int, int] | None = None,
        tile_error_px: float | None = None,
        timeout_s: float = SETTLE_S,
    ) -> bool:
        """Wait until the models' tiles that a picture of ``size`` needs are loaded, or for so long.

        Returns whether they are. Models may be ``tile_error_px`` off, instead of the stage's own.
        """
        return self._scenery.settle(
            self._camera,
            size=size or self.size,
            exaggeration=self._exaggeration,
            max_error_px=self.max_error_px,
            tile_error_px=self.tile_error_px if tile_error_px is None else tile_error_px,
            timeout_s=timeout_s,
        )

    def overlay(self, *, size: tuple[float, float] | None = None, reserved: Sequence[Box] = ()) -> Overlay:
        """Names, marks, north arrow and scale bar for a view of ``size`` CSS pixels (the picture's own).

        No name is placed in the ``reserved`` boxes (left, top, right, bottom; CSS pixels).
        """
        size, frame = size or self.size, self.basin.frame
        broken, broken_marks, taken = gaps.marked(
            self.layers.values(),
            camera=self._camera,
            size=size,
            exaggeration=self._exaggeration,
            language=self.language,
        )
        labels, marks = self._placer.place(
            self._scenery.anchors,
            camera=self._camera,
            size=size,
            language=self.language,
            flood=self.water.flood,
            exaggeration=self._exaggeration,
            opacity={layer.id: layer.opacity for layer in self.layers.values() if layer.visible},
            density=self.density,
            afar=self._scenery.kind_afar,
            reserved=[*taken, *reserved, *([stamp_box(self.stamp_at, size)] if self.basin.synthetic else [])],
        )
        return Overlay(
            labels=labels + broken,
            marks=marks + broken_marks,
            north_deg=north_deg(self._camera, true_north_deg=frame.true_north_deg),
            scale=scale_bar(self._camera, size[0] / size[1], metre_m=frame.metre_m),
            synthetic=SYNTHETIC if self.basin.synthetic else None,
            mode=self.mode,
            bars=bars(self._scenery.rain, marks, scale=text_scale(size[1])),
        )

    def picture(
        self, *, size: tuple[int, int] | None = None, overlay: bool = True, smooth: bool = True
    ) -> U8:
        """A picture to keep, (height, width, 3) uint8; ``smooth`` ones are the mean of four frames.

        It waits for the models' tiles, 20 s at most, and then shows what is there.
        """
        size = size or self.size
        self.settle(size=size)
        frame = still(self.window, self.renderer.GetActiveCamera(), size, smooth=smooth)
        if overlay:
            frame = paint(frame, self.overlay(size=size, reserved=furniture(size)))
        if self.basin.synthetic:
            stamp(frame, at=self.stamp_at)
        return frame

    def close(self) -> None:
        """Free the window and everything drawn in it. The stage is of no use after that."""
        self.on_change = self.on_arrival = lambda: None
        self._scenery.close()

    # -- inner ----------------------------------------------------------------------------------------

    @property
    def _aspect(self) -> float:
        width, height = self.size
        return width / height

    def _aim(self, camera: Camera) -> None:
        k, flood = self._exaggeration, self.water.flood
        self.camera = controls.aimed(camera, self.ground, flood=flood, exaggeration=k)

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
            self._camera,
            exaggeration=self._exaggeration,
            max_error_px=error_px,
            tile_error_px=tile_error_px,
            enlarged=enlarged,
        )

    def _after_frame(self, *_: object) -> None:
        self._scenery.tidy()
