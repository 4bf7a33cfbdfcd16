"""The courses of the main rivers, drawn by hand and bent by noise: where they run and how high.

Everything else drains to them, so the basin keeps its shape whatever the last digit of a float does.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from twin.grid import Grid
from twin.sample.noise import gradient_noise

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
SPACING_KM = 0.02

# East and north in the frame, km, and height, m; downstream.
WEST_RIVER = (
    (414, 4562, 860), (424, 4551, 730), (435, 4544, 610), (440, 4532, 490), (448, 4524, 400),
    (450, 4512, 325), (457, 4506, 262), (463, 4499.5, 214), (469, 4496, 180), (474, 4491.5, 150), (479.5, 4488.3, 124),
    (482.3, 4484.5, 110), (480.9, 4480.6, 101), (479.7, 4478.2, 97), (478.2, 4475.4, 90), (478.2, 4471, 80),
    (481, 4464.5, 68), (482.5, 4458, 56),
)  # fmt: skip
EAST_RIVER = (
    (566, 4564, 800), (556, 4550, 660), (544, 4545, 550), (538, 4533, 440), (528.5, 4526, 355),
    (524, 4514.5, 265), (515.5, 4507, 205), (509, 4500.5, 168), (502, 4495.5, 140), (496.5, 4489.8, 121), (491, 4486.6, 108),
    (488.7, 4483, 100), (488.4, 4480.4, 97), (487.6, 4477.6, 94), (486.4, 4474.8, 88), (485, 4469, 77),
    (482.5, 4458, 56), (477, 4449, 41), (472, 4438, 21),
)  # fmt: skip
# A dry channel that joins both valleys, so that the reservoir is one lake from the dead level on.
STRAIT = ((481.6, 4485.7, 113), (485.2, 4487.4, 111), (491.6, 4487.0, 109))
CATCHMENTS_M2 = (5.2e9, 4.6e9, 2e8)  # of the west river, the east river and the strait


@dataclass(frozen=True, kw_only=True)
class Courses:
    """All courses as points 20 m apart: ``xyz`` (n, 3) east, north, height, m; ``river`` (n,) 0, 1, 2."""

    xyz: F64
    river: NDArray[np.intp]

    def of(self, river: int) -> F64:
        """The points of one course, downstream."""
        return np.asarray(self.xyz[self.river == river])


@dataclass(frozen=True, kw_only=True)
class NearCourse:
    """For every cell of a grid: distance to the nearest course (km), and its height there (m)."""

    away_km: F32
    height_m: F32


def draw(*, seed: int) -> Courses:
    """Draw the courses: smooth through their points, then bent, by 600 m at most and less in the gorges."""
    lines = [_bent(_smooth(np.asarray(line, np.float64)), seed) for line in (WEST_RIVER, EAST_RIVER, STRAIT)]
    return Courses(
        xyz=np.concatenate(lines) * (1000.0, 1000.0, 1.0),
        river=np.repeat(np.arange(len(lines)), [len(line) for line in lines]),
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
    out = line.copy()
    for k, (x, y, _) in enumerate(line):
        free = float(np.clip(min(abs(y - 4479.2), 3.0) / 3.0, 0.15, 1.0))
        for axis in (0, 1):
            out[k, axis] += free * (
                0.75 * gradient_noise(x / 4.5, y / 4.5, seed + 80 + axis)
                + 0.22 * gradient_noise(x / 1.3, y / 1.3, seed + 82 + axis)
            )
    return out


def points_of(grid: Grid, courses: Courses) -> NDArray[np.intp]:
    """The number of the course point that lies in each cell, −1 where none does, shape (rows, cols)."""
    row = np.floor((grid.north - courses.xyz[:, 1]) / grid.dy).astype(np.intp)
    col = np.floor((courses.xyz[:, 0] - grid.west) / grid.dx).astype(np.intp)
    inside = (row >= 0) & (row < grid.rows) & (col >= 0) & (col < grid.cols)
    point = np.full(grid.shape, -1, np.intp)
    # Where several points share a cell the one furthest downstream counts.
    point[row[inside], col[inside]] = np.flatnonzero(inside)
    return point


def near(grid: Grid, courses: Courses) -> NearCourse:
    """The nearest course of every cell."""
    point = points_of(grid, courses)
    cell = ndimage.distance_transform_edt(point < 0, return_distances=False, return_indices=True)
    nearest = point[cell[0], cell[1]]
    x, y = grid.centre_of(*np.indices(grid.shape))
    away = np.hypot(courses.xyz[nearest, 0] - x, courses.xyz[nearest, 1] - y) / 1000.0
    return NearCourse(away_km=away.astype(np.float32), height_m=courses.xyz[nearest, 2].astype(np.float32))
