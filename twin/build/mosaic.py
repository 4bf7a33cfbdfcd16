"""Merge several surveys into one ground.

The finest that covers a place wins, and none begins with a step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import sqrt

import numpy as np

from twin.areas import cell_side_m
from twin.arrays import F32, F64, U8
from twin.crs import FrameError, transform
from twin.errors import TwinError
from twin.grid import Grid
from twin.interpolation import bilinear, nearest
from twin.reach import Window, window_in

MOST_CELLS = 32_000_000
"""The common grid is no finer than this allows: water is computed on it and every view holds what floods."""
BLEND_CELLS = 4.0
"""Width of the belt inside a finer survey's edge, in the terrain's cells, over which the two are mixed."""
MOST_SAMPLES = 8
"""Looks along a side of a cell that is larger than a survey's own cells."""
COARSER = 1.05
"""Cells of the same size in two coordinate systems may differ by so much."""
MOST_TIMES, MOST_APART_M, NEAR_M = 2.0, 100.0, 30.0
"""How far the middle height of an inset may be from that of the ground under it, before it is doubted: times,
and metres; near the sea, where times say nothing, metres alone."""
BAND = 256  # rows at once


class SurveyError(TwinError):
    """Survey cannot be laid into the terrain."""

    zh = "地形测量数据无法并入地形：{message}"


@dataclass(frozen=True, kw_only=True)
class Survey:
    """Working heights on their grid.

    (rows, cols) float32 m, NaN where there are none. ``name`` is used in messages.
    """

    name: str
    heights_m: F32
    grid: Grid


@dataclass(frozen=True, kw_only=True)
class Mosaic:
    """Merged ground.

    ``origin`` (rows, cols) uint8: which survey counts most in a cell: 0 for the terrain, k for the k-th inset
    as they were given. ``doubts`` are words by the names of insets whose heights do not fit the ground they
    are laid into.
    """

    ground_m: F32
    origin: U8
    grid: Grid
    doubts: Mapping[str, str] = field(default_factory=dict)


def mosaic(terrain: Survey, insets: Sequence[Survey], *, most_cells: int = MOST_CELLS) -> Mosaic:
    """Lay finer surveys into a terrain.

    The common grid has the terrain's edges and a whole number of cells to each of its own, as many as bring
    them to the finest inset's size or as ``most_cells`` allows; the terrain is interpolated between its cell
    centres where that is more than one, and stays as it is where it is not. A cell that is larger than a
    survey's gets the mean of it. Inside an inset's edge lies a belt in which the inset gradually takes over,
    but where there is no other ground.

    Raises SurveyError for an inset that is coarser than the terrain, or has no height within it.
    """
    for inset in insets:
        check_inset(inset.name, inset.grid, terrain=terrain.grid)
    factor = _factor(terrain.grid, [inset.grid for inset in insets], most_cells)
    grid = replace(
        terrain.grid,
        rows=terrain.grid.rows * factor,
        cols=terrain.grid.cols * factor,
        dx=terrain.grid.dx / factor,
        dy=terrain.grid.dy / factor,
    )
    ground = terrain.heights_m.copy() if factor == 1 else _sampled(terrain, grid, 0, grid.rows, 0, grid.cols)
    origin = np.zeros(grid.shape, np.uint8)
    doubts: dict[str, str] = {}
    for number in sorted(range(len(insets)), key=lambda k: -cell_side_m(insets[k].grid)):
        inset = insets[number]
        top, bottom, left, right = _window(grid, inset.name, inset.grid)
        fine = _sampled(inset, grid, top, max(top, bottom), left, max(left, right))
        if not np.isfinite(fine).any():
            raise _elsewhere(inset.name)
        here = np.s_[top:bottom, left:right]
        if words := _misfit(fine, ground[here]):
            doubts[inset.name] = words
        weight = _weight(fine, ground[here], belt=BLEND_CELLS * factor)
        mixed = np.where(weight >= 1.0, fine, (1.0 - weight) * ground[here] + weight * fine)
        ground[here] = np.where(weight > 0.0, mixed, ground[here])
        origin[here][weight > 0.5] = number + 1
    return Mosaic(ground_m=ground, origin=origin, grid=grid, doubts=doubts)


