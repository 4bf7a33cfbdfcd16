"""Choose each simplified triangle's piece of the picture.

Where pieces of the picture meet, vertices are double. A surface that was simplified without regard to that
has corners in several pieces; drawn so, it would show everything that lies between them in the atlas. So
each triangle looks for a piece that all its corners have a vertex in. Where there is none, it takes one
colour: that of the surface beside the corner's vertex whose normal is nearest its own, so that roofs stay
roofs and walls stay walls. It happens only where a whole house is a few pixels large.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshes.build.surface.mesh import Mesh
from twin.arrays import F32, I32
from twin.compiled import serial

STRETCH = 6.0  # times as long in the picture as on the surface: the triangle reaches over a seam


@dataclass(frozen=True, kw_only=True)
class Retextured:
    """Triangles with vertices and places in the picture.

    ``vertex`` (m, 3) int32: the mesh's vertex at each corner. ``uv`` (m, 3, 2) float32: its place in the
    picture. ``look`` (m, 3) int32: the vertex whose picture, colour and feature it takes.
    """

    vertex: I32
    uv: F32
    look: I32


def as_it_is(mesh: Mesh, triangles: I32) -> Retextured:
    """Return triangles of the finest mesh with their own texture."""
    return Retextured(vertex=triangles, uv=mesh.uv[triangles], look=triangles)


def dressed(mesh: Mesh, triangles: I32, *, seamless: bool) -> Retextured:
    """Texture ``triangles`` (m, 3), each within one piece of picture.

    ``seamless``: their corners stand for places only, whichever of the vertices there they name.
    """
    vertex, one = _seated(
        triangles, seamless, mesh.place, mesh.patch, mesh.position, mesh.normal, mesh.wedge, mesh.wedges
    )
    _single_out(one, vertex, mesh.uv, mesh.texels, mesh.texel_m, mesh.position)
    plain = one >= 0
    uv, look = mesh.uv[vertex], vertex.copy()
    look[plain] = one[plain, None]
    uv[plain] = mesh.inner[one[plain], None]
    return Retextured(vertex=vertex, uv=uv, look=look)


@serial
def _single_out(one: I32, vertex: I32, uv: F32, texels: F32, texel_m: F32, position: F32) -> None:
    """Triangles much longer in the picture than on the surface take the colour of their first corner."""
    for t in range(len(vertex)):
        across = along = 0.0
        for k in range(3):
            a, b = vertex[t, k], vertex[t, (k + 1) % 3]
            u = (uv[a, 0] - uv[b, 0]) * texels[a, 0]
            v = (uv[a, 1] - uv[b, 1]) * texels[a, 1]
            x, y, z = position[a] - position[b]
            along = max(along, (u * u + v * v) * texel_m[a] ** 2)
            across = max(across, x * x + y * y + z * z)
        if one[t] < 0 and along > STRETCH**2 * across:
            one[t] = vertex[t, 0]


@serial
def _likeness(normal: F32, x: float, y: float, z: float) -> float:
    length = np.sqrt(normal[0] ** 2 + normal[1] ** 2 + normal[2] ** 2)
    return float((normal[0] * x + normal[1] * y + normal[2] * z) / max(length, 1e-12))


@serial
def _seated(
    triangles: I32,
    seamless: bool,
    place: I32,
    patch: I32,
    position: F32,
    normal: F32,
    wedge: I32,
    wedges: I32,
) -> tuple[I32, I32]:
    """(triangles of vertices in one patch, (m,) the vertex to take one colour from where there are none)."""
    out = triangles.copy()
    one = np.full(len(triangles), -1, np.int32)
    for t in range(len(triangles)):
        a, b, c = triangles[t]
        if not seamless and patch[a] == patch[b] == patch[c]:
            continue
        ux, uy, uz = position[b] - position[a]
        vx, vy, vz = position[c] - position[a]
        x, y, z = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        best = -np.inf
        for i in range(wedges[place[a]], wedges[place[a] + 1]):
            at_b = at_c = -1
            for j in range(wedges[place[b]], wedges[place[b] + 1]):
                if patch[wedge[j]] == patch[wedge[i]]:
                    at_b = wedge[j]
            for j in range(wedges[place[c]], wedges[place[c] + 1]):
                if patch[wedge[j]] == patch[wedge[i]]:
                    at_c = wedge[j]
            if at_b >= 0 and at_c >= 0:
                like = _likeness(normal[wedge[i]], x, y, z)
                like += _likeness(normal[at_b], x, y, z) + _likeness(normal[at_c], x, y, z)
                if like > best:
                    best = like
                    out[t, 0], out[t, 1], out[t, 2] = wedge[i], at_b, at_c
        if best == -np.inf:
            for k in range(3):
                p = place[triangles[t, k]]
                for i in range(wedges[p], wedges[p + 1]):
                    like = _likeness(normal[wedge[i]], x, y, z)
                    if like > best:
                        best = like
                        one[t] = wedge[i]
    return out, one
