"""The stage: one off-screen renderer with its layers, its camera and the labels over it.

A stage asks for a render (``on_change``), it never pushes one. It belongs to the thread that made it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import dist, isfinite, radians, tan

import numpy as np

from layers import camera as cameras
from layers import controls
from layers.arrays import let_go
from layers.camera import Vector
from layers.canvas import Canvas
from layers.errors import UnknownFloodError
from layers.flight import Flight, fly
from layers.ground import Ground
from layers.labels import Box, Placer
from layers.layer import Layer
from layers.light import LIGHT, WATER, Light, WaterColours
from layers.model import U8, SceneBasin
from layers.overlay import SYNTHETIC, Overlay, north_deg, scale_bar
from layers.painter import furniture, paint, stamp, stamp_box
from layers.sky import SkyLayer
from layers.surroundings import SurroundingsLayer
from layers.terrain import TerrainLayer
from layers.uniforms import Uniforms
from layers.vector_layer import VectorLayer
from layers.vectors import vector_layers
from layers.water import WaterLayer
from layers.water_raster import WaterRaster
from layers.window import off_screen, pixels
from twin.moment import Mode, Moment
from twin.scene import Camera, LayerState, Scene

FARTHEST_M = 500_000.0
#: Places within a pixel, no two in one row or column: edges of every direction come out in five tones.
FOUR_PLACES = ((-0.125, -0.375), (0.375, -0.125), (0.125, 0.375), (-0.375, 0.125))


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
        #: What time is shown; saved pictures of anything but "live" say it in a coloured frame.
        self.mode: Mode = "what-if"
        #: How far silhouettes may be off in the picture; 0 draws every triangle there is.
        self.max_error_px = 1.6
        #: Where "synthetic data" is burnt into every picture: fractions from left and top.
        self.stamp_at = (0.5, 0.965)
        self.window, self.renderer = off_screen(size)
        self._light = light
        self._exaggeration = 1.0
        ground_m, grid = basin.ground()
        connection_cm = basin.connection()
        around = basin.surroundings()
        self.ground = Ground(
            ground_m, connection_cm, grid, basin.frame, around=None if around is None else around.mesh
        )
        uniforms = Uniforms(
            eye=(0.0, 0.0, 0.0),
            exaggeration=1.0,
            viewSize=(float(size[0]), float(size[1])),
            pixelsPerTangent=1000.0,
            haze=light.haze,
            visibility=light.visibility_m,
            horizon=light.horizon,
        )
        self._canvas = Canvas(self.window, self.renderer, uniforms, self.ground)
        raster = WaterRaster(ground_m, connection_cm, self.window, cap_m=basin.cap_m)
        self.water = WaterLayer(
            raster=raster,
            grid_shape=grid.shape,
            bed_m=basin.bed_m,
            uniforms=uniforms,
            colours=water_colours,
            title={"zh": "水面", "en": "Water"},
        )
        self.terrain = TerrainLayer(
            basin.mesh(),
            canvas=self._canvas,
            connection_cm=connection_cm,
            picture=basin.surface_picture(),
            raster=raster,
            edge_fade=light.edge_fade if around is None else 0.0,
            title={"zh": "地形", "en": "Terrain"},
        )
        layers: list[Layer] = [self.terrain, self.water, *vector_layers(basin.vectors(), self._canvas)]
        if around is not None:
            layers.append(SurroundingsLayer(around, canvas=self._canvas))
        layers.append(SkyLayer(self._canvas, light))
        self.layers: Mapping[str, Layer] = {layer.id: layer for layer in layers}
        for layer in layers:
            layer.on_change = self._changed
        self._meshes = [x for x in layers if isinstance(x, TerrainLayer | SurroundingsLayer)]
        self._anchors = [anchor for x in layers if isinstance(x, VectorLayer) for anchor in x.anchors]
        self._placer = Placer(self.ground)
        self._camera = self.home()
        self.renderer.AddObserver("StartEvent", self._before_frame)
        self.renderer.AddObserver("EndEvent", self._after_frame)
        self._rasters = (ground_m, connection_cm)

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

    @property
    def exaggeration(self) -> float:
        return self._exaggeration

    def set_exaggeration(self, factor: float) -> None:
        """Draw heights ``factor`` times as high, 1 to 5."""
        self._exaggeration = min(5.0, max(1.0, float(factor)))
        self._canvas.exaggerate(self._exaggeration)
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
            language="en" if self.language == "en" else "zh",
        )

    def apply(self, scene: Scene) -> None:
        """Show a scene. Layers that this basin does not have are passed over."""
        self.language = scene.language
        self.mode = scene.moment.mode
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
        hit = self.pick(x, y)
        if hit is not None:
            return hit[0], hit[1], hit[2] * self._exaggeration
        return cameras.target(self._camera, self._exaggeration)

    def pan(self, grabbed: Vector, *, x: float, y: float) -> None:
        """Move over the ground until the grabbed point lies under a place of the view."""
        self._aim(
            controls.panned(
                self._camera, grabbed, to=(x, y), aspect=self._aspect, exaggeration=self._exaggeration
            )
        )

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

    def render(self) -> U8:
        """Draw one frame; (height, width, 4) uint8 RGBA, first row on top. Invented data says so on it."""
        self.window.Render()
        frame = pixels(self.window)
        if self.basin.synthetic:
            stamp(frame, at=self.stamp_at)
        return frame

    def overlay(self, *, size: tuple[float, float] | None = None, reserved: Sequence[Box] = ()) -> Overlay:
        """Names, marks, north arrow and scale bar for a view of ``size`` CSS pixels (the picture's own).

        No name is placed in the ``reserved`` boxes (left, top, right, bottom; CSS pixels).
        """
        size = size or self.size
        labels, marks = self._placer.place(
            self._anchors,
            camera=self._camera,
            size=size,
            language=self.language,
            flood=self.water.flood,
            exaggeration=self._exaggeration,
            opacity={layer.id: layer.opacity for layer in self.layers.values() if layer.visible},
            reserved=(stamp_box(self.stamp_at, size), *reserved) if self.basin.synthetic else reserved,
        )
        return Overlay(
            labels=labels,
            marks=marks,
            north_deg=north_deg(self._camera),
            scale=scale_bar(self._camera, size[0] / size[1]),
            synthetic=SYNTHETIC if self.basin.synthetic else None,
            mode=self.mode,
        )

    def picture(
        self, *, size: tuple[int, int] | None = None, overlay: bool = True, smooth: bool = True
    ) -> U8:
        """A picture to keep, (height, width, 3) uint8; ``smooth`` ones are the mean of four frames."""
        before = self.size
        width, height = size or before
        self.window.SetSize(width, height)
        places = FOUR_PLACES if smooth else ((0.0, 0.0),)
        camera = self.renderer.GetActiveCamera()
        total = np.zeros((height, width, 3), dtype=np.uint16)
        for right, up in places:
            camera.SetWindowCenter(2.0 * right / width, 2.0 * up / height)
            self.window.Render()
            total += pixels(self.window)[..., :3]
        camera.SetWindowCenter(0.0, 0.0)
        self.window.SetSize(*before)
        frame = ((total + len(places) // 2) // len(places)).astype(np.uint8)
        if overlay:
            frame = paint(frame, self.overlay(size=(width, height), reserved=furniture((width, height))))
        if self.basin.synthetic:
            stamp(frame, at=self.stamp_at)
        return frame

    def close(self) -> None:
        """Free the window and everything drawn in it. The stage is of no use after that."""
        self.on_change = lambda: None
        self.renderer.RemoveAllObservers()
        self.renderer.RemoveAllViewProps()
        self.window.RemoveRenderer(self.renderer)
        self.window.Finalize()

    # -- inner ----------------------------------------------------------------------------------------

    @property
    def _aspect(self) -> float:
        width, height = self.size
        return width / height

    def _aim(self, camera: Camera) -> None:
        """Take the same view with the surface in its middle as the target: its distance is that of what is
        seen, which the scale bar and the next zoom count on. Looks into the sky keep their target."""
        k = self._exaggeration
        eye = cameras.eye(camera, k)
        hit = self.ground.hit(eye, cameras.forward(camera), flood=self.water.flood, exaggeration=k)
        away = 0.0 if hit is None else dist(eye, (hit[0], hit[1], hit[2] * k))
        if away > cameras.CLEARANCE_M:
            camera = cameras.posed(camera, eye_at=eye, exaggeration=k, distance_m=away)
        self.camera = camera

    def _changed(self) -> None:
        self.on_change()

    def _before_frame(self, *_: object) -> None:
        """Runs before every frame, whoever asks for it: camera, clipping, culling."""
        camera, frame, k = self.renderer.GetActiveCamera(), self.basin.frame, self._exaggeration
        cameras.point(camera, self._camera, frame, k)
        east, north, z = cameras.eye(self._camera, k)
        width, height = self.size
        below = self.ground.floor(east, north)
        above = z / k - below if isfinite(below) else z / k
        self._canvas.uniforms.set(
            visibility=self._light.visibility_from(above),
            eye=(east - frame.east, north - frame.north, z / k),
            viewSize=(float(width), float(height)),
            pixelsPerTangent=height / (2.0 * tan(radians(self._camera.view_angle_deg) / 2.0)),
        )
        camera.SetClippingRange(min(2000.0, max(1.0, 0.1 * k * above)), FARTHEST_M)
        for layer in self._meshes:
            if layer.visible:
                layer.culler.update(camera, size=self.size, exaggeration=k, max_error_px=self.max_error_px)
            else:
                layer.culler.hide()

    def _after_frame(self, *_: object) -> None:
        """What has gone to OpenGL need not stay in this process."""
        for layer in self._meshes:
            if layer.culler.fresh:
                layer.culler.fresh = False
                let_go(layer.mesh.position, layer.mesh.tcoord, layer.mesh.triangles, *self._rasters)
