"""Draw the terrain, and in its shader the water.

Streamed tiles of one surface, one water raster.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor, vtkShaderProperty
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLTexture

from layers.gl.render_context import RenderContext
from layers.gl.textures import texture
from layers.gl.uniforms import Uniforms
from layers.ground import shaders
from layers.ground.area_fill import AreaFill
from layers.ground.clipping import bounds, cut_cells, touches
from layers.ground.ground_tiles import GroundHost, GroundLayer, Water
from layers.tiles.host import DrawnTile
from layers.tiles.models import Ring
from twin.arrays import F64

BUDGET_BYTES = 92 << 20


class TerrainLayer(GroundLayer):
    """Ground with its surface picture.

    Triangles that water cannot reach have a shader without water.
    """

    kind = "terrain"

    def __init__(
        self,
        folder: Path,
        *,
        context: RenderContext,
        water: Water,
        edge_fade: float,
        title: Mapping[str, str],
    ) -> None:
        self._cut_texture = vtkOpenGLTexture()
        self._rings: list[Ring] = []
        self._cut_at = bounds([])
        self._boxes: WeakKeyDictionary[DrawnTile, F64] = WeakKeyDictionary()
        self._fades = edge_fade > 0.0
        self._areas: tuple[AreaFill, ...] = ()
        self._marks = False
        self._style = Uniforms(surfaceOpacity=1.0, edgeFade=edge_fade, cutOn=0.0)
        #: By (water may be on it, a model's ground is near).
        self._shaders = {
            (wet, cut): ground_shader(
                shaders.ground_vertex(water=wet, placed=cut or self._fades), context.uniforms, self._style
            )
            for wet in (False, True)
            for cut in (False, True)
        }
        super().__init__(
            "terrain",
            folder,
            host=GroundHost(
                context,
                shape=context.ground.grid.shape,
                placement=context.ground.placement,
                set_shader=self._set_shader,
                water=water,
            ),
            context=context,
            budget_bytes=BUDGET_BYTES,
            title=title,
            water_to_m=water.raster.cap_m,
        )
        self.extent = context.ground.extent
        self.restyle()

    def cut(self, rings: Sequence[Ring]) -> None:
        """Push dry ground back inside rings where models have own ground.

        Water stays.
        """
        self._style.set(cutOn=float(bool(rings)))
        if not rings or list(rings) == self._rings:
            return
        self._rings = list(rings)
        self._cut_at = bounds(rings)
        mask = cut_cells(rings, self._context.ground)
        self._cut_texture.ReleaseGraphicsResources(self._context.window)
        # The same texture with other pixels: nothing that has it changes.
        self._cut_texture.SetTextureObject(texture(mask[..., None], self._context.window).GetTextureObject())
        self._host.update_shaders()

    def fill_areas(self, areas: Sequence[tuple[AreaFill, float]]) -> None:
        """Fill these areas with their opacity, the first undermost."""
        opacities = {f"areaOpacity{fill.style.number}": fill.strength * opacity for fill, opacity in areas}
        self._style.set(**opacities)
        wanted = tuple(fill for fill, _ in areas)
        if wanted != self._areas:
            gone = [fill.sampler for fill in self._areas if fill not in wanted]
            self._areas = wanted
            self.restyle()
            self._host.set_textures({fill.sampler: fill.texture for fill in wanted}, without=gone)

    def mark_shores(self, on: bool) -> None:
        """Switch marking of belts along the shore in the shader.

        It costs a little in every frame.
        """
        self._marks = on
        self.restyle()

    def restyle(self) -> None:
        self._style.set(surfaceOpacity=self.opacity)
        for (wet, cut), shader in self._shaders.items():
            code = shaders.ground_fragment(
                water=wet,
                marks=self._marks,
                muted=self.opacity < 1.0,
                fades=self._fades,
                cut=cut,
                areas=[fill.style for fill in self._areas],
            )
            placed = cut or self._fades or bool(self._areas)
            vertex = shaders.ground_vertex(water=wet, placed=placed)
            if shader.GetVertexShaderCode() != vertex:
                shader.SetVertexShaderCode(vertex)
            if shader.GetFragmentShaderCode() != code:
                shader.SetFragmentShaderCode(code)

    # -- inner ----------------------------------------------------------------------------------------

    def _set_shader(self, tile: DrawnTile, actors: Mapping[vtkActor, bool]) -> None:
        if (box := self._boxes.get(tile)) is None:
            box = self._boxes[tile] = _bounds(tile)
        near = touches(box, self._cut_at)
        for actor, wet in actors.items():
            shader = self._shaders[wet, near]
            if actor.GetShaderProperty() is not shader:
                actor.SetShaderProperty(shader)
                actor.GetProperty().RemoveTexture("cutRaster")  # VTK complains of a second one
                if near:
                    actor.GetProperty().SetTexture("cutRaster", self._cut_texture)


def _bounds(tile: DrawnTile) -> F64:
    """(4,) west, south, east, north of a tile, in the frame."""
    low = np.min([part.position[:, :2].min(axis=0) for part in tile.primitives], axis=0) + tile.centre[:2]
    high = np.max([part.position[:, :2].max(axis=0) for part in tile.primitives], axis=0) + tile.centre[:2]
    return np.concatenate([low, high])


def ground_shader(vertex: str, *uniforms: Uniforms) -> vtkShaderProperty:
    """Return a shader that many actors share, with the uniforms it reads.

    Its fragment code is still to be set.
    """
    shader = vtkShaderProperty()
    shader.SetVertexShaderCode(vertex)
    for group in uniforms:
        group.join(shader)
    return shader
