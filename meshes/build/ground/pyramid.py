"""Build a quadtree pyramid from a raster of heights.

Squares of 64 cells, four of them in one above, up to one for all.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from meshes.build.ground.drape import MOST_PX, Drape, Piece
from meshes.build.ground.square import Square, square
from meshes.errors import NoGroundError
from meshes.tiles import Content, Primitive, TileTree, write_glb, write_tileset
from twin.areas import cell_side_m
from twin.arrays import F32, F64, I32
from twin.frame import Frame
from twin.grid import Grid

T = TypeVar("T")

FINEST_CELLS = 64
"""Cells along a leaf: with every one of them a vertex it has 8,192 triangles."""
FINENESS = 2048
"""A square that is off by this part of its width is fine enough, whatever more it has room for."""
TEXELS = 3.0
"""Where a finer picture exists, a tile counts as off by so many of its texels: they are to be seen sharp."""
GROWTH = 1.001
"""A parent's error over its children's, at least."""


@dataclass(frozen=True, kw_only=True)
class _GroundNode:
    level: int
    row: int
    col: int
    error_m: float
    low: F64
    high: F64
    nbytes: int

    @property
    def name(self) -> str:
        return f"{self.level}-{self.row}-{self.col}.glb"


def build_ground(
    folder: Path,
    ground_m: F32,
    *,
    grid: Grid,
    frame: Frame,
    picture: Path,
    ellipsoid_minus_working_m: float,
    connection_cm: I32 | None = None,
    levels_m: tuple[float, float] = (0.0, -np.inf),
    progress: Callable[[float], None] = lambda part: None,
) -> TileTree:
    """Write ``folder/tileset.json`` and a raster's tiles with their pictures.

    ``ground_m`` (rows, cols) float32, m, NaN where there is no ground; may be mapped, and is read square by
    square. ``picture`` is a GeoTIFF over the same extent. ``connection_cm`` and ``levels_m`` as in
    :func:`square`: the levels at which the water's edge must be right. Squares are finer than
    ``FINEST_CELLS`` where the picture is.

    A tile's error is measured: how far its surface lies off the raster at any cell; where the picture is
    finer below it, ``TEXELS`` of its texels if that is more. Tiles are made in all cores.

    Raises NoGroundError where no three cells beside each other have a height, and OSError.
    """
    drape = Drape(picture, grid.shape)
    cell_m = cell_side_m(grid)
    sides = _sides(grid.shape, drape)
    nodes: list[list[_GroundNode]] = []
    total = sum(len(_squares(grid.shape, side)) for side in sides)
    done = 0

    def make(side: int, row: int, col: int) -> tuple[int, int, Square, Piece] | None:
        window = np.s_[row : row + side + 1, col : col + side + 1]
        link = None if connection_cm is None else (connection_cm[window] / 100.0).astype(np.float32)
        tolerance_m = side * cell_m / FINENESS
        try:
            mesh = square(ground_m[window], link, levels_m=levels_m, tolerance_m=tolerance_m)
        except NoGroundError:
            return None
        return row, col, mesh, drape.piece(row, col, side)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for level, side in enumerate(sides):
            found = []
            for made in _in_turn(pool, make, ((side, *place) for place in _squares(grid.shape, side))):
                done += 1
                progress(done / total)
                if made is not None:
                    row, col, mesh, piece = made
                    content = _content(mesh, piece, row, col, grid, frame)
                    texel_m = TEXELS * 2**piece.halved * cell_m / max(drape.per_cell) if piece.halved else 0.0
                    node = _node(level, row // side, col // side, max(mesh.error_m, texel_m), content)
                    write_glb(folder / node.name, content)
                    found.append(node)
            nodes.append(found)
    if not nodes[0]:
        raise NoGroundError(
            "the terrain has no three cells with a height beside each other", shape=grid.shape
        )
    tree = _tree(nodes)
    write_tileset(folder, tree, frame=frame, ellipsoid_minus_working_m=ellipsoid_minus_working_m)
    return tree


def _sides(shape: tuple[int, int], drape: Drape) -> list[int]:
    """Cells along the squares of each level, from one that covers all to the finest."""
    side, sides = 2, []
    while side < FINEST_CELLS and side * max(drape.per_cell) * 2 <= MOST_PX:
        side *= 2
    while True:
        sides.append(side)
        if side >= max(shape) - 1:
            return sides[::-1]
        side *= 2


def _squares(shape: tuple[int, int], side: int) -> list[tuple[int, int]]:
    """First row and column of each square of a level."""
    rows, cols = (range(0, max(1, length - 1), side) for length in shape)
    return [(row, col) for row in rows for col in cols]


def _in_turn(
    pool: ThreadPoolExecutor, make: Callable[..., T], jobs: Iterable[tuple[int, ...]]
) -> Iterator[T]:
    """Results in the order of the jobs; no more of them lie waiting than a few for each core."""
    waiting = []
    for job in jobs:
        waiting.append(pool.submit(make, *job))
        if len(waiting) > 4 * (os.cpu_count() or 1):
            yield waiting.pop(0).result()
    for future in waiting:
        yield future.result()


def _content(mesh: Square, piece: Piece, row: int, col: int, grid: Grid, frame: Frame) -> Content:
    """Positions count from a whole metre in the square's middle; heights from 0, as the water's levels."""
    rows, cols = (mesh.cell + np.array([row, col])).astype(np.float64).T
    east, north = frame.from_crs(grid.crs, *grid.centre_of(rows, cols))
    centre = np.round([(east.min() + east.max()) / 2, (north.min() + north.max()) / 2])
    primitive = Primitive(
        position=np.stack([east - centre[0], north - centre[1], mesh.height_m], axis=1).astype(np.float32),
        triangles=mesh.triangles,
        coarse=mesh.coarse,
        tcoord=piece.tcoord(rows, cols),
        image=piece.jpeg,
    )
    return Content(centre=(float(centre[0]), float(centre[1]), 0.0), primitives=(primitive,))


def _node(level: int, row: int, col: int, error_m: float, content: Content) -> _GroundNode:
    position = content.primitives[0].position.astype(np.float64) + content.centre
    return _GroundNode(
        level=level,
        row=row,
        col=col,
        error_m=error_m,
        low=position.min(axis=0),
        high=position.max(axis=0),
        nbytes=2 * content.nbytes,
    )


def _tree(levels: list[list[_GroundNode]]) -> TileTree:
    """All nodes, level by level; children of one side by side, boxes and errors no less than theirs."""
    order: list[_GroundNode] = []
    parent: list[int] = []
    above: dict[tuple[int, int], int] = {}
    for level, nodes in enumerate(levels):
        place = {(node.row, node.col): above.get((node.row // 2, node.col // 2), -1) for node in nodes}
        kept = [node for node in nodes if not level or place[node.row, node.col] >= 0]
        above = {}
        for node in sorted(kept, key=lambda node: (place[node.row, node.col], node.row, node.col)):
            above[node.row, node.col] = len(order)
            parent.append(place[node.row, node.col])
            order.append(node)
    up = np.array(parent, dtype=np.int32)
    count = np.bincount(up[up >= 0], minlength=len(up)).astype(np.int32)
    first = np.zeros(len(up), dtype=np.int32)
    for tile in range(len(up) - 1, 0, -1):
        first[up[tile]] = tile
    low, high = np.array([node.low for node in order]), np.array([node.high for node in order])
    error = np.array([node.error_m for node in order])
    for tile in range(len(up) - 1, 0, -1):
        p = up[tile]
        low[p], high[p] = np.minimum(low[p], low[tile]), np.maximum(high[p], high[tile])
        error[p] = max(error[p], GROWTH * error[tile], 1e-3)
    return TileTree(
        parent=up,
        first_child=first,
        child_count=count,
        error_m=error,
        low=low,
        high=high,
        add=np.zeros(len(up), dtype=bool),
        content=tuple(node.name for node in order),
        nbytes=np.array([node.nbytes for node in order], dtype=np.int64),
    )
