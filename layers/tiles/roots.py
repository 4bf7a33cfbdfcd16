"""Which tilesets of a view show something: where one shows nothing yet, the ground must stay under it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from meshes.stream.view import View
from meshes.tiles.tree import TileTree


class Roots:
    """The roots of a forest: where each lies, and which root every tile belongs to."""

    def __init__(self, tree: TileTree) -> None:
        rows = np.arange(len(tree))
        top = np.where(tree.parent < 0, rows, tree.parent)
        while len(top) and not np.array_equal(top[top], top):
            top = top[top]
        roots = np.flatnonzero(tree.parent < 0)
        self._of = np.searchsorted(roots, top)
        self._middle = (tree.low[roots] + tree.high[roots]) / 2.0
        self._half = (tree.high[roots] - tree.low[roots]) / 2.0

    def covered(self, view: View, drawn: Sequence[int]) -> bool:
        """Whether some tile is drawn of every root in view, by the rows of what is drawn."""
        scale = np.array([1.0, 1.0, view.exaggeration])
        off = (self._middle * scale) @ view.planes[:, :3].T + view.planes[:, 3]
        reach = (self._half * scale) @ np.abs(view.planes[:, :3]).T
        bare = (off + reach >= 0.0).all(axis=1)
        bare[self._of[list(drawn)]] = False
        return not bare.any()
