"""The stage: one off-screen renderer with its layers, its camera and the labels over it.

A stage asks for a render (``on_change``), it never pushes one. It belongs to the thread that made it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite

from layers import camera as cameras
from layers.camera import CameraState
from layers.ground import Ground
from layers.layer import Layer
from layers.light import LIGHT, WATER, Light, WaterColours
from layers.model import U8, SceneBasin
from layers.sky import SkyLayer
from layers.terrain import TerrainLayer
from layers.uniforms import Uniforms
from layers.water import WaterLayer
from layers.water_raster import WaterRaster
from layers.window import off_screen, pixels

#: Above every level that is shown; connection levels are computed up to here.
CAP_M = 161.0


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
        self.window, self.renderer = off_screen(size)
        ground_m, grid = basin.ground()
        connection_cm = basin.connection()
        self.ground = Ground(ground_m, connection_cm, grid, basin.frame)
        self._exaggeration = 1.0
        self._uniforms = Uniforms(
            eye=(0.0, 0.0, 0.0),
            exaggeration=1.0,
            haze=light.haze,
            visibility=light.visibility_m,
            horizon=light.horizon,
        )
        raster = WaterRaster(ground_m, connection_cm, self.window, cap_m=CAP_M)
        self.water = WaterLayer(
            raster=raster,
            grid_shape=grid.shape,
            bed_m=basin.bed_m,
            uniforms=self._uniforms,
            colours=water_colours,
            title={"zh": "水面", "en": "Water"},
        )
        self.terrain = TerrainLayer(
            basin.mesh(),
            ground=self.ground,
            connection_cm=connection_cm,
            picture=basin.surface_picture(),
            raster=raster,
            window=self.window,
            renderer=self.renderer,
            uniforms=self._uniforms,
            title={"zh": "地形", "en": "Terrain"},
        )
        sky = SkyLayer(renderer=self.renderer, uniforms=self._uniforms, light=light)
        self.layers: Mapping[str, Layer] = {layer.id: layer for layer in (self.terrain, self.water, sky)}
        for layer in self.layers.values():
            layer.on_change = self._changed
        self._camera = self.home()
        self.renderer.AddObserver("StartEvent", self._before_frame)

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
        """Show the flood at ``level_m``; two uniforms, nothing is computed."""
        self.water.show(
            level_m=level_m,
            highest_m=highest_m,
            possible_m=(error_m or 0.0) if show_uncertain else 0.0,
            compare_m=compare_m,
        )
        self._changed()

    @property
    def exaggeration(self) -> float:
        return self._exaggeration

    def set_exaggeration(self, factor: float) -> None:
        """Draw heights ``factor`` times as high, 1 to 5."""
        self._exaggeration = min(5.0, max(1.0, float(factor)))
        for actor in self.terrain.actors:
            actor.SetScale(1.0, 1.0, self._exaggeration)
        self._uniforms.set(exaggeration=self._exaggeration)
        self.camera = self._camera

    # -- the camera -----------------------------------------------------------------------------------

    @property
    def camera(self) -> CameraState:
        return self._camera

    @camera.setter
    def camera(self, state: CameraState) -> None:
        self._camera = cameras.kept_above(
            state, self.ground, flood=self.water.flood, exaggeration=self._exaggeration
        )
        self._changed()

    def home(self) -> CameraState:
        """The camera a fresh view starts with."""
        view = self.basin.site.home_viewpoint
        return cameras.overview(self.ground) if view is None else cameras.at_viewpoint(view, self.basin.frame)

    # -- pictures -------------------------------------------------------------------------------------

    @property
    def size(self) -> tuple[int, int]:
        width, height = self.window.GetSize()
        return int(width), int(height)

    def resize(self, size: tuple[int, int]) -> None:
        if size != self.size:
            self.window.SetSize(*size)
            self._changed()

    def render(self) -> None:
        """Draw one frame into the window."""
        self.window.Render()

    def picture(self, *, size: tuple[int, int] | None = None) -> U8:
        """The scene as (height, width, 3) uint8."""
        before = self.size
        if size is not None:
            self.resize(size)
        self.render()
        out = pixels(self.window)
        self.resize(before)
        return out

    def pick(self, x: float, y: float) -> tuple[float, float, float] | None:
        """(east, north, height) of the surface under a point of the view (fractions from left and top)."""
        width, height = self.size
        return self.ground.hit(
            self._camera.eye(self._exaggeration),
            self._camera.ray(x, y, width / height),
            flood=self.water.flood,
            exaggeration=self._exaggeration,
        )

    def close(self) -> None:
        """Free the window and everything drawn in it. The stage is of no use after that."""
        self.on_change = lambda: None
        self.renderer.RemoveAllViewProps()
        self.renderer.RemoveAllObservers()
        self.window.RemoveRenderer(self.renderer)
        self.window.Finalize()

    # -- inner ----------------------------------------------------------------------------------------

    def _changed(self) -> None:
        self.on_change()

    def _before_frame(self, *_: object) -> None:
        """Runs before every frame, whoever asks for it: camera, clipping, culling."""
        camera, frame, k = self.renderer.GetActiveCamera(), self.basin.frame, self._exaggeration
        cameras.point(camera, self._camera, frame, k)
        east, north, z = self._camera.eye(k)
        self._uniforms.set(eye=(east - frame.east, north - frame.north, z / k))
        below = float(self.ground.height(east, north))
        above = z - k * below if isfinite(below) else z
        camera.SetClippingRange(min(2000.0, max(1.0, 0.1 * above)), 400_000.0)
        width, height = self.size
        self.terrain.culler.update(
            camera, aspect=width / height, exaggeration=k, visible=self.terrain.visible
        )
