"""One tile's content: a b3dm or a GLB, perhaps packed with gzip."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from meshes.errors import DamagedError, UnsafeUriError, UnsupportedError
from meshes.readers.inside import scene
from meshes.readers.inside.gltf import Gltf
from meshes.readers.inside.json_values import parsed
from meshes.readers.inside.packed import opened
from meshes.readers.inside.parts import F64, write

LARGEST = 256 << 20
_UNREAD = {b"pnts": "points", b"i3dm": "instances", b"cmpt": "a composite", b"vctr": "vectors"}


def read(path: Path, *, out: Path, root: str, transform: list[float], up: str) -> dict[str, object]:
    """The parts after ``transform`` (16 numbers, row by row)."""
    if not path.resolve().is_relative_to(Path(root).resolve()):
        raise UnsafeUriError("leads out of its tileset's folder")
    data = opened(path, most=LARGEST)
    placed = np.array(transform, np.float64).reshape(4, 4)
    kind = data[:4]
    if kind == b"b3dm":
        data, placed = _batched(data, placed)
    elif kind in _UNREAD:
        raise UnsupportedError(f"holds {_UNREAD[kind]} ({kind.decode()}), which is not read")
    elif kind != b"glTF" and path.suffix.lower() != ".gltf":
        raise DamagedError(f"is neither a b3dm nor a GLB; it begins with {kind!r}")
    gltf = Gltf(data, folder=path.parent, root=Path(root))
    parts, pictures, notes = scene.parts_of(gltf, placed, up=up)
    return write(parts, pictures, out=out) | {"notes": notes}


def _batched(data: bytes, placed: F64) -> tuple[bytes, F64]:
    """The GLB in a b3dm, and ``placed`` after its RTC_CENTER."""
    if len(data) < 28:
        raise DamagedError("is cut off: a b3dm of less than 28 bytes")
    _, length, *tables = struct.unpack_from("<IIIIII", data, 4)
    start = 28 + sum(tables)
    if length > len(data) or start + 20 > length:
        raise DamagedError(f"is cut off: {len(data):,} bytes of {max(length, start + 20):,}")
    if data[start : start + 4] != b"glTF":
        raise DamagedError("is a damaged b3dm: its tables do not end at a GLB")
    if tables[0]:
        features = parsed(data[28 : 28 + tables[0]].rstrip(b"\0 "))
        centre = features.get("RTC_CENTER")
        if isinstance(centre, dict):
            at = int(centre.get("byteOffset", 0))
            if at < 0 or at + 12 > tables[1]:
                raise DamagedError("RTC_CENTER lies outside the feature table")
            centre = struct.unpack_from("<3f", data, 28 + tables[0] + at)
        if centre is not None:
            placed = scene.moved(placed, centre)
    return data[start:length], placed
