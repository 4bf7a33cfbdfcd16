"""Pose vertices of a glTF primitive: morph targets and skins.

As the file is saved: targets weighed, skins at rest.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshes.errors import DamagedError
from meshes.readers.sandbox import accessors
from meshes.readers.sandbox.gltf import Gltf
from meshes.readers.sandbox.json_values import Json, listed
from meshes.readers.sandbox.nodes import Placed
from twin.arrays import F64


def posed(gltf: Gltf, primitive: Json, attributes: dict[str, NDArray[Any]], mesh: Placed) -> F64:
    """Return posed vertices, (n, 3).

    Raises DamagedError.
    """
    points = attributes["POSITION"].astype(np.float64)
    for weight, target in zip(mesh.weights, listed(primitive, "targets"), strict=False):
        if weight and isinstance(target, dict) and target.get("POSITION") is not None:
            move = accessors.values(gltf, target["POSITION"])
            if move.shape != points.shape:
                raise DamagedError("a morph target has not one move for each vertex")
            points = points + weight * move
    return points if mesh.joints is None else _skinned(points, attributes, mesh.joints)


def _skinned(points: F64, attributes: dict[str, NDArray[Any]], matrices: F64) -> F64:
    """Each vertex where the joints that hold it put it, by their shares."""
    out, total = np.zeros_like(points), np.zeros(len(points))
    for number in (0, 1):
        joints, weights = attributes.get(f"JOINTS_{number}"), attributes.get(f"WEIGHTS_{number}")
        if joints is None or weights is None:
            continue
        if joints.shape != (len(points), 4) or weights.shape != joints.shape or joints.dtype.kind != "u":
            raise DamagedError("a vertex has not four joints with a weight each")
        if len(joints) and joints.max() >= len(matrices):
            raise DamagedError(f"a vertex names joint {joints.max()} of {len(matrices)}")
        for k in range(4):
            of, share = matrices[joints[:, k]], weights[:, k].astype(np.float64)
            there = np.einsum("nij,nj->ni", of[:, :3, :3], points) + of[:, :3, 3]
            out += share[:, None] * there
            total += share
    held = total > 0
    return np.where(held[:, None], out / np.where(held, total, 1)[:, None], points)
