"""Compose all layers of a basin in one window."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import isfinite, radians, tan
from pkgutil import resolve_name
from time import monotonic
from typing import Any

from vtkmodules.vtkRenderingCore import vtkCamera

from layers.camera import camera as cameras
from layers.camera.camera import Vector
from layers.gl.render_context import RenderContext
from layers.gl.uniforms import Uniforms
from layers.gl.window import RenderTarget
from layers.ground.area_fill import AreaFill
from layers.ground.ground_tiles import Water
from layers.ground.legend import painting_legend
from layers.ground.surroundings import SurroundingsLayer
from layers.ground.terrain import TerrainLayer
from layers.ground.water import WaterLayer
from layers.heights import Ground, ground_of
from layers.labels.candidates import LabelCandidate, Labelled
from layers.layer import Layer
from layers.light import Light, WaterColours
from layers.model import ModelData, SceneBasin
from layers.rain import RainLayer
from layers.sky import SkyLayer
from layers.stations import StationsLayer
from layers.tiles.models import Models, PickedModel, Ring
from layers.tiles.streamed import StreamedLayer
from layers.tiles.water_raster import WaterRaster
from layers.vectors.vector_layer import VectorLayer
from meshes.tiles.mapping import release_pages
from twin.catalog.layer_kinds import LAYER_KINDS, PLAIN
from twin.frame import Frame
from twin.products import NamedPlace
from twin.scene import Camera

FARTHEST_M = 500_000.0


class SceneLayers:
    """Ground, water, sky and all draped layers of a scene.

    ``layers`` are ground and water, models, and what else the catalog has, each in its order.
    """

    def __init__(
        self,
        basin: SceneBasin,
        *,
        target: RenderTarget,
        ground: Ground | None,
        light: Light,
        water_colours: WaterColours,
    ) -> None:
        self._target = target
        self.window, self.renderer = target.window, target.renderer
        self.synthetic = basin.synthetic
        self._frame = basin.frame
        self._light = light
        self.ground = ground or ground_of(basin)
        ground_m, connection_cm = self.ground.rasters
        self.context = RenderContext(self.window, self.renderer, _uniforms(light), self.ground)
        self.raster = raster = WaterRaster(ground_m, connection_cm, self.window, cap_m=basin.cap_m)
        self.water = WaterLayer(
            raster=raster,
            grid_shape=self.ground.grid.shape,
            bed_m=basin.bed_m,
            uniforms=self.context.uniforms,
            colours=water_colours,
            title={"zh": "水面", "en": "Water"},
        )
        self.terrain = TerrainLayer(
            basin.terrain_tiles(),
            context=self.context,
            water=Water(raster=raster, ground_m=ground_m, connection_cm=connection_cm),
            edge_fade=light.edge_fade if basin.surroundings() is None else 0.0,
            title={"zh": "地形", "en": "Terrain"},
        )
        self.terrain.legend = painting_legend(*basin.painting)
        self._models = Models(self.context, raster)
        layers: list[Layer] = [self.terrain, self.water, *_of_kinds(basin, self.context)]
        self.rain = RainLayer() if any(isinstance(x, StationsLayer) for x in layers) else None
        if self.rain is not None:
            layers.append(self.rain)
        layers.append(SkyLayer(self.context, light))
        self._parts = {layer.id: layer for layer in layers}
        self._cut: list[Ring] = []
        self.layers: Mapping[str, Layer] = {}
        self.set_models(basin.models())
        self._lake = _lake_candidate(basin.lake)
        self._candidates: dict[frozenset[str], list[LabelCandidate]] = {}
        self._grounds = [x for x in layers if isinstance(x, TerrainLayer | SurroundingsLayer)]
        self._vectors = [x for x in layers if isinstance(x, VectorLayer)]
        self._fills = [
            (layer, AreaFill(layer.areas, number=number, window=self.window))
            for number, layer in enumerate(self._vectors)
            if layer.areas is not None
        ]
        self._made = 0
        self._rests = False

    @property
    def kind_afar(self) -> str:
        """Kind whose signs are shown from any distance.

        Rain stations while their bars are, else none.
        """
        return "station-rain" if self.rain is not None and self.rain.visible else ""

    def candidates(self, *, withheld: frozenset[str] = frozenset()) -> list[LabelCandidate]:
        """Return the candidates for labels, without those of withheld layers.

        The same list for the same layers.
        """
        if withheld not in self._candidates:
            labelled = [x for x in self._parts.values() if isinstance(x, Labelled) and x.id not in withheld]
            found = [candidate for layer in labelled for candidate in layer.candidates]
            if not any(candidate.kind == "reservoir" for candidate in found):
                found.append(self._lake)  # place names that have it know a better place
            self._candidates[withheld] = found
        return self._candidates[withheld]

    def set_models(self, models: Sequence[ModelData]) -> None:
        """Show these models from now on, among the other layers."""
        self._models.set_models(models)
        parts = self._parts
        ground = {name: parts[name] for name in (self.terrain.id, self.water.id)}
        self.layers = ground | self._models.layers | parts  # a new one: others may be reading the old one

    def prepare(
        self,
        camera: Camera,
        *,
        exaggeration: float,
        max_error_px: float,
        tile_error_px: float,
        enlarged: float = 1.0,
        viewer: str = "",
        samples: int = 1,
        exact: bool = False,
    ) -> None:
        """Prepare all layers for a camera; call before every frame.

        A frame that is shown ``enlarged`` takes as fine a picture for the ground as the larger one would, and
        looks at it in the cheaper way. Of a window with ``samples`` × ``samples`` pixels for each of the
        picture, tiles and widths of lines are the picture's. ``exact``: see :meth:`Streamer.update`.
        """
        self._rests = enlarged <= 1.0
        vtk_camera, frame, k = self.renderer.GetActiveCamera(), self._frame, exaggeration
        aim(vtk_camera, camera, frame, k)
        east, north, z = cameras.eye(camera, k)
        width, height = (length // samples for length in self.window.GetSize())
        below = self.ground.floor(east, north)
        above = z / k - below if isfinite(below) else z / k
        self.context.uniforms.set(
            visibility=self._light.visibility_from(above),
            eye=(east - frame.east, north - frame.north, z / k),
            viewSize=(float(width), float(height)),
            samples=float(samples),
            pixelsPerTangent=height / (2.0 * tan(radians(camera.view_angle_deg) / 2.0)),
        )
        vtk_camera.SetClippingRange(min(2000.0, max(1.0, 0.1 * k * above)), FARTHEST_M)
        self.terrain.fill_areas([(fill, layer.opacity) for layer, fill in self._fills if layer.visible])
        for drawn in self._vectors:
            drawn.look_from(above)
        for model in self._models.tiles:
            model.prepare(
                vtk_camera,
                size=(width, height),
                exaggeration=k,
                max_error_px=tile_error_px,
                enlarged=enlarged,
                viewer=viewer,
                exact=exact,
            )
        if (rings := self._models.rings()) != self._cut:
            self._cut = rings
            self.terrain.cut(rings)
        for ground in self._grounds:
            ground.prepare(
                vtk_camera,
                size=(width, height),
                exaggeration=k,
                max_error_px=max_error_px,
                enlarged=enlarged,
                viewer=viewer,
                exact=exact,
            )

    def pick_model(self, start: Vector, direction: Vector, *, exaggeration: float) -> PickedModel | None:
        """Pick the first model that a ray hits, or None.

        In the exaggerated scene.
        """
        return self._models.pick(start, direction, exaggeration=exaggeration)

    def settle(
        self,
        camera: Camera,
        *,
        size: tuple[int, int],
        exaggeration: float,
        max_error_px: float,
        tile_error_px: float,
        timeout_s: float,
        viewer: str = "",
    ) -> bool:
        """Wait until everything that a picture of ``size`` needs is loaded.

        False where it took too long.
        """
        before, until = self.window.GetSize(), monotonic() + timeout_s
        self.window.SetSize(*size)
        try:
            while True:
                self.prepare(
                    camera,
                    exaggeration=exaggeration,
                    max_error_px=max_error_px,
                    tile_error_px=tile_error_px,
                    viewer=viewer,
                )
                waiting = [layer for layer in self.streamed if not layer.settled]
                left_s = until - monotonic()
                if not waiting or left_s <= 0.0:
                    return not waiting
                waiting[0].wait(min(left_s, 0.25))
        finally:
            self.window.SetSize(*before)

    def after_frame(self) -> None:
        """Release mapped pages read for tiles; call after every frame.

        At rest also what was read for names and the camera.
        """
        for layer in self.streamed:
            layer.after_frame()
        made = sum(ground.made for ground in self._grounds)
        if made != self._made or self._rests:
            self._made = made
            release_pages(*self.ground.rasters)

    @property
    def settled(self) -> bool:
        """Whether the last frame showed everything that it should."""
        return all(layer.settled for layer in self.streamed)

    @property
    def streamed(self) -> list[StreamedLayer[Any]]:
        """Layers whose tiles are streamed, ground first."""
        return [*self._grounds, *self._models.tiles]

    def close(self) -> None:
        """Free everything that is drawn, and leave the window."""
        self._models.close()
        for ground in self._grounds:
            ground.close()
        self.context.clear()
        self._target.close()


def _of_kinds(basin: SceneBasin, context: RenderContext) -> list[Layer]:
    """Layers of all kinds of data sets but models, in the order of the table of kinds."""
    makers = dict.fromkeys(kind.layers for kind in (PLAIN, *LAYER_KINDS.values()) if kind.layers)
    layers: list[Layer] = []
    for name in makers:
        make: Callable[[SceneBasin, RenderContext], list[Layer]] = resolve_name(name)
        layers += make(basin, context)
    return layers


def aim(vtk_camera: vtkCamera, camera: Camera, frame: Frame, exaggeration: float) -> None:
    """Set a VTK camera to a Scene's.

    Its coordinates are the frame's minus its origin.
    """
    for place, put in (
        (cameras.eye(camera, exaggeration), vtk_camera.SetPosition),
        (cameras.target(camera, exaggeration), vtk_camera.SetFocalPoint),
    ):
        put(place[0] - frame.east, place[1] - frame.north, place[2])
    vtk_camera.SetViewUp(*cameras.up(camera))
    vtk_camera.SetViewAngle(camera.view_angle_deg)


def _uniforms(light: Light) -> Uniforms:
    """What all shaders share; most of it is set anew for every frame."""
    return Uniforms(
        eye=(0.0, 0.0, 0.0),
        exaggeration=1.0,
        viewSize=(1.0, 1.0),
        samples=1.0,
        pixelsPerTangent=1.0,
        haze=light.haze,
        visibility=light.visibility_m,
        horizon=light.horizon,
    )


def _lake_candidate(lake: NamedPlace) -> LabelCandidate:
    return LabelCandidate(
        id="lake", layer="water", kind="reservoir", east=lake.east, north=lake.north, text=lake.name
    )
