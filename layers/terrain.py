"""The terrain, and in its shader the water: one mesh in chunks, one surface picture, one water raster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkShaderProperty
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLTexture

from layers import shaders
from layers.canvas import Canvas
from layers.chunks import chunk_actors
from layers.cull import Culler
from layers.cutting import Ring, cut_cells, touched
from layers.ground import Ground
from layers.layer import Layer
from layers.model import F32, F64, I32, MeshArrays
from layers.textures import picture_texture, texture
from layers.uniforms import Uniforms
from layers.water_raster import WaterRaster

SKIRT_M = 10.0
"""What lies deeper under its own cell's ground is the foot of a skirt, which hangs far lower."""


class TerrainLayer(Layer):
    """The ground with its surface picture. Triangles that water cannot reach have a shader without water."""

    kind = "terrain"

    def __init__(
        self,
        mesh: MeshArrays,
        *,
        canvas: Canvas,
        connection_cm: I32,
        picture: Path,
        raster: WaterRaster,
        edge_fade: float,
        title: Mapping[str, str],
    ) -> None:
        super().__init__("terrain", title=title, extent=canvas.ground.extent)
        self._style = Uniforms(surfaceOpacity=self.opacity, edgeFade=edge_fade, cutOn=0.0)
        self._canvas = canvas
        self._cut_texture: vtkOpenGLTexture | None = None
        self._rings: list[Ring] = []
        link = vertex_connection(mesh, connection_cm, canvas.ground)
        self.picture = picture_texture(picture, canvas.window)
        self._fades = edge_fade > 0.0
        self._marks = False
        self._wet, self._dry, self._wet_cut, self._dry_cut = (
            ground_shader(shaders.TERRAIN_VERTEX, canvas.uniforms, self._style) for _ in range(4)
        )
        self.restyle()
        reached = triangles_reached(mesh, connection_cm, cap_m=raster.cap_m)
        chunks = list(chunk_actors(mesh, {"connectMC": link}, apart=reached))
        for chunk in chunks:
            for actor in chunk.actors:
                actor.SetShaderProperty(self._dry)
                actor.GetProperty().SetTexture("surfacePicture", self.picture)
                canvas.add(actor)
            if (shores := chunk.apart) is not None:
                shores.SetShaderProperty(self._wet)
                shores.GetProperty().SetTexture("waterRaster", raster.texture)
                low, (east, north, top) = chunk.box
                chunk.box = low, (east, north, max(top, raster.cap_m))  # the shader lifts it to the water
        self.culler = Culler(chunks)
        self.mesh = mesh
        self._chunks = chunks

    def cut(self, rings: Sequence[Ring]) -> None:
        """Have dry ground step back inside the rings, where models have ground of their own; water stays."""
        self._style.set(cutOn=float(bool(rings)))
        if not rings or list(rings) == self._rings:
            return
        self._rings = list(rings)
        mask = cut_cells(rings, self._canvas.ground)
        if self._cut_texture is not None:
            self._cut_texture.ReleaseGraphicsResources(self._canvas.window)
        self._cut_texture = texture(mask[..., None], self._canvas.window, smooth=False)
        frame = self._canvas.ground.frame
        origin = np.array([frame.east, frame.north])
        boxes = np.array([[*(low[:2] + origin), *(high[:2] + origin)] for low, high in self._boxes()])
        for chunk, near in zip(self._chunks, touched(boxes, rings), strict=True):
            pairs = ((chunk.plain, self._dry, self._dry_cut), (chunk.apart, self._wet, self._wet_cut))
            for actor, whole, with_cut in pairs:
                if actor is not None:
                    actor.SetShaderProperty(with_cut if near else whole)
                    actor.GetProperty().RemoveTexture("cutRaster")  # VTK complains of a second one
                    if near:
                        actor.GetProperty().SetTexture("cutRaster", self._cut_texture)

    def _boxes(self) -> list[tuple[F64, F64]]:
        return [(np.array(chunk.box[0]), np.array(chunk.box[1])) for chunk in self._chunks]

    def mark_shores(self, on: bool) -> None:
        """Have the shader look for belts along the shore, which costs a little in every frame."""
        self._marks = on
        self.restyle()

    def restyle(self) -> None:
        self._style.set(surfaceOpacity=self.opacity)
        muted = self.opacity < 1.0
        wet, dry = (self._wet, self._wet_cut), (self._dry, self._dry_cut)
        kinds = [(pair[cut], pair is wet, cut) for pair in (wet, dry) for cut in (False, True)]
        for shader, water, cut in kinds:
            code = shaders.ground_fragment(
                water=water, marks=self._marks, muted=muted, fades=self._fades, cut=cut
            )
            if shader.GetFragmentShaderCode() != code:
                shader.SetFragmentShaderCode(code)


def vertex_connection(mesh: MeshArrays, connection_cm: I32, ground: Ground) -> F32:
    """Connection level of each vertex's own cell, m, float32; infinite at the foot of a chunk's skirt.

    The flood lifts the ground, and must not lift the foot with it: where two chunks of different detail meet
    under water, the sky would show between their edges.
    """
    rows, cols = connection_cm.shape
    row = np.minimum((mesh.tcoord[:, 1] * rows).astype(np.intp), rows - 1)
    col = np.minimum((mesh.tcoord[:, 0] * cols).astype(np.intp), cols - 1)
    link: F32 = (connection_cm[row, col] / 100.0).astype(np.float32)
    link[ground.of_cells(row, col) - mesh.position[:, 2] > SKIRT_M] = np.inf
    return link


def triangles_reached(mesh: MeshArrays, connection_cm: I32, *, cap_m: float) -> NDArray[np.bool_]:
    """Which triangles, (m,) bool, may lie on a cell that water reaches below ``cap_m``; some more do not.

    A software renderer works through the whole shader for every pixel, wet or dry, so it counts that most
    of the ground is drawn with a short one.
    """
    rows, cols = connection_cm.shape
    count = np.zeros((rows + 1, cols + 1), dtype=np.int32)  # reached cells above and left of each corner
    np.cumsum(connection_cm < round(cap_m * 100), axis=0, dtype=np.int32, out=count[1:, 1:])
    np.cumsum(count, axis=1, out=count)
    reached = np.empty(len(mesh.triangles), dtype=bool)
    for (t0, v0, *_), (t1, v1, *_) in zip(mesh.chunks[:-1], mesh.chunks[1:], strict=True):
        own_cell = (mesh.tcoord[v0:v1, ::-1] * np.array([rows, cols])).astype(np.int32)
        cell = own_cell[mesh.triangles[t0:t1]]
        # One cell more on each side: a pixel at the rim of a triangle may fall into the next cell.
        top, left = np.maximum(cell.min(axis=1) - 1, 0).T
        bottom, right = np.minimum(cell.max(axis=1) + 2, [rows, cols]).T
        inside = count[bottom, right] - count[top, right] - count[bottom, left] + count[top, left]
        reached[t0:t1] = inside > 0
    return reached


def ground_shader(vertex: str, *uniforms: Uniforms) -> vtkShaderProperty:
    """A shader that many actors share, with the uniforms it reads; its fragment code is still to be set."""
    shader = vtkShaderProperty()
    shader.SetVertexShaderCode(vertex)
    for group in uniforms:
        group.join(shader)
    return shader
