"""Read one tile's content of any format.

b3dm, i3dm, pnts, several of them in a cmpt, or a glTF; perhaps packed with gzip.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from meshes.errors import (
    DamagedError,
    ForeignFileError,
    OverLimitError,
    UnsafeUriError,
    UnsupportedForeignError,
)
from meshes.readers.sandbox import b3dm, i3dm, pnts, scene
from meshes.readers.sandbox.gltf import Gltf
from meshes.readers.sandbox.gunzip import opened, shown
from meshes.readers.sandbox.parts import RawCloud, RawPart, write
from meshes.readers.sandbox.signatures import kind_of
from meshes.readers.sandbox.uris import found
from twin.arrays import F64

LARGEST = 256 << 20
DEEPEST = 8
_UNREAD = {b"vctr": "vectors", b"geom": "shapes", b"voxl": "voxels", b"subt": "a subtree"}


@dataclass(frozen=True, kw_only=True)
class _Seat:
    """Where a content's own files are, and how it is turned and placed."""

    folder: Path
    root: Path
    up: str
    placed: F64
    depth: int = 0


@dataclass(kw_only=True)
class _Shown:
    """Parts, the pictures that they count, and what was left out."""

    parts: list[RawPart | RawCloud] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, other: _Shown) -> None:
        """Those of another content."""
        before = len(self.pictures)
        self.parts += [
            replace(part, picture=part.picture + before)
            if isinstance(part, RawPart) and part.picture >= 0
            else part
            for part in other.parts
        ]
        self.pictures += other.pictures
        self.notes += other.notes


def read(path: Path, *, out: Path, root: str, transform: list[float], up: str) -> dict[str, object]:
    """Read the parts after ``transform`` (16 numbers, row by row)."""
    if not path.resolve().is_relative_to(Path(root).resolve()):
        raise UnsafeUriError("leads out of its tileset's folder")
    placed = np.array(transform, np.float64).reshape(4, 4)
    seat = _Seat(folder=path.parent, root=Path(root), up=up, placed=placed)
    shown = _shown(opened(path, most=LARGEST), seat)
    return write(shown.parts, shown.pictures, out=out) | {"notes": shown.notes}


def _shown(data: bytes, seat: _Seat) -> _Shown:
    kind = data[:4]
    if kind == b"b3dm":
        data, placed = b3dm.unwrapped(data, seat.placed)
        return _gltf(data, replace(seat, placed=placed))
    if kind == b"i3dm":
        return _instances(data, seat)
    if kind == b"pnts":
        return _Shown(parts=[pnts.cloud(data, seat.placed)])
    if kind == b"cmpt":
        return _composite(data, seat)
    if kind in _UNREAD:
        raise UnsupportedForeignError(f"holds {_UNREAD[kind]} ({kind.decode()}), which is not read")
    if kind != b"glTF" and data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] != b"{":
        if other := kind_of(data):
            raise UnsupportedForeignError(f"is {other}, which is not read as a tile")
        raise DamagedError(f"is neither a b3dm, i3dm, pnts, cmpt nor a glTF; it begins with {shown(kind)}")
    return _gltf(data, seat)


def _gltf(data: bytes, seat: _Seat) -> _Shown:
    gltf = Gltf(data, folder=seat.folder, root=seat.root)
    parts, pictures, notes = scene.parts_of(gltf, seat.placed, up=seat.up)
    return _Shown(parts=parts, pictures=pictures, notes=list(notes))


def _instances(data: bytes, seat: _Seat) -> _Shown:
    model = i3dm.model_of(data)
    own = replace(seat, placed=np.eye(4))
    if isinstance(model, str):
        file = found(model, folder=seat.folder, root=seat.root)
        model, own = opened(file, most=LARGEST), replace(own, folder=file.parent)
        if model[:4] == b"i3dm":
            raise DamagedError("names an i3dm as its model")
    shown = _gltf(model, own)
    matrices, feature = i3dm.matrices_of(data, seat.placed)
    return replace(shown, parts=i3dm.copies(shown.parts, matrices, feature))


def _composite(data: bytes, seat: _Seat) -> _Shown:
    """All inner tiles; one that cannot be read is noted where another can be. Raises the first's error."""
    if seat.depth > DEEPEST:
        raise OverLimitError(f"has composites nested deeper than {DEEPEST}")
    shown, wrong = _Shown(), []
    inner, fault = _inner(data)
    for number, one in enumerate(inner, start=1):
        try:
            shown.add(_shown(one, replace(seat, depth=seat.depth + 1)))
        except ForeignFileError as error:
            wrong.append(error)
            shown.notes.append(f"inner tile {number} of the composite {error.message}: left out")
    if fault is not None:
        wrong.append(fault)
        shown.notes.append(f"the composite after its inner tile {len(inner)} {fault.message}: left out")
    if wrong and not shown.parts:
        raise wrong[0]
    return shown


def _inner(data: bytes) -> tuple[list[bytes], DamagedError | None]:
    """The inner tiles, and what is wrong with the rest."""
    if len(data) < 16:
        raise DamagedError("is cut off: a cmpt of less than 16 bytes")
    _, length, many = struct.unpack_from("<III", data, 4)
    if length > len(data):
        raise DamagedError(f"is cut off: {len(data):,} bytes of {length:,}")
    at = 16
    inner: list[bytes] = []
    for _ in range(many):
        size = struct.unpack_from("<I", data, at + 8)[0] if at + 12 <= length else 0
        if size < 12 or at + size > length:
            return inner, DamagedError("does not fit into its file")
        inner.append(data[at : at + size])
        at += size
    return inner, None
