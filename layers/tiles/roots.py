"""Find tilesets of which something is drawn.

Where one is not, yet or from so far away, the ground stays under it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from meshes.tiles.tree import TileTree


class Roots:
    """Roots of a forest of tilesets.

    Where each lies, and which root every tile belongs to.
    """

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
        """Return rows of roots of which some tile is drawn.

        By the rows of what is drawn.
        """
        return [self.rows[root] for root in np.unique(self._of[list(drawn)]).tolist()]
