"""A surface file of any kind: OBJ and glTF by our own readers, PLY and STL by trimesh."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import trimesh

from meshes.errors import DamagedError, OverLimitError, UnsupportedError
from meshes.readers.inside import obj, scene
from meshes.readers.inside.gltf import Gltf
from meshes.readers.inside.parts import F64, RawPart, write

LARGEST = {".obj": 64 << 30, ".glb": 2 << 30, ".gltf": 256 << 20, ".ply": 4 << 30, ".stl": 4 << 30}


def read(path: Path, *, out: Path, root: str, z_up: bool | None = None) -> dict[str, object]:
    """The parts in metres as the file has them, Z up."""
    kind = path.suffix.lower()
    if kind not in LARGEST:
        raise UnsupportedError(f"{kind or 'no ending'} is no surface that is read: {', '.join(LARGEST)} are")
    size = path.stat().st_size
    if not size:
        raise DamagedError("the file is empty")
    if size > LARGEST[kind]:
        raise OverLimitError(f"has {size >> 20:,} MiB; at most {LARGEST[kind] >> 20:,} are read")
    base = Path(root)
    pictures: list[bytes] = []
    notes: list[str] = []
    if kind in (".glb", ".gltf"):
        gltf = Gltf(path.read_bytes(), folder=path.parent, root=base)
        parts, pictures, notes = scene.parts_of(gltf, np.eye(4), up="Z" if z_up else "Y")
    else:
        if kind == ".obj":
            parts, pictures, notes = obj.read(path, root=base)
        else:
            parts = _by_trimesh(path, kind)
        if z_up is False:
            parts = [_turned(part, scene.Y_UP) for part in parts]
    if not any(len(part.triangles) for part in parts):
        raise DamagedError("holds no triangle")
    return write(parts, pictures, out=out) | {"notes": sorted(set(notes))[:100]}


def _by_trimesh(path: Path, kind: str) -> list[RawPart]:
    with path.open("rb") as file:
        start = file.read(4096)
        if kind == ".ply" and not start.startswith(b"ply"):
            raise DamagedError(f"is not a PLY file; it begins with {start[:12]!r}")
        file.seek(0)
        found = trimesh.load_mesh(file, file_type=kind[1:], process=False)
    if not isinstance(found, trimesh.Trimesh) or not len(found.faces):
        raise DamagedError("holds no triangle")
    look: Any = found.visual
    colour = np.asarray(look.vertex_colors, np.uint8) if look.kind in ("vertex", "face") else None
    return [
        RawPart(
            position=np.asarray(found.vertices, np.float64),
            triangles=np.asarray(found.faces),
            colour=colour if colour is not None and colour.shape == (len(found.vertices), 4) else None,
        )
    ]


def _turned(part: RawPart, matrix: F64) -> RawPart:
    return RawPart(**{**vars(part), "position": part.position @ matrix[:3, :3].T})
