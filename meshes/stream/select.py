"""Select tiles to draw and to load.

A pure function of tree, views and what is loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from meshes.stream.traversal import Traversal, state, traverse
from meshes.stream.view import View
from meshes.tiles.tree import TileTree
from twin.arrays import I64, Bools


@dataclass(frozen=True, kw_only=True)
class TileSelection:
    """Selected tiles of one frame; arrays hold tile indices.

    ``draw``: draw these now; all are loaded. ``asked``: all with content that the views need at this error,
    loaded or not, most important first. ``spare``: worth having if there is room, loaded or not, most
    important first. ``wanted``: the first ``missing`` are asked for and not loaded, the others spare and not
    loaded. ``keep``: loaded and not to be evicted now. ``error_px``: the limit that was selected at.
    """

    draw: I64
    asked: I64
    spare: I64
    wanted: I64
    keep: I64
    missing: int
    error_px: float


def select(
    tree: TileTree,
    views: Sequence[View],
    loaded: Bools,
    *,
    max_error_px: float = 16.0,
    broken: Bools | None = None,
    ahead: Sequence[View] = (),
) -> TileSelection:
    """Select tiles for all of ``views`` together.

    See ``docs/streaming.md``. ``loaded`` and ``broken`` are (n,) bool: what can be drawn, and what will never
    be. ``ahead`` are views to come, whose tiles are worth having. Tiles without content may count as loaded
    or not: it is all the same.
    """
    now = state(tree, loaded, broken)
    seen = traverse(tree, views, now, max_error_px=max_error_px)
    ready = seen.filled & loaded[seen.tile]
    draw = _drawn(tree, seen, ready)
    wish = seen.asked & seen.filled & ~now.broken[seen.tile]
    asked = _in_order(seen, wish)
    beside = seen.beside[np.argsort(-seen.beside_px, kind="stable")]
    spare = beside
    if ahead:
        later = traverse(tree, ahead, now, max_error_px=max_error_px)
        spare = _without_repeats(np.concatenate([_in_order(later, later.asked & later.filled), beside]))
        spare = spare[~np.isin(spare, seen.tile[draw | wish])]
    spare = spare[~now.broken[spare]]
    needed = asked[~loaded[asked]]
    return TileSelection(
        draw=seen.tile[draw],
        asked=asked,
        spare=spare,
        wanted=np.concatenate([needed, spare[~loaded[spare]]]),
        keep=seen.tile[draw | (ready & seen.asked)],
        missing=len(needed),
        error_px=max_error_px,
    )


def _drawn(tree: TileTree, seen: Traversal, ready: Bools) -> Bools:
    """Which rows of a visit are drawn: a tile, or all of its children in view, never both but under ADD."""
    beside = tree.add[seen.tile] & seen.filled  # children come beside, not in its place
    bare = ~seen.filled & (tree.child_count[seen.tile] == 0)
    gap = np.zeros(len(ready), bool)  # a child in view cannot be drawn
    for start, end in reversed(seen.levels):
        rows = slice(start, end)
        covered = bare[rows] | (seen.opened[rows] & ~gap[rows] & ~beside[rows])
        cannot = ~(ready[rows] | covered)
        if start:
            gap[seen.up[rows][cannot]] = True
    draw = np.zeros(len(ready), bool)
    enters = np.zeros(len(ready), bool)
    for start, end in seen.levels:
        rows = slice(start, end)
        reached = enters[seen.up[rows]] if start else np.ones(end, bool)
        replaced = seen.opened[rows] & ~gap[rows] & ~beside[rows]
        draw[rows] = reached & ready[rows] & ~replaced
        enters[rows] = reached & seen.opened[rows] & (replaced | beside[rows] | ~ready[rows])
    return draw


def _in_order(seen: Traversal, rows: Bools) -> I64:
    """The tiles of some rows: coarse first, then nearest to the middle of a view."""
    depth = np.repeat(np.arange(len(seen.levels)), [end - start for start, end in seen.levels])
    order = np.lexsort((-seen.centred[rows], depth[rows]))
    return seen.tile[rows][order]


def _without_repeats(tiles: I64) -> I64:
    _, first = np.unique(tiles, return_index=True)
    return tiles[np.sort(first)]
