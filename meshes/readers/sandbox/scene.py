"""Convert a glTF scene into parts.

Meshes placed, materials found, textures in their own place.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshes.errors import DamagedError, OverLimitError
from meshes.readers.sandbox import pose, primitives
from meshes.readers.sandbox.gltf import Gltf
from meshes.readers.sandbox.json_values import extension, listed, numbers
from meshes.readers.sandbox.material import GltfMaterial, GltfMaterials
from meshes.readers.sandbox.nodes import Placed, matrix_of, placed_meshes
from meshes.readers.sandbox.parts import WHITE, RawCloud, RawPart, whites
from twin.arrays import F32, F64, I64

__all__ = ["Y_UP", "matrix_of", "moved", "parts_of", "turn"]

Attributes = dict[str, NDArray[Any]]

MOST_VERTICES = 60_000_000
Y_UP = np.array([[1, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1]], float)
X_UP = np.array([[0, 0, -1, 0], [0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1]], float)


def turn(up: str) -> F64:
    """Return the rotation from a glTF's axes to Z up.

    (4, 4). Raises DamagedError.
    """
    turns = {"Y": Y_UP, "X": X_UP, "Z": np.eye(4)}
    if up not in turns:
        raise DamagedError(f"says that {up!r} is up; X, Y and Z are known")
    return turns[up]


def moved(placed: F64, centre: object) -> F64:
    """Return ``placed`` after a move to an RTC centre, Z up.

    Raises DamagedError.
    """
    move = np.eye(4)
    move[:3, 3] = numbers(centre, 3, "RTC_CENTER")
    return placed @ move


def parts_of(gltf: Gltf, placed: F64, *, up: str) -> tuple[list[RawPart | RawCloud], list[bytes], list[str]]:
    """Return the scene's triangles, points, pictures and notes.

    All triangles and points of the scene, turned to Z up, then after ``placed`` (4, 4); the pictures they
    name; and what was left out, in words. Raises DamagedError, UnsupportedForeignError, OverLimitError.
    """
    scene = _Scene(gltf)
    centre = extension(gltf.document, "CESIUM_RTC").get("center")
    if centre is not None:
        placed = moved(placed, centre)
    placed = placed @ turn(up)
    with np.errstate(over="ignore", invalid="ignore"):  # what becomes infinite has no place, and is told
        for mesh in placed_meshes(gltf):
            for primitive in listed(mesh.mesh, "primitives"):
                scene.add(primitive, mesh, placed)
    return scene.parts, scene.materials.pictures, scene.notes


class _Scene:
    """The parts of a scene while they are gathered."""

    def __init__(self, gltf: Gltf) -> None:
        self._gltf = gltf
        self.materials = GltfMaterials(gltf)
        self.parts: list[RawPart | RawCloud] = []
        self._vertices = 0
        self._left_out: Counter[str] = Counter()

    @property
    def notes(self) -> list[str]:
        """What was left out, alike things counted."""
        counted = [f"{what} ({many:,})" for what, many in sorted(self._left_out.items())]
        moving = listed(self._gltf.document, "animations")
        at_rest = ["is animated, and shown at rest"] if moving else []
        return [*counted, *sorted({*self.materials.notes}), *at_rest]

    def add(self, primitive: object, mesh: Placed, placed: F64) -> None:
        """Take one primitive as often as its mesh stands in the scene."""
        if not isinstance(primitive, dict):
            raise DamagedError("a primitive is no object")
        if why := primitives.unseen(primitive):
            self._left_out[why] += len(mesh.matrices)
            return
        look = self.materials.look(primitive.get("material"))
        triangles, attributes = primitives.read(self._gltf, primitive, wanted=_wanted(look))
        points = pose.posed(self._gltf, primitive, attributes, mesh)
        self._vertices += len(points) * len(mesh.matrices)
        if self._vertices > MOST_VERTICES:
            raise OverLimitError(f"has more than {MOST_VERTICES:,} vertices")
        wholes = placed @ mesh.matrices
        if primitives.are_points(primitive):
            used = primitives.indices(self._gltf, primitive, len(points))
            self.parts.append(_cloud(wholes, points, used, look, attributes))
        elif len(triangles) and len(wholes):
            self.parts.append(self._part(wholes, points, triangles, attributes, look))

    def _part(
        self, wholes: F64, points: F64, triangles: NDArray[Any], attributes: Attributes, look: GltfMaterial
    ) -> RawPart:
        many, n = len(wholes), len(points)
        mirrored = np.linalg.det(wholes[:, :3, :3]) < 0
        corners = triangles[:, ::-1] if mirrored[0] else triangles
        if many > 1:
            corners = np.where(mirrored[:, None, None], triangles[:, ::-1], triangles)
            corners = (corners + n * np.arange(many)[:, None, None]).reshape(-1, 3)

        tcoord, colour = self._tcoord(look, attributes), look.colour(attributes)
        if colour is None and tcoord is None and look.told and look.base == WHITE:
            colour = whites(n)

        def each(values: NDArray[Any] | None) -> NDArray[Any] | None:
            return values if values is None or many == 1 else np.concatenate([values] * many)

        return RawPart(
            position=_placed(points, wholes),
            triangles=corners,
            tcoord=each(tcoord),
            colour=each(colour),
            feature=each(_feature(attributes)),
            base=look.base,
            material=look.name,
            picture=look.picture,
            finish=look.finish,
        )

    def _tcoord(self, look: GltfMaterial, attributes: Attributes) -> F32 | None:
        """Places in the picture; what is no number is its first corner."""
        place = look.tcoord(attributes)
        if place is None:
            if look.picture >= 0:
                self._left_out[
                    "primitives have a picture and no places in it, and are shown in their colour"
                ] += 1
            return None
        lost = ~np.isfinite(place).all(axis=1)
        if lost.any():
            self._left_out["vertices have a place in their picture that is no number"] += int(lost.sum())
            place[lost] = 0
        return place


FEATURES = ("_FEATURE_ID_0", "_BATCHID", "BATCHID")


def _placed(points: F64, wholes: F64) -> F64:
    """(k · n, 3): the points (n, 3) after each of k matrices."""
    out = points @ wholes[:, :3, :3].transpose(0, 2, 1)
    out += wholes[:, None, :3, 3]
    return np.asarray(out.reshape(-1, 3))


def _cloud(wholes: F64, points: F64, used: I64, look: GltfMaterial, attributes: Attributes) -> RawCloud:
    """Points in their own colour or the material's."""
    colour = look.colour(attributes)
    if colour is None and look.base != WHITE:
        colour = np.broadcast_to(np.array(look.base, np.uint8), (len(points), 4))
    return RawCloud(
        position=_placed(points[used], wholes),
        colour=None if colour is None else np.concatenate([colour[used]] * len(wholes)),
    )


def _wanted(look: GltfMaterial) -> tuple[str, ...]:
    channel = (f"TEXCOORD_{look.channel}",) if look.picture >= 0 else ()
    return ("POSITION", "COLOR_0", "JOINTS_0", "WEIGHTS_0", "JOINTS_1", "WEIGHTS_1", *FEATURES, *channel)


def _feature(attributes: Attributes) -> F32 | None:
    for name in FEATURES:
        if name in attributes and attributes[name].ndim == 1:
            values: F32 = attributes[name].astype(np.float32) + np.float32(1)
            return values if np.isfinite(values).all() else None
    return None
