"""Interpolate rasters between the centres of their cells."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from twin.arrays import F32, F64, I64, Bools


class Cells(Protocol):
    """Raster, or whatever gives a value to (row, col).

    Arrays of int64 of equal shape.
    """

    @property
    def shape(self) -> tuple[int, ...]: ...

    def __getitem__(self, at: tuple[I64, I64], /) -> Any: ...


def bilinear(values: Cells, row: F64, col: F64) -> F64:
    """Interpolate at fractional rows and columns, 0 at the first cell's centre.

    Shape of ``row``. The outer half cells are flat. NaN outside the raster (as ``Grid.cell_at``), and where
    one of the four cells around a point is NaN. Equal bit for bit to ``scipy.ndimage.map_coordinates``, which
    views lack.
    """
    rows, cols = values.shape
    inside = _inside(values.shape, row, col)
    row, col = np.where(inside, row, 0.0), np.where(inside, col, 0.0)
    above, before = np.floor(row), np.floor(col)
    down, across = row - above, col - before
    top, bottom = (np.clip(above + k, 0, rows - 1).astype(np.int64) for k in (0, 1))
    left, right = (np.clip(before + k, 0, cols - 1).astype(np.int64) for k in (0, 1))
    out = values[top, left] * (1.0 - down) * (1.0 - across)
    out = out + values[top, right] * (1.0 - down) * across
    out = out + values[bottom, left] * down * (1.0 - across)
    out = out + values[bottom, right] * down * across
    return np.where(inside, out, np.nan)


def nearest(values: Cells, row: F64, col: F64) -> F64:
    """Read the cells that points lie in; NaN outside the raster.

    Shape of ``row``.
    """
    inside = _inside(values.shape, row, col)
    at = (np.where(inside, place + 0.5, 0.0).astype(np.int64) for place in (row, col))
    return np.where(inside, np.asarray(values[next(at), next(at)], np.float64), np.nan)


def _inside(shape: tuple[int, ...], row: F64, col: F64) -> Bools:
    rows, cols = shape
    return (row >= -0.5) & (col >= -0.5) & (row < rows - 0.5) & (col < cols - 0.5)


def bilinear_grid(values: F32, row: F32 | F64, col: F32 | F64) -> F32:
    """Interpolate at every pair of (rows,) and (cols,) places, in single precision.

    Flat beyond the edge.
    """
    for axis, place in ((0, row), (1, col)):
        last = values.shape[axis] - 1
        lower = np.clip(np.floor(place), 0, max(0, last - 1)).astype(np.intp)
        upper = np.minimum(lower + 1, last)
        share = np.clip(place - lower, 0.0, 1.0).astype(np.float32)
        share = share[:, None] if axis == 0 else share[None, :]
        values = np.take(values, lower, axis) * (1 - share) + np.take(values, upper, axis) * share
    return np.asarray(values, dtype=np.float32)
