"""Bounding volumes of 3D Tiles as eight corners, and their parts in a quadtree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshes.errors import DamagedError, UnsupportedError

F64 = NDArray[np.float64]

SEMI_MAJOR_M = 6_378_137.0
ECCENTRICITY2 = 6.69437999014e-3
"""WGS 84."""
_SIGNS = np.array([[x, y, z] for z in (-1, 1) for y in (-1, 1) for x in (-1, 1)], float)
_STEPS = 8


def corners(told: Sequence[object], transform: F64) -> F64:
    """(n, 8, 3): boxes around volumes after their ``transform`` (n, 4, 4). A region stands in ECEF by itself.

    Raises DamagedError; UnsupportedError for S2 cells.
    """
    boxes = np.zeros((len(told), 12))
    regions = {}
    for row, volume in enumerate(told):
        if isinstance(volume, dict) and "region" in volume and "box" not in volume:
            regions[row] = volume
        else:
            boxes[row] = _box(volume)
    if not np.isfinite(boxes).all():
        raise DamagedError("a boundingVolume is not all numbers")
    around = boxes[:, None, :3] + _SIGNS @ boxes[:, 3:].reshape(-1, 3, 3)
    around = around @ transform[:, :3, :3].transpose(0, 2, 1) + transform[:, None, :3, 3]
    for row, volume in regions.items():
        around[row] = _region(_numbers(volume["region"], 6))
    return around


def _box(volume: object) -> Sequence[float]:
    """The middle and half axes of a box, or of the box around a sphere."""
    if not isinstance(volume, dict):
        raise DamagedError("a tile has no boundingVolume")
    if "box" in volume:
        box = volume["box"]
        if isinstance(box, list | np.ndarray) and len(box) == 12:
            return box  # type: ignore[return-value]  # numpy sees to it that they are numbers
        raise DamagedError("a boundingVolume is not 12 numbers")
    if "sphere" in volume:
        x, y, z, radius = _numbers(volume["sphere"], 4)
        return (x, y, z, radius, 0, 0, 0, radius, 0, 0, 0, radius)
    if "3DTILES_bounding_volume_S2" in volume.get("extensions", {}):
        raise UnsupportedError("has S2 cells (3DTILES_bounding_volume_S2), which are not read")
    raise DamagedError("a boundingVolume is no box, sphere or region")


def cell(volume: dict[str, Any], level: int, x: int, y: int) -> dict[str, Any]:
    """The part of a box or region that a quadtree's tile covers; heights are not cut. Raises DamagedError."""
    n = 2**level
    if "box" in volume:
        box = _numbers(volume["box"], 12)
        middle, axes = box[:3], box[3:].reshape(3, 3)
        centre = middle + axes[0] * ((2 * x + 1) / n - 1) + axes[1] * ((2 * y + 1) / n - 1)
        return {"box": np.concatenate([centre, axes[0] / n, axes[1] / n, axes[2]])}
    if "region" in volume:
        west, south, east, north, low, high = _numbers(volume["region"], 6)
        east += 2 * np.pi if east < west else 0.0
        wide, deep = (east - west) / n, (north - south) / n
        return {
            "region": (
                west + x * wide,
                south + y * deep,
                west + (x + 1) * wide,
                south + (y + 1) * deep,
                low,
                high,
            )
        }
    raise DamagedError("an implicit tileset needs a box or a region")


def ecef(lon: F64, lat: F64, height_m: F64) -> F64:
    """(..., 3) from radians and metres over the ellipsoid (EPSG:4979 to EPSG:4978)."""
    normal = SEMI_MAJOR_M / np.sqrt(1 - ECCENTRICITY2 * np.sin(lat) ** 2)
    flat = (normal + height_m) * np.cos(lat)
    up = (normal * (1 - ECCENTRICITY2) + height_m) * np.sin(lat)
    return np.stack([flat * np.cos(lon), flat * np.sin(lon), up], axis=-1)


def _region(told: F64) -> F64:
    """A box in the directions of the region's middle around a grid of its places, and the bulge between."""
    west, south, east, north, low, high = told
    east += 2 * np.pi if east < west else 0.0
    if not (-np.pi / 2 - 1e-6 <= south <= north <= np.pi / 2 + 1e-6 and low <= high):
        raise DamagedError("a region runs from south to north, in radians, and from low to high")
    share = np.linspace(0, 1, _STEPS + 1)
    lon, lat, height = np.meshgrid(
        west + (east - west) * share, south + (north - south) * share, [low, high], indexing="ij"
    )
    places = ecef(lon.ravel(), lat.ravel(), height.ravel())
    east_, north_ = (west + east) / 2, (south + north) / 2
    cos, sin, cosn, sinn = np.cos(east_), np.sin(east_), np.cos(north_), np.sin(north_)
    axes = np.array([[-sin, cos, 0], [-sinn * cos, -sinn * sin, cosn], [cosn * cos, cosn * sin, sinn]])
    local = places @ axes.T
    step = max(east - west, north - south) / _STEPS
    bulge = (SEMI_MAJOR_M + max(high, 0)) * (1 - np.cos(min(step / 2, np.pi)))
    least, most = local.min(axis=0) - bulge, local.max(axis=0) + bulge
    return np.asarray(((least + most) / 2 + _SIGNS * (most - least) / 2) @ axes)


def _numbers(values: object, many: int) -> F64:
    array = np.asarray(values if isinstance(values, list | tuple | np.ndarray) else [], np.float64)
    if array.shape != (many,) or not np.isfinite(array).all():
        raise DamagedError(f"a boundingVolume is not {many} numbers")
    return array
