"""Draw the main rivers' courses, with heights.

By hand, bent by noise. Everything else drains to them, so the basin keeps its shape whatever the last digit
of a float does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import ndimage

from twin.arrays import F32, F64, Index
from twin.grid import Grid
from twin.noise import noise_along

SPACING_KM = 0.02
Line = tuple[tuple[float, float, float], ...]

# East and north in the frame, km, and height, m; downstream.
WEST_RIVER = (
    (414, 4562, 860), (424, 4551, 730), (435, 4544, 610), (440, 4532, 490), (448, 4524, 400),
    (450, 4512, 325), (457, 4506, 262), (463, 4499.5, 218), (469, 4496, 186), (474, 4491.5, 156),
    (479.5, 4488.3, 130), (482.3, 4484.5, 114), (480.9, 4480.6, 103), (479.7, 4478.2, 97),
    (478.2, 4475.4, 90), (478.2, 4471, 80), (481, 4464.5, 68), (482.5, 4458, 56),
)  # fmt: skip
EAST_RIVER = (
    (566, 4564, 800), (556, 4550, 660), (544, 4545, 550), (538, 4533, 440), (528.5, 4526, 355),
    (524, 4514.5, 265), (515.5, 4507, 212), (509, 4500.5, 176), (502, 4495.5, 148), (496.5, 4489.8, 127),
    (491, 4486.6, 112), (488.7, 4483, 102), (488.4, 4480.4, 97), (487.6, 4477.6, 94), (486.4, 4474.8, 88),
    (485, 4469, 77), (482.5, 4458, 56), (477, 4449, 41), (472, 4438, 21),
)  # fmt: skip
# A dry channel that joins both valleys, so that the reservoir is one lake from the dead level on.
STRAIT = ((481.6, 4485.7, 116), (485.2, 4487.4, 115), (491.6, 4487.0, 113))
# Low ways through the rim, each with its sill: saddle dams close them.
PASSES = (
    ((483.2, 4482.4, 128), (483.6, 4479.4, 151), (484.2, 4477.0, 122), (484.6, 4475.0, 92)),
    (
        (489.0, 4482.6, 112), (490.8, 4481.4, 130), (491.8, 4479.0, 153), (491.2, 4476.2, 122),
        (490.4, 4473.8, 93),
    ),
    (
        (480.4, 4483.4, 112), (477.6, 4483.2, 134), (475.6, 4480.8, 154.5), (474.2, 4478.6, 122),
        (473.2, 4476.4, 94),
    ),
    (
        (478.8, 4487.8, 130), (474.6, 4486.4, 143), (470.4, 4485.0, 155.5), (467.8, 4482.2, 128),
        (466.6, 4480.0, 100),
    ),
)  # fmt: skip
# Necks of peninsulas, worn down below the normal pool level: what lies beyond is an island then.
NECKS = (
    ((483.2, 4482.3, 130), (485.6, 4483.0, 141), (488.2, 4483.5, 130)),
    ((480.8, 4488.6, 132), (481.8, 4489.6, 143), (483.2, 4490.4, 132)),
    ((486.8, 4490.8, 134), (488.4, 4490.1, 143), (490.0, 4490.9, 134)),
    ((491.8, 4491.4, 134), (493.0, 4490.6, 142), (494.2, 4491.2, 134)),
    ((495.2, 4487.9, 134), (496.5, 4486.9, 144), (497.3, 4485.6, 138)),
    ((483.2, 4486.6, 130), (484.2, 4485.6, 140), (485.4, 4484.5, 132)),
)  # fmt: skip
LINES = (WEST_RIVER, EAST_RIVER, STRAIT, *PASSES)
CATCHMENTS_M2 = (5.2e9, 4.6e9, 2e8, *(4e6 for _ in PASSES))  # that the courses stand for


@dataclass(frozen=True, kw_only=True)
class Courses:
    """Courses of rivers as points 20 m apart.

    ``xyz`` (n, 3) east, north, height, m; ``river`` (n,) counts ``LINES``.
    """

    xyz: F64
    river: Index

    def of(self, river: int) -> F64:
        """Return the points of one course, downstream."""
        return np.asarray(self.xyz[self.river == river])


@dataclass(frozen=True, kw_only=True)
class NearCourse:
    """Distance (km) and height (m) of each cell's nearest course."""

    away_km: F32
    height_m: F32


def draw(*, seed: int, lines: Sequence[Line] = LINES) -> Courses:
    """Draw the courses.

    Smooth through their points, then bent by up to a kilometre, less near the rim.
    """
    drawn = [_bent(_smooth(np.asarray(line, np.float64)), seed) for line in lines]
    return Courses(
        xyz=np.concatenate(drawn) * (1000.0, 1000.0, 1.0),
        river=np.repeat(np.arange(len(drawn)), [len(line) for line in drawn]),
    )


def _smooth(points: F64) -> F64:
    """A Catmull-Rom spline through the points, a point every 20 m; heights linear."""
    ends = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    pieces = []
    for k, (a, b) in enumerate(pairwise(points)):
        before, after = ends[k], ends[k + 3]
        steps = max(2, int(np.hypot(*(b - a)[:2]) / SPACING_KM))
        t = (np.arange(steps) / steps)[:, None]
        piece = 0.5 * (
            2 * a + (b - before) * t + (2 * before - 5 * a + 4 * b - after) * t**2
            + (3 * a - before - 3 * b + after) * t**3
        )  # fmt: skip
        piece[:, 2] = (a + (b - a) * t)[:, 2]
        pieces.append(piece)
    return np.vstack([*pieces, points[-1:]])


def _bent(line: F64, seed: int) -> F64:
    x, y, z = line.T
    free = np.clip(abs(y - 4479.2) / 6.0, 0.1, 1.0)
    east, north = (
        noise_along(x, y, 4.5, seed + 80 + axis) + 0.4 * noise_along(x, y, 1.7, seed + 82 + axis)
        for axis in (0, 1)
    )
    return np.column_stack([x + free * east, y + free * north, z])


def points_of(grid: Grid, courses: Courses) -> Index:
    """Return the course point in each cell, −1 for none.

    Its number; shape (rows, cols).
    """
    row, col = grid.cells_of(courses.xyz[:, 0], courses.xyz[:, 1])
    inside = (row >= 0) & (row < grid.rows) & (col >= 0) & (col < grid.cols)
    point = np.full(grid.shape, -1, np.intp)
    # Where several points share a cell the one furthest downstream counts.
    point[row[inside], col[inside]] = np.flatnonzero(inside)
    return point


def near(grid: Grid, courses: Courses) -> NearCourse:
    """Return the nearest course of every cell."""
    point = points_of(grid, courses)
    cell = ndimage.distance_transform_edt(point < 0, return_distances=False, return_indices=True)
    nearest = point[cell[0], cell[1]]
    x, y = grid.centre_of(*np.indices(grid.shape))
    away = np.hypot(courses.xyz[nearest, 0] - x, courses.xyz[nearest, 1] - y) / 1000.0
    return NearCourse(away_km=away.astype(np.float32), height_m=courses.xyz[nearest, 2].astype(np.float32))
