"""Find sills where a rising flood leaves the basin.

With their places and the crest that would hold. Two floods rise together, one from the reservoir's seed and
one from outside: from the raster's edge, and from the edge of what was surveyed. Where they meet below the
level that the basin has to hold, water would leave; every stretch of the line between them that lies too low
is one leak, its lowest face the sill.

Inside the reservoir's side there may be hollows behind a rim, joined to no edge. Captured all at once, they
make the area jump: they are listed too, as pockets, where they are large.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from twin.areas import cell_areas
from twin.arrays import F64, I32, Bools
from twin.geodesy import distance_m
from twin.grid import Grid
from twin.water.centimetres import NO_GROUND_CM, level_cm
from twin.water.connection import Cell
from twin.water.walls import FaceWalls
from twin.water.watershed import INSIDE, OUTSIDE, divide

_BOX: Final = ndimage.generate_binary_structure(2, 2)


@dataclass(frozen=True, kw_only=True)
class Leak:
    """Sill that is too low.

    Water passes at ``x``, ``y`` (the grid's CRS) from ``level_m`` on. For natural ground that is its height,
    for a barrier the first centimetre above its crest.

    ``kind``: "outside" leaves the basin, "pocket" fills a hollow inside it of ``area_m2`` at once. A dam
    there needs a crest of at least ``crest_needed_m`` and, to the outside, is about ``width_m`` long.
    """

    kind: Literal["outside", "pocket"]
    level_m: float
    x: float
    y: float
    crest_needed_m: float
    width_m: float | None = None
    area_m2: float | None = None


def leaks(
    ground_cm: I32,
    connection_cm: I32,
    *,
    grid: Grid,
    seed: Cell,
    up_to_m: float,
    walls: FaceWalls | None = None,
    pocket_m2: float = 5e5,
) -> list[Leak]:
    """Return the leaks at ``up_to_m`` or lower.

    Lowest first. Empty where the basin holds. Rasters (rows, cols) int32 cm. The ground holds its barriers;
    the connection levels were made from it, 4-connected, with a cap above ``up_to_m``. Pockets under
    ``pocket_m2`` are left out. Raises NoSeedCellError as ``connection_level`` does.
    """
    below_cm = math.floor(level_cm(up_to_m)) + 1
    reached_cm, side = divide(
        ground_cm, seed=seed, outside=_edge_of_survey(ground_cm), below_cm=below_cm, walls=walls
    )
    hollow = (side == INSIDE) & (connection_cm < below_cm) & (connection_cm > ground_cm)
    hollow &= connection_cm > connection_cm[seed]  # the lake's own bed
    found = [
        *_outlets(reached_cm, side, grid=grid, below_cm=below_cm, up_to_m=up_to_m, walls=walls),
        *_pockets(connection_cm, hollow, grid=grid, up_to_m=up_to_m, least_m2=pocket_m2),
    ]
    return sorted(found, key=lambda leak: leak.level_m)


def _edge_of_survey(ground_cm: I32) -> Bools:
    """Cells on the raster's edge, or beside a gap in the survey that reaches the raster's edge."""
    edge = np.zeros(ground_cm.shape, np.bool_)
    edge[[0, -1], :] = edge[:, [0, -1]] = True
    gap = ground_cm == NO_GROUND_CM
    if gap.any():  # a gap inside, often over water, is no way out
        open_gap = ndimage.binary_propagation(edge & gap, mask=gap)
        edge |= ndimage.binary_dilation(open_gap)
    reached: Bools = edge & ~gap
    return reached


def _outlets(
    reached_cm: I32,
    side: NDArray[np.int8],
    *,
    grid: Grid,
    below_cm: int,
    up_to_m: float,
    walls: FaceWalls | None,
) -> Iterator[Leak]:
    """One leak per stretch of faces between inside and outside that water passes below ``below_cm``."""
    faces = np.concatenate(
        [
            _faces(reached_cm, side, None if walls is None else walls.east, step=(0, 1)),
            _faces(reached_cm, side, None if walls is None else walls.south, step=(1, 0)),
        ]
    )
    faces = faces[faces[:, 0] < below_cm]
    inside = faces[:, 3:].astype(np.int64)
    stretch = np.zeros(reached_cm.shape, np.bool_)
    stretch[inside[:, 0], inside[:, 1]] = True
    labels, count = ndimage.label(stretch, structure=_BOX)
    of_face = labels[inside[:, 0], inside[:, 1]]
    for number in range(1, count + 1):
        here = faces[of_face == number]
        lowest = here[here[:, 0] == here[:, 0].min()]
        middle = np.abs(lowest[:, 1:3] - lowest[:, 1:3].mean(axis=0)).sum(axis=1).argmin()
        sill, row, col = lowest[middle, :3]
        x, y = grid.centre_of(row, col)
        yield Leak(
            kind="outside",
            level_m=float(sill) / 100,
            x=float(x),
            y=float(y),
            crest_needed_m=up_to_m,
            width_m=round(_width_m(here, grid), 1),
        )


def _width_m(faces: F64, grid: Grid) -> float:
    """How long a stretch of faces is on the ground: from corner to corner, half a cell beyond both ends."""
    first, last = faces[:, 3:].min(axis=0), faces[:, 3:].max(axis=0)
    along = last - first
    if not along.any():  # one cell: along its open face
        along = np.array([1.0, 0.0]) if faces[0, 1] == faces[0, 3] else np.array([0.0, 1.0])
    beyond = along / np.hypot(*along) / 2.0
    start, end = (grid.centre_of(*place) for place in (first - beyond, last + beyond))
    return distance_m((float(start[0]), float(start[1])), (float(end[0]), float(end[1])), crs=grid.crs)


def _faces(reached_cm: I32, side: NDArray[np.int8], past_cm: I32 | None, *, step: tuple[int, int]) -> F64:
    """Faces between inside and outside, one row each: passing level (cm), row and col of the face (halves),
    row and col of its inside cell."""
    down, right = step
    rows, cols = reached_cm.shape
    here, there = np.s_[: rows - down, : cols - right], np.s_[down:, right:]
    row, col = np.nonzero(side[here] * side[there] == INSIDE * OUTSIDE)
    passing = np.maximum(reached_cm[here][row, col], reached_cm[there][row, col])
    if past_cm is not None:
        passing = np.maximum(passing, past_cm[row, col])
    beyond = side[row, col] == OUTSIDE
    return np.stack(
        [passing, row + down / 2, col + right / 2, row + down * beyond, col + right * beyond], axis=1
    ).astype(np.float64)


def _pockets(
    connection_cm: I32, hollow: Bools, *, grid: Grid, up_to_m: float, least_m2: float
) -> Iterator[Leak]:
    """Connected hollows of at least ``least_m2`` (neighbours in one hollow share one connection level)."""
    labels, count = ndimage.label(hollow)
    cells = np.nonzero(labels)
    areas = np.bincount(labels[cells], cell_areas(grid).at(*cells), minlength=count + 1)
    boxes = ndimage.find_objects(labels)
    for number in np.flatnonzero(areas[1:] >= least_m2) + 1:
        box = tuple(slice(max(0, part.start - 1), part.stop + 1) for part in boxes[number - 1])
        pocket = labels[box] == number
        sill_cm = int(connection_cm[box][pocket][0])
        rim = ndimage.binary_dilation(pocket) & ~pocket
        sill = rim & (connection_cm[box] == sill_cm)
        entry = sill & ndimage.binary_dilation(connection_cm[box] < sill_cm)
        row, col = np.argwhere(next(cells for cells in (entry, sill, pocket) if cells.any()))[0]
        x, y = grid.centre_of(row + box[0].start, col + box[1].start)
        yield Leak(
            kind="pocket",
            level_m=sill_cm / 100,
            x=float(x),
            y=float(y),
            crest_needed_m=up_to_m,
            area_m2=round(float(areas[number]), 1),
        )
