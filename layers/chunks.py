"""A chunked mesh as actors: slices of mapped arrays, so that what is out of view costs nothing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from vtkmodules.vtkCommonDataModel import vtkDataObject
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from layers.arrays import triangles
from layers.model import F32, F64, MeshArrays


def chunk_actors(
    mesh: MeshArrays, attributes: dict[str, F32]
) -> Iterator[tuple[vtkActor, slice, F64, float]]:
    """(actor, its vertices, its box, its geometric error in m) of each chunk.

    ``attributes`` are per vertex, (n,) float32, and reach the vertex shader under their names. Boxes are
    (west, east, south, north, lowest, highest) minus the frame's origin.
    """
    for (t0, v0, error_mm), (t1, v1, _) in zip(mesh.chunks[:-1], mesh.chunks[1:], strict=True):
        own = slice(int(v0), int(v1))
        mapper = vtkPolyDataMapper()
        mapper.SetInputData(
            triangles(
                mesh.position[own],
                mesh.triangles[t0:t1],
                tcoord=mesh.tcoord[own],
                attributes={name: values[own] for name, values in attributes.items()},
            )
        )
        for name in attributes:
            mapper.MapDataArrayToVertexAttribute(name, name, vtkDataObject.FIELD_ASSOCIATION_POINTS, -1)
        mapper.SetVBOShiftScaleMethod(0)  # the shaders read positions as they are
        mapper.ScalarVisibilityOff()
        mapper.StaticOn()
        actor = vtkActor()
        actor.SetMapper(mapper)
        actor.GetProperty().LightingOff()
        low, high = mesh.position[own].min(axis=0), mesh.position[own].max(axis=0)
        yield actor, own, np.stack([low, high], axis=1).reshape(6).astype(np.float64), error_mm / 1000.0
