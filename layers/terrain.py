"""The terrain, and in its shader the water: one mesh in chunks, one surface picture, one water raster."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow, vtkShaderProperty

from layers import shaders
from layers.arrays import picture_texture
from layers.chunks import chunk_actors
from layers.cull import Culler
from layers.ground import Ground
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
        ground: Ground,
        connection_cm: I32,
        picture: Path,
        raster: WaterRaster,
        window: vtkRenderWindow,
        renderer: vtkRenderer,
        uniforms: Uniforms,
        title: Mapping[str, str],
    ) -> None:
        super().__init__("terrain", title=title, extent=ground.extent)
        self._uniforms = uniforms
        uniforms.set(surfaceOpacity=self.opacity)
        link = vertex_connection(mesh.tcoord, connection_cm)
        surface = picture_texture(picture, window)
        wet = _shader(shaders.WET_FRAGMENT, uniforms)
        dry = _shader(shaders.DRY_FRAGMENT, uniforms)
        self.actors = []
        boxes, errors = [], []
        for actor, own, box, error_m in chunk_actors(mesh, {"connectMC": link}):
            reached = bool(link[own].min() <= raster.cap_m)
            actor.SetShaderProperty(wet if reached else dry)
            actor.GetProperty().SetTexture("surfacePicture", surface)
            if reached:
                actor.GetProperty().SetTexture("waterRaster", raster.texture)
                box[5] = max(box[5], raster.cap_m)  # the shader lifts what the flood has reached
            renderer.AddActor(actor)
            self.actors.append(actor)
            boxes.append(box)
            errors.append(error_m)
        self.culler = Culler(self.actors, np.array(boxes), np.array(errors))

    def restyle(self) -> None:
        self._uniforms.set(surfaceOpacity=self.opacity)


def vertex_connection(tcoord: F32, connection_cm: I32) -> F32:
    """Connection level of each vertex's own cell, m, float32."""
    rows, cols = connection_cm.shape
    row = np.minimum((tcoord[:, 1] * rows).astype(np.intp), rows - 1)
    col = np.minimum((tcoord[:, 0] * cols).astype(np.intp), cols - 1)
    link: F32 = (connection_cm[row, col] / 100.0).astype(np.float32)
    return link


def _shader(fragment: str, uniforms: Uniforms) -> vtkShaderProperty:
    shader = vtkShaderProperty()
    shader.SetVertexShaderCode(shaders.TERRAIN_VERTEX)
    shader.SetFragmentShaderCode(fragment)
    uniforms.join(shader)
    return shader
