"""Weld a surface's parts into one vertex pool of cells.

Positions are rounded to a power of two (a quarter of a millimetre for anything under 4 km) and kept from
one centre, so that float32 holds them, and the difference of any two of them, without an error: two tiles
with different centres put a shared vertex at exactly the same place.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import almeshopt
import numpy as np

from meshes.build.surface.areas import area, middles, repeats, sizes, texel_area
from meshes.build.surface.cells import Cell, cells
from meshes.build.surface.loops import leanings, patches, spans
from meshes.build.surface.pages import Page, page
from meshes.build.surface.textured_surface import TexturedSurface
from meshes.build.surface.vertex_pool import VertexPool, pool, same
from meshes.errors import EmptySurfaceError
from meshes.tiles.finish import Finish
from twin.arrays import F32, F64, I32, I64, U8


@dataclass(frozen=True, kw_only=True)
class Mesh:
    """Mesh of n vertices and m triangles in cell order.

    What a cell holds is a slice. ``centre`` (3,) float64 and ``position`` (n, 3) float32 from it, m, whole
    multiples of ``step_m``. ``uv`` (n, 2) float32: place in the picture ``pages[sheet]``; ``sheet`` (n,)
    int32, -1 without a picture. ``place`` (n,) int32 is the same for vertices at one place, ``patch`` (n,)
    int32 for those that triangles connect. ``texels`` (n, 2) float32: width and height of the picture.
    ``texel_m`` (n,) float32: how large a texel of the patch is on the surface, 0 without a picture;
    ``sharpness_m`` the same over all. ``wedge`` (n,) int32 are the vertices place by place, ``wedges``
    (places + 1,) int32 where each place begins there, and ``first`` (n,) int32 the first one at a vertex's
    place. ``normal`` (n, 3) and ``inner`` (n, 2) float32: see ``loops.leanings``. ``finish`` (n,) int32: the
    place among ``finishes``. ``alphas``: of each picture, where it has alpha. ``span`` (places, 2) int32: the
    first and the last triangle at each place. ``reach`` (m + 1,) int64: vertices that the first triangles
    use.
    """

    centre: F64
    step_m: float
    position: F32
    uv: F32
    sheet: I32
    place: I32
    patch: I32
    texels: F32
    texel_m: F32
    normal: F32
    inner: F32
    colour: U8 | None
    feature: F32 | None
    triangles: I32
    wedge: I32
    wedges: I32
    first: I32
    span: I32
    reach: I64
    root: Cell
    pages: tuple[Page, ...]
    alphas: tuple[Page | None, ...]
    finish: I32
    finishes: tuple[Finish, ...]
    sharpness_m: float


def mesh(surface: TexturedSurface, *, tile_triangles: int, picture_px: int, hold_rim: bool) -> Mesh:
    """Weld, drop triangles without an area, cut into cells and sort.

    See ``Mesh``. ``hold_rim``: places at the surface's open rim count as shared with triangles elsewhere.
    Raises EmptySurfaceError where no triangle is left.
    """
    raw = pool(surface)
    place = same(raw.triangles, raw.position)
    a, b, c = place[raw.triangles].T
    triangles = raw.triangles[(a != b) & (b != c) & (c != a)]
    if not len(triangles) or not area(raw.position, triangles).any():
        raise EmptySurfaceError("no triangle of the surface has an area; check the file or leave it out")
    texels = texel_area(raw.uv, raw.sheet, raw.pictures, triangles)
    order, root = cells(
        middles(raw.position, triangles),
        texels / repeats(texels, raw.sheet[triangles[:, 0]], raw.pictures),
        tile_triangles=tile_triangles,
        tile_texels=picture_px**2,
    )
    triangles, vertex = _welded(raw, triangles[order])
    position, uv, sheet = raw.position[vertex], raw.uv[vertex], raw.sheet[vertex]
    patch = patches(triangles, len(vertex))
    uv -= _whole(uv, patch)
    normal, inner = leanings(position, uv, triangles)
    place = np.unique(place[vertex], return_inverse=True)[1].astype(np.int32)
    wedge = np.argsort(place, kind="stable").astype(np.int32)
    wedges = np.concatenate([[0], np.cumsum(np.bincount(place))]).astype(np.int32)
    span = spans(triangles, place)
    if hold_rim:
        span[_rim(place[triangles])] = (-1, len(triangles))
    texels = texels[order]
    painted = np.where(texels > 0, area(position, triangles), 0.0)
    of = patch[triangles[:, 0]]
    patch_m2, patch_texels = (np.bincount(of, what, len(vertex)) for what in (painted, texels))
    texel_m = np.sqrt(patch_m2 / np.maximum(patch_texels, 1e-12))
    seen = [page(p, uv[triangles[sheet[triangles[:, 0]] == k]]) for k, p in enumerate(raw.pictures)]
    return Mesh(
        centre=raw.centre,
        step_m=raw.step_m,
        position=position,
        uv=uv,
        sheet=sheet,
        place=place,
        patch=patch,
        texels=sizes(raw.pictures)[sheet],
        texel_m=texel_m[patch].astype(np.float32),
        sharpness_m=math.sqrt(painted.sum() / max(texels.sum(), 1e-12)),
        wedge=wedge,
        wedges=wedges,
        first=wedge[wedges[place]],
        normal=normal,
        inner=inner,
        colour=None if raw.colour is None else raw.colour[vertex],
        feature=None if raw.feature is None else raw.feature[vertex],
        triangles=triangles,
        span=span,
        reach=np.concatenate([[0], np.maximum.accumulate(triangles.max(axis=1)) + 1]).astype(np.int64),
        root=root,
        pages=tuple(colours for colours, _ in seen),
        alphas=tuple(alpha for _, alpha in seen),
        finish=raw.finish[vertex],
        finishes=raw.finishes,
    )


def _welded(raw: VertexPool, triangles: I32) -> tuple[I32, I64]:
    """(triangles over k vertices in the order of first use, (k,) where those are in the pool)."""
    keys = [raw.position, raw.uv, raw.sheet[:, None].astype(np.float32)]
    keys += [] if raw.colour is None else [raw.colour.astype(np.float32)]
    keys += [] if raw.feature is None else [raw.feature[:, None]]
    keys += [] if len(raw.finishes) == 1 else [raw.finish[:, None].astype(np.float32)]
    triangles = same(triangles, np.hstack(keys))[triangles]
    slot, count = almeshopt.optimize_vertex_fetch_remap(
        triangles.ravel().astype(np.uint32), len(raw.position)
    )
    kept = np.flatnonzero(slot < count)
    vertex = np.empty(count, np.int64)
    vertex[slot[kept]] = kept
    return slot[triangles].astype(np.int32), vertex


def _rim(corners: I32) -> I32:
    """Places at sides that have no triangle on their other side; ``corners`` (m, 3) are places."""
    start, end = corners.ravel().astype(np.int64), np.roll(corners, -1, axis=1).ravel()
    count = int(corners.max()) + 1
    alone = ~np.isin(start * count + end, end * np.int64(count) + start)
    return np.unique(np.concatenate([start[alone], end[alone]])).astype(np.int32)


def _whole(uv: F32, patch: I32) -> F32:
    """(n, 2) whole numbers that bring each patch to begin in the picture itself and not a repeat of it."""
    least = np.full_like(uv, np.inf)
    for axis in range(2):
        np.minimum.at(least[:, axis], patch, uv[:, axis])
    return np.asarray(np.floor(least[patch] + np.float32(1e-4)))
