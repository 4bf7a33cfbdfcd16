"""Build the tiles of the terrain and of its surroundings.

Triangles that water may reach get an actor of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from vtkmodules.vtkCommonDataModel import vtkDataObject, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLTexture

from layers.gl.arrays import shared_vertices, with_triangles
from layers.gl.mipmaps import mipmapped, mipmaps
from layers.gl.render_context import RenderContext
from layers.heights import RasterPlace
from layers.tiles.folders import Folders
from layers.tiles.host import OWN_BYTES, DrawnTile, PreparedPrimitive, TileHost
from layers.tiles.picture_decoding import decoded
from layers.tiles.streamed import StreamedLayer
from layers.tiles.water_raster import WaterRaster
from meshes.errors import BadTileError
from meshes.tiles.content import Point, Primitive
from meshes.tiles.tree import TileTree, raised
from twin.arrays import F32, I32, I64, Bools

SKIRT_M = 10.0
"""What lies deeper under its own cell's ground is the foot of a skirt, which hangs far lower."""
USUAL_PX = 1280 * 720
"""A wall of nine times the pixels needs that many tiles of ground, too."""
FIRST_S = 10.0
"""A frame without any ground waits so long for the coarsest: none is shown as sky."""
MOSTLY = 0.7
"""Where water may reach so much of a tile, all of it is drawn with the water's shader."""
PLACE, CONNECTION = "placeMC", "connectMC"


@dataclass(frozen=True, kw_only=True)
class Water:
    """Raster of water as drawn, with ground and connection levels behind it."""

    raster: WaterRaster
    ground_m: F32
    connection_cm: I32


@dataclass(frozen=True, kw_only=True)
class GroundPrimitive(PreparedPrimitive):
    """Triangles of a ground tile and the water on them.

    ``link`` (n,) float32: connection levels of the vertices' cells, m, infinite where the flood does not
    lift; None where water reaches nothing. ``surfaces`` are (triangles, whether they are the coarse ones,
    whether water may be on them).
    """

    link: F32 | None
    surfaces: tuple[tuple[I32, bool, bool], ...]

    @property
    def nbytes(self) -> int:
        """Bytes in memory once both surfaces have been drawn.

        Five times its arrays, by measurement: VTK packs them, maps cells and over-allocates; OpenGL has them
        once more.
        """
        vertices = (self.primitive.position, self.primitive.tcoord, self.place, self.link)
        arrays = sum(array.nbytes for array in vertices if array is not None)
        arrays += sum(corners.nbytes for corners, _, _ in self.surfaces)
        return 5 * arrays + sum(level.nbytes for level in self.picture or ()) + OWN_BYTES


SetShader = Callable[[DrawnTile, Mapping[vtkActor, bool]], None]
"""Gives the actors of a tile their shaders; for each it is told whether water may be on it."""


class GroundHost(TileHost):
    """Makes tiles of ground.

    ``shape`` and ``placement`` are those of the raster that they stand for.
    """

    def __init__(
        self,
        context: RenderContext,
        *,
        shape: tuple[int, int],
        placement: RasterPlace,
        set_shader: SetShader,
        water: Water | None = None,
    ) -> None:
        super().__init__(context)
        self._shape, self._placement = shape, placement
        self._set_shader, self._water = set_shader, water
        self._wet: dict[DrawnTile, dict[vtkActor, bool]] = {}
        self._textures: dict[str, vtkOpenGLTexture] = {}

    def set_textures(self, textures: Mapping[str, vtkOpenGLTexture], *, without: Sequence[str]) -> None:
        """Give all tiles these textures by name.

        Present and future ones; ``without`` some that they had."""
        self._textures = dict(textures)
        for actors in self._wet.values():
            for actor in actors:
                for name in without:
                    actor.GetProperty().RemoveTexture(name)
                self._texture(actor)

    def _texture(self, actor: vtkActor) -> None:
        for name, held in self._textures.items():
            if actor.GetProperty().GetTexture(name) is None:  # VTK complains of a second one
                actor.GetProperty().SetTexture(name, held)

    def update_shaders(self) -> None:
        """Assign all tiles their shaders anew."""
        for tile, actors in self._wet.items():
            self._set_shader(tile, actors)

    def free(self, tile: DrawnTile) -> None:
        del self._wet[tile]
        super().free(tile)

    # -- inner ----------------------------------------------------------------------------------------

    def _prepared(self, primitive: Primitive, centre: Point) -> GroundPrimitive:
        """Decode the picture and look up the water. Raises TilePictureError, and BadTileError."""
        if primitive.triangles is None or primitive.tcoord is None or primitive.image is None:
            raise BadTileError("a tile of ground has no triangles or no picture: build it again")
        row, col = self._placement.row_col(
            primitive.position[:, 0].astype(np.float64) + centre[0],
            primitive.position[:, 1].astype(np.float64) + centre[1],
        )
        rows, cols = self._shape
        place = np.stack([(col + 0.5) / cols, (row + 0.5) / rows], axis=1).astype(np.float32)
        surfaces = [
            (primitive.triangles, False),
            *([(primitive.coarse, True)] if primitive.coarse is not None else []),
        ]
        link, split = None, [(corners, coarse, False) for corners, coarse in surfaces]
        if self._water is not None:
            r = np.clip(np.rint(row).astype(np.int64), 0, rows - 1)
            c = np.clip(np.rint(col).astype(np.int64), 0, cols - 1)
            levels = self._water.connection_cm
            reached = Reached(r, c, levels, cap_m=self._water.raster.cap_m)
            if reached.any:
                foot = self._water.ground_m[r, c] - primitive.position[:, 2] - centre[2] > SKIRT_M
                link = vertex_connection(levels[r, c], foot)
                split = [piece for corners, coarse in surfaces for piece in _split(corners, coarse, reached)]
        return GroundPrimitive(
            primitive=primitive,
            picture=mipmaps(decoded(primitive.image)),
            place=place,
            link=link,
            surfaces=tuple(one for one in split if len(one[0])),
        )

    def _add(self, tile: DrawnTile, prepared: PreparedPrimitive) -> None:
        assert isinstance(prepared, GroundPrimitive)
        primitive = prepared.primitive
        assert primitive.tcoord is not None
        assert prepared.picture is not None
        tile.pictures.append(mipmapped(prepared.picture, self._context.window))
        attributes = {PLACE: prepared.place, CONNECTION: prepared.link}
        named = {name: values for name, values in attributes.items() if values is not None}
        vertices = shared_vertices(primitive.position, tcoord=primitive.tcoord, attributes=named)
        actors = self._wet.setdefault(tile, {})
        for corners, coarse, wet in prepared.surfaces:
            actor = _actor(with_triangles(vertices, corners), tuple(named))
            actor.GetProperty().SetTexture("surfacePicture", tile.pictures[-1])
            if wet and self._water is not None:
                actor.GetProperty().SetTexture("waterRaster", self._water.raster.texture)
            self._texture(actor)
            tile.actors.append(actor)
            if coarse:
                tile.coarse.add(actor)
            actors[actor] = wet
        self._set_shader(tile, actors)


