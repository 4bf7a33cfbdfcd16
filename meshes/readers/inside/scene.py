"""A glTF document's scene as parts: nodes placed, materials looked up, textures in their own place."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshes.errors import DamagedError, OverLimitError, UnsupportedError
from meshes.readers.inside import draco
from meshes.readers.inside.gltf import Gltf
from meshes.readers.inside.material import Look, Materials
from meshes.readers.inside.parts import WHITE, RawCloud, RawPart

F64 = NDArray[np.float64]

MOST_NODES = 100_000
MOST_VERTICES = 60_000_000
DEEPEST = 64
Y_UP = np.array([[1, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1]], float)
X_UP = np.array([[0, 0, -1, 0], [0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1]], float)


def turn(up: str) -> F64:
    """(4, 4): from a glTF's axes to Z up. Raises DamagedError."""
    turns = {"Y": Y_UP, "X": X_UP, "Z": np.eye(4)}
    if up not in turns:
        raise DamagedError(f"says that {up!r} is up; X, Y and Z are known")
    return turns[up]


def parts_of(gltf: Gltf, placed: F64, *, up: str) -> tuple[list[RawPart | RawCloud], list[bytes], list[str]]:
    """All triangles and points of the scene, turned to Z up, then after ``placed`` (4, 4); the pictures they
    name; and what was left out, in words.

    Raises DamagedError, UnsupportedError, OverLimitError.
    """
    materials = Materials(gltf)
    centre = gltf.document.get("extensions", {}).get("CESIUM_RTC", {}).get("center")
    if centre is not None:
        placed = moved(placed, centre)
    placed = placed @ turn(up)
    parts: list[RawPart | RawCloud] = []
    vertices = 0
    for mesh, matrix in _meshes(gltf):
        for primitive in mesh.get("primitives", ()):
            part = _part(gltf, primitive, matrix, placed, materials)
            if part is not None:
                parts.append(part)
                vertices += len(part.position)
            if vertices > MOST_VERTICES:
                raise OverLimitError(f"has more than {MOST_VERTICES:,} vertices")
    return parts, materials.pictures, sorted(set(materials.notes))


def moved(placed: F64, centre: object) -> F64:
    """``placed`` after a move to an RTC centre, which is given with Z up. Raises DamagedError."""
    place = np.asarray(centre, np.float64)
    if place.shape != (3,) or not np.isfinite(place).all():
        raise DamagedError("RTC_CENTER is not three numbers")
    move = np.eye(4)
    move[:3, 3] = place
    return placed @ move


def matrix_of(numbers: object) -> F64:
    """(4, 4) from 16 numbers, column by column. Raises DamagedError."""
    values = np.asarray(numbers, np.float64)
    if values.shape != (16,) or not np.isfinite(values).all():
        raise DamagedError("a matrix is not 16 numbers")
    return values.reshape(4, 4).T


def _meshes(gltf: Gltf) -> list[tuple[dict[str, Any], F64]]:
    """Meshes with the matrices of their nodes; nodes may be shared, but not stand inside themselves."""
    scenes, nodes = gltf.document.get("scenes", []), gltf.document.get("nodes", [])
    roots = gltf.item("scenes", gltf.document.get("scene", 0)).get("nodes", []) if scenes else _roots(nodes)
    waiting: list[tuple[int, F64, int]] = [(root, np.eye(4), 0) for root in reversed(roots)]
    found, seen = [], 0
    while waiting:
        index, above, depth = waiting.pop()
        seen += 1
        if seen > MOST_NODES or depth > DEEPEST:
            raise OverLimitError(f"has more than {MOST_NODES:,} nodes, or nodes inside themselves")
        node = gltf.item("nodes", index)
        if "EXT_mesh_gpu_instancing" in node.get("extensions", {}):
            raise UnsupportedError("has instances (EXT_mesh_gpu_instancing), which are not read")
        matrix = above @ _local(node)
        if "mesh" in node:
            found.append((gltf.item("meshes", node["mesh"]), matrix))
        waiting += [(child, matrix, depth + 1) for child in reversed(node.get("children", []))]
    return found


def _roots(nodes: list[dict[str, Any]]) -> list[int]:
    inner = {child for node in nodes for child in node.get("children", ())}
    return [index for index in range(len(nodes)) if index not in inner]


