"""Place the meshes of a glTF scene's nodes.

Where each mesh is, how often, and in which pose.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from meshes.errors import DamagedError, OverLimitError, UnsupportedForeignError
from meshes.readers.sandbox import accessors
from meshes.readers.sandbox.gltf import Gltf
from meshes.readers.sandbox.json_values import Json, extension, listed, numbers, numbers_in, section, whole
from twin.arrays import F64

MOST_NODES = 100_000
MOST_INSTANCES = 1_000_000
DEEPEST = 64
_INSTANCING = "EXT_mesh_gpu_instancing"


@dataclass(frozen=True, kw_only=True)
class Placed:
    """Mesh of the scene.

    ``matrices`` (k, 4, 4): one for each time it is placed. ``joints`` (j, 4, 4): of its skin at rest, or
    None. ``weights``: of its morph targets.
    """

    mesh: Json
    matrices: F64
    joints: F64 | None
    weights: tuple[float, ...]


def matrix_of(values: object) -> F64:
    """Return (4, 4) from 16 numbers, column by column.

    Raises DamagedError.
    """
    return numbers(values, 16, "a matrix").reshape(4, 4).T


def placed_meshes(gltf: Gltf) -> Iterator[Placed]:
    """Return meshes where their nodes put them.

    Nodes may be shared, but not contain themselves. Raises DamagedError, UnsupportedForeignError,
    OverLimitError.
    """
    world: dict[int, F64] = {}
    shown: list[tuple[Json, F64]] = []
    waiting = [(root, np.eye(4), 0) for root in reversed(_roots(gltf))]
    seen = 0
    while waiting:
        index, above, depth = waiting.pop()
        seen += 1
        if seen > MOST_NODES or depth > DEEPEST:
            raise OverLimitError(f"has more than {MOST_NODES:,} nodes, or nodes inside themselves")
        node = gltf.item("nodes", index)
        if extension(node, "KHR_node_visibility").get("visible") is False:
            continue
        matrix = above @ _local(node)
        world.setdefault(int(index), matrix)
        if node.get("mesh") is not None:
            shown.append((node, matrix))
        waiting += [(child, matrix, depth + 1) for child in reversed(listed(node, "children"))]
    for node, matrix in shown:
        yield _placed(gltf, node, matrix, world)
    if not shown and (many := len(listed(gltf.document, "meshes"))):
        raise UnsupportedForeignError(f"shows none of its {many} meshes: its scene has no node with one")


def _placed(gltf: Gltf, node: Json, matrix: F64, world: dict[int, F64]) -> Placed:
    mesh = gltf.item("meshes", node["mesh"])
    told = listed(node, "weights") or listed(mesh, "weights")
    weights = tuple(numbers(told, len(told), "weights").tolist()) if told else ()
    joints = None
    if node.get("skin") is not None:
        joints, matrix = _joints(gltf, gltf.item("skins", node["skin"]), world), np.eye(4)
    matrices = matrix[None]
    if how := extension(node, _INSTANCING):
        matrices = matrix @ _instances(gltf, section(how, "attributes"))
    return Placed(mesh=mesh, matrices=matrices, joints=joints, weights=weights)


def _roots(gltf: Gltf) -> list[int]:
    scenes = listed(gltf.document, "scenes")
    if scenes:
        default = gltf.document.get("scene")
        return listed(gltf.item("scenes", 0 if default is None else default), "nodes")
    nodes = [node if isinstance(node, dict) else {} for node in listed(gltf.document, "nodes")]
    inner = {whole(child, "a child") for node in nodes for child in listed(node, "children")}
    return [index for index in range(len(nodes)) if index not in inner]


def _local(node: Json) -> F64:
    if node.get("matrix") is not None:
        return matrix_of(node["matrix"])
    turn = numbers_in(node, "rotation", (0, 0, 0, 1))[None]
    scale = numbers_in(node, "scale", (1, 1, 1))[None]
    move = numbers_in(node, "translation", (0, 0, 0))[None]
    return np.asarray(_matrices(move, turn, scale)[0])


def _matrices(move: F64, turn: F64, scale: F64) -> F64:
    """(n, 4, 4) of translations (n, 3), unit quaternions (n, 4) and scales (n, 3)."""
    x, y, z, w = turn.T
    out = np.zeros((len(turn), 4, 4))
    out[:, 0, 0], out[:, 0, 1] = 1 - 2 * (y * y + z * z), 2 * (x * y - z * w)
    out[:, 0, 2], out[:, 1, 0] = 2 * (x * z + y * w), 2 * (x * y + z * w)
    out[:, 1, 1], out[:, 1, 2] = 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)
    out[:, 2, 0], out[:, 2, 1] = 2 * (x * z - y * w), 2 * (y * z + x * w)
    out[:, 2, 2] = 1 - 2 * (x * x + y * y)
    out[:, :3, :3] *= scale[:, None, :]
    out[:, :3, 3] = move
    out[:, 3, 3] = 1
    return out


def _instances(gltf: Gltf, attributes: Json) -> F64:
    """(n, 4, 4) of EXT_mesh_gpu_instancing."""
    found = {}
    for name, wide in (("TRANSLATION", 3), ("ROTATION", 4), ("SCALE", 3)):
        if attributes.get(name) is not None:
            values = accessors.values(gltf, attributes[name]).astype(np.float64)
            if values.ndim != 2 or values.shape[1] != wide:
                raise DamagedError(f"the {name} of instances is not {wide} numbers each")
            found[name] = values
    many = {len(values) for values in found.values()}
    if len(many) != 1:
        raise DamagedError("the attributes of instances differ in length, or there are none")
    (n,) = many
    if n > MOST_INSTANCES:
        raise OverLimitError(f"has {n:,} instances of a mesh; at most {MOST_INSTANCES:,} are read")
    return _matrices(
        found.get("TRANSLATION", np.zeros((n, 3))),
        found.get("ROTATION", np.tile([0.0, 0.0, 0.0, 1.0], (n, 1))),
        found.get("SCALE", np.ones((n, 3))),
    )


def _joints(gltf: Gltf, skin: Json, world: dict[int, F64]) -> F64:
    """(j, 4, 4): from the space in which a skin is bound to the scene's, the joints at rest."""
    joints = [world.get(whole(joint, "a joint")) for joint in listed(skin, "joints")]
    known = [joint for joint in joints if joint is not None]
    if not known or len(known) != len(joints):
        raise DamagedError("a skin names joints that are no nodes of the scene")
    out = np.stack(known)
    if skin.get("inverseBindMatrices") is None:
        return out
    inverse = accessors.values(gltf, skin["inverseBindMatrices"]).astype(np.float64)
    if inverse.shape != (len(out), 16):
        raise DamagedError("a skin has not one matrix for each joint")
    return out @ inverse.reshape(-1, 4, 4).transpose(0, 2, 1)
