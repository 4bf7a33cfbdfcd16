"""Make the tiles of models: textured or coloured, and flooded."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor

from layers.gl.mipmaps import mipmapped, mipmaps
from layers.gl.render_context import RenderContext
from layers.gl.uniforms import rgb
from layers.tiles.host import DrawnTile, PreparedPrimitive, TileHost
from layers.tiles.model_shaders import ModelShaders
from layers.tiles.picture_decoding import decoded
from layers.tiles.polydata import mapper
from layers.tiles.shader_source import ShaderVariant
from layers.tiles.water_raster import WaterRaster
from meshes.tiles.content import Point, Primitive
from twin.arrays import F32

POINT_PX = 3.0
HAIR_M = 0.02
"""The raster counts whole centimetres, and tiles lie where a float32 says."""


@dataclass(frozen=True, kw_only=True)
class ModelPrimitive(PreparedPrimitive):
    """Primitive of a model with the level that wets it.

    ``wet_from_m``: no water is on it while all levels are lower.
    """

    wet_from_m: float


class ModelHost(TileHost):
    """Makes the tiles of one model.

    ``two_sided`` draws triangles from behind as well. ``colour`` (#rrggbb) is for what has neither picture
    nor colours.
    """

    def __init__(
        self, context: RenderContext, raster: WaterRaster, *, two_sided: bool = False, colour: str = "#b9b2a6"
    ) -> None:
        super().__init__(context)
        self.shaders = ModelShaders(context.uniforms)
        self._raster = raster
        self._two_sided = two_sided
        red, green, blue = (round(255 * c) for c in rgb(colour))
        self._colour = (red, green, blue)
        self._wet_from: dict[DrawnTile, dict[vtkActor, tuple[ShaderVariant, float]]] = {}
        self._dressed_for_m = self._highest()

    def update_shaders(self) -> None:
        """Switch shaders of tiles that water reached or left.

        Call before every frame. A software renderer works through the whole shader for every pixel, wet or
        dry: under water a model takes half as long again.
        """
        if (highest_m := self._highest()) != self._dressed_for_m:
            self._dressed_for_m = highest_m
            for actors in self._wet_from.values():
                for actor, (kind, wet_from_m) in actors.items():
                    self._set_shader(actor, kind, wet_from_m)

    def free(self, tile: DrawnTile) -> None:
        self._wet_from.pop(tile, None)
        super().free(tile)

    # -- inner ----------------------------------------------------------------------------------------

    def _prepared(self, primitive: Primitive, centre: Point) -> ModelPrimitive:
        """Decode the picture and look up the water. Raises TilePictureError."""
        pictured = primitive.image is not None and primitive.tcoord is not None
        clear = primitive.finish.alpha != "opaque"
        picture = None
        if pictured and primitive.image is not None:
            picture = mipmaps(decoded(primitive.image, clear=clear), clear=clear)
        if not len(primitive.position):
            return ModelPrimitive(primitive=primitive, picture=picture, place=None, wet_from_m=np.inf)
        lowest_m = float(primitive.position[:, 2].min()) + centre[2]
        place = self._place(primitive, centre) if lowest_m < self._raster.cap_m else None
        wet_from_m = np.inf if place is None else max(lowest_m, self._lowest_connection_m(place))
        return ModelPrimitive(primitive=primitive, picture=picture, place=place, wet_from_m=wet_from_m)

    def _place(self, primitive: Primitive, centre: Point) -> F32 | None:
        position = primitive.position
        ground = self._context.ground
        row, col = ground.row_col(
            position[:, 0].astype(np.float64) + centre[0], position[:, 1].astype(np.float64) + centre[1]
        )
        rows, cols = ground.grid.shape
        place = np.stack([(col + 0.5) / cols, (row + 0.5) / rows], axis=1).astype(np.float32)
        low, high = place.min(axis=0), place.max(axis=0)
        return place if bool((low < 1.0).all() and (high > 0.0).all()) else None

    def _lowest_connection_m(self, place: F32) -> float:
        """Of the cells that the raster's box around a primitive meets."""
        ground = self._context.ground
        rows, cols = ground.grid.shape
        (west, north), (east, south) = place.min(axis=0) * (cols, rows), place.max(axis=0) * (cols, rows)
        return ground.lowest_connection(
            rows=(int(north) - 1, int(south) + 2), cols=(int(west) - 1, int(east) + 2)
        )

    def _add(self, tile: DrawnTile, prepared: PreparedPrimitive) -> None:
        assert isinstance(prepared, ModelPrimitive)
        primitive, picture, place = prepared.primitive, prepared.picture, prepared.place
        finish = primitive.finish
        kind = ShaderVariant(
            pictured=picture is not None,
            tinted=picture is not None and primitive.colour is not None,
            alpha=finish.alpha,
            cutoff=finish.cutoff,
        )
        actor = vtkActor()
        actor.SetMapper(
            mapper(primitive, place=place, pictured=kind.pictured, tinted=kind.tinted, colour=self._colour)
        )
        surface = actor.GetProperty()
        surface.LightingOff()
        surface.SetBackfaceCulling(
            primitive.triangles is not None and not (self._two_sided or finish.two_sided)
        )
        surface.SetPointSize(POINT_PX)
        if picture is not None:
            tile.pictures.append(mipmapped(picture, self._context.window, finish.wrap))
            surface.SetTexture("surfacePicture", tile.pictures[-1])
        if place is not None:
            surface.SetTexture("waterRaster", self._raster.texture)
        self._set_shader(actor, kind, prepared.wet_from_m)
        self._wet_from.setdefault(tile, {})[actor] = (kind, prepared.wet_from_m)
        tile.actors.append(actor)

    def _set_shader(self, actor: vtkActor, kind: ShaderVariant, wet_from_m: float) -> None:
        wet = self._highest() >= wet_from_m - HAIR_M
        if actor.GetShaderProperty() is not (shader := self.shaders.of(replace(kind, water=wet))):
            actor.SetShaderProperty(shader)

    def _highest(self) -> float:
        """The highest level of the flood as it is drawn."""
        highest_m = self._context.uniforms["highest"]
        assert not isinstance(highest_m, tuple)
        return float(highest_m)