def _local(node: dict[str, Any]) -> F64:
    if "matrix" in node:
        return matrix_of(node["matrix"])
    x, y, z, w = (float(value) for value in node.get("rotation", (0, 0, 0, 1)))
    turned = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    matrix = np.eye(4)
    matrix[:3, :3] = turned * np.asarray(node.get("scale", (1, 1, 1)), float)
    matrix[:3, 3] = node.get("translation", (0, 0, 0))
    return matrix


def _part(
    gltf: Gltf, primitive: dict[str, Any], matrix: F64, placed: F64, materials: Materials
) -> RawPart | RawCloud | None:
    mode = int(primitive.get("mode", 4))
    if mode in (1, 2, 3):  # edges drawn over the surface
        return None
    if "KHR_draco_mesh_compression" in primitive.get("extensions", {}):
        triangles, attributes = draco.decoded(gltf, primitive)
        names = primitive["attributes"]
        attributes |= {name: gltf.accessor(names[name]) for name in names if name not in attributes}
    else:
        attributes = {name: gltf.accessor(at) for name, at in primitive["attributes"].items()}
        many = len(attributes["POSITION"])
        triangles = _triangles(gltf, primitive, mode, many) if mode else np.zeros((0, 3), np.int64)
    points = attributes["POSITION"]
    if points.ndim != 2 or points.shape[1] != 3:
        raise DamagedError("a vertex has not three coordinates")
    if any(len(values) != len(points) for values in attributes.values()):
        raise DamagedError("the attributes of a primitive differ in length")
    whole = placed @ matrix
    look = materials.look(primitive.get("material"))
    if mode == 0:
        return _cloud(gltf, primitive, look, attributes, whole)
    if np.linalg.det(whole[:3, :3]) < 0:
        triangles = triangles[:, ::-1]
    return RawPart(
        position=points.astype(np.float64) @ whole[:3, :3].T + whole[:3, 3],
        triangles=triangles,
        tcoord=look.tcoord(attributes),
        colour=look.colour(attributes),
        feature=_feature(attributes),
        base=look.base,
        material=look.name,
        picture=look.picture,
        finish=look.finish,
    )


def _cloud(
    gltf: Gltf, primitive: dict[str, Any], look: Look, attributes: dict[str, NDArray[Any]], whole: F64
) -> RawCloud:
    """Points as they are, in their own colour or the material's."""
    points, colour = attributes["POSITION"].astype(np.float64), look.colour(attributes)
    if colour is None and look.base != WHITE:
        colour = np.broadcast_to(np.array(look.base, np.uint8), (len(points), 4))
    if "indices" in primitive:
        used = gltf.accessor(primitive["indices"])
        if used.ndim != 1 or used.dtype.kind != "u" or (len(used) and used.max() >= len(points)):
            raise DamagedError("the indices of a primitive name points that it has not")
        points, colour = points[used], None if colour is None else colour[used]
    return RawCloud(position=points @ whole[:3, :3].T + whole[:3, 3], colour=colour)


def _triangles(gltf: Gltf, primitive: dict[str, Any], mode: int, many: int) -> NDArray[Any]:
    if "indices" in primitive:
        index = gltf.accessor(primitive["indices"])
        if index.ndim != 1 or index.dtype.kind not in "u":
            raise DamagedError("the indices of a primitive are no whole numbers")
        index = index.astype(np.int64)
    else:
        index = np.arange(many)
    if mode == 4:
        return index[: len(index) // 3 * 3].reshape(-1, 3)
    if mode == 5:
        strip = np.stack([index[:-2], index[1:-1], index[2:]], axis=1)
        strip[1::2] = strip[1::2, [1, 0, 2]]
        return strip
    if mode == 6:
        return np.stack([np.broadcast_to(index[:1], len(index[2:])), index[1:-1], index[2:]], axis=1)
    raise DamagedError(f"a primitive has the mode {mode}")


def _feature(attributes: dict[str, NDArray[Any]]) -> NDArray[np.float32] | None:
    for name in ("_FEATURE_ID_0", "_BATCHID", "BATCHID"):
        if name in attributes and attributes[name].ndim == 1:
            values: NDArray[np.float32] = attributes[name].astype(np.float32) + np.float32(1)
            return values if np.isfinite(values).all() else None
    return None
