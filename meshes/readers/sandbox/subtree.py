"""Read a subtree file of an implicit tileset.

Bits: which tiles, contents and subtrees exist.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np

from meshes.errors import DamagedError
from meshes.readers.sandbox.gunzip import opened
from meshes.readers.sandbox.json_values import parsed, whole, whole_in
from meshes.readers.sandbox.uris import found
from twin.arrays import I64, Bools

LARGEST_SUBTREE = 64 << 20
Place = tuple[int, int, int, int]
"""Level, x, y and z; z is 0 in a quadtree."""


class Subtree:
    """Availability in one file, ``deep`` levels of 4 or 8 ``ways``.

    Raises DamagedError.
    """

    def __init__(self, file: Path, *, root: Path, deep: int, templates: int, ways: int) -> None:
        self._file, self._root, self._deep, self._ways = file, root, deep, ways
        data = opened(file, most=LARGEST_SUBTREE)
        self._binary = b""
        if data[:4] == b"subt":
            if len(data) < 24:
                raise DamagedError("is cut off")
            _, json_length, binary_length = struct.unpack_from("<IQQ", data, 4)
            if 24 + json_length + binary_length > len(data):
                raise DamagedError("is cut off")
            self._binary = data[24 + json_length : 24 + json_length + binary_length]
            data = data[24 : 24 + json_length]
        self._told = parsed(data.rstrip(b"\0 "))
        many = self._before(deep)
        self._tiles = self._bits(self._told.get("tileAvailability"), many)
        told = self._content_availability()
        self._contents = [self._bits(told[i] if i < len(told) else {}, many) for i in range(templates)]
        self._below = self._bits(self._told.get("childSubtreeAvailability"), ways**deep)

    def tiles(self, at: Place, *, lowest: int) -> dict[Place, tuple[bool, ...]]:
        """Return the subtree's tiles, and each one's contents.

        Its root is ``at``.
        """
        if not self._tiles[0]:
            raise DamagedError("has no tile at its root")
        found: dict[Place, tuple[bool, ...]] = {}
        for depth in range(min(self._deep, lowest - at[0])):
            start, end = self._before(depth), self._before(depth + 1)
            morton = np.flatnonzero(self._tiles[start:end])
            flags = np.zeros((len(morton), len(self._contents)), bool)
            for column, bits in enumerate(self._contents):
                flags[:, column] = bits[start + morton]
            for place, has in zip(self._places(morton, at, depth), flags.tolist(), strict=True):
                level, x, y, z = place
                if depth and (level - 1, x // 2, y // 2, z // 2) not in found:
                    raise DamagedError("has a tile without its parent")
                found[place] = tuple(has)
        return found

    def below(self, at: Place) -> list[Place]:
        """Return the child subtrees."""
        return self._places(np.flatnonzero(self._below), at, self._deep)

    def _before(self, depth: int) -> int:
        """Tiles above a level of a full tree."""
        return int((self._ways**depth - 1) // (self._ways - 1))

    def _content_availability(self) -> list[Any]:
        told = self._told.get("contentAvailability")
        extensions = self._told.get("extensions")
        if told is None and isinstance(extensions, dict):
            several = extensions.get("3DTILES_multiple_contents")
            told = several.get("contentAvailability") if isinstance(several, dict) else None
        return told if isinstance(told, list) else [told]

    def _bits(self, told: Any, many: int) -> Bools:
        told = told if isinstance(told, dict) else {}
        index = told.get("bitstream", told.get("bufferView"))
        if index is None:
            return np.full(many, told.get("constant", 0) == 1)
        view = _nth(self._told, "bufferViews", index)
        buffer = _nth(self._told, "buffers", view.get("buffer"))
        data = self._binary
        if "uri" in buffer:
            data = opened(
                found(buffer["uri"], folder=self._file.parent, root=self._root), most=LARGEST_SUBTREE
            )
        start, length = whole_in(view, "byteOffset", 0), whole_in(view, "byteLength")
        if start < 0 or length * 8 < many or start + length > len(data):
            raise DamagedError("has too few bits of availability")
        bits = np.frombuffer(data, np.uint8, length, start)
        return np.unpackbits(bits, count=many, bitorder="little").astype(bool)

    def _places(self, morton: I64, at: Place, depth: int) -> list[Place]:
        """Places on their level of tiles given by their place in Morton order under ``at``."""
        axes = 3 if self._ways == 8 else 2
        numbers = np.zeros((len(morton), 3), np.int64)
        for bit in range(depth):
            for axis in range(axes):
                numbers[:, axis] |= ((morton >> (axes * bit + axis)) & 1) << bit
        numbers += np.array(at[1:]) << depth
        return [(at[0] + depth, x, y, z) for x, y, z in numbers.tolist()]


def _nth(told: dict[str, Any], kind: str, index: object) -> dict[str, Any]:
    items = told.get(kind)
    many = len(items) if isinstance(items, list) else 0
    index = whole(index, f"a number of {kind}")
    if not isinstance(items, list) or not 0 <= index < many:
        raise DamagedError(f"names {kind}[{index}], and has {many}")
    if not isinstance(items[index], dict):
        raise DamagedError(f"{kind}[{index}] is no object")
    return dict(items[index])
