"""Measure points' largest distance to a surface, exact to float32."""

from __future__ import annotations

import numpy as np

from meshes.build.surface.loops import box
from twin.arrays import F32, I32
from twin.compiled import serial

FIRST = 61  # every so many points are looked at first, so that the largest distance is nearly known early


def deviation_m(position: F32, triangles: I32, points: tuple[F32, ...]) -> float:
    """Return the largest distance of points to triangles, m.

    Of any of the ``points`` (each (n, 3)) to the nearest triangle (m of them). Exact, and still quick: a
    point is given up as soon as one triangle lies nearer than the largest distance so far, so only few of
    them look for their nearest one.
    """
    corners = np.ascontiguousarray(position[triangles])
    low, high = box(corners.reshape(-1, 3))
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    side = max(
        float(np.sqrt(np.linalg.norm(across, axis=1).sum() / len(corners))),
        float(np.prod(np.maximum(high - low, 1e-3).astype(np.float64)) / (8.0 * len(corners))) ** (1 / 3),
        float((high - low).max()) / 1000.0,
        1e-3,
    )
    shape = np.floor((high - low) / np.float32(side)).astype(np.int32) + 1
    first, member = _grid(corners, low, np.float32(side), shape)
    most = np.float32(0.0)
    for step in (FIRST, 1):
        for some in points:
            most = _most(some, step, corners, low, np.float32(side), shape, first, member, most)
    return float(np.sqrt(most))


@serial
def _grid(corners: F32, low: F32, side: np.float32, shape: I32) -> tuple[I32, I32]:
    """(first member of each box, members): the triangles whose bounds touch each box of a grid."""
    first = np.zeros(shape[0] * shape[1] * shape[2] + 1, np.int32)
    member = np.empty(0, np.int32)
    for fill in range(2):
        for t in range(len(corners)):
            lo = np.empty(3, np.int64)
            hi = np.empty(3, np.int64)
            for k in range(3):
                a, b, c = corners[t, 0, k], corners[t, 1, k], corners[t, 2, k]
                lo[k] = min(int((min(a, b, c) - low[k]) / side), shape[k] - 1)
                hi[k] = min(int((max(a, b, c) - low[k]) / side), shape[k] - 1)
            for i in range(lo[0], hi[0] + 1):
                for j in range(lo[1], hi[1] + 1):
                    for k in range(lo[2], hi[2] + 1):
                        box = (i * shape[1] + j) * shape[2] + k
                        if fill:
                            first[box] -= 1
                            member[first[box]] = t
                        else:
                            first[box] += 1
        if not fill:
            for box in range(1, len(first)):
                first[box] += first[box - 1]
            member = np.empty(first[-1], np.int32)
    return first, member


@serial
def _most(
    points: F32,
    step: int,
    corners: F32,
    low: F32,
    side: np.float32,
    shape: I32,
    first: I32,
    member: I32,
    most: np.float32,
) -> np.float32:
    """The largest squared distance of every ``step``th point, or ``most`` where that is larger."""
    ni, nj, nk = int(shape[0]), int(shape[1]), int(shape[2])
    last = max(ni, nj, nk)
    for p in range(0, len(points), step):
        x, y, z = points[p]
        ci = min(max(int(np.floor((x - low[0]) / side)), 0), ni - 1)
        cj = min(max(int(np.floor((y - low[1]) / side)), 0), nj - 1)
        ck = min(max(int(np.floor((z - low[2]) / side)), 0), nk - 1)
        best = np.float32(np.inf)
        for ring in range(last + 1):
            # What is not looked at yet is at least ring - 1 whole boxes away.
            if ring > 0 and best <= ((ring - 1) * side) ** 2:
                break
            for i in range(max(ci - ring, 0), min(ci + ring, ni - 1) + 1):
                for j in range(max(cj - ring, 0), min(cj + ring, nj - 1) + 1):
                    inside = abs(i - ci) < ring and abs(j - cj) < ring
                    jump = 2 * ring if inside and ring > 0 else 1
                    k = ck - ring
                    while k <= ck + ring:
                        if 0 <= k < nk:
                            box = (i * nj + j) * nk + k
                            for m in range(first[box], first[box + 1]):
                                best = min(best, _squared(x, y, z, corners[member[m]]))
                                if best <= most:
                                    break
                        if best <= most:
                            break
                        k += jump
                    if best <= most:
                        break
                if best <= most:
                    break
            if best <= most:
                break
        most = max(most, best)
    return most


@serial
def _squared(x: np.float32, y: np.float32, z: np.float32, corner: F32) -> np.float32:
    """Squared distance of a point to a triangle, by the region of the triangle that is nearest."""
    abx, aby, abz = corner[1, 0] - corner[0, 0], corner[1, 1] - corner[0, 1], corner[1, 2] - corner[0, 2]
    acx, acy, acz = corner[2, 0] - corner[0, 0], corner[2, 1] - corner[0, 1], corner[2, 2] - corner[0, 2]
    px, py, pz = x - corner[0, 0], y - corner[0, 1], z - corner[0, 2]
    aa, ab, bb = (
        abx * abx + aby * aby + abz * abz,
        abx * acx + aby * acy + abz * acz,
        acx**2 + acy**2 + acz**2,
    )
    pa, pb = px * abx + py * aby + pz * abz, px * acx + py * acy + pz * acz
    whole = aa * bb - ab * ab
    u, v = bb * pa - ab * pb, aa * pb - ab * pa
    if whole > 1e-6 * aa * bb and u >= 0 and v >= 0 and u + v <= whole:
        u /= whole
        v /= whole
        dx, dy, dz = px - u * abx - v * acx, py - u * aby - v * acy, pz - u * abz - v * acz
        return np.float32(dx * dx + dy * dy + dz * dz)
    best = np.float32(np.inf)
    for k in range(3):
        n = (k + 1) % 3
        ex, ey, ez = corner[n, 0] - corner[k, 0], corner[n, 1] - corner[k, 1], corner[n, 2] - corner[k, 2]
        qx, qy, qz = x - corner[k, 0], y - corner[k, 1], z - corner[k, 2]
        length = ex * ex + ey * ey + ez * ez
        s = np.float32(0)
        if length > 0:
            s = min(max((qx * ex + qy * ey + qz * ez) / length, np.float32(0)), np.float32(1))
        dx, dy, dz = qx - s * ex, qy - s * ey, qz - s * ez
        best = min(best, dx * dx + dy * dy + dz * dz)
    return np.float32(best)
