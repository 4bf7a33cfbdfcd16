"""Read glTF accessors as arrays.

Strided, sparse, normalised, every offset checked.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshes.errors import DamagedError
from meshes.readers.sandbox.gltf import Gltf
from meshes.readers.sandbox.json_values import Json, section, whole_in

_TYPES: dict[int, Any] = {
    5120: np.int8,
    5121: np.uint8,
    5122: np.int16,
    5123: np.uint16,
    5125: np.uint32,
    5126: np.float32,
}
_WIDE = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}


def values(gltf: Gltf, index: object) -> NDArray[Any]:
    """Return (n, k) numbers as stored, or (n,) for scalars.

    Integers that are normalised come as float32. Raises DamagedError, UnsupportedForeignError.
    """
    told = gltf.item("accessors", index)
    kind = _TYPES.get(whole_in(told, "componentType"))
    wide = _WIDE.get(str(told.get("type")))
    count = whole_in(told, "count")
    if kind is None or wide is None or not 0 <= count < 1 << 31:
        raise DamagedError(f"accessors[{index}] has an unknown type or count")
    if told.get("bufferView") is not None:
        stride = whole_in(gltf.item("bufferViews", told["bufferView"]), "byteStride", 0)
        start = whole_in(told, "byteOffset", 0)
        found = _strided(gltf, told["bufferView"], start, count, wide, np.dtype(kind), stride)
    else:
        found = np.zeros((count, wide), kind)
    if sparse := section(told, "sparse"):
        found = _replaced(gltf, found, sparse, index)
    if told.get("normalized") is True and kind is not np.float32:
        found = np.maximum(found.astype(np.float32) / np.iinfo(kind).max, -1.0)
    return found[:, 0] if wide == 1 else found


def _strided(
    gltf: Gltf, view: object, start: int, count: int, wide: int, kind: np.dtype[Any], stride: int
) -> NDArray[Any]:
    data = gltf.view(view)
    size = wide * kind.itemsize
    stride = stride or size
    if start < 0 or stride < size or (count and start + (count - 1) * stride + size > len(data)):
        raise DamagedError(f"an accessor of {count:,} elements lies outside bufferViews[{view}]")
    if not count:
        return np.zeros((0, wide), kind)
    return np.ndarray((count, wide), kind, buffer=data, offset=start, strides=(stride, kind.itemsize))


def _replaced(gltf: Gltf, found: NDArray[Any], told: Json, index: object) -> NDArray[Any]:
    """The elements that ``sparse`` gives anew laid over the others."""
    count, where, what = whole_in(told, "count"), section(told, "indices"), section(told, "values")
    kind = _TYPES.get(whole_in(where, "componentType"))
    if kind not in (np.uint8, np.uint16, np.uint32) or count < 0:
        raise DamagedError(f"accessors[{index}].sparse has no indices")
    start = whole_in(where, "byteOffset", 0)
    places = _strided(gltf, where.get("bufferView"), start, count, 1, np.dtype(kind), 0)
    if count and int(places.max()) >= len(found):
        raise DamagedError(f"accessors[{index}].sparse replaces elements that it has not")
    start = whole_in(what, "byteOffset", 0)
    fresh = _strided(gltf, what.get("bufferView"), start, count, found.shape[1], found.dtype, 0)
    found = found.copy()
    found[places[:, 0]] = fresh
    return found
