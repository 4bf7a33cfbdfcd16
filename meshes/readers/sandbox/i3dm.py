"""Read instanced 3D models of 3D Tiles 1.0 (i3dm).

One glTF at many places, as copies of its parts.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from meshes.errors import DamagedError, OverLimitError
from meshes.readers.sandbox.feature_table import FeatureTable, tables
from meshes.readers.sandbox.parts import RawCloud, RawPart
from twin.arrays import F32, F64, U16

T = TypeVar("T", bound=np.generic)

MOST_VERTICES = 2_000_000
"""Of all copies in a tile."""
_LEAST_EARTH_M = 6_300_000.0
_HEAD = 32


def model_of(data: bytes) -> bytes | str:
    """Return an i3dm's glTF, or the URI of one beside it.

    Raises DamagedError.
    """
    _, start, end = tables(data, head=_HEAD, name="an i3dm")
    (form,) = struct.unpack_from("<I", data, 28)
    if form == 0:
        return data[start:end].rstrip(b"\0 ").decode("utf-8", "replace").strip()
    if form != 1:
        raise DamagedError(f"its gltfFormat is {form}: 0 and 1 are known")
    return data[start:end]


def matrices_of(data: bytes, placed: F64) -> tuple[F64, F32 | None]:
    """Return instances' matrices after ``placed``, and their features.

    (n, 4, 4), (4, 4), and (n,) or None. Raises DamagedError.
    """
    table, _, _ = tables(data, head=_HEAD, name="an i3dm")
    count = table.number("INSTANCES_LENGTH")
    position = table.dequantized(count)
    centre = table.centre()
    if centre is not None:
        position = position + centre
    turned = _turned(table, count)
    own = np.zeros((count, 4, 4))
    own[:, 3, 3] = 1.0
    own[:, :3, 3] = position
    own[:, :3, :3] = np.eye(3) if turned is None else turned
    scale = _scale(table, count)
    own[:, :3, :3] *= scale[:, None, :]
    whole = placed @ own
    if turned is None and table.told.get("EAST_NORTH_UP") is True:
        length = np.linalg.norm(placed[:3, :3], axis=0).mean()
        whole[:, :3, :3] = _east_north_up(whole[:, :3, 3]) * (scale * length)[:, None, :]
    ids = table.array("BATCH_ID", _kind(table), 1, count)
    if not np.isfinite(whole).all():
        raise DamagedError("an instance has no place")
    return whole, None if ids is None else ids[:, 0].astype(np.float32) + np.float32(1)


def copies(
    parts: Sequence[RawPart | RawCloud], matrices: F64, feature: F32 | None = None
) -> list[RawPart | RawCloud]:
    """Copy parts to n places, joined part by part.

    Matrices are (n, 4, 4). Raises OverLimitError.
    """
    many = len(matrices) * sum(len(part.position) for part in parts)
    if many > MOST_VERTICES:
        raise OverLimitError(
            f"has {len(matrices):,} instances of {many // len(matrices):,} vertices; at most"
            f" {MOST_VERTICES:,} vertices are copied: split the tile, or write it as b3dm"
        )
    return [_copied(part, matrices, feature) for part in parts] if len(matrices) else []


def _copied(part: RawPart | RawCloud, matrices: F64, feature: F32 | None) -> RawPart | RawCloud:
    many = len(part.position)
    places = np.einsum("nij,vj->nvi", matrices[:, :3, :3], part.position) + matrices[:, None, :3, 3]

    def all_of(values: NDArray[T] | None) -> NDArray[T] | None:
        return None if values is None else np.concatenate([values] * len(matrices))

    own = all_of(part.feature) if feature is None else np.repeat(feature, many)
    moved = replace(part, position=places.reshape(-1, 3), colour=all_of(part.colour), feature=own)
    if isinstance(moved, RawCloud) or isinstance(part, RawCloud):
        return moved
    triangles = part.triangles.astype(np.int64) + (np.arange(len(matrices)) * many)[:, None, None]
    mirrored = np.linalg.det(matrices[:, :3, :3]) < 0
    triangles[mirrored] = triangles[mirrored][:, :, ::-1]
    return replace(moved, triangles=triangles.reshape(-1, 3), tcoord=all_of(part.tcoord))


def _turned(table: FeatureTable, count: int) -> F64 | None:
    """Rotations (n, 3, 3) whose columns are right, up and forward; None where the file has none."""
    up, right = table.array("NORMAL_UP", "<f4", 3, count), table.array("NORMAL_RIGHT", "<f4", 3, count)
    if up is None or right is None:
        packed = [table.array(f"NORMAL_{name}_OCT32P", "<u2", 2, count) for name in ("UP", "RIGHT")]
        if packed[0] is None or packed[1] is None:
            return None
        up, right = _from_octahedron(packed[0]), _from_octahedron(packed[1])
    return np.stack([right, up, np.cross(right, up)], axis=2).astype(np.float64)


def _from_octahedron(packed: U16) -> F64:
    """Unit vectors (n, 3) from (n, 2): the octahedral encoding of Cigolle et al. 2014."""
    x, y = (packed.astype(np.float64) / 65535.0 * 2.0 - 1.0).T
    z = 1.0 - np.abs(x) - np.abs(y)
    fold = np.where(np.stack([x, y]) >= 0, 1.0, -1.0)
    x, y = (
        np.where(z < 0, (1 - np.abs(y)) * fold[0], x),
        np.where(z < 0, (1 - np.abs(x)) * fold[1], y),
    )
    found = np.stack([x, y, z], axis=1)
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True))


def _scale(table: FeatureTable, count: int) -> F64:
    """Along the axes of each instance, (n, 3)."""
    whole, own = table.array("SCALE", "<f4", 1, count), table.array("SCALE_NON_UNIFORM", "<f4", 3, count)
    scale = np.ones((count, 3))
    if whole is not None:
        scale = scale * whole
    return scale if own is None else scale * own


def _east_north_up(places: F64) -> F64:
    """Rotations (n, 3, 3) whose columns are east, north and up at places of WGS 84 in ECEF."""
    if np.linalg.norm(places, axis=1).min(initial=np.inf) < _LEAST_EARTH_M:
        raise DamagedError("EAST_NORTH_UP is set, but an instance is not on earth")
    normal = places / np.array([6_378_137.0, 6_378_137.0, 6_356_752.314245179]) ** 2
    up = normal / np.linalg.norm(normal, axis=1, keepdims=True)
    east = np.stack([-places[:, 1], places[:, 0], np.zeros(len(places))], axis=1)
    east /= np.maximum(np.linalg.norm(east, axis=1, keepdims=True), 1e-9)
    return np.stack([east, np.cross(up, east), up], axis=2)


def _kind(table: FeatureTable) -> str:
    told = table.told.get("BATCH_ID")
    kinds = {"UNSIGNED_BYTE": "u1", "UNSIGNED_SHORT": "<u2", "UNSIGNED_INT": "<u4"}
    return kinds.get(str(told.get("componentType")) if isinstance(told, dict) else "", "<u2")
