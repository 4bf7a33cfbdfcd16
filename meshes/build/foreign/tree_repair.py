"""Repair foreign trees until they keep the rules of ``TileTree``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from meshes.tiles import TileTree
from twin.arrays import F64, I32, I64, Bools

GROWTH = 1.001  # a parent's error over its children's, at least
LEAST_M = 0.001


def sound_tree(
    *, parent: I32, error_m: F64, low: F64, high: F64, add: Bools, content: tuple[str, ...], nbytes: I64
) -> TileTree:
    """Return a tree with decreasing errors and nested boxes.

    Tiles stand as in ``TileTree``: a parent before its children, which stand side by side. An error is only
    ever raised, since a tile whose error is too small would be shown for longer than it may.
    """
    low, high, error_m = low.copy(), high.copy(), np.maximum(error_m, 0.0)
    for k in range(len(parent) - 1, 0, -1):
        above = parent[k]
        low[above] = np.minimum(low[above], low[k])
        high[above] = np.maximum(high[above], high[k])
        error_m[above] = max(error_m[above], LEAST_M, GROWTH * error_m[k])
    rows = np.arange(len(parent))
    first = np.searchsorted(parent, rows, "left")
    count = np.searchsorted(parent, rows, "right") - first
    return TileTree(
        parent=parent.astype(np.int32),
        first_child=np.where(count > 0, first, 0).astype(np.int32),
        child_count=count.astype(np.int32),
        error_m=error_m,
        low=low,
        high=high,
        add=add.astype(bool),
        content=content,
        nbytes=nbytes.astype(np.int64),
    )


def kept(parent: I32, *, held: Bools, broken: Bools, add: Bools) -> Bools:
    """Mask tiles that stay when ``broken`` ones have no content.

    (n,) bool; so that no hole opens. Where something would be missing among the children that take a tile's
    place, the nearest tile above that is ``held`` (has content) stays the finest of its place: what is below
    it goes. Where none is, there is nothing to draw and the hole stays.
    """
    n = len(parent)
    leaf = np.ones(n, bool)
    leaf[parent[parent >= 0]] = False
    covers = np.ones(n, bool)  # nothing that the file holds is missing in it or below
    closed = np.zeros(n, bool)
    for k in range(n - 1, -1, -1):
        if broken[k] and (leaf[k] or add[k]):
            covers[k] = False
        if not covers[k] and not leaf[k] and held[k] and not add[k]:
            covers[k], closed[k] = True, True
        if not covers[k] and parent[k] >= 0 and not add[parent[k]]:
            covers[parent[k]] = False
    stays = np.ones(n, bool)
    for k in range(1, n):
        stays[k] = stays[parent[k]] and not closed[parent[k]]
    return stays


def without(parent: I32, stays: Bools) -> I32:
    """Return the parents of the remaining tiles, renumbered."""
    number = np.cumsum(stays) - 1
    own = parent[stays]
    return np.where(own >= 0, number[own], -1).astype(np.int32)


def joined(trees: Sequence[TileTree]) -> TileTree:
    """Join trees side by side under an empty root.

    A single one stays as it is.
    """
    if len(trees) == 1:
        return trees[0]
    depth = np.concatenate([_depths(tree.parent) for tree in trees])
    start = np.cumsum([0, *(len(tree) for tree in trees)])
    # Level by level, in each the trees in turn: so children stay side by side.
    order = np.argsort(depth, kind="stable")
    row = np.empty(len(order), np.int64)
    row[order] = np.arange(1, len(order) + 1)
    above = [
        np.where(t.parent < 0, 0, row[np.maximum(t.parent, 0) + s])
        for t, s in zip(trees, start, strict=False)
    ]
    low, high = (np.concatenate([getattr(t, name) for t in trees]) for name in ("low", "high"))
    content = [name for tree in trees for name in tree.content]
    return sound_tree(
        parent=np.concatenate([[-1], np.concatenate(above)[order]]).astype(np.int32),
        error_m=np.concatenate([[0.0], np.concatenate([t.error_m for t in trees])[order]]),
        low=np.vstack([low.min(axis=0), low[order]]),
        high=np.vstack([high.max(axis=0), high[order]]),
        add=np.concatenate([[False], np.concatenate([t.add for t in trees])[order]]),
        content=("", *(content[k] for k in order)),
        nbytes=np.concatenate([[0], np.concatenate([t.nbytes for t in trees])[order]]),
    )


def _depths(parent: I32) -> I32:
    depth = np.zeros(len(parent), np.int32)
    for k in range(1, len(parent)):
        depth[k] = depth[parent[k]] + 1
    return depth
