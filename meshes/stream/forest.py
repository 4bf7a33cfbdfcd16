"""Tilesets that come and go, as one forest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshes.errors import PrefixError
from meshes.tiles.tree import TileTree, forest
from twin.arrays import I64


@dataclass(frozen=True, kw_only=True)
class _TreeEntry:
    prefix: str
    tree: TileTree
    number: int


@dataclass(frozen=True, kw_only=True)
class Gone:
    """Tiles of a removed tree.

    ``start`` to ``end``, their lasting numbers, the names of contents.
    """

    start: int
    end: int
    numbers: range
    names: frozenset[str]


class Forest:
    """Trees under prefixes.

    A tile's index changes when a tree before it goes; its number stays.
    """

    def __init__(self) -> None:
        self._entries: list[_TreeEntry] = []
        self._next = 0
        self._forest: TileTree | None = None
        self._starts: I64 = np.zeros(1, np.int64)
        self._numbers: I64 = np.zeros(0, np.int64)

    @property
    def tree(self) -> TileTree:
        """Forest of all trees, joined on first use."""
        return self._put_together()

    def add(self, tree: TileTree, *, prefix: str) -> None:
        """Put a tree at the end.

        Raises PrefixError where the prefix is taken.
        """
        if any(entry.prefix == prefix for entry in self._entries):
            raise PrefixError(f"tileset '{prefix}' is already streamed; remove it first", prefix=prefix)
        self._entries.append(_TreeEntry(prefix=prefix, tree=tree, number=self._next))
        self._next += len(tree)
        self._forest = None

    def remove(self, prefix: str) -> Gone:
        """Take a tree out.

        Raises PrefixError if there is none.
        """
        start = 0
        for place, entry in enumerate(self._entries):
            if entry.prefix == prefix:
                del self._entries[place]
                self._forest = None
                count = len(entry.tree)
                return Gone(
                    start=start,
                    end=start + count,
                    numbers=range(entry.number, entry.number + count),
                    names=frozenset(entry.prefix + name for name in entry.tree.content),
                )
            start += len(entry.tree)
        raise PrefixError(f"no tileset '{prefix}' is streamed; add it first", prefix=prefix)

    def number(self, tile: int) -> int:
        """Return a tile's lasting number."""
        self._put_together()
        return int(self._numbers[tile])

    def tile(self, number: int) -> int | None:
        """Return the tile of a number; None where its tree is removed."""
        self._put_together()
        tile = int(np.searchsorted(self._numbers, number))
        found = tile < len(self._numbers) and self._numbers[tile] == number
        return tile if found else None

    def name(self, tile: int) -> str:
        """Prefix and content of a tile."""
        tree = self._put_together()
        entry = self._entries[int(np.searchsorted(self._starts, tile, side="right")) - 1]
        return entry.prefix + tree.content[tile]

    def _put_together(self) -> TileTree:
        if self._forest is None:
            self._forest = forest([entry.tree for entry in self._entries])
            self._starts = np.cumsum([0, *(len(entry.tree) for entry in self._entries)])
            runs = [np.arange(len(entry.tree)) + entry.number for entry in self._entries]
            self._numbers = np.concatenate([np.zeros(0, np.int64), *runs])
        return self._forest
