"""Build dams where a flood would leave the basin.

Laid across the narrowest place, raised as embankments.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from twin.arrays import F32, F64, I32, Bools
from twin.errors import TwinError
from twin.grid import Grid
from twin.sample.drainage import drain
from twin.sample.facts import CREST_M
from twin.sample.grids import part

HALF_CREST_M = 22.0  # closes a 30 m grid for a 4-connected flood in every direction
BATTER = 2.6  # run for one of rise, both faces
LOW_SADDLE_M = 2.5  # a saddle lower than the crest by less is raised as ground instead of dammed
SEARCH_M = 1200.0  # how far from a sill its dam may stand
MOST_DAMS = 60
SPARE_M = 3.0  # low places up to so much above the crest are raised: bed and shores may yet settle
GORGE_M = 115.0  # where the rim is lower than this a river runs through it
AROUND_KM = 6.0  # leaks are sought no further than this from the rim, but for the last look
Point = tuple[float, float]


class DamSiteError(TwinError):
    """Basin cannot be closed at the given place."""

    zh = "示例流域生成失败：{message}"


@dataclass(frozen=True, kw_only=True)
class Dam:
    """Dam: axis, crest level and height.

    Axis in the frame (east, north), m; height above the ground, m.
    """

    axis: tuple[Point, Point]
    crest_m: float
    height_m: float

    @property
    def length_m(self) -> float:
        (x0, y0), (x1, y1) = self.axis
        return float(np.hypot(x1 - x0, y1 - y0))


def _axis(height_m: F32, grid: Grid, *, path: I32, near: Point) -> tuple[Point, Point] | None:
    """The shortest straight axis that crosses the flood's ``path`` and ends above the crest on both sides.

    Every 15 m of its way from ``near`` a place has to be a metre shorter.
    """
    x, y = grid.centre_of(*np.divmod(path, grid.cols))
    steps = np.arange(0.0, 2400.0, 15.0)
    best, axis = np.inf, None
    for angle in np.radians(np.arange(0.0, 180.0, 7.5)):
        east, north = np.cos(angle), np.sin(angle)
        ends = []
        for sign in (1.0, -1.0):
            px, py = x[:, None] + sign * east * steps, y[:, None] + sign * north * steps
            high = height_m[grid.nearest_cells(px, py)] > CREST_M + 1.5
            ends.append(np.where(high.any(axis=1), steps[np.argmax(high, axis=1)] + 30.0, np.inf))
        length = ends[0] + ends[1] + np.hypot(x - near[0], y - near[1]) / 15.0
        length[(ends[0] <= 30.0) | (ends[1] <= 30.0)] = np.inf  # stands on the abutment itself
        k = int(np.argmin(length))
        if length[k] < best:
            best = float(length[k])
            axis = (
                (float(x[k] + east * ends[0][k]), float(y[k] + north * ends[0][k])),
                (float(x[k] - east * ends[1][k]), float(y[k] - north * ends[1][k])),
            )
    return axis


def _away_m(grid: Grid, axis: tuple[Point, Point], rows: slice, cols: slice) -> F64:
    """Distance of cell centres to the axis, m."""
    (x0, y0), (x1, y1) = axis
    row, col = np.mgrid[rows, cols]
    x, y = grid.centre_of(row, col)
    length2 = (x1 - x0) ** 2 + (y1 - y0) ** 2
    share = np.clip(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length2, 0, 1)
    return np.asarray(np.hypot(x - x0 - share * (x1 - x0), y - y0 - share * (y1 - y0)))


def _around(grid: Grid, axis: tuple[Point, Point], margin_m: float) -> tuple[slice, slice]:
    xs, ys = [p[0] for p in axis], [p[1] for p in axis]
    row0 = max(0, int((grid.north - max(ys) - margin_m) / grid.dy))
    row1 = min(grid.rows, int((grid.north - min(ys) + margin_m) / grid.dy) + 1)
    col0 = max(0, int((min(xs) - margin_m - grid.west) / grid.dx))
    col1 = min(grid.cols, int((max(xs) + margin_m - grid.west) / grid.dx) + 1)
    return slice(row0, row1), slice(col0, col1)


def raise_dam(
    height_m: F32,
    closed: Bools,
    bodies: Bools,
    grid: Grid,
    axis: tuple[Point, Point],
) -> Dam:
    """Raise an embankment on the axis, in place.

    ``closed`` gets its crest, ``bodies`` its body.
    """
    rows, cols = _around(grid, axis, 260.0)
    away = _away_m(grid, axis, rows, cols)
    ground = height_m[rows, cols]
    crest = away <= HALF_CREST_M
    lowest = float(ground[crest].min())
    body = CREST_M - np.maximum(0.0, away - HALF_CREST_M) / BATTER
    bodies[rows, cols] |= body > ground
    np.maximum(ground, body, out=ground, casting="same_kind")
    closed[rows, cols] |= crest
    return Dam(axis=axis, crest_m=CREST_M, height_m=CREST_M - lowest)


def close_basin(
    height_m: F32,
    closed: Bools,
    bodies: Bools,
    grid: Grid,
    *,
    seed: tuple[int, int],
    outside: Bools,
    rim_km: F32,
) -> list[Dam]:
    """Build dams until the basin holds a flood, in place.

    No flood from the seed reaches ``outside`` below the crest. Each stands where the way on which the flood
    leaves next is highest, or in a gorge where it crosses the hills of the rim; a low place that lies just
    below the crest is raised as ground.
    """
    dams: list[Dam] = []
    far_outside = ndimage.binary_erosion(outside, iterations=2)
    rows, cols = (slice(int(i.min()), int(i.max()) + 1) for i in np.nonzero(rim_km < AROUND_KM))
    crop = part(grid, rows, cols)
    here, wall, start = height_m[rows, cols], closed[rows, cols], (seed[0] - rows.start, seed[1] - cols.start)
    for _ in range(MOST_DAMS):
        barred = wall | far_outside[rows, cols] | (here >= CREST_M + SPARE_M)
        way = _way_out(here, barred, start, outside[rows, cols])
        if way is None:
            break
        path, level = way
        sill = _place(crop, path[int(np.argmax(here.ravel()[path]))])
        if level > CREST_M - LOW_SADDLE_M:
            _raise_saddle(here, crop, sill)
            continue
        gorge = path[int(np.argmin(rim_km[rows, cols].ravel()[path]))]
        is_gorge = float(here.ravel()[gorge]) < GORGE_M  # where a river runs out there is no sill
        gate = _place(crop, gorge) if is_gorge else sill
        axis = _axis(here, crop, path=_within(path, crop, gate, SEARCH_M), near=gate)
        if axis is None:
            raise DamSiteError(
                f"no dam can close the basin near {gate[0]:.0f} E, {gate[1]:.0f} N", place=gate
            )
        dams.append(raise_dam(here, wall, bodies[rows, cols], crop, axis))
    return dams


def check_closed(height_m: F32, grid: Grid, *, seed: tuple[int, int], outside: Bools) -> None:
    """Raise DamSiteError where a flood leaves below the crests.

    In the finished terrain.
    """
    far_outside = ndimage.binary_erosion(outside, iterations=2)
    way = _way_out(height_m, far_outside | (height_m >= CREST_M - 0.05), seed, outside)
    if way is not None:
        gap = _place(grid, int(way[0][int(np.argmax(height_m.ravel()[way[0]]))]))
        raise DamSiteError(f"the basin leaks near {gap[0]:.0f} E, {gap[1]:.0f} N", place=gap)


def _way_out(height_m: F32, wall: Bools, seed: tuple[int, int], outside: Bools) -> tuple[I32, float] | None:
    """The way (flat indices, outside first) on which a rising flood leaves first, and its level."""
    start = np.zeros(height_m.shape, np.bool_)
    start[seed] = True
    order, receiver, spill = drain(np.ascontiguousarray(height_m), start, wall, False)
    reached = order[outside.ravel()[order]]
    if reached.size == 0:
        return None
    path = [int(reached[0])]
    while receiver[path[-1]] >= 0:
        path.append(int(receiver[path[-1]]))
    return np.asarray(path, np.int32), float(spill.ravel()[path[0]])


def _within(path: I32, grid: Grid, place: Point, reach_m: float) -> I32:
    x, y = grid.centre_of(*np.divmod(path, grid.cols))
    return path[np.hypot(x - place[0], y - place[1]) < reach_m]


def _place(grid: Grid, cell: int) -> Point:
    x, y = grid.centre_of(*divmod(int(cell), grid.cols))
    return float(x), float(y)


def _raise_saddle(height_m: F32, grid: Grid, place: Point) -> None:
    rows, cols = _around(grid, (place, place), 900.0)
    away = _away_m(grid, (place, (place[0] + 0.1, place[1])), rows, cols)
    missing = CREST_M + 2.0 * SPARE_M - float(height_m[grid.nearest_cells(*place)])
    height_m[rows, cols] += (missing * np.exp(-((away / 260.0) ** 2))).astype(np.float32)
