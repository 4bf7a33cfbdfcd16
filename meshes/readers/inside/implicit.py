"""Implicit quadtrees of 3D Tiles 1.1: subtree files become tiles with a level, x and y."""

from __future__ import annotations

import struct
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshes.errors import DamagedError, MissingForeignError, OverLimitError, UnsupportedError
from meshes.readers.inside.gltf import parsed
from meshes.readers.inside.packed import opened
from meshes.readers.inside.uris import found

MOST_LEVELS = 12
LARGEST_SUBTREE = 64 << 20
Place = tuple[int, int, int]


@dataclass(kw_only=True)
class Quadtree:
    """``contents`` says which of the content templates a tile has; a tile without is there all the same."""

    contents: dict[Place, tuple[bool, ...]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def children(self, at: Place) -> list[Place]:
        """The tiles under one, as far as they exist."""
        level, x, y = at
        places = [(level + 1, 2 * x + dx, 2 * y + dy) for dy in (0, 1) for dx in (0, 1)]
        return [place for place in places if place in self.contents]


def named(template: object, at: Place) -> str:
    """A template with its ``{level}``, ``{x}``, ``{y}`` filled in. Raises DamagedError."""
    if not isinstance(template, str):
        raise DamagedError("an implicit tileset's URI is no text")
    level, x, y = at
    return template.replace("{level}", str(level)).replace("{x}", str(x)).replace("{y}", str(y))


def quadtree(told: dict[str, Any], *, templates: int, folder: Path, root: Path, most: int) -> Quadtree:
    """All tiles that the subtree files name, ``most`` at the most.

    Raises DamagedError, UnsupportedError, OverLimitError; a subtree that is missing becomes a problem.
    """
    if told.get("subdivisionScheme") != "QUADTREE":
        raise UnsupportedError(f"is an implicit {told.get('subdivisionScheme')}: only QUADTREE is read")
    deep, levels = int(told["subtreeLevels"]), int(told.get("availableLevels", 0))
    if not 1 <= deep <= MOST_LEVELS or not 1 <= levels <= 60:
        raise OverLimitError(f"has implicit subtrees of {deep} levels in {levels}: 12 in 60 are read")
    tree = Quadtree()
    waiting: deque[Place] = deque([(0, 0, 0)])
    while waiting:
        at = waiting.popleft()
        try:
            file = found(named(told["subtrees"]["uri"], at), folder=folder, root=root)
        except MissingForeignError as error:
            tree.problems.append(error.message)
            continue
        subtree = _Subtree(file, root=root, deep=deep, templates=templates)
        subtree.tiles(at, tree.contents, lowest=levels, most=most)
        if at[0] + deep < levels:
            waiting.extend(subtree.below(at))
    return tree


class _Subtree:
    def __init__(self, file: Path, *, root: Path, deep: int, templates: int) -> None:
        self._file, self._root, self._deep = file, root, deep
        data = opened(file, most=LARGEST_SUBTREE)
        self._binary = b""
        if data[:4] == b"subt":
            if len(data) < 24:
                raise DamagedError(f"the subtree {file.name} is cut off")
            _, json_length, binary_length = struct.unpack_from("<IQQ", data, 4)
            if 24 + json_length + binary_length > len(data):
                raise DamagedError(f"the subtree {file.name} is cut off")
            self._binary = data[24 + json_length : 24 + json_length + binary_length]
            data = data[24 : 24 + json_length]
        self._told = parsed(data)
        many = (4**deep - 1) // 3
        self._tiles = self._bits(self._told.get("tileAvailability"), many)
        told = self._told.get("contentAvailability", [])
        told = told if isinstance(told, list) else [told]
        self._contents = [self._bits(told[i] if i < len(told) else {}, many) for i in range(templates)]
        self._below = self._bits(self._told.get("childSubtreeAvailability"), 4**deep)

    def tiles(self, at: Place, into: dict[Place, tuple[bool, ...]], *, lowest: int, most: int) -> None:
        """Add the tiles of this subtree, whose root stands at ``at``."""
        if not self._tiles[0]:
            raise DamagedError(f"the subtree {self._file.name} has no tile at its root")
        if len(into) + int(self._tiles.sum()) > most:
            raise OverLimitError(f"has more than {most:,} tiles")
        for depth in range(min(self._deep, lowest - at[0])):
            start = (4**depth - 1) // 3
            morton = np.flatnonzero(self._tiles[start : start + 4**depth])
            flags = (
                np.stack([bits[start + morton] for bits in self._contents], axis=-1)
                if (self._contents)
                else np.zeros((len(morton), 0), bool)
            )
            for (x, y), has in zip(_places(morton, at, depth), flags.tolist(), strict=True):
                place = (at[0] + depth, x, y)
                if depth and (place[0] - 1, x // 2, y // 2) not in into:
                    raise DamagedError(f"the subtree {self._file.name} has a tile without its parent")
                into[place] = tuple(has)

    def below(self, at: Place) -> list[Place]:
        """The subtrees that follow."""
        morton = np.flatnonzero(self._below)
        return [(at[0] + self._deep, x, y) for x, y in _places(morton, at, self._deep)]

    def _bits(self, told: Any, many: int) -> NDArray[np.bool_]:
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
        start, length = int(view.get("byteOffset", 0)), int(view["byteLength"])
        if start < 0 or length * 8 < many or start + length > len(data):
            raise DamagedError(f"the subtree {self._file.name} has too few bits of availability")
        bits = np.frombuffer(data, np.uint8, length, start)
        return np.unpackbits(bits, count=many, bitorder="little").astype(bool)


def _nth(told: dict[str, Any], kind: str, index: object) -> dict[str, Any]:
    items = told.get(kind, [])
    if not isinstance(index, int) or not 0 <= index < len(items):
        raise DamagedError(f"a subtree names {kind}[{index}], and has {len(items)}")
    return dict(items[index])


def _places(morton: NDArray[np.int64], at: Place, depth: int) -> list[tuple[int, int]]:
    """x and y on their level of tiles given by their place in Morton order under ``at``."""
    x = np.zeros_like(morton)
    y = np.zeros_like(morton)
    for bit in range(depth):
        x |= ((morton >> (2 * bit)) & 1) << bit
        y |= ((morton >> (2 * bit + 1)) & 1) << bit

    return list(zip((x + (at[1] << depth)).tolist(), (y + (at[2] << depth)).tolist(), strict=True))
