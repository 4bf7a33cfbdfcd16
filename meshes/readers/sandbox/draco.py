"""Primitives that are compressed with Draco (KHR_draco_mesh_compression)."""

from __future__ import annotations

from typing import Any

import DracoPy
import numpy as np
from numpy.typing import NDArray

from meshes.errors import DamagedError
from meshes.readers.sandbox.gltf import Gltf
from meshes.readers.sandbox.json_values import Json, section, whole, whole_in


def decoded(
    gltf: Gltf, packed: Json, told: Json, *, points: bool
) -> tuple[NDArray[Any], dict[str, NDArray[Any]]]:
    """Decode a compressed primitive's triangles and attributes.

    (m, 3) and, by glTF's names, (n, k). ``packed`` is its extension, ``told`` its attributes; ``points`` have
    no triangle. A file that decodes to nothing is damaged: it must never look like an empty tile. Raises
    DamagedError.
    """
    try:
        mesh = DracoPy.decode(bytes(gltf.view(packed.get("bufferView"))))
    except (DracoPy.FileTypeException, RuntimeError, ValueError, OverflowError) as error:
        raise DamagedError(f"a Draco mesh is damaged: {' '.join(str(error).split())[:100]}") from None
    faces = getattr(mesh, "faces", None)
    if points:
        faces = np.zeros((0, 3), np.uint32)
    if faces is None or (not len(faces) and not points) or not len(mesh.points):
        raise DamagedError("a Draco mesh is empty")
    by_id = {int(attribute["unique_id"]): attribute["data"] for attribute in mesh.attributes}
    attributes = {}
    for name, number in section(packed, "attributes").items():
        at = whole(number, f"the Draco attribute {name}")
        if at not in by_id:
            raise DamagedError(f"a Draco mesh has no attribute {name}")
        attributes[str(name)] = _as_declared(np.asarray(by_id[at]), gltf, told.get(name))
    if "POSITION" not in attributes:
        raise DamagedError("a Draco mesh has no attribute POSITION")
    return np.asarray(faces).reshape(-1, 3), attributes


def _as_declared(values: NDArray[Any], gltf: Gltf, accessor: object) -> NDArray[Any]:
    """Normalised integers become fractions, as for accessors without compression."""
    told = {} if accessor is None else gltf.item("accessors", accessor)
    if told.get("normalized") is True and values.dtype.kind in "iu":
        scale = {5120: 127, 5121: 255, 5122: 32767, 5123: 65535}.get(whole_in(told, "componentType"), 1)
        values = np.maximum(values.astype(np.float32) / scale, -1.0)
    return values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values
