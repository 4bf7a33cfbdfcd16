"""Measure and interpolate camera poses by perceived distance.

A pose is a row (east, north, target height, distance, heading, pitch, view angle): m and degrees, headings
unwrapped. The metric is that of van Wijk and Nuij, "Smooth and efficient zooming and panning" (2003): with
the target's way u and the distance w, ds² = (ρ/w)²·du² + dw²/(ρ·w)², which is hyperbolic space of curvature
-ρ²; angles are added as further, straight axes. All arrays are (..., 7) and broadcast.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from layers.camera.flight import RISE
from twin.arrays import F64
from twin.scene import Camera

DEG_PER_UNIT = 90.0
"""A turn of so many degrees is perceived as much as a unit of way."""
NEAR = 1e-6
"""Of the distance: less of a way than that is a change of distance only."""
PLACE, DISTANCE, ANGLES, HEADING, PITCH = slice(0, 3), 3, slice(4, 7), 4, 5


def pose_of(camera: Camera) -> F64:
    """Return a camera as a pose, (7,)."""
    return np.array(
        [
            *(camera.target_east_m, camera.target_north_m, camera.target_m, camera.distance_m),
            *(camera.heading_deg, camera.pitch_deg, camera.view_angle_deg),
        ]
    )


def camera_of(pose: F64) -> Camera:
    """Return a pose as a camera, to 0.1 mm and 1e-7 degrees."""
    east, north, height, distance, heading, pitch, angle = (float(value) for value in pose)
    return Camera(
        target_east_m=round(east, 4),
        target_north_m=round(north, 4),
        target_m=round(height, 4),
        distance_m=round(distance, 4),
        heading_deg=round(heading % 360.0, 7) % 360.0,
        pitch_deg=round(pitch, 7),
        view_angle_deg=round(angle, 7),
    )


def unwrapped(poses: Iterable[F64]) -> F64:
    """Join poses (n, 7) with headings unwrapped the short way."""
    found = np.stack(list(poses))
    turns = (np.diff(found[:, HEADING]) + 180.0) % 360.0 - 180.0
    found[1:, HEADING] = found[0, HEADING] + np.cumsum(turns)
    return found


def tangent(start: F64, end: F64) -> F64:
    """Return the tangent of the shortest way between poses.

    At ``start``; its norm is the length of the way.
    """
    way, r0, r1, near = _ends(start, end)
    length, unit = (r1 - r0) / RISE, way[0] / np.where(way[1] > 0.0, way[1], 1.0)[..., None]
    found = np.empty(np.broadcast_shapes(start.shape, end.shape))
    with np.errstate(over="ignore"):
        mean = np.sqrt(start[..., DISTANCE] * end[..., DISTANCE])
        found[..., PLACE] = np.where(near, RISE * way[1] / mean, length / np.cosh(r0))[..., None] * unit
        straight = np.log(end[..., DISTANCE] / start[..., DISTANCE]) / RISE
        found[..., DISTANCE] = np.where(near, straight, -length * np.tanh(r0))
    found[..., ANGLES] = (end[..., ANGLES] - start[..., ANGLES]) / DEG_PER_UNIT
    return found


def moved(pose: F64, along: F64) -> F64:
    """Return the pose at a tangent's end; inverse of :func:`tangent`."""
    level = np.linalg.norm(along[..., PLACE], axis=-1)
    length = np.hypot(level, along[..., DISTANCE])
    w, near = pose[..., DISTANCE], level <= NEAR * np.maximum(length, 1e-300)
    across = np.where(near, 1.0, level)
    r0 = -np.arcsinh(np.where(near, 0.0, along[..., DISTANCE]) / across)
    r1 = r0 + RISE * length
    way = w / RISE**2 * (np.cosh(r0) * np.tanh(r1) - np.sinh(r0))
    found = np.empty(np.broadcast_shapes(pose.shape, along.shape))
    straight = w * np.exp(RISE * along[..., DISTANCE])
    share = np.where(near, np.sqrt(w * straight) / RISE, way / across)
    found[..., PLACE] = pose[..., PLACE] + share[..., None] * along[..., PLACE]
    found[..., DISTANCE] = np.where(near, straight, w * np.cosh(r0) / np.cosh(r1))
    found[..., ANGLES] = pose[..., ANGLES] + DEG_PER_UNIT * along[..., ANGLES]
    return found


def between(start: F64, end: F64, share: F64) -> F64:
    """Return the pose at a share (...) of the shortest way."""
    way, r0, r1, near = _ends(start, end)
    r = r0 + share * (r1 - r0)
    w = start[..., DISTANCE]
    along = w / RISE**2 * (np.cosh(r0) * np.tanh(r) - np.sinh(r0)) / np.where(near, 1.0, way[1])
    found = start + share[..., None] * (end - start)
    straight = w * np.exp(share * np.log(end[..., DISTANCE] / w))
    found[..., PLACE] = start[..., PLACE] + np.where(near, share, along)[..., None] * way[0]
    found[..., DISTANCE] = np.where(near, straight, w * np.cosh(r0) / np.cosh(r))
    return found


def apart(start: F64, end: F64) -> F64:
    """Return the perceived distance between poses, (...).

    A unit is about the width of a view.
    """
    found: F64 = np.linalg.norm(tangent(start, end), axis=-1)
    return found


def _ends(start: F64, end: F64) -> tuple[tuple[F64, F64], F64, F64, F64]:
    """The paper's r0 and r1 with (way as a vector, its length), and where that is next to nothing."""
    way = end[..., PLACE] - start[..., PLACE]
    w0, w1 = start[..., DISTANCE], end[..., DISTANCE]
    u = np.linalg.norm(way, axis=-1)
    near = u <= NEAR * np.minimum(w0, w1)
    across = np.where(near, np.minimum(w0, w1), u)  # any length: what comes of it is not used
    rise, lift = w1 * w1 - w0 * w0, RISE**4 * across * across
    r0 = -np.arcsinh((rise + lift) / (2.0 * w0 * RISE**2 * across))
    r1 = -np.arcsinh((rise - lift) / (2.0 * w1 * RISE**2 * across))
    return (way, u), r0, r1, near
