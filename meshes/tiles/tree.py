"""Tileset of the streaming core: arrays, one row a tile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from twin.arrays import F64, I32, I64, Bools


@dataclass(frozen=True, kw_only=True)
class TileTree:
    """Trees of tiles; parents come before their children.

    One or several trees; children are adjacent. ``parent`` (n,) int32, -1 for a root. ``first_child`` and
    ``child_count`` (n,) int32. ``error_m`` (n,) float64: how far the tile's surface lies off the finest one;
    less than its parent's. ``low`` and ``high`` (n, 3) float64: the box around the tile and all its
    descendants, east and north in the frame's CRS and working height. ``add`` (n,) bool: children are drawn
    beside the tile, not in its place (3D Tiles' ADD). ``content`` names each tile's content for whoever loads
    it; "" where a tile has none. ``nbytes`` (n,) int64: what the content will take in memory, estimated; 0
    without content. ``absent_m`` (n,) float64, of roots: how wrong the scene is without the whole tree, so
    that one far away can be left out; None where that is never done.
    """

    parent: I32
    first_child: I32
    child_count: I32
    error_m: F64
    low: F64
    high: F64
    add: Bools
    content: tuple[str, ...]
    nbytes: I64
    absent_m: F64 | None = None

    def __len__(self) -> int:
        return len(self.parent)

    @property
    def has_content(self) -> Bools:
        """Mask of tiles with a content, (n,) bool."""
        return np.array([name != "" for name in self.content], dtype=bool)


def raised(tree: TileTree, *, to_m: float) -> TileTree:
    """Return the tree with boxes raised to a water level.

    Where the ground is lower.
    """
    high = tree.high.copy()
    high[:, 2] = np.where(tree.low[:, 2] < to_m, np.maximum(high[:, 2], to_m), high[:, 2])
    return replace(tree, high=high)


def tiles_at(tree: TileTree, error_m: float) -> I64:
    """Select tiles of a surface at most ``error_m`` off.

    Or as finely as there is. Returns their rows, (k,) int64, each with content; none covers another, but
    beside its own ADD children.
    """
    filled = tree.has_content
    opened = (tree.child_count > 0) & ((tree.error_m > error_m) | ~filled)
    reached = np.zeros(len(tree), bool)
    for tile, parent in enumerate(tree.parent.tolist()):  # a parent stands before its children
        reached[tile] = parent < 0 or (reached[parent] and opened[parent])
    chosen: I64 = np.flatnonzero(reached & filled & (~opened | tree.add))
    return chosen


def forest(trees: Sequence[TileTree]) -> TileTree:
    """Join several trees, in their order.

    An empty sequence gives an empty tree.
    """
    starts = np.cumsum([0, *(len(tree) for tree in trees)])

    def moved(name: str) -> I32:
        primitives = [np.zeros(0, np.int32)]
        for tree, start in zip(trees, starts, strict=False):
            own = getattr(tree, name)
            primitives.append(np.where(own >= 0, own + start, own).astype(np.int32))
        return np.concatenate(primitives)

    def joined(name: str, empty: NDArray[np.generic]) -> NDArray[np.generic]:
        return np.concatenate([empty, *(getattr(tree, name) for tree in trees)])

    def absent(tree: TileTree) -> F64:
        return np.full(len(tree), np.inf) if tree.absent_m is None else tree.absent_m

    return TileTree(
        parent=moved("parent"),
        first_child=moved("first_child"),
        child_count=joined("child_count", np.zeros(0, np.int32)).astype(np.int32),
        error_m=joined("error_m", np.zeros(0)).astype(np.float64),
        low=joined("low", np.zeros((0, 3))).astype(np.float64),
        high=joined("high", np.zeros((0, 3))).astype(np.float64),
        add=joined("add", np.zeros(0, bool)).astype(bool),
        content=tuple(name for tree in trees for name in tree.content),
        nbytes=joined("nbytes", np.zeros(0, np.int64)).astype(np.int64),
        absent_m=np.concatenate([np.zeros(0), *(absent(tree) for tree in trees)]),
    )
