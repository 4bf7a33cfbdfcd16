"""Check primitives before writing, and cheaply before use.

The latter at a tenth of the cost.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshes.tiles.content import Point, Primitive
from twin.arrays import F32, I32

MOST_FEATURES = 1 << 24  # beyond, float32 has no odd whole numbers
_BEGINS = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}


def check_primitive(primitive: Primitive) -> tuple[Point, Point]:
    """Return the exact extent (low, high) of the positions.

    ValueError where it is not fit for use.
    """
    count = len(primitive.position)
    _array("position", primitive.position, np.float32, (count, 3))
    if not count:
        raise ValueError("a primitive has no vertices")
    low, high = primitive.position.min(axis=0), primitive.position.max(axis=0)
    if not (np.isfinite(low).all() and np.isfinite(high).all()):
        raise ValueError("a position is not a number")
    for name, corners in (("triangles", primitive.triangles), ("coarse triangles", primitive.coarse)):
        if corners is not None:
            _array(name, corners, np.int32, (len(corners), 3))
            if not len(corners):
                raise ValueError(f"a primitive has no {name}")
            check_corners(corners, count)
    if primitive.coarse is not None and primitive.triangles is None:
        raise ValueError("a primitive has coarse triangles and no finer ones")
    if primitive.tcoord is not None:
        _array("tcoord", primitive.tcoord, np.float32, (count, 2))
        if not (np.isfinite(primitive.tcoord.min()) and np.isfinite(primitive.tcoord.max())):
            raise ValueError("a place in the picture is not a number")
    if primitive.colour is not None:
        _array("colour", primitive.colour, np.uint8, (count, 4))
    if primitive.feature is not None:
        _features(primitive.feature, count)
    if primitive.image is not None and primitive.tcoord is None:
        raise ValueError("a primitive has a picture and no places in it")
    return _point(low), _point(high)


def check_range(
    floats: F32,
    *,
    reach: float,
    triangles: I32 | None,
    coarse: I32 | None,
    vertices: int,
    feature: F32 | None,
) -> None:
    """Raise ValueError where a written part is no longer sound.

    ``floats`` are all its positions, places in the picture and features, within ``reach`` of 0.
    """
    # NaN compares as False.
    if not (floats.min() >= -reach and floats.max() <= reach):
        raise ValueError("a position, or a place in the picture, is no number within the reach it gives")
    for corners in (triangles, coarse):
        if corners is not None:
            check_corners(corners, vertices)
    if feature is not None and not (feature.min() >= 0 and feature.max() < MOST_FEATURES):
        raise ValueError("a feature is not a whole number from 0 to 16,777,215")


def check_corners(triangles: I32, vertices: int) -> None:
    """Raises ValueError where a triangle names a vertex that is not there."""
    # Negative ones are very large without a sign: one pass instead of two.
    if triangles.view(np.uint32).max() >= vertices:
        raise ValueError(f"a triangle names a vertex that is not among the {vertices}")


def media_type(image: bytes | memoryview) -> str:
    """Return ``image/jpeg`` or ``image/png``.

    Raises ValueError for any other picture.
    """
    for name, begin in _BEGINS.items():
        if bytes(image[: len(begin)]) == begin:
            return name
    raise ValueError("a picture is neither JPEG nor PNG")


def check_image(image: memoryview, media: str) -> None:
    """Raises ValueError where the picture does not begin as ``media`` does."""
    if media_type(image) != media:
        raise ValueError(f"a picture is not {media}")


def _array(name: str, array: NDArray[Any], kind: type, shape: tuple[int, int]) -> None:
    if array.dtype != kind or array.shape != shape:
        raise ValueError(f"{name} is {array.dtype} {array.shape}, not {np.dtype(kind)} {shape}")


def _features(feature: F32, count: int) -> None:
    if feature.dtype != np.float32 or feature.shape != (count,):
        raise ValueError(f"feature is {feature.dtype} {feature.shape}, not float32 ({count},)")
    if not (feature.min() >= 0 and feature.max() < MOST_FEATURES and (feature == np.trunc(feature)).all()):
        raise ValueError("a feature is not a whole number from 0 to 16,777,215")


def _point(values: F32) -> Point:
    return float(values[0]), float(values[1]), float(values[2])
