"""Implement the streaming core's renderer interface on VTK.

Prepare a tile in a load thread, make it, free it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from vtkmodules.vtkRenderingCore import vtkActor
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLTexture

from layers.gl.mipmaps import Mipmaps
from layers.gl.render_context import RenderContext
from meshes.errors import BadTileError
from meshes.tiles.content import Content, Point, Primitive
from meshes.tiles.primitive_check import check_corners
from twin.arrays import F32, I32

OWN_BYTES = 1 << 16
"""What a primitive takes in VTK beside its arrays and pictures; measured."""


@dataclass(frozen=True, kw_only=True)
class PreparedPrimitive:
    """Primitive ready to be uploaded to VTK.

    ``place`` (n, 2) float32 is where its vertices lie on the water raster, 0..1 from its west and from its
    north edge, or None where no water can be.
    """

    primitive: Primitive
    picture: Mipmaps | None
    place: F32 | None

    @property
    def nbytes(self) -> int:
        """Bytes in memory once it is drawn.

        Arrays as they are mapped and as VTK packs them and hands them to OpenGL, three times in all by
        measurement; the picture as a file and in all its sizes; and VTK's own objects.
        """
        arrays = self.primitive.nbytes + (0 if self.place is None else self.place.nbytes)
        return (
            2 * arrays
            + sum(level.nbytes for level in self.picture or ())
            + len(self.primitive.image or b"")
            + OWN_BYTES
        )


@dataclass(frozen=True, kw_only=True)
class PreparedTile:
    """Tile ready to be uploaded to VTK.

    ``nbytes`` is what it takes once it is.
    """

    centre: Point
    primitives: tuple[PreparedPrimitive, ...]

    @property
    def nbytes(self) -> int:
        return sum(primitive.nbytes for primitive in self.primitives)


@dataclass(eq=False, kw_only=True)
class DrawnTile:
    """Tile in VTK, hidden until it is shown.

    ``enlarged``: frames that its pictures are filtered for. Where some ``actors`` are ``coarse``, either
    these are shown or the others.
    """

    centre: Point
    primitives: tuple[Primitive, ...]
    actors: list[vtkActor] = field(default_factory=list)
    coarse: set[vtkActor] = field(default_factory=set)
    pictures: list[vtkOpenGLTexture] = field(default_factory=list)
    enlarged: float = 1.0

    def show(self, visible: bool, *, coarsely: bool = False) -> None:
        coarsely = coarsely and bool(self.coarse)
        for actor in self.actors:
            actor.SetVisibility(visible and (actor in self.coarse) == coarsely)


class TileHost(ABC):
    """Makes the tiles of one layer; subclasses style them."""

    def __init__(self, context: RenderContext) -> None:
        self.tiles: set[DrawnTile] = set()
        #: How many tiles have been made so far.
        self.made = 0
        self._context = context
        self._exaggeration = 1.0

    def prepare(self, content: Content) -> PreparedTile:
        """Do all that needs no OpenGL.

        Raises BadTileError where a tile is not fit to be drawn.
        """
        for primitive in content.primitives:
            for corners in (primitive.triangles, primitive.coarse):
                if corners is not None and len(corners):
                    _check(corners, len(primitive.position))
        return PreparedTile(
            centre=content.centre,
            primitives=tuple(self._prepared(primitive, content.centre) for primitive in content.primitives),
        )

    def make(self, prepared: PreparedTile) -> DrawnTile:
        """Upload a tile to VTK, hidden.

        In the thread of the window only.
        """
        self._context.make_current()
        tile = DrawnTile(centre=prepared.centre, primitives=tuple(x.primitive for x in prepared.primitives))
        for primitive in prepared.primitives:
            if len(primitive.primitive.position):
                self._add(tile, primitive)
        for actor in tile.actors:
            actor.VisibilityOff()
            self._context.renderer.AddActor(actor)
        self._put(tile)
        self.tiles.add(tile)
        self.made += 1
        return tile

    def free(self, tile: DrawnTile) -> None:
        """Take a tile out of VTK and out of OpenGL.

        In the thread of the window only.
        """
        window = self._context.window
        self._context.make_current()
        self.tiles.discard(tile)
        for actor in tile.actors:
            actor.GetProperty().RemoveAllTextures()  # those of rasters are not the tile's to release
            self._context.renderer.RemoveActor(actor)
            actor.GetMapper().ReleaseGraphicsResources(window)
        for picture in tile.pictures:
            picture.GetTextureObject().ReleaseGraphicsResources(window)
        tile.actors.clear()
        tile.coarse.clear()
        tile.pictures.clear()
        tile.primitives = ()  # the mapped file closes

    def hide(self) -> None:
        """Hide all tiles."""
        for tile in self.tiles:
            tile.show(False)

    def exaggerate(self, factor: float) -> None:
        """Exaggerate all tiles' heights by ``factor``, present and future ones."""
        if factor != self._exaggeration:
            self._exaggeration = factor
            for tile in self.tiles:
                self._put(tile)

    # -- inner ----------------------------------------------------------------------------------------

    @abstractmethod
    def _prepared(self, primitive: Primitive, centre: Point) -> PreparedPrimitive:
        """A primitive ready for VTK; in load threads."""

    @abstractmethod
    def _add(self, tile: DrawnTile, prepared: PreparedPrimitive) -> None:
        """Add a primitive's actors and pictures to a tile; in the window's thread, its context current."""

    def _put(self, tile: DrawnTile) -> None:
        frame, k = self._context.ground.frame, self._exaggeration
        east, north, height = tile.centre
        for actor in tile.actors:
            # An actor that was never moved counts as unmoved, and gets the matrix of the one before it.
            actor.SetPosition(1.0, 1.0, 1.0)
            actor.SetPosition(east - frame.east, north - frame.north, height * k)
            actor.SetScale(1.0, 1.0, k)


def _check(corners: I32, vertices: int) -> None:
    try:
        check_corners(corners, vertices)  # VTK would read beyond the arrays
    except ValueError as error:
        raise BadTileError(str(error)) from None
