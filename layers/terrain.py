"""The terrain, and in its shader the water: one mesh in chunks, one surface picture, one water raster."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from vtkmodules.vtkRenderingCore import vtkShaderProperty

from layers import shaders
from layers.arrays import picture_texture
from layers.canvas import Canvas
from layers.chunks import chunk_actors
from layers.cull import Culler
from layers.layer import Layer
from layers.model import F32, I32, MeshArrays
from layers.uniforms import Uniforms
from layers.water_raster import WaterRaster


class TerrainLayer(Layer):
    """The ground with its surface picture. Chunks that water cannot reach have a shader without water."""

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
        self._style = Uniforms(surfaceOpacity=self.opacity, edgeFade=edge_fade)
        link = vertex_connection(mesh.tcoord, connection_cm)
        surface = picture_texture(picture, canvas.window)
        self._fades = edge_fade > 0.0
        self._marks = False
        self._wet = ground_shader(shaders.TERRAIN_VERTEX, canvas.uniforms, self._style)
        self._dry = ground_shader(shaders.TERRAIN_VERTEX, canvas.uniforms, self._style)
        self.restyle()
        chunks = list(chunk_actors(mesh, {"connectMC": link}))
        for chunk in chunks:
            reached = bool(link[chunk.vertices].min() < raster.cap_m)
            chunk.actor.SetShaderProperty(self._wet if reached else self._dry)
            chunk.actor.GetProperty().SetTexture("surfacePicture", surface)
            if reached:
                chunk.actor.GetProperty().SetTexture("waterRaster", raster.texture)
                low, (east, north, top) = chunk.box
                chunk.box = low, (east, north, max(top, raster.cap_m))  # the shader lifts it to the water
            canvas.add(chunk.actor)
        self.culler = Culler(chunks)
        self.mesh = mesh

    def mark_shores(self, on: bool) -> None:
        """Have the shader look for belts along the shore, which costs a little in every frame."""
        self._marks = on
        self.restyle()

    def restyle(self) -> None:
        self._style.set(surfaceOpacity=self.opacity)
        muted = self.opacity < 1.0
        for shader, water in ((self._wet, True), (self._dry, False)):
            code = shaders.ground_fragment(water=water, marks=self._marks, muted=muted, fades=self._fades)
            if shader.GetFragmentShaderCode() != code:
                shader.SetFragmentShaderCode(code)


def vertex_connection(tcoord: F32, connection_cm: I32) -> F32:
    """Connection level of each vertex's own cell, m, float32."""
    rows, cols = connection_cm.shape
    row = np.minimum((tcoord[:, 1] * rows).astype(np.intp), rows - 1)
    col = np.minimum((tcoord[:, 0] * cols).astype(np.intp), cols - 1)
    link: F32 = (connection_cm[row, col] / 100.0).astype(np.float32)
    return link


def ground_shader(vertex: str, *uniforms: Uniforms) -> vtkShaderProperty:
    """A shader that many actors share, with the uniforms it reads; its fragment code is still to be set."""
    shader = vtkShaderProperty()
    shader.SetVertexShaderCode(vertex)
    for group in uniforms:
        group.join(shader)
    return shader
