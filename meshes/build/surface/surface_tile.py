"""Make a tile's content: own triangles, vertices and picture."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace

import almeshopt
import numpy as np
import simplejpeg
from PIL import Image

from meshes.build.surface.loops import box
from meshes.build.surface.mesh import Mesh
from meshes.build.surface.pack import packed
from meshes.build.surface.retexture import Retextured
from meshes.tiles import Content, Primitive
from meshes.tiles.finish import CLAMPED, Finish
from twin.arrays import F32, F64, U8, Bools


@dataclass(frozen=True, kw_only=True)
class SurfaceTile:
    """Content of a tile and its texel figures.

    The ``level`` of its picture (each halves the texels along a side), its ``texels``, and ``nbytes``, what
    all of it takes in memory.
    """

    content: Content
    level: int
    texels: int
    nbytes: int


def tile(mesh: Mesh, worn: Retextured, *, level: int, most_px: int, fits: float, quality: int) -> SurfaceTile:
    """Return the content of textured triangles.

    ``level``, ``most_px`` and ``fits`` as in ``pack.packed``.
    """
    low, high = box(mesh.position[worn.vertex.ravel()])
    middle = np.round(0.5 * (low + high).astype(np.float64) / mesh.step_m) * mesh.step_m
    sheet = mesh.sheet[worn.look[:, 0]]
    clear = np.array([alpha is not None for alpha in mesh.alphas] + [False])[sheet]
    groups = [own for own in ((sheet >= 0) & ~clear, (sheet >= 0) & clear) if own.any()]
    parts: list[Primitive] = []
    texels, deepest = 0, level
    for own in groups:
        picture, uv, reached = packed(
            mesh.pages,
            worn.uv[own],
            sheet[own],
            alphas=mesh.alphas if clear[own].any() else None,
            level=level,
            most_px=most_px,
            fits=fits / len(groups),
        )
        parts += _parts(mesh, worn, own, middle, uv, _encoded(picture, quality))
        texels += picture.shape[0] * picture.shape[1]
        deepest = max(deepest, reached)
    if (sheet < 0).any():
        parts += _parts(mesh, worn, sheet < 0, middle, None, None)
    centre = mesh.centre + middle
    content = Content(centre=(float(centre[0]), float(centre[1]), float(centre[2])), primitives=tuple(parts))
    nbytes = 4 * texels + sum(part.nbytes for part in parts)
    return SurfaceTile(content=content, level=deepest, texels=texels, nbytes=nbytes)


def _encoded(picture: U8, quality: int) -> bytes:
    """A JPEG, or a PNG where the picture has alpha."""
    if picture.shape[2] == 3:
        return bytes(
            simplejpeg.encode_jpeg(picture, quality=quality, colorspace="RGB", colorsubsampling="420")
        )
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG", compress_level=4)
    return file.getvalue()


def _parts(
    mesh: Mesh, worn: Retextured, own: Bools, middle: F64, uv: F32 | None, image: bytes | None
) -> list[Primitive]:
    """Triangles under one picture, or none: a part for each finish among them."""
    finish = mesh.finish[worn.look[own, 0]]
    out = []
    for k in np.unique(finish).tolist():
        mine = own.copy()
        mine[own] = finish == k
        of = replace(mesh.finishes[k], wrap=CLAMPED.wrap)
        out.append(_part(mesh, worn, mine, middle, None if uv is None else uv[finish == k], image, of))
    return out


def _part(
    mesh: Mesh,
    worn: Retextured,
    own: Bools,
    middle: F64,
    uv: F32 | None,
    image: bytes | None,
    finish: Finish,
) -> Primitive:
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
    return Primitive(
        position=position[first],
        triangles=fetch[triangles].astype(np.int32).reshape(-1, 3),
        tcoord=None if uv is None else tcoord[first],
        colour=None if colour is None else colour[first],
        feature=None if feature is None else feature[first],
        image=image,
        finish=finish,
    )
