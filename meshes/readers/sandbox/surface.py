"""Read a surface file of any kind.

OBJ, PLY, STL, GLB or glTF.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from meshes.errors import DamagedError, OverLimitError, UnsupportedForeignError
from meshes.readers.sandbox import obj, ply_surface, scene, stl
from meshes.readers.sandbox.gltf import Gltf
from meshes.readers.sandbox.gunzip import opened
from meshes.readers.sandbox.parts import RawCloud, RawPart, write
from meshes.readers.sandbox.signatures import LONGEST, PLY, kind_of
from twin.arrays import F64

LARGEST = {".obj": 64 << 30, ".glb": 2 << 30, ".gltf": 256 << 20, ".ply": 4 << 30, ".stl": 4 << 30}
DRIVERS = {
    **dict.fromkeys((".las", ".laz"), "points"),
    **dict.fromkeys((".osgb", ".xml"), "osgb, with its metadata.xml"),
    **dict.fromkeys((".json", ".b3dm", ".3tz"), "tileset, with its tileset.json"),
}
MOST_NOTES = 100
_OWN = {".obj": "", ".stl": "", ".ply": PLY}
"""What files of these endings are by their first bytes."""


def read(path: Path, *, out: Path, root: str, z_up: bool | None = None) -> dict[str, object]:
    """Return the parts in metres as the file has them, Z up."""
    kind = path.suffix.lower()
    if kind not in LARGEST:
        do = f"use driver: {DRIVERS[kind]}" if kind in DRIVERS else f"export one of {', '.join(LARGEST)}"
        raise UnsupportedForeignError(f"{kind or 'no ending'} is no surface that is read: {do}")
    size = path.stat().st_size
    if not size:
        raise DamagedError("the file is empty")
    if size > LARGEST[kind]:
        raise OverLimitError(f"has {size >> 20:,} MiB; at most {LARGEST[kind] >> 20:,} are read")
    if kind in _OWN:
        _refuse_others(path, kind)
    base = Path(root)
    pictures: list[bytes] = []
    notes: list[str] = []
    if kind in (".glb", ".gltf"):
        gltf = Gltf(opened(path, most=LARGEST[kind]), folder=path.parent, root=base)
        found, pictures, notes = scene.parts_of(gltf, np.eye(4), up="Z" if z_up else "Y")
        parts = [part for part in found if isinstance(part, RawPart)]
        notes += _loose(found)
    else:
        with np.errstate(all="ignore"):  # what is no number is looked for below
            if kind == ".obj":
                parts, pictures, notes = obj.read(path, root=base)
            elif kind == ".ply":
                parts, pictures, notes = ply_surface.read(path, root=base)
            else:
                parts, notes = stl.read(path)
        if z_up is False:
            parts = [_turned(part, scene.Y_UP) for part in parts]
    if not any(len(part.triangles) for part in parts):
        if notes:
            raise UnsupportedForeignError(f"holds no triangle: {'; '.join(notes)}"[:300])
        raise DamagedError("holds no triangle")
    notes = sorted(set(notes))
    if len(notes) > MOST_NOTES:
        notes[MOST_NOTES:] = [f"and {len(notes) - MOST_NOTES:,} more of this kind"]
    return write(parts, pictures, out=out) | {"notes": notes}


def _refuse_others(path: Path, kind: str) -> None:
    """Raises UnsupportedForeignError for a file of another kind with such an ending."""
    with path.open("rb") as file:
        other = kind_of(file.read(LONGEST))
    if other and other != _OWN[kind]:
        raise UnsupportedForeignError(f"is {other}, which is not read as {kind}: unpack or export it")


def _loose(found: Sequence[RawPart | RawCloud]) -> list[str]:
    """A line about points among a surface. Raises UnsupportedForeignError where there is nothing else."""
    points = sum(len(part.position) for part in found if isinstance(part, RawCloud))
    words = f"{points:,} points (primitive mode 0) are no surface: deliver them as LAS, or in a tileset"
    if points and not any(isinstance(part, RawPart) for part in found):
        raise UnsupportedForeignError(f"holds nothing but points: {words}")
    return [f"{words}; left out"] if points else []


def _turned(part: RawPart, matrix: F64) -> RawPart:
    return RawPart(**{**vars(part), "position": part.position @ matrix[:3, :3].T})
