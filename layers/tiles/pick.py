"""Raycast drawn triangles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from meshes.tiles.content import Point, Primitive
from twin.arrays import F64, I64

TINY = 1e-12
SLACK = 1e-7  # of a triangle: a ray through the corner that several share must not slip between them


@dataclass(frozen=True, kw_only=True)
class Hit:
    """Hit of a ray on a tile.

    ``feature`` is the building's number, 0 for none; ``tile`` the tile's row in its tileset. ``place`` is
    (east, north, height) in the frame, without exaggeration.
    """

    feature: int
    tile: int
    place: Point


def first_hit(
    tiles: Iterable[tuple[int, Point, tuple[Primitive, ...]]],
    start: Point,
    direction: Point,
    *,
    exaggeration: float,
) -> Hit | None:
    """Find the nearest triangle along a ray among tiles (row, centre, primitives).

    None where there is none. ``start`` is (east, north, height · exaggeration), as ``direction`` (any length)
    in the exaggerated scene. Points are not hit.
    """
    scale = np.array([1.0, 1.0, 1.0 / exaggeration])
    eye, way = np.array(start) * scale, np.array(direction) * scale
    best, found = np.inf, None
    for row, centre, primitives in tiles:
        for primitive in primitives:
            if primitive.triangles is None or not len(primitive.triangles):
                continue
            at, triangle = nearest_triangle(primitive, eye - np.array(centre), way)
            if at < best:
                corner = primitive.triangles[triangle, 0]
                best, found = (
                    at,
                    (row, 0 if primitive.feature is None else round(float(primitive.feature[corner]))),
                )
    if found is None:
        return None
    east, north, height = (eye + best * way).tolist()
    return Hit(feature=found[1], tile=found[0], place=(east, north, height))


def boxes_along(low: F64, high: F64, start: Point, direction: Point, *, exaggeration: float) -> I64:
    """Mask boxes that a ray of :func:`first_hit` enters.

    (n, 3) lowest and highest corners in the frame.
    """
    scale = np.array([1.0, 1.0, 1.0 / exaggeration])
    eye, way = np.array(start) * scale, np.array(direction) * scale
    way = np.where(np.abs(way) < TINY, TINY, way)
    one, other = (low - eye) / way, (high - eye) / way
    into, out = np.minimum(one, other).max(axis=1), np.maximum(one, other).min(axis=1)
    return np.flatnonzero((into <= out) & (out >= 0.0))


def nearest_triangle(primitive: Primitive, eye: F64, way: F64) -> tuple[float, int]:
    """Return a ray's nearest triangle of a primitive and its distance.

    (distance in units of ``way``, triangle), or (inf, -1). ``eye`` (3,) and ``way`` (3,) in the primitive's
    own coordinates. Only triangles whose box, seen along the ray, holds it are worked out: Möller and
    Trumbore (1997), for many at once.
    """
    if primitive.triangles is None:
        return np.inf, -1
    # Coordinates across the ray, small and exact: the ray is the line (0, 0).
    right, up = _across(way)
    across = (primitive.position - eye.astype(np.float64)) @ np.stack([right, up], axis=1)
    corners = across[primitive.triangles]  # (m, 3, 2)
    around = ((corners.min(axis=1) <= 0.0) & (corners.max(axis=1) >= 0.0)).all(axis=1)
    near = np.flatnonzero(around)
    if not len(near):
        return np.inf, -1
    a, b, c = primitive.position[primitive.triangles[near]].astype(np.float64).transpose(1, 0, 2)
    ab, ac, off = b - a, c - a, eye - a
    side = np.cross(way, ac)
    area = (ab * side).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        u = (off * side).sum(axis=1) / area
        turned = np.cross(off, ab)
        v = (turned @ way) / area
        t = (ac * turned).sum(axis=1) / area
        met = (u >= -SLACK) & (v >= -SLACK) & (u + v <= 1.0 + SLACK) & (t > 0.0)
    t = np.where(met, t, np.inf)
    first = int(t.argmin())
    return (float(t[first]), int(near[first])) if np.isfinite(t[first]) else (np.inf, -1)


def _across(way: F64) -> tuple[F64, F64]:
    """Two unit vectors at right angles to a direction and to each other."""
    ahead = way / np.linalg.norm(way)
    other = np.eye(3)[int(np.abs(ahead).argmin())]
    right = np.cross(ahead, other)
    right /= np.linalg.norm(right)
    return right, np.cross(right, ahead)