class GroundLayer(StreamedLayer[GroundHost]):
    """Streamed tileset of ground, drawn coarsely from the first frame on."""

    first_s = FIRST_S
    usual_px = USUAL_PX

    def __init__(
        self,
        id: str,  # noqa: A002  (the field's own word)
        folder: Path,
        *,
        host: GroundHost,
        context: RenderContext,
        budget_bytes: int,
        title: Mapping[str, str],
        water_to_m: float = -np.inf,
    ) -> None:
        """``water_to_m``: the shader may lift the ground as high."""
        folders = Folders()
        folders.change([folder])
        super().__init__(
            id, host=host, fetch=folders.fetch, context=context, budget_bytes=budget_bytes, title=title
        )
        tree = folders.tree(folder.name)
        if isinstance(tree, TileTree):
            self.add(folder.name, raised(tree, to_m=water_to_m))
        else:
            self.missing[folder.name] = tree


def _split(corners: I32, coarse: bool, reached: Reached) -> list[tuple[I32, bool, bool]]:
    """Triangles that water may reach apart from the others, unless these are few: two actors cost, too."""
    wet = reached.triangles(corners)
    if wet.mean() >= MOSTLY:
        return [(corners, coarse, True)]
    return [(corners[wet == kind], coarse, kind) for kind in (False, True)]


def vertex_connection(link_cm: I32, foot: Bools) -> F32:
    """Return connection levels of vertices, m, float32.

    Infinite at the ``foot`` of a skirt. The flood lifts the ground, and must not lift the foot with it: where
    two tiles of different detail meet under water, the sky would show between their edges.
    """
    link: F32 = (link_cm / 100.0).astype(np.float32)
    link[foot] = np.inf
    return link


class Reached:
    """Cells around vertices that water reaches below ``cap_m``.

    ``row`` and ``col`` are (n,). A software renderer works through the whole shader for every pixel, wet or
    dry, so it counts that most of the ground is drawn with a short one.
    """

    def __init__(self, row: I64, col: I64, connection_cm: I32, *, cap_m: float) -> None:
        rows, cols = connection_cm.shape
        # One cell more on each side: a pixel at the rim of a triangle may fall into the next cell.
        top, left = max(int(row.min()) - 1, 0), max(int(col.min()) - 1, 0)
        bottom, right = min(int(row.max()) + 2, rows), min(int(col.max()) + 2, cols)
        own = connection_cm[top:bottom, left:right] < round(cap_m * 100)
        #: Whether there are any.
        self.any = bool(own.any())
        self._row, self._col = row - top, col - left
        # How many are reached above and left of each corner.
        self._count = np.zeros((bottom - top + 1, right - left + 1), dtype=np.int32)
        np.cumsum(own, axis=0, dtype=np.int32, out=self._count[1:, 1:])
        np.cumsum(self._count, axis=1, out=self._count)

    def triangles(self, corners: I32) -> Bools:
        """Mask triangles, (m,) bool, that may lie on such a cell.

        Some more do not.
        """
        rows, cols = self._count.shape
        r, c = self._row[corners], self._col[corners]
        north, west = np.maximum(r.min(axis=1) - 1, 0), np.maximum(c.min(axis=1) - 1, 0)
        south, east = np.minimum(r.max(axis=1) + 2, rows - 1), np.minimum(c.max(axis=1) + 2, cols - 1)
        count = self._count
        inside = count[south, east] - count[north, east] - count[south, west] + count[north, west]
        return np.asarray(inside > 0)


def _actor(data: vtkPolyData, attributes: tuple[str, ...]) -> vtkActor:
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(data)
    for name in attributes:
        mapper.MapDataArrayToVertexAttribute(name, name, vtkDataObject.FIELD_ASSOCIATION_POINTS, -1)
    mapper.SetVBOShiftScaleMethod(0)  # the shaders read positions as they are
    mapper.ScalarVisibilityOff()
    mapper.StaticOn()
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.GetProperty().LightingOff()
    actor.GetProperty().BackfaceCullingOn()  # the camera is never below the ground
    return actor
