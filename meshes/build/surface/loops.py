"""Compiled loops over vertices and triangles."""

from __future__ import annotations

import numpy as np

from twin.arrays import F32, I32
from twin.compiled import serial


@serial
def patches(triangles: I32, count: int) -> I32:
    """Label connected vertices by their lowest one, (count,) int32."""
    root = np.arange(count).astype(np.int32)
    for t in range(len(triangles)):
        a = triangles[t, 0]
        for k in range(1, 3):
            b = triangles[t, k]
            while root[a] != a:
                root[a] = root[root[a]]
                a = root[a]
            while root[b] != b:
                root[b] = root[root[b]]
                b = root[b]
            if a < b:
                root[b] = a
            else:
                root[a] = b
                a = b
    for v in range(count):
        root[v] = root[root[v]]  # a root is lower than its vertices, so it is final by now
    return root


@serial
def spans(triangles: I32, place: I32) -> I32:
    """Return first and last triangle at each place, (n, 2) int32.

    ``place`` is (vertices,), 0..n - 1.
    """
    out = np.empty((place.max() + 1, 2), np.int32)
    out[:, 0] = len(triangles)
    out[:, 1] = -1
    for t in range(len(triangles)):
        for k in range(3):
            p = place[triangles[t, k]]
            out[p, 0] = min(out[p, 0], t)
            out[p, 1] = max(out[p, 1], t)
    return out


@serial
def leanings(position: F32, uv: F32, triangles: I32) -> tuple[F32, F32]:
    """Return each vertex's normal and inner place in the picture.

    (n, 3) and (n, 2), from the triangles around it. The normal is a sum weighted by area, of any length. The
    inner place is the mean of the triangles' middles, so it lies inside the vertex's piece of the picture,
    also where the vertex is on its rim.
    """
    normal = np.zeros((len(position), 3), np.float32)
    inner = np.zeros((len(position), 2), np.float32)
    around = np.zeros(len(position), np.float32)
    for t in range(len(triangles)):
        a, b, c = triangles[t]
        ux, uy, uz = position[b] - position[a]
        vx, vy, vz = position[c] - position[a]
        middle = (uv[a] + uv[b] + uv[c]) / np.float32(3)
        for k in range(3):
            p = triangles[t, k]
            normal[p, 0] += uy * vz - uz * vy
            normal[p, 1] += uz * vx - ux * vz
            normal[p, 2] += ux * vy - uy * vx
            inner[p] += middle
            around[p] += 1
    for p in range(len(position)):
        inner[p] /= max(around[p], np.float32(1))
    return normal, inner


@serial
def box(position: F32) -> tuple[F32, F32]:
    """Return lowest and highest of (n, 3) positions.

    numpy's own way is slow over so short an axis.
    """
    low, high = position[0].copy(), position[0].copy()
    for p in range(len(position)):
        for k in range(3):
            low[k] = min(low[k], position[p, k])
            high[k] = max(high[k], position[p, k])
    return low, high
