"""A chunked mesh as actors: slices of mapped arrays, so that what is out of view costs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vtkmodules.vtkCommonDataModel import vtkDataObject
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from layers.arrays import triangles
from layers.model import F32, MeshArrays

Corner = tuple[float, float, float]


@dataclass
class Chunk:
    """A tile in one level of detail. ``vertices`` are its own; ``box`` is its lowest and highest corner
    (east and north minus the frame's origin, height before exaggeration)."""

    actor: vtkActor
    vertices: slice
    box: tuple[Corner, Corner]
    tile: int
    error_m: float


def chunk_actors(mesh: MeshArrays, attributes: dict[str, F32]) -> Iterator[Chunk]:
    """An actor for each chunk. ``attributes``, (n,) float32, reach the vertex shader under their names."""
    for (t0, v0, error_mm, tile), (t1, v1, *_) in zip(mesh.chunks[:-1], mesh.chunks[1:], strict=True):
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
        actor.GetProperty().BackfaceCullingOn()  # the camera is never below the ground
        low, high = mesh.position[own].min(axis=0), mesh.position[own].max(axis=0)
        yield Chunk(
            actor=actor,
            vertices=own,
            box=(tuple(low.tolist()), tuple(high.tolist())),
            tile=int(tile),
            error_m=float(error_mm) / 1000.0,
        )
