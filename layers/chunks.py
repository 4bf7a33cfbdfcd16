"""A chunked mesh as actors: slices of mapped arrays, so that what is out of view costs nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkDataObject, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from layers.arrays import shared_vertices, with_triangles
from layers.model import F32, MeshArrays

Corner = tuple[float, float, float]
Mask = NDArray[np.bool_]


@dataclass
class Chunk:
    """A tile in one level of detail. ``box`` is its lowest and highest corner (east and north minus the
    frame's origin, height before exaggeration)."""

    plain: vtkActor | None
    apart: vtkActor | None
    box: tuple[Corner, Corner]
    tile: int
    error_m: float

    @property
    def actors(self) -> tuple[vtkActor, ...]:
        """One or two that share their vertices."""
        return tuple(actor for actor in (self.plain, self.apart) if actor is not None)


def chunk_actors(
    mesh: MeshArrays, attributes: Mapping[str, F32], *, apart: Mask | None = None
) -> Iterator[Chunk]:
    """The chunks of a mesh. ``attributes``, (n,) float32, reach the vertex shader under their names.

    ``apart``, (m,) bool, gives triangles an actor of their own, for a shader of their own.
    """
    for (t0, v0, error_mm, tile), (t1, v1, *_) in zip(mesh.chunks[:-1], mesh.chunks[1:], strict=True):
        own = slice(int(v0), int(v1))
        position, corners = mesh.position[own], mesh.triangles[t0:t1]
        vertices = shared_vertices(
            position, tcoord=mesh.tcoord[own], attributes={name: a[own] for name, a in attributes.items()}
        )
        plain, other = corners, corners[:0]
        if apart is not None and (mask := apart[t0:t1]).any():
            plain, other = (corners[:0], corners) if mask.all() else (corners[~mask], corners[mask])
        low, high = position.min(axis=0), position.max(axis=0)
        yield Chunk(
            plain=_actor(with_triangles(vertices, plain), attributes) if len(plain) else None,
            apart=_actor(with_triangles(vertices, other), attributes) if len(other) else None,
            box=(tuple(low.tolist()), tuple(high.tolist())),
            tile=int(tile),
            error_m=float(error_mm) / 1000.0,
        )


def _actor(data: vtkPolyData, attributes: Mapping[str, F32]) -> vtkActor:
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
