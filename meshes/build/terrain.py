"""The terrain's mesh: fine where water can come and go, coarse on mountains, in chunks that can be culled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meshes.build import rtin
from meshes.errors import NoGroundError

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
Points = NDArray[np.float64]
Part = tuple[I64, F32, I32]  # flat cell index and height of each vertex, corners of each triangle


@dataclass(frozen=True)
class Detail:
    """A level of detail: its share of the finest one's triangles, and how often the shore counts in it."""

    share: float
    shore_weight: float


DETAIL = (Detail(1.0, 32.0), Detail(0.36, 8.0), Detail(0.14, 4.0), Detail(0.06, 4.0))
SHORE_COUNTS = 10.0


@dataclass(frozen=True, kw_only=True)
class TerrainMesh:
    """Triangles over a raster's cell centres: square tiles, each in several levels of detail.

    ``row_col`` is (n, 2) float32: each vertex's cell; ``height`` is (n,) float32, m. ``triangles`` is
    (m, 3) int32 and counts vertices from its chunk's first one, so that a chunk is drawn from slices of
    these arrays without a copy. A chunk is one tile in one level of detail. ``chunks`` is (k + 1, 4) int64:
    each chunk's first triangle, first vertex, geometric error in mm (how far its surface lies off the ground,
    or ten times how far off the water), and tile; then the totals, and zeros.

    Chunks of one level meet without a crack. Where levels meet, a skirt around each chunk hides the step.
    """

    row_col: F32
    height: F32
    triangles: I32
    chunks: I64


def terrain_mesh(
    ground_m: F32,
    *,
    connection_m: F32 | None = None,
    levels_m: tuple[float, float] = (125.0, 161.0),
    target_triangles: int = 350_000,
    detail: Sequence[Detail] = DETAIL,
    skirt_m: float = 200.0,
) -> TerrainMesh:
    """Mesh a raster of heights with about ``target_triangles`` triangles, or all that a small one has.

    ``detail`` says which levels of detail, finest first; a small raster has fewer.
    ``ground_m`` is (rows, cols) float32, NaN where there is no ground (no triangle there).
    With ``connection_m`` (same shape) the mesh is good at every water level from the first of
    ``levels_m`` up to, not including, the second (connection levels up there mean "never"): a vertex is
    judged by how far it lies off its neighbours on the dry ground and, several times, on the surface with
    the flood at the level where that is worst. So the shore belt, dams and islands are fine.

    Raises NoGroundError where there is nothing to make a triangle of.
    """
    ground = np.ascontiguousarray(ground_m, dtype=np.float32)
    if not np.isfinite(ground).any() or min(ground.shape) < 2:
        raise NoGroundError("the terrain needs at least 2 × 2 cells with a height", shape=ground.shape)
    ground = np.where(np.isfinite(ground), ground, np.float32(np.nan))
    root = min(rtin.ROOT, rtin.cover(*ground.shape))
    lo, hi = levels_m if connection_m is not None else (0.0, -np.inf)
    connection = ground if connection_m is None else np.ascontiguousarray(connection_m, dtype=np.float32)
    parts: list[Part] = []
    facts: list[tuple[int, int]] = []
    for level in detail:
        error = rtin.vertex_errors(ground, connection, root, lo, hi, level.shore_weight)
        rows, cols = ground.shape
        tolerance = _tolerance(error[:rows, :cols], int(level.share * target_triangles))
        # An error of the shore is seen more easily than one of a mountain: it counts tenfold for all levels.
        error_mm = round(1000.0 * tolerance * max(1.0, SHORE_COUNTS / level.shore_weight))
        if facts and error_mm <= facts[-1][0]:
            continue
        for tile, cells in _tiles(ground.shape, _triangles(ground, error, root, tolerance), root):
            parts.append(_chunk(ground, cells, skirt_m))
            facts.append((error_mm, tile))
    if not parts:
        raise NoGroundError("the terrain has heights, but no three beside each other", shape=ground.shape)
    vertices = np.concatenate([v for v, _, _ in parts])
    starts = np.cumsum([(0, 0), *((len(t), len(v)) for v, _, t in parts)], axis=0, dtype=np.int64)
    return TerrainMesh(
        row_col=np.stack(np.divmod(vertices, ground.shape[1]), axis=1).astype(np.float32),
        height=np.concatenate([h for _, h, _ in parts]).astype(np.float32),
        triangles=np.concatenate([t for _, _, t in parts]),
        chunks=np.hstack([starts, np.array([*facts, (0, 0)], dtype=np.int64)]),
    )


