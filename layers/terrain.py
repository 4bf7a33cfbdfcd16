"""The terrain, and in its shader the water: one mesh in chunks, one surface picture, one water raster."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from vtkmodules.vtkCommonDataModel import vtkDataObject
from vtkmodules.vtkRenderingCore import (
    vtkActor,
    vtkPolyDataMapper,
    vtkRenderer,
    vtkRenderWindow,
    vtkShaderProperty,
)

from layers import shaders
from layers.arrays import picture_texture, triangles
from layers.cull import Culler
from layers.ground import Ground
from layers.layer import Layer
from layers.model import F32, F64, I32, MeshArrays
from layers.uniforms import Uniforms
from layers.water_raster import WaterRaster


class TerrainLayer(Layer):
    """The ground with its surface picture. Every chunk of the mesh is an actor, so that it can be culled."""

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
        self._keep = mesh
        link = vertex_connection(mesh.tcoord, connection_cm)
        surface = picture_texture(picture, window)
        wet, dry = vtkShaderProperty(), vtkShaderProperty()
        for shader, fragment in ((wet, shaders.WET_FRAGMENT), (dry, shaders.DRY_FRAGMENT)):
            shader.SetVertexShaderCode(shaders.TERRAIN_VERTEX)
            shader.SetFragmentShaderCode(fragment)
            uniforms.join(shader)
        uniforms.set(surfaceOpacity=self.opacity)
        actors: list[vtkActor] = []
        boxes: list[F64] = []
        for (t0, v0), (t1, v1) in zip(mesh.chunks[:-1], mesh.chunks[1:], strict=True):
            reached = bool(link[v0:v1].min() <= raster.cap_m)
            actor = vtkActor()
            actor.SetMapper(
                _mapper(mesh.position[v0:v1], mesh.triangles[t0:t1], mesh.tcoord[v0:v1], link[v0:v1])
            )
            actor.SetShaderProperty(wet if reached else dry)
            look = actor.GetProperty()
            look.LightingOff()
            look.SetTexture("surfacePicture", surface)
            if reached:
                look.SetTexture("waterRaster", raster.texture)
            renderer.AddActor(actor)
            actors.append(actor)
            low, high = mesh.position[v0:v1].min(axis=0), mesh.position[v0:v1].max(axis=0)
            if reached:
                high[2] = max(high[2], raster.cap_m)
            boxes.append(np.stack([low, high], axis=1).reshape(6).astype(np.float64))
        self.actors = actors
        self.culler = Culler(actors, np.array(boxes))

    def restyle(self) -> None:
        self._uniforms.set(surfaceOpacity=self.opacity)


def vertex_connection(tcoord: F32, connection_cm: I32) -> F32:
    """Connection level of each vertex's own cell, m, float32."""
    rows, cols = connection_cm.shape
    row = np.minimum((tcoord[:, 1] * rows).astype(np.intp), rows - 1)
    col = np.minimum((tcoord[:, 0] * cols).astype(np.intp), cols - 1)
    link: F32 = (connection_cm[row, col] / 100.0).astype(np.float32)
    return link


def _mapper(position: F32, corners: I32, tcoord: F32, link: F32) -> vtkPolyDataMapper:
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(triangles(position, corners, tcoord=tcoord, attributes={"connectMC": link}))
    mapper.MapDataArrayToVertexAttribute("connectMC", "connectMC", vtkDataObject.FIELD_ASSOCIATION_POINTS, -1)
    mapper.SetVBOShiftScaleMethod(0)  # the shaders read positions as they are
    mapper.ScalarVisibilityOff()
    mapper.StaticOn()
    return mapper
