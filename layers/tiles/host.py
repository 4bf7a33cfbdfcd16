"""What the streaming core asks of a renderer: prepare a tile in a load thread, make it, free it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLTexture

from layers.canvas import Canvas
from layers.draped import rgb
from layers.model import F32
from layers.tiles.looks import Looks
from layers.tiles.mipmaps import Mipmaps, mipmapped, mipmaps
from layers.tiles.pictures import decoded
from layers.tiles.shapes import mapper
from layers.water_raster import WaterRaster
from meshes.errors import BadTileError
from meshes.tiles.content import Content, Part, Point

POINT_PX = 3.0
OWN_BYTES = 1 << 16
"""What a part takes in VTK beside its arrays and pictures; measured."""


@dataclass(frozen=True, kw_only=True)
class PreparedPart:
    """A part that only has to be handed to VTK.

    ``place`` (n, 2) float32 is where its vertices lie on the water raster, 0..1 from its west and from its
    north edge, or None where no water can be.
    """

    part: Part
    picture: Mipmaps | None
    place: F32 | None

    @property
    def nbytes(self) -> int:
        """What it takes of memory once it is drawn: arrays as they are mapped and as VTK packs them and hands
        them to OpenGL, three times in all by what a process was seen to take; the picture as a file and in
        all its sizes; and VTK's own objects."""
        arrays = self.part.nbytes + (0 if self.place is None else self.place.nbytes)
        return (
            2 * arrays
            + sum(level.nbytes for level in self.picture or ())
            + len(self.part.image or b"")
            + OWN_BYTES
        )


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A tile that only has to be handed to VTK. ``nbytes`` is what it takes once it is."""

    centre: Point
    parts: tuple[PreparedPart, ...]

    @property
    def nbytes(self) -> int:
        return sum(part.nbytes for part in self.parts)


@dataclass(eq=False, kw_only=True)
class DrawnTile:
    """A tile in VTK: hidden until it is shown. ``blended``: looks at its pictures mix two of their sizes."""

    centre: Point
    parts: tuple[Part, ...]
    actors: list[vtkActor] = field(default_factory=list)
    pictures: list[vtkOpenGLTexture] = field(default_factory=list)
    blended: bool = True

    def show(self, visible: bool) -> None:
        for actor in self.actors:
            actor.SetVisibility(visible)


class TileHost:
    """Makes the tiles of one model. ``two_sided`` draws triangles from behind as well.

    ``colour`` (#rrggbb) is for what has neither picture nor colours.
    """

    def __init__(
        self, canvas: Canvas, raster: WaterRaster, *, two_sided: bool = False, colour: str = "#b9b2a6"
    ) -> None:
        self.looks = Looks(canvas.uniforms)
        self.tiles: set[DrawnTile] = set()
        #: How many tiles have been made so far.
        self.made = 0
        self._canvas, self._raster = canvas, raster
        self._two_sided = two_sided
        red, green, blue = (round(255 * c) for c in rgb(colour))
        self._colour = (red, green, blue)
        self._exaggeration = 1.0

    def prepare(self, content: Content) -> Prepared:
        """Decode the pictures and look up the water. Touches no OpenGL.

        Raises TilePictureError, and BadTileError where a triangle names a vertex that is not there."""
        return Prepared(
            centre=content.centre, parts=tuple(self._prepared(part, content.centre) for part in content.parts)
        )

    def make(self, prepared: Prepared) -> DrawnTile:
        """Hand a tile to VTK, hidden. In the thread of the window only."""
        self._canvas.window.MakeCurrent()
        tile = DrawnTile(centre=prepared.centre, parts=tuple(x.part for x in prepared.parts))
        for part in prepared.parts:
            if len(part.part.position):
                self._add(tile, part)
        self._put(tile)
        self.tiles.add(tile)
        self.made += 1
        return tile

    def free(self, tile: DrawnTile) -> None:
        """Take a tile out of VTK and out of OpenGL. In the thread of the window only."""
        window = self._canvas.window
        window.MakeCurrent()
        self.tiles.discard(tile)
        for actor in tile.actors:
            actor.GetProperty().RemoveAllTextures()  # the water's is not the tile's to release
            self._canvas.renderer.RemoveActor(actor)
            actor.GetMapper().ReleaseGraphicsResources(window)
        for picture in tile.pictures:
            picture.GetTextureObject().ReleaseGraphicsResources(window)
        tile.actors.clear()
        tile.pictures.clear()
        tile.parts = ()  # the mapped file closes

    def hide(self) -> None:
        """Hide all tiles."""
        for tile in self.tiles:
            tile.show(False)

    def exaggerate(self, factor: float) -> None:
        """Draw all tiles' heights ``factor`` times as high, now and from now on."""
        if factor != self._exaggeration:
            self._exaggeration = factor
            for tile in self.tiles:
                self._put(tile)

    # -- inner ----------------------------------------------------------------------------------------

    def _prepared(self, part: Part, centre: Point) -> PreparedPart:
        corners = part.triangles
        # VTK would read beyond the arrays. Negative ones are very large without a sign.
        if corners is not None and len(corners) and corners.view(np.uint32).max() >= len(part.position):
            raise BadTileError(f"a triangle names a vertex that is not among the {len(part.position)}")
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
        actor.VisibilityOff()
        self._canvas.renderer.AddActor(actor)
        tile.actors.append(actor)

    def _put(self, tile: DrawnTile) -> None:
        frame, k = self._canvas.ground.frame, self._exaggeration
        east, north, height = tile.centre
        for actor in tile.actors:
            # An actor that was never moved counts as unmoved, and gets the matrix of the one before it.
            actor.SetPosition(1.0, 1.0, 1.0)
            actor.SetPosition(east - frame.east, north - frame.north, height * k)
            actor.SetScale(1.0, 1.0, k)