def place(
    mesh: TerrainMesh,
    *,
    shape: tuple[int, int],
    to_frame: Callable[[Points, Points], tuple[Points, Points]],
    origin: tuple[float, float, float],
) -> tuple[F32, F32]:
    """(position (n, 3), texture coordinate (n, 2)), both float32, of a mesh in the frame.

    ``to_frame`` maps (row, col) of cell centres, float64, to (east, north); ``origin`` is taken off.
    Texture coordinates run 0..1 from the raster's west and north edges, v downwards.
    """
    row, col = mesh.row_col[:, 0].astype(np.float64), mesh.row_col[:, 1].astype(np.float64)
    east, north = to_frame(row, col)
    height = mesh.height.astype(np.float64)
    position = np.stack([east - origin[0], north - origin[1], height - origin[2]], axis=1)
    tcoord = np.stack([(col + 0.5) / shape[1], (row + 0.5) / shape[0]], axis=1)
    return position.astype(np.float32), tcoord.astype(np.float32)


def _tolerance(error: F32, target_triangles: int) -> float:
    """The error that leaves about the wanted number of triangles: each vertex above it brings two."""
    finite = error[np.isfinite(error)]  # the others are needed in any case
    if not finite.size:
        return 0.0
    keep = max(1, min(target_triangles // 2 - (error.size - finite.size), finite.size - 1))
    return float(max(0.0, np.partition(finite, finite.size - keep)[finite.size - keep]))


def _triangles(ground: F32, error: F32, root: int, tolerance: float) -> I32:
    """Corners of the mesh's triangles as flat cell indices, (m, 3) int32."""
    squares = (error.size // root**2 + 1) * 4
    room = np.empty((2 * int((error > tolerance).sum()) + 2 * squares, 3), dtype=np.int32)
    side = rtin.cover(*ground.shape)
    return room[: rtin.triangulate(ground, error, side, root, tolerance, room)]


def _tiles(shape: tuple[int, int], cells: I32, root: int) -> list[tuple[int, I32]]:
    """(tile, corners of its triangles), for every tile that has any; tiles count along the rows."""
    row, col = np.divmod(cells.astype(np.int64), shape[1])
    # Three times a triangle's middle: it lies inside one tile, whatever corners are on the tile's border.
    across = -(-(shape[1] - 1) // root)
    tile = row.sum(axis=1) // (3 * root) * across + col.sum(axis=1) // (3 * root)
    order = np.argsort(tile, kind="stable")
    found, first = np.unique(tile[order], return_index=True)
    return list(zip(found.tolist(), np.split(cells[order], first)[1:], strict=True))


def _chunk(ground: F32, cells: I32, skirt_m: float) -> Part:
    """A tile's triangles with vertices of their own, in the order of first use, and a skirt around them."""
    used, first, local = np.unique(cells.ravel(), return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    vertices = used[order].astype(np.int64)
    corners = rank[local].reshape(-1, 3)
    rim, walls = _skirt(corners, len(vertices))
    heights = ground.ravel()[vertices]
    return (
        np.concatenate([vertices, vertices[rim]]),
        np.concatenate([heights, heights[rim] - np.float32(skirt_m)]),
        np.concatenate([corners, walls]).astype(np.int32),
    )


def _skirt(corners: I64, count: int) -> tuple[I64, I64]:
    """(vertices at the rim, corners of the walls under it), facing outwards.

    The rim's sides are those that only one triangle has. The wall's lower vertices come after all others,
    in the order of the first result.
    """
    start, end = corners.ravel(), np.roll(corners, -1, axis=1).ravel()
    side, back = start * count + end, end * count + start
    alone = ~np.isin(side, back)
    a, b = start[alone], end[alone]
    rim, local = np.unique(np.concatenate([a, b]), return_inverse=True)
    below_a, below_b = count + local[: len(a)], count + local[len(a) :]
    walls = np.concatenate([np.stack([a, below_a, below_b], axis=1), np.stack([a, below_b, b], axis=1)])
    return rim, walls
