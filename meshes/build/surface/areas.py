"""Measure triangles on the surface and in the picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from twin.arrays import F32, F64, I32, U8


def middles(position: F32, triangles: I32) -> F32:
    """Return the middle of each triangle, (m, 3) float32."""
    a, b, c = (position[triangles[:, k]] for k in range(3))
    return np.asarray((a + b + c) / np.float32(3), np.float32)


def area(position: F32, triangles: I32) -> F64:
    """Return areas of triangles, (m,) m²."""
    a, b, c = (position[triangles[:, k]].astype(np.float64) for k in range(3))
    x, y, z = np.cross(b - a, c - a).T
    return np.asarray(0.5 * np.sqrt(x * x + y * y + z * z))


def texel_area(uv: F32, sheet: I32, pictures: Sequence[U8], triangles: I32) -> F64:
    """Return texels under each triangle, (m,); 0 without a picture."""
    a, b, c = (uv[triangles[:, k]].astype(np.float64) for k in range(3))
    (ub, vb), (uc, vc) = (b - a).T, (c - a).T
    texels = sizes(pictures).prod(axis=1).astype(np.float64)[sheet[triangles[:, 0]]]
    return np.asarray(0.5 * np.abs(ub * vc - vb * uc) * texels)


def sizes(pictures: Sequence[U8]) -> F32:
    """Return width and height of pictures, (pictures + 1, 2).

    Zeros for none.
    """
    return np.array([*((p.shape[1], p.shape[0]) for p in pictures), (0, 0)], np.float32)


def repeats(texel_area: F64, sheet: I32, pictures: Sequence[U8]) -> F64:
    """Return how often a triangle's picture repeats, (m,), at least 1."""
    size = np.array([*(p.shape[0] * p.shape[1] for p in pictures), 1], np.float64)
    total = np.bincount(sheet % len(size), texel_area, len(size))
    return np.asarray(np.maximum(total / size, 1.0)[sheet])
