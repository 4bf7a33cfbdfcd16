"""Which tilesets show something; where one does not, yet or from so far away, the ground stays under it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

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
        #: The row of each root.
        self.rows = roots.tolist()

    def shown(self, drawn: Sequence[int]) -> list[int]:
        """The rows of the roots of which some tile is drawn, by the rows of what is drawn."""
        return [self.rows[root] for root in np.unique(self._of[list(drawn)]).tolist()]
