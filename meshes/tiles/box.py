"""Boxes of 3D Tiles: a centre and three half axes, and where their corners lie."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from twin.arrays import F64

_SIGNS = np.stack(np.meshgrid([-1.0, 1.0], [-1.0, 1.0], [-1.0, 1.0], indexing="ij"), axis=-1).reshape(8, 3)


def box_of(low: F64, high: F64) -> list[float]:
    """The twelve numbers of a box along the axes."""
    return [*((low + high) / 2).tolist(), *np.diag((high - low) / 2).ravel().tolist()]


def box_corners(box: Sequence[float]) -> F64:
    """(8, 3) of the twelve numbers."""
    numbers = np.asarray(box, dtype=np.float64).reshape(4, 3)
    return np.asarray(numbers[0] + _SIGNS @ numbers[1:])


def extent_corners(low: F64, high: F64) -> F64:
    """(8, 3) of a box along the axes."""
    return (low + high) / 2 + _SIGNS * (high - low) / 2


def moved(matrix: F64, points: F64) -> F64:
    """(k, 3) points through a (4, 4) affine matrix."""
    return points @ matrix[:3, :3].T + matrix[:3, 3]


def moved_box(matrix: F64, box: Sequence[float]) -> list[float]:
    """The twelve numbers of a box after an affine matrix."""
    numbers = np.asarray(box, dtype=np.float64).reshape(4, 3)
    axes = numbers[1:] @ matrix[:3, :3].T
    return [*moved(matrix, numbers[:1]).ravel().tolist(), *axes.ravel().tolist()]


def beyond(box: Sequence[float], points: F64) -> float:
    """How far the outermost of the points lies outside a box, m; 0 or less: all inside."""
    numbers = np.asarray(box, dtype=np.float64).reshape(4, 3)
    lengths = np.linalg.norm(numbers[1:], axis=1)
    thick = lengths > 0
    axes = numbers[1:][thick] / lengths[thick, None]
    off_centre = points - numbers[0]
    along = off_centre @ axes.T
    off = (np.abs(along) - lengths[thick]).max(initial=-np.inf)
    if not thick.all():  # a flat box says nothing of the direction in which it is flat
        off = max(off, np.linalg.norm(off_centre - along @ axes, axis=1).max())
    return float(off)


def matrix_of(transform: Sequence[float] | None) -> F64:
    """(4, 4) of a tile's transform (column after column), the identity of None."""
    if transform is None:
        return np.eye(4)
    return np.asarray(transform, dtype=np.float64).reshape(4, 4).T
