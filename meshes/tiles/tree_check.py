"""Check trees of tiles before they are streamed or written."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from meshes.tiles.tree import TileTree
from twin.arrays import I32, I64, Bools

# No segment begins with a dot, so no name leads out of its folder; and none needs escaping in a URI.
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*")
SLACK_M = 1e-6
MOST_LEVELS = 64


def is_name(name: object) -> bool:
    """Return whether ``name`` is a safe relative path.

    Of plain letters, inside its folder.
    """
    return isinstance(name, str) and len(name) < 1000 and _NAME.fullmatch(name) is not None


def tree_faults(tree: TileTree) -> list[str]:
    """Return broken rules of ``TileTree``, a line each.

    With the first tile that breaks it; or none.
    """
    n = len(tree.parent)
    rows = {"first_child": 1, "child_count": 1, "error_m": 1, "low": 2, "high": 2, "add": 1, "nbytes": 1}
    for name, ndim in rows.items():
        shape = np.shape(getattr(tree, name))
        if shape != ((n,) if ndim == 1 else (n, 3)):
            return [f"{name} has the shape {shape} for {n} tiles"]
    if len(tree.content) != n:
        return [f"content names {len(tree.content)} tiles of {n}"]
    order = [*_first(_out_of_order(tree), "comes before its parent, or is not among its parent's children")]
    return order or [*_value_faults(tree)]


def levels(tree: TileTree) -> I32:
    """Return each tile's level, (n,) int32.

    0 for a root, one more for each generation below.
    """
    depth = np.zeros(len(tree), np.int32)
    for k, parent in enumerate(tree.parent.tolist()):
        if parent >= 0:
            depth[k] = depth[parent] + 1
    return depth


def _out_of_order(tree: TileTree) -> Bools:
    tiles = np.arange(len(tree))
    bad = (tree.parent >= tiles) | (tree.parent < -1) | (tree.child_count < 0)
    counts = np.maximum(tree.child_count, 0)
    if counts.sum() > len(tree):
        return np.asarray(bad | (counts > 0))
    owner = np.repeat(tiles, counts)
    child = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts) + tree.first_child[owner]
    known = (child > owner) & (child < len(tree))
    known[known] = tree.parent[child[known]] == owner[known]
    bad[owner[~known]] = True
    claimed = tree.parent < 0
    claimed[child[known]] = True
    return np.asarray(bad | ~claimed)


def _value_faults(tree: TileTree) -> Iterator[str]:
    numbers = np.column_stack([tree.low, tree.high, tree.error_m])
    yield from _first(~np.all(np.isfinite(numbers), axis=1), "has a box or an error that is not a number")
    yield from _first(np.any(tree.low > tree.high, axis=1), "has a box that is upside down")
    yield from _first(tree.error_m < 0, "has an error below 0")
    child = np.flatnonzero(tree.parent >= 0)
    parent = tree.parent[child]
    below, above = tree.low[parent] - tree.low[child], tree.high[child] - tree.high[parent]
    outside = np.maximum(below, above).max(axis=1, initial=-np.inf) > SLACK_M
    yield from _first(outside, "is not inside its parent", child)
    coarse = tree.error_m[child] >= tree.error_m[parent]
    yield from _first(coarse, "has no smaller error than its parent", child)
    unsafe = np.array([name != "" and not is_name(name) for name in tree.content], dtype=bool)
    yield from _first(unsafe, "has a content whose name is not a plain, relative one")
    yield from _first(tree.nbytes < 0, "has less than no bytes")
    yield from _first((tree.nbytes > 0) & ~tree.has_content, "has bytes without content")


def _first(bad: Bools, what: str, tiles: I64 | None = None) -> Iterator[str]:
    if bad.any():
        k = int(np.argmax(bad))
        yield f"tile {k if tiles is None else tiles[k]} {what} (so do {bad.sum() - 1} more)"
