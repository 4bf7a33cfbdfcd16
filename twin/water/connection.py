"""Compute connection levels.

The lowest reservoir level at which a cell is joined to the reservoir. For every cell, L = the least, over all
paths from the seed, of the highest ground on the path (a minimax path). The flooded set at level W is then
``L <= W``: a threshold. L equals the morphological reconstruction by erosion of the ground from a marker that
is the ground at the seed and infinite elsewhere (Vincent 1993, doi:10.1109/83.217222); the order of visiting
is that of Priority-Flood (Barnes, Lehman and Mulla 2014, doi:10.1016/j.cageo.2013.04.024) with a bucket per
centimetre for a queue.

It compiles (numba): only the building of products imports this module, never a process that serves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np

from twin.arrays import I32
from twin.errors import TwinError
from twin.water.centimetres import NO_GROUND_CM
from twin.water.flood import MOST_CELLS, flood, flood_from_sides, pack, unpack
from twin.water.walls import FaceWalls

Cell = tuple[int, int]

MOVES: Final[dict[int, tuple[Cell, ...]]] = {
    4: ((-1, 0), (0, -1), (0, 1), (1, 0)),
    8: ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)),
}


class NoSeedCellError(TwinError):
    """Seed from which no water can start.

    Attribute ``seed``, (row, col) or None.
    """

    zh = "水库的种子点不可用：{message}"


def connection_level(
    ground_cm: I32,
    *,
    seed: Cell | Sequence[Cell],
    cap_cm: int,
    connectivity: Literal[4, 8] = 4,
    walls: FaceWalls | None = None,
) -> I32:
    """Compute each cell's connection level, cm.

    Lowest reservoir level at which it is joined to the seed; shape (rows, cols), int32. ``ground_cm``: (rows,
    cols) int32, whole centimetres (``twin.water.centimetres.to_cm``); ``NO_GROUND_CM`` where nothing was
    surveyed. ``seed``: (row, col) of a cell that is always under water, or several of them. ``cap_cm``: a
    level above all that will ever be shown; ground at or above it is never visited. ``walls``: on cell faces;
    a diagonal move is held back where both ways around its corner are.

    Reached cells carry L < cap_cm. All others carry max(ground, cap), those without a survey the cap:
    never infinite, never a sentinel, so ``L <= W`` is right for every W below the cap.

    Raises NoSeedCellError where a seed lies outside the raster, on a cell without survey, or not below
    the cap.
    """
    ground_cm = np.ascontiguousarray(ground_cm)
    if ground_cm.ndim != 2 or ground_cm.dtype != np.int32:
        raise TypeError(f"ground_cm must be 2-D int32, not {ground_cm.ndim}-D {ground_cm.dtype}")
    if (ground_cm.shape[0] + 2) * (ground_cm.shape[1] + 2) > MOST_CELLS:
        raise ValueError(f"{ground_cm.shape} is more than {MOST_CELLS} cells")
    if walls is not None and walls.east.shape != ground_cm.shape:
        raise ValueError(f"walls of shape {walls.east.shape} on a ground of shape {ground_cm.shape}")
    seeds = checked_seeds(ground_cm, seed=seed, cap_cm=cap_cm)
    base_cm = min(int(ground_cm[cell]) for cell in seeds)
    if cap_cm - base_cm > MOST_CELLS:
        raise ValueError(f"a cap of {cap_cm} cm is no level")

    rows, cols = ground_cm.shape
    width = cols + 2
    state = np.empty((rows + 2) * width, np.int32)
    buckets = pack(ground_cm, base_cm, cap_cm, state)
    starts = np.unique([(row + 1) * width + col + 1 for row, col in seeds])
    moves = MOVES[connectivity]
    if walls is None:
        flood(state, tuple(down * width + right for down, right in moves), starts, buckets)
    else:
        east, south, highest = crests_above(walls, base_cm=base_cm, cap_cm=cap_cm)
        starts = starts[np.argsort(state[starts])]
        side = np.zeros(state.size, np.int8)
        flood_from_sides(state, side, (moves, width, east, south), starts, max(buckets, highest + 1))
    out = np.empty_like(ground_cm)
    unpack(ground_cm, base_cm, cap_cm, state, out)
    return out


def crests_above(walls: FaceWalls, *, base_cm: int, cap_cm: int) -> tuple[I32, I32, int]:
    """Return wall levels of faces east and south, and the highest.

    Above the base, flat, 0 for none.
    """
    limit = cap_cm - base_cm
    flat = []
    for crest_cm in (walls.east, walls.south):
        above = np.clip(crest_cm.astype(np.int64) - base_cm, 0, limit)
        flat.append(np.pad(above.astype(np.int32), 1).ravel())
    highest = max(int(crest.max(where=crest < limit, initial=0)) for crest in flat)
    return flat[0], flat[1], highest


def checked_seeds(ground_cm: I32, *, seed: Cell | Sequence[Cell], cap_cm: int) -> list[Cell]:
    cells = np.asarray(seed, dtype=np.int64).reshape(-1, 2)
    if not len(cells):
        raise NoSeedCellError("no seed is given: name a point that is always under water", seed=None)
    rows, cols = ground_cm.shape
    seeds = [(int(row), int(col)) for row, col in cells]
    for row, col in seeds:
        if not (0 <= row < rows and 0 <= col < cols):
            what = f"lies outside the raster of {rows} × {cols} cells"
        elif ground_cm[row, col] == NO_GROUND_CM:
            what = "lies on a cell without survey"
        elif ground_cm[row, col] >= cap_cm:
            what = f"lies at {ground_cm[row, col] / 100:.2f} m, not below the cap of {cap_cm / 100:.2f} m"
        else:
            continue
        raise NoSeedCellError(
            f"the seed (row {row}, col {col}) {what}: move it into the lake", seed=(row, col)
        )
    return seeds