def check_inset(name: str, grid: Grid, *, terrain: Grid) -> None:
    """Raise SurveyError for an inset coarser than the terrain.

    Or one that lies beside it.
    """
    own_m, terrain_m = cell_side_m(grid), cell_side_m(terrain)
    if own_m > COARSER * terrain_m:
        raise SurveyError(
            f"{name}: its cells of {own_m:.3g} m are coarser than the terrain's of {terrain_m:.3g} "
            "m and would hide what is known better: leave it out, or make it the terrain"
        )
    top, bottom, left, right = _window(terrain, name, grid)
    if bottom <= top or right <= left:
        raise _elsewhere(name)


def _elsewhere(name: str) -> SurveyError:
    return SurveyError(f"{name}: has no height within the terrain: is its crs the right one?")


def _factor(terrain: Grid, insets: Sequence[Grid], most_cells: int) -> int:
    finest = min((cell_side_m(grid) for grid in insets), default=np.inf)
    wanted = round(cell_side_m(terrain) / finest)
    return max(1, min(wanted, int(sqrt(most_cells / (terrain.rows * terrain.cols)))))


def _window(grid: Grid, name: str, inset: Grid) -> Window:
    """The part of a grid that an inset reaches. Raises SurveyError."""
    try:
        return window_in(grid, inset)
    except FrameError as error:
        raise SurveyError(f"{name}: {error}") from None


def _sampled(survey: Survey, grid: Grid, top: int, bottom: int, left: int, right: int) -> F32:
    """A survey's heights on some cells of a grid, band by band; NaN where it has none.

    Beside a gap a point gets the height of the cell that it lies in.
    """
    ratio = cell_side_m(grid) / cell_side_m(survey.grid)
    side = min(MOST_SAMPLES, max(1, round(ratio)))
    shifts = (np.arange(side) + 0.5) / side - 0.5
    out = np.empty((bottom - top, right - left), np.float32)
    cols = np.arange(left, right, dtype=np.float64)
    for first in range(top, bottom, BAND):
        rows = np.arange(first, min(first + BAND, bottom), dtype=np.float64)
        total, count = np.zeros((len(rows), len(cols))), np.zeros((len(rows), len(cols)))
        for down in shifts:
            for across in shifts:
                row, col = np.meshgrid(rows + down, cols + across, indexing="ij")
                x, y = transform(*grid.centre_of(row, col), source=grid.crs, target=survey.grid.crs)
                place = survey.grid.row_col(x, y)
                found = bilinear(survey.heights_m, *place)
                found = np.where(np.isfinite(found), found, nearest(survey.heights_m, *place))
                known = np.isfinite(found)
                total[known] += found[known]
                count += known
        with np.errstate(invalid="ignore", divide="ignore"):
            # A cell of which less than half was surveyed is left to others.
            out[first - top : first - top + len(rows)] = np.where(2 * count >= side**2, total / count, np.nan)
    return out


def _misfit(fine: F32, coarse: F32) -> str:
    """Words where an inset's heights are of another size than the ground's under it; '' where they fit.

    A surveyed bed under a lake's flown surface lies some tens of metres below it: less than half is a unit.
    """
    both = np.isfinite(fine) & np.isfinite(coarse)
    if not both.any():
        return ""
    own_m, other_m = float(np.median(fine[both])), float(np.median(coarse[both]))
    alike = MOST_TIMES * max(min(abs(own_m), abs(other_m)), 1.0) >= max(abs(own_m), abs(other_m))
    if abs(own_m - other_m) <= MOST_APART_M and (alike or abs(own_m - other_m) <= NEAR_M):
        return ""
    return (
        f"its heights lie about {own_m:.1f} m where the ground under it lies about {other_m:.1f} m: is its "
        "unit (unit_mult) or its vertical reference another one?"
    )


def _weight(fine: F32, coarse: F32, *, belt: float) -> F64:
    """How much a finer survey counts: 0 outside, 1 where it lies ``belt`` cells within its edge, and where
    there is nothing to mix it with."""
    from scipy import ndimage  # noqa: PLC0415  (only builds need it)

    known = np.isfinite(fine)
    # The window's own edge is the survey's, too.
    away = ndimage.distance_transform_edt(np.pad(known, 1))[1:-1, 1:-1]
    share = np.clip((away - 0.5) / belt, 0.0, 1.0)
    smooth = share * share * (3.0 - 2.0 * share)
    return np.where(known, np.where(np.isfinite(coarse), smooth, 1.0), 0.0)
