"""A tile's content: triangles with vertices, and a picture, of their own."""

from __future__ import annotations

from dataclasses import dataclass

import almeshopt
import numpy as np
import simplejpeg
from numpy.typing import NDArray

from meshes.build.surface.dressing import Dressed
from meshes.build.surface.loops import box
from meshes.build.surface.mesh import Mesh
from meshes.build.surface.pack import packed
from meshes.tiles import Content, Part

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]
I32 = NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class Tile:
    """``content``; the ``level`` of its picture (each halves the texels along a side), its ``texels``, and
    ``nbytes``, what all of it takes in memory.
    """

    content: Content
    level: int
    texels: int
    nbytes: int


def tile(mesh: Mesh, worn: Dressed, *, level: int, most_px: int, fits: float, quality: int) -> Tile:
    """The content of dressed triangles; ``level``, ``most_px`` and ``fits`` as in ``pack.packed``."""
    low, high = box(mesh.position[worn.vertex.ravel()])
    middle = np.round(0.5 * (low + high).astype(np.float64) / mesh.step_m) * mesh.step_m
    painted = mesh.sheet[worn.look[:, 0]] >= 0
    parts: list[Part] = []
    texels = 0
    if painted.any():
        sheet = mesh.sheet[worn.look[painted, 0]]
        picture, uv, level = packed(
            mesh.pages, worn.uv[painted], sheet, level=level, most_px=most_px, fits=fits
        )
        jpeg = simplejpeg.encode_jpeg(picture, quality=quality, colorspace="RGB", colorsubsampling="420")
        parts.append(_part(mesh, worn, painted, middle, uv, jpeg))
        texels = picture.shape[0] * picture.shape[1]
    if not painted.all():
        parts.append(_part(mesh, worn, ~painted, middle, None, None))
    centre = mesh.centre + middle
    content = Content(centre=(float(centre[0]), float(centre[1]), float(centre[2])), parts=tuple(parts))
    nbytes = 4 * texels + sum(part.nbytes for part in parts)
    return Tile(content=content, level=level, texels=texels, nbytes=nbytes)


def _part(
    mesh: Mesh, worn: Dressed, own: NDArray[np.bool_], middle: F64, uv: F32 | None, image: bytes | None
) -> Part:
    vertex, look = worn.vertex[own].ravel(), worn.look[own].ravel()
    position = (mesh.position[vertex] - middle.astype(np.float32)).astype(np.float32)
    tcoord = np.zeros((len(vertex), 0), np.float32) if uv is None else uv.reshape(-1, 2)
    colour = None if mesh.colour is None else mesh.colour[look]
    feature = None if mesh.feature is None else mesh.feature[look]
    rows = np.hstack([position, tcoord, look[:, None].astype(np.int32).view(np.float32)])
    corners = np.arange(len(vertex), dtype=np.uint32)
    slot, count = almeshopt.generate_vertex_remap(corners, np.ascontiguousarray(rows))
    triangles = almeshopt.optimize_vertex_cache(slot, count)
    fetch, _ = almeshopt.optimize_vertex_fetch_remap(triangles, count)
    first = np.empty(count, np.int64)
    first[fetch[slot]] = corners
    return Part(
        position=position[first],
        triangles=fetch[triangles].astype(np.int32).reshape(-1, 3),
        tcoord=None if uv is None else tcoord[first],
        colour=None if colour is None else colour[first],
        feature=None if feature is None else feature[first],
        image=image,
    )
