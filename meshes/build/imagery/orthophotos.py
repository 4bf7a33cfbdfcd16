"""Lay pictures from above over the painted ground.

Finer over coarser, nothing where they are clear.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PIL import Image

from twin.areas import cell_side_m
from twin.arrays import U8
from twin.crs import FrameError, transform
from twin.grid import Grid
from twin.ingest import ByteRaster
from twin.reach import Window, window_in

BAND = 256  # rows of the picture: a look-up takes many times their memory
ALIKE = 1.05
"""Cells that differ by no more than this count as equally fine: the later of two pictures lies above."""


def overlaid(painted: U8, photos: Sequence[ByteRaster], *, grid: Grid, width_limit: int) -> tuple[U8, float]:
    """Return imagery over a grid's extent, (h, w, 3), and its coverage.

    Coverage is the share of cells. ``painted`` is the ground's own picture, (rows, cols, 3) over the same
    extent; ``photos`` hold red, green, blue and opacity (rows, cols, 4), in the order of the catalog. The
    picture is as fine as the finest of them, but at most ``width_limit`` pixels wide and high. A photo that
    is finer than that is averaged.
    """
    if not photos:
        return painted, 0.0
    finest_m = min(cell_side_m(photo.grid) for photo in photos)
    wanted = max(round(cell_side_m(grid) / finest_m), painted.shape[1] // grid.cols)
    finer = max(1, min(width_limit // max(grid.shape), wanted))
    whole = finer_grid(grid, finer)
    out = _enlarged(painted, whole.shape)
    covered = np.zeros(grid.shape, np.bool_)
    for photo in _lowest_first(photos):
        values, own = _averaged(photo, int(cell_side_m(whole) / cell_side_m(photo.grid)))
        _lay(out, values, own, whole)
        covered |= nearest_on(grid, values[..., 3], own) > 0
    return out, float(covered.mean())


def finer_grid(grid: Grid, factor: int) -> Grid:
    """Return the same extent in cells of a whole part."""
    return replace(
        grid,
        rows=grid.rows * factor,
        cols=grid.cols * factor,
        dx=grid.dx / factor,
        dy=grid.dy / factor,
    )


def _enlarged(painted: U8, shape: tuple[int, int]) -> U8:
    """A picture in other pixels, bilinear; band by band, for Pillow takes a picture's memory twice."""
    rows, cols = shape
    out = np.empty((rows, cols, 3), np.uint8)
    source, scale = Image.fromarray(painted), len(painted) / rows
    margin = int(np.ceil(2 / min(scale, 1.0)))  # so far a pixel beside a band has a say in it
    for first in range(0, rows, BAND):
        top, last = max(first - margin, 0), min(first + BAND, rows)
        bottom = min(last + margin, rows)
        box = (0.0, top * scale, float(source.width), bottom * scale)
        part = source.resize((cols, bottom - top), Image.Resampling.BILINEAR, box)
        out[first:last] = np.asarray(part)[first - top : last - top]
    return out


def _lowest_first(photos: Sequence[ByteRaster]) -> list[ByteRaster]:
    """Coarse before fine; where cells are alike, in the order that is given."""
    ordered: list[ByteRaster] = []
    for photo in photos:
        place = len(ordered)
        while place and cell_side_m(ordered[place - 1].grid) * ALIKE < cell_side_m(photo.grid):
            place -= 1
        ordered.insert(place, photo)
    return ordered


def _lay(out: U8, values: U8, own: Grid, whole: Grid) -> None:
    """Blend a photo into the picture, by its opacity, where it reaches."""
    top, bottom, left, right = _reach(whole, own)
    for first in range(top, bottom, BAND):
        last = min(first + BAND, bottom)
        part = _part(whole, (first, last, left, right))
        rgba = nearest_on(part, values, own)
        seen = rgba[..., 3]
        here = out[first:last, left:right]
        solid = seen == 255
        here[solid] = rgba[solid, :3]
        if (some := (seen > 0) & ~solid).any():
            share = seen[some, None].astype(np.float32) / 255
            here[some] = np.round(share * rgba[some, :3] + (1 - share) * here[some]).astype(np.uint8)


def _reach(grid: Grid, own: Grid) -> Window:
    """The part of a grid that a photo reaches, of no rows and columns where there is none."""
    try:
        top, bottom, left, right = window_in(grid, own)
    except FrameError:  # another part of the world
        return 0, 0, 0, 0
    return (top, bottom, left, right) if top < bottom and left < right else (0, 0, 0, 0)


def _part(grid: Grid, window: Window) -> Grid:
    top, bottom, left, right = window
    return replace(
        grid,
        rows=bottom - top,
        cols=right - left,
        west=grid.west + left * grid.dx,
        north=grid.north - top * grid.dy,
    )


def _averaged(photo: ByteRaster, side: int) -> tuple[U8, Grid]:
    """A photo in cells of ``side`` × ``side`` of its own, each the mean of what is not clear in it."""
    values, own = photo.values, photo.grid
    if side < 2:
        return values, own
    rows, cols = -(-own.rows // side), -(-own.cols // side)
    out = np.empty((rows, cols, 4), np.uint8)
    for row in range(rows):
        strip = np.zeros((side, cols * side, 4), np.float32)
        taken = values[row * side : (row + 1) * side]
        strip[: len(taken), : own.cols] = taken
        seen = strip[..., 3:]
        weighed = np.concatenate([strip[..., :3] * seen, seen], axis=-1)
        total = weighed.reshape(side, cols, side, 4).sum(axis=(0, 2))
        with np.errstate(invalid="ignore"):
            colour = np.where(total[:, 3:] > 0, total[:, :3] / total[:, 3:], 0)
        out[row] = np.round(np.concatenate([colour, total[:, 3:] / side**2], axis=-1))
    return out, replace(own, rows=rows, cols=cols, dx=own.dx * side, dy=own.dy * side)


def nearest_on(wanted: Grid, values: U8, own: Grid) -> U8:
    """Resample values to another grid by nearest cell, 0 outside.

    (rows, cols, …) of ``wanted``. Cells whose place the values' system does not know are outside.
    """
    if own == wanted:
        return values
    out = np.zeros((*wanted.shape, *values.shape[2:]), np.uint8)
    top, bottom, left, right = _reach(wanted, own)
    if top == bottom:
        return out
    part = _part(wanted, (top, bottom, left, right))
    row, col = (a.ravel() for a in np.indices(part.shape))
    x, y = transform(*part.centre_of(row, col), source=part.crs, target=own.crs)
    r, c = own.cells_of(x, y)
    inside = (r >= 0) & (r < own.rows) & (c >= 0) & (c < own.cols)
    found = np.zeros((len(r), *values.shape[2:]), np.uint8)
    found[inside] = values[r[inside], c[inside]]
    out[top:bottom, left:right] = found.reshape(*part.shape, *values.shape[2:])
    return out
