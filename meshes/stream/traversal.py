"""Traverse the tree: tiles visited by views, and requested ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meshes.stream.view import View
from meshes.stream.visibility import missed, visibility
from meshes.tiles.tree import TileTree
from twin.arrays import F64, I64, Bools


@dataclass(frozen=True, kw_only=True)
class TraversalState:
    """State of each tile, (n,) bool each.

    ``holds``: the tile or a tile below it is loaded. ``broken``: its content cannot be loaded.
    """

    loaded: Bools
    broken: Bools
    holds: Bools


@dataclass(frozen=True, kw_only=True)
class Traversal:
    """Visited tiles in view, level by level, (v,) each.

    ``up`` is the parent's row in this list, -1 for a root; ``levels`` are the rows where each level begins
    and ends. ``filled``: it has content. ``asked``: the views need it at this error. ``opened``: its children
    in view stand in the list. ``beside`` are tiles out of view that are next in turn, with their errors.
    """

    tile: I64
    up: I64
    levels: tuple[tuple[int, int], ...]
    filled: Bools
    asked: Bools
    opened: Bools
    centred: F64
    beside: I64
    beside_px: F64


def state(tree: TileTree, loaded: Bools, broken: Bools | None) -> TraversalState:
    """Return a tree's tile states from masks of loaded and broken.

    Masks are (n,).
    """
    holds = loaded.copy()
    above: I64 = np.flatnonzero(loaded)
    while above.size:
        above = tree.parent[above].astype(np.int64)
        above = above[above >= 0]
        above = above[~holds[above]]
        holds[above] = True
    return TraversalState(
        loaded=loaded, broken=np.zeros(len(tree), bool) if broken is None else broken, holds=holds
    )


def traverse(tree: TileTree, views: Sequence[View], now: TraversalState, *, max_error_px: float) -> Traversal:
    """Walk from the roots, one array a level."""
    tiles: I64 = np.flatnonzero(tree.parent < 0)
    tiles = tiles[missed(tree, tiles, views)]
    up: I64 = np.full(len(tiles), -1)
    asked = np.ones(len(tiles), bool)
    seen: list[tuple[NDArray[np.generic], ...]] = []
    outside: list[tuple[I64, F64]] = []
    levels: list[tuple[int, int]] = []
    above = 0  # the row where the level above begins
    while tiles.size:
        view = visibility(tree, tiles, views)
        out = asked & ~view.in_view
        outside.append((tiles[out], view.error_px[out]))
        stays = np.flatnonzero(view.in_view)
        tiles, up, asked = tiles[stays], up[stays], asked[stays]
        error_px, centred = view.error_px[stays], view.centred[stays]
        filled = _filled(tree, tiles)
        parent = tree.child_count[tiles] > 0
        refined = asked & parent & (~filled | (error_px > max_error_px))
        if levels:
            open_ask = asked & ~_beneath_a_stopgap(tree, now, tiles, up - above, refined, seen[-1])
            asked, refined = open_ask, refined & open_ask
        stands_in = ~now.loaded[tiles] & now.holds[tiles] & ~(tree.add[tiles] & filled)
        opened = refined | (parent & stands_in)
        start = levels[-1][1] if levels else 0
        levels.append((start, start + len(tiles)))
        seen.append((tiles, up, filled, asked, opened, centred))
        above = start
        rows = np.flatnonzero(opened)
        tiles, of = _children(tree, tiles[rows])
        up, asked = rows[of] + start, refined[rows][of]
    columns = [np.concatenate(column) for column in zip(*seen, strict=True)] if seen else _nothing()
    beside: I64 = np.concatenate([np.zeros(0, np.int64), *(tile for tile, _ in outside)])
    beside_px = np.concatenate([np.zeros(0), *(px for _, px in outside)])
    named = _filled(tree, beside)
    return Traversal(
        **dict(zip(("tile", "up", "filled", "asked", "opened", "centred"), columns, strict=True)),
        levels=tuple(levels),
        beside=beside[named],
        beside_px=beside_px[named],
    )


def _nothing() -> list[NDArray[np.generic]]:
    return [np.zeros(0, kind) for kind in (np.int64, np.int64, bool, bool, bool, float)]


def _filled(tree: TileTree, tiles: I64) -> Bools:
    """Whether tiles have content; asked of the few in sight: the names of all take longer than the walk."""
    content = tree.content
    return np.array([content[tile] != "" for tile in tiles.tolist()], dtype=bool)


def _children(tree: TileTree, tiles: I64) -> tuple[I64, I64]:
    """The children of tiles, and for each the row of its parent in ``tiles``."""
    counts = tree.child_count[tiles]
    of: I64 = np.repeat(np.arange(len(tiles)), counts)
    before = np.cumsum(counts) - counts
    return tree.first_child[tiles][of] + np.arange(len(of)) - before[of], of


def _beneath_a_stopgap(
    tree: TileTree,
    now: TraversalState,
    tiles: I64,
    up: I64,
    refined: Bools,
    above: tuple[NDArray[np.generic], ...],
) -> Bools:
    """Which tiles have a sibling in view, or are one, that is broken and cannot be covered from below.

    Their parent stays on the screen, so loading them would be in vain.
    """
    dead = now.broken[tiles] & ~refined & ~now.holds[tiles]
    if not dead.any():
        return np.zeros(len(tiles), bool)
    parents, filled = np.asarray(above[0], np.int64), above[2].astype(bool)
    stays = np.zeros(len(parents), bool)
    stays[up[dead]] = True
    stays &= filled & ~tree.add[parents] & ~now.broken[parents]
    return np.asarray(stays[up])
