"""Convert boxes of 3D Tiles.

A centre and three half axes, and where their corners lie.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from twin.arrays import F64

_SIGNS = np.stack(np.meshgrid([-1.0, 1.0], [-1.0, 1.0], [-1.0, 1.0], indexing="ij"), axis=-1).reshape(8, 3)


def box_of(low: F64, high: F64) -> list[float]:
    """Return the twelve numbers of an axis-aligned box."""
    return [*((low + high) / 2).tolist(), *np.diag((high - low) / 2).ravel().tolist()]


def box_corners(box: Sequence[float]) -> F64:
    """Return corners (8, 3) of a box's twelve numbers."""
    numbers = np.asarray(box, dtype=np.float64).reshape(4, 3)
    return np.asarray(numbers[0] + _SIGNS @ numbers[1:])


def extent_corners(low: F64, high: F64) -> F64:
    """Return corners (8, 3) of an axis-aligned box."""
    return (low + high) / 2 + _SIGNS * (high - low) / 2


def moved(matrix: F64, points: F64) -> F64:
    """Transform points (k, 3) by a (4, 4) affine matrix."""
    return points @ matrix[:3, :3].T + matrix[:3, 3]


def moved_box(matrix: F64, box: Sequence[float]) -> list[float]:
    """Transform a box's twelve numbers by an affine matrix."""
    numbers = np.asarray(box, dtype=np.float64).reshape(4, 3)
    axes = numbers[1:] @ matrix[:3, :3].T
    return [*moved(matrix, numbers[:1]).ravel().tolist(), *axes.ravel().tolist()]


def beyond(box: Sequence[float], points: F64) -> float:
    """Return the points' largest distance outside a box, m.

    0 or less: all inside.
    """
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
    """Return a tile's transform, (4, 4); the identity of None.

    It is written column after column.
    """
    if transform is None:
        return np.eye(4)
    return np.asarray(transform, dtype=np.float64).reshape(4, 4).T
