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


DETAIL = (Detail(1.0, 32.0), Detail(0.45, 8.0), Detail(0.2, 4.0))
SHORE_COUNTS = 10.0


@dataclass(frozen=True, kw_only=True)
class TerrainMesh:
    """Triangles over a raster's cell centres, in one or more levels of detail, finest first.

    ``row_col`` is (n, 2) float32: each vertex's cell; ``height`` is (n,) float32, m. ``triangles`` is
    (m, 3) int32 and counts vertices from its chunk's first one, so that a chunk is drawn from slices of
    these arrays without a copy. ``chunks`` is (k + 1, 3) int64: each chunk's first triangle, first vertex
    and geometric error (how far the surface lies off the ground, or ten times off the water, mm), then the
    totals and 0.
    Chunks of one error are one level of detail, a whole terrain; its last ones are the skirts of its sides.
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
    target_triangles: int = 400_000,
    detail: Sequence[Detail] = DETAIL,
    chunk_triangles: int = 8_000,
    skirt_m: float = 200.0,
) -> TerrainMesh:
    """Mesh a raster of heights with about ``target_triangles`` triangles, or all that a small one has.

    ``detail`` says which levels of detail, finest first; a small raster has fewer.
    ``ground_m`` is (rows, cols) float32, NaN where there is no ground (no triangle there).
    With ``connection_m`` (same shape) the mesh is good at every water level from the first of
    ``levels_m`` up to, not including, the second (connection levels up there mean "never"): a vertex is
    judged by how far it lies off its neighbours on the dry ground and, several times, on the surface with
    the flood at the level where that is worst. So the shore belt, dams and islands are fine.

    Raises NoGroundError where no height is finite.
    """
    ground = np.ascontiguousarray(ground_m, dtype=np.float32)
    if not np.isfinite(ground).any() or min(ground.shape) < 2:
        raise NoGroundError("the terrain needs at least 2 × 2 cells with a height", shape=ground.shape)
    ground = np.where(np.isfinite(ground), ground, np.float32(np.nan))
    root = min(rtin.ROOT, rtin.cover(*ground.shape))
    lo, hi = levels_m if connection_m is not None else (0.0, -np.inf)
    connection = ground if connection_m is None else np.ascontiguousarray(connection_m, dtype=np.float32)
    parts: list[Part] = []
    errors_mm: list[int] = []
    for level in detail:
        error = rtin.vertex_errors(ground, connection, root, lo, hi, level.shore_weight)
        tolerance = _tolerance(error, int(level.share * target_triangles))
        # An error of the shore is seen more easily than one of a mountain: it counts tenfold for all levels.
        error_mm = round(1000.0 * tolerance * max(1.0, SHORE_COUNTS / level.shore_weight))
        if errors_mm and error_mm <= errors_mm[-1]:
            continue
        cells = _triangles(ground, error, root, tolerance)
        parts += [*_chunks(ground, cells, chunk_triangles), *_skirts(ground, cells, skirt_m)]
        errors_mm += [error_mm] * (len(parts) - len(errors_mm))
    vertices = np.concatenate([v for v, _, _ in parts])
    return TerrainMesh(
        row_col=np.stack(np.divmod(vertices, ground.shape[1]), axis=1).astype(np.float32),
        height=np.concatenate([h for _, h, _ in parts]).astype(np.float32),
        triangles=np.concatenate([t for _, _, t in parts]),
        chunks=np.column_stack(
            [
                _running([len(t) for _, _, t in parts]),
                _running([len(v) for v, _, _ in parts]),
                [*errors_mm, 0],
            ]
        ),
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


def _running(counts: list[int]) -> I64:
    return np.cumsum([0, *counts], dtype=np.int64)


def _triangles(ground: F32, error: F32, root: int, tolerance: float) -> I32:
    """Corners of the mesh's triangles as flat cell indices, (m, 3) int32."""
    squares = (error.size // root**2 + 1) * 4
    room = np.empty((2 * int((error > tolerance).sum()) + 2 * squares, 3), dtype=np.int32)
    side = rtin.cover(*ground.shape)
    return room[: rtin.triangulate(ground, error, side, root, tolerance, room)]


def _chunks(ground: F32, cells: I32, chunk_triangles: int) -> list[Part]:
    """Cut the run of triangles into chunks with vertices of their own."""
    parts: list[Part] = []
    for run in np.array_split(cells, max(1, -(-len(cells) // chunk_triangles))):
        used, first, local = np.unique(run.ravel(), return_index=True, return_inverse=True)
        order = np.argsort(first)  # vertices in the order of their first use
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        vertices = used[order].astype(np.int64)
        parts.append((vertices, ground.ravel()[vertices], rank[local].reshape(-1, 3).astype(np.int32)))
    return parts


def _skirts(ground: F32, cells: I32, skirt_m: float) -> list[Part]:
    """A wall down from every side of the raster, facing outwards, so that no edge shows the sky beneath."""
    rows, cols = ground.shape
    start = cells.ravel().astype(np.int64)
    end = np.roll(cells, -1, axis=1).ravel().astype(np.int64)
    row, col = start // cols, start % cols
    row_end, col_end = end // cols, end % cols
    skirts = []
    for side in (
        (row == 0) & (row_end == 0),
        (row == rows - 1) & (row_end == rows - 1),
        (col == 0) & (col_end == 0),
        (col == cols - 1) & (col_end == cols - 1),
    ):
        a, b = start[side], end[side]
        if not len(a):
            continue
        rim, local = np.unique(np.concatenate([a, b]), return_inverse=True)
        la, lb, n = local[: len(a)], local[len(a) :], len(rim)
        top = ground.ravel()[rim]
        walls = np.concatenate([np.stack([la, la + n, lb + n], 1), np.stack([la, lb + n, lb], 1)])
        skirts.append(
            (
                np.concatenate([rim, rim]),
                np.concatenate([top, top - np.float32(skirt_m)]),
                walls.astype(np.int32),
            )
        )
    return skirts
