"""Makes the tiles of models: a picture or colours, and water where they stand in it."""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor

from layers.canvas import Canvas
from layers.draped import rgb
from layers.model import F32
from layers.tiles.host import DrawnTile, PreparedPart, TileHost
from layers.tiles.looks import Looks
from layers.tiles.mipmaps import mipmapped, mipmaps
from layers.tiles.pictures import decoded
from layers.tiles.shapes import mapper
from layers.water_raster import WaterRaster
from meshes.tiles.content import Part, Point

POINT_PX = 3.0


class ModelHost(TileHost):
    """Makes the tiles of one model. ``two_sided`` draws triangles from behind as well.

    ``colour`` (#rrggbb) is for what has neither picture nor colours.
    """

    def __init__(
        self, canvas: Canvas, raster: WaterRaster, *, two_sided: bool = False, colour: str = "#b9b2a6"
    ) -> None:
        super().__init__(canvas)
        self.looks = Looks(canvas.uniforms)
        self._raster = raster
        self._two_sided = two_sided
        red, green, blue = (round(255 * c) for c in rgb(colour))
        self._colour = (red, green, blue)

    def _prepared(self, part: Part, centre: Point) -> PreparedPart:
        """Decode the picture and look up the water. Raises TilePictureError."""
        pictured = part.image is not None and part.tcoord is not None
        return PreparedPart(
            part=part,
            picture=mipmaps(decoded(part.image)) if pictured and part.image is not None else None,
            place=self._place(part, centre),
        )

    def _place(self, part: Part, centre: Point) -> F32 | None:
        position = part.position
        if not len(position) or float(position[:, 2].min()) + centre[2] >= self._raster.cap_m:
            return None
        ground = self._canvas.ground
        row, col = ground.row_col(
            position[:, 0].astype(np.float64) + centre[0], position[:, 1].astype(np.float64) + centre[1]
        )
        rows, cols = ground.grid.shape
        place = np.stack([(col + 0.5) / cols, (row + 0.5) / rows], axis=1).astype(np.float32)
        low, high = place.min(axis=0), place.max(axis=0)
        return place if bool((low < 1.0).all() and (high > 0.0).all()) else None

    def _add(self, tile: DrawnTile, prepared: PreparedPart) -> None:
        part, picture, place = prepared.part, prepared.picture, prepared.place
        actor = vtkActor()
        actor.SetMapper(mapper(part, place=place, pictured=picture is not None, colour=self._colour))
        actor.SetShaderProperty(self.looks.of(pictured=picture is not None, water=place is not None))
        surface = actor.GetProperty()
        surface.LightingOff()
        surface.SetBackfaceCulling(part.triangles is not None and not self._two_sided)
        surface.SetPointSize(POINT_PX)
        if picture is not None:
            tile.pictures.append(mipmapped(picture, self._canvas.window))
            surface.SetTexture("surfacePicture", tile.pictures[-1])
        if place is not None:
            surface.SetTexture("waterRaster", self._raster.texture)
        tile.actors.append(actor)
