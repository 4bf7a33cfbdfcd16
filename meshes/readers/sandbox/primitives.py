"""Read primitives of a glTF mesh.

Their triangles, and those of their attributes that are used.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshes.errors import DamagedError
from meshes.readers.sandbox import accessors, draco
from meshes.readers.sandbox.gltf import Gltf
from meshes.readers.sandbox.json_values import Json, extension, section, whole_in
from twin.arrays import I64

Attributes = dict[str, NDArray[Any]]

POINTS, LINES, TRIANGLES, STRIP, FAN = 0, (1, 2, 3), 4, 5, 6


def unseen(primitive: Json) -> str:
    """Return why a sound primitive shows no surface, in words; else nothing."""
    mode = whole_in(primitive, "mode", TRIANGLES)
    if mode in LINES:
        return "primitives of lines are left out, only triangles are read"
    if section(primitive, "attributes").get("POSITION") is None:
        return "primitives without POSITION are left out"
    return ""


def are_points(primitive: Json) -> bool:
    """Return whether a primitive is points without a surface."""
    return whole_in(primitive, "mode", TRIANGLES) == POINTS


def read(gltf: Gltf, primitive: Json, *, wanted: tuple[str, ...]) -> tuple[I64, Attributes]:
    """Read triangles (m, 3) and ``wanted`` attributes (n, k).

    Points have no triangle. Raises DamagedError, UnsupportedForeignError.
    """
    told = section(primitive, "attributes")
    attributes: Attributes = {}
    triangles = None
    if packed := extension(primitive, "KHR_draco_mesh_compression"):
        triangles, attributes = draco.decoded(gltf, packed, told, points=are_points(primitive))
    for name in wanted:
        if name not in attributes and told.get(name) is not None:
            attributes[name] = accessors.values(gltf, told[name])
    points = attributes["POSITION"]
    if points.ndim != 2 or points.shape[1] != 3:
        raise DamagedError("a vertex has not three coordinates")
    if any(len(values) != len(points) for values in attributes.values()):
        raise DamagedError("the attributes of a primitive differ in length")
    if triangles is None:
        triangles = _triangles(gltf, primitive, len(points))
    return triangles.astype(np.int64, copy=False), attributes


def indices(gltf: Gltf, primitive: Json, many: int) -> I64:
    """Return a primitive's vertex indices, (k,).

    Raises DamagedError.
    """
    if primitive.get("indices") is None:
        return np.arange(many)
    index = accessors.values(gltf, primitive["indices"])
    if index.ndim != 1 or index.dtype.kind != "u":
        raise DamagedError("the indices of a primitive are no whole numbers")
    if len(index) and index.max() >= many:
        raise DamagedError(f"a primitive names vertex {index.max()} of {many}")
    return index.astype(np.int64)


def _triangles(gltf: Gltf, primitive: Json, many: int) -> I64:
    mode = whole_in(primitive, "mode", TRIANGLES)
    if are_points(primitive):
        return np.zeros((0, 3), np.int64)
    index = indices(gltf, primitive, many)
    if mode == TRIANGLES:
        return index[: len(index) // 3 * 3].reshape(-1, 3)
    if mode not in (STRIP, FAN):
        raise DamagedError(f"a primitive has the mode {mode}")
    if len(index) < 3:
        return np.zeros((0, 3), np.int64)
    if mode == STRIP:
        strip = np.stack([index[:-2], index[1:-1], index[2:]], axis=1)
        strip[1::2] = strip[1::2, [1, 0, 2]]
        return strip
    return np.stack([np.broadcast_to(index[:1], len(index) - 2), index[1:-1], index[2:]], axis=1)
