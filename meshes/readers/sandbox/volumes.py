"""Convert 3D Tiles bounding volumes to eight corners.

And their parts in a quadtree.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from meshes.errors import DamagedError, UnsupportedForeignError
from meshes.readers.sandbox import s2
from twin.arrays import F64

SEMI_MAJOR_M = 6_378_137.0
ECCENTRICITY2 = 6.69437999014e-3
"""WGS 84."""
_SIGNS = np.array([[x, y, z] for z in (-1, 1) for y in (-1, 1) for x in (-1, 1)], float)
_STEPS = 8
FARTHEST_M = 1e12
"""No volume or place that is meant lies farther from its origin."""
UNTOLD = object()
"""For tiles of which nobody tells a volume, nor should."""


def corners(told: Sequence[object], transform: F64) -> tuple[F64, dict[int, str]]:
    """Return boxes around transformed volumes, and what is wrong.

    (n, 8, 3), after their ``transform`` (n, 4, 4). A region and an S2 cell are in ECEF by themselves. What
    has no sound volume is NaN.
    """
    boxes = np.full((len(told), 12), np.nan)
    on_earth: dict[int, F64] = {}
    faults: dict[int, str] = {}
    for row, volume in enumerate(told):
        try:
            if volume is UNTOLD:
                continue
            if isinstance(volume, dict) and "box" not in volume and "sphere" not in volume:
                on_earth[row] = _on_earth(volume)
            else:
                boxes[row] = _box(volume)
        except (DamagedError, UnsupportedForeignError) as error:
            faults[row] = error.message
    around = boxes[:, None, :3] + _SIGNS @ boxes[:, 3:].reshape(-1, 3, 3)
    around = around @ transform[:, :3, :3].transpose(0, 2, 1) + transform[:, None, :3, 3]
    for row, found in on_earth.items():
        around[row] = found
    return around, faults


def _box(volume: object) -> F64:
    """The middle and half axes of a box, or of the box around a sphere."""
    if not isinstance(volume, dict):
        raise DamagedError("has no boundingVolume")
    if "box" in volume:
        return _numbers(volume["box"], 12)
    x, y, z, radius = _numbers(volume["sphere"], 4)
    return np.array((x, y, z, radius, 0, 0, 0, radius, 0, 0, 0, radius))


def _on_earth(volume: dict[str, Any]) -> F64:
    if "region" in volume:
        return _region(_numbers(volume["region"], 6))
    extensions = volume.get("extensions")
    if isinstance(extensions, dict):
        if "3DTILES_bounding_volume_S2" in extensions:
            return _s2(extensions["3DTILES_bounding_volume_S2"])
        if extensions:
            raise UnsupportedForeignError(f"has a boundingVolume of {min(extensions)}, which is not read")
    raise DamagedError("has a boundingVolume that is no box, sphere or region")


def cell(volume: object, at: tuple[int, int, int, int], *, ways: int) -> object:
    """Return an implicit tile's part of a box or region.

    UNTOLD where there is none. ``at`` is its level, x, y and z. A quadtree (4 ``ways``) does not cut heights,
    an octree (8) does.
    """
    level, *place = at
    n = 2**level
    cut = np.array([n, n, n if ways == 8 else 1])
    try:
        if isinstance(volume, dict) and "box" in volume:
            box = _numbers(volume["box"], 12)
            axes = box[3:].reshape(3, 3)
            share = (2 * np.array(place) + 1) / cut - 1
            return {"box": np.concatenate([box[:3] + share @ axes, (axes / cut[:, None]).ravel()])}
        if isinstance(volume, dict) and "region" in volume:
            west, south, east, north, low, high = _numbers(volume["region"], 6)
            east += 2 * np.pi if east < west else 0.0
            start, size = np.array([west, south, low]), np.array([east - west, north - south, high - low])
            from_, to = start + place * size / cut, start + (np.array(place) + 1) * size / cut
            return {"region": [*from_[:2], *to[:2], from_[2], to[2]]}
    except DamagedError:
        pass  # told of the tree's root
    return UNTOLD


def ecef(lon: F64, lat: F64, height_m: F64) -> F64:
    """Convert radians and ellipsoidal metres to ECEF, (..., 3).

    EPSG:4979 to EPSG:4978.
    """
    normal = SEMI_MAJOR_M / np.sqrt(1 - ECCENTRICITY2 * np.sin(lat) ** 2)
    flat = (normal + height_m) * np.cos(lat)
    up = (normal * (1 - ECCENTRICITY2) + height_m) * np.sin(lat)
    return np.stack([flat * np.cos(lon), flat * np.sin(lon), up], axis=-1)


def _region(told: F64) -> F64:
    west, south, east, north, low, high = told
    east += 2 * np.pi if east < west else 0.0
    if not (-np.pi / 2 - 1e-6 <= south <= north <= np.pi / 2 + 1e-6 and low <= high):
        raise DamagedError(
            "has a region that does not run from south to north and from low to high, in radians"
        )
    share = np.linspace(0, 1, _STEPS + 1)
    lon, lat = np.meshgrid(west + (east - west) * share, south + (north - south) * share, indexing="ij")
    return _around(lon, lat, low, high, step=max(east - west, north - south) / _STEPS)


def _s2(told: object) -> F64:
    """The box around an S2 cell, whose latitudes are taken as geodetic ones, as Cesium does."""
    if not isinstance(told, dict):
        raise DamagedError("has an S2 cell that is no object")
    heights = [told.get("minimumHeight"), told.get("maximumHeight")]
    if not all(isinstance(height, int | float) for height in heights):
        raise DamagedError("has an S2 cell without its heights")
    low, high = _numbers(heights, 2)
    lon, lat, side = s2.grid(told.get("token"), steps=_STEPS)
    return _around(lon, lat, min(low, high), max(low, high), step=side / _STEPS)


def _around(lon: F64, lat: F64, low: float, high: float, *, step: float) -> F64:
    """A box in the directions of the middle of a grid (n, n) of places, with the bulge between them."""
    places = np.concatenate(
        [ecef(lon.ravel(), lat.ravel(), np.full(lon.size, height)) for height in (low, high)]
    )
    k = len(lon) // 2
    east, north = lon[k, k], lat[k, k]
    cos, sin, cosn, sinn = np.cos(east), np.sin(east), np.cos(north), np.sin(north)
    axes = np.array([[-sin, cos, 0], [-sinn * cos, -sinn * sin, cosn], [cosn * cos, cosn * sin, sinn]])
    local = places @ axes.T
    bulge = (SEMI_MAJOR_M + max(high, 0)) * (1 - np.cos(min(step / 2, np.pi)))
    least, most = local.min(axis=0) - bulge, local.max(axis=0) + bulge
    return np.asarray(((least + most) / 2 + _SIGNS * (most - least) / 2) @ axes)


def _numbers(values: object, many: int) -> F64:
    sound = isinstance(values, list | tuple | np.ndarray) and all(
        isinstance(value, int | float) and abs(value) < FARTHEST_M for value in values
    )
    if not isinstance(values, list | tuple | np.ndarray) or len(values) != many or not sound:
        raise DamagedError(f"has a boundingVolume that is not {many} numbers")
    return np.asarray(values, np.float64)
