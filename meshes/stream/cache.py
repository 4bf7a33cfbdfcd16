"""Account loaded tiles against a memory budget; choose victims."""

from __future__ import annotations

import numpy as np

from meshes.stream.select import TileSelection
from twin.arrays import I64, Bools


class Cache:
    """Bytes of tiles against a budget, one row a tile.

    The tiles themselves are elsewhere. A tile's size is an estimate until it has been loaded once; what was
    measured is remembered.
    """

    def __init__(self, budget_bytes: int) -> None:
        self.budget_bytes = budget_bytes
        self.loaded: Bools = np.zeros(0, bool)
        self._size: I64 = np.zeros(0, np.int64)
        self._used: I64 = np.zeros(0, np.int64)
        self._frame = 0

    @property
    def nbytes(self) -> int:
        """Bytes of all that is loaded."""
        return int(self._size[np.flatnonzero(self.loaded)].sum())

    def grow(self, estimates: I64) -> None:
        """Add rows at the end for tiles of these sizes, none loaded."""
        count = len(estimates)
        self.loaded = np.concatenate([self.loaded, np.zeros(count, bool)])
        self._size = np.concatenate([self._size, np.asarray(estimates, np.int64)])
        self._used = np.concatenate([self._used, np.zeros(count, np.int64)])

    def shrink(self, start: int, end: int) -> None:
        """Remove the rows of a tree that has gone."""
        rows = slice(start, end)
        self.loaded = np.delete(self.loaded, rows)
        self._size = np.delete(self._size, rows)
        self._used = np.delete(self._used, rows)

    def measure(self, tile: int, nbytes: int) -> None:
        """Note a tile's true size."""
        self._size[tile] = nbytes

    def hold(self, tile: int) -> None:
        """Note that a tile is loaded, in this frame."""
        self.loaded[tile] = True
        self._used[tile] = self._frame

    def release(self, tile: int) -> None:
        """Note that a tile is no longer loaded."""
        self.loaded[tile] = False

    def fits(self, tiles: I64, *, part: float = 1.0) -> bool:
        """Return whether these tiles alone fit a part of the budget."""
        return int(self._size[tiles].sum()) <= part * self.budget_bytes

    def use(self, chosen: TileSelection, *, turned: I64 | None = None, idle: bool = True) -> I64:
        """Mark a frame's tiles used; return what may be loaded.

        Most important first. That is what the view needs as far as it fits beside what the view already has,
        then spare tiles as far as they fit beside all that, if there is time for them (``idle``). Spare tiles
        that fit and are loaded count as used. So do ``turned`` tiles, which other views need at their turn:
        no spare tile takes their room.
        """
        self._frame += 1
        self._used[chosen.keep] = self._frame
        have = chosen.asked[self.loaded[chosen.asked]]
        needed = chosen.wanted[: chosen.missing]
        room = self.budget_bytes - int(self._size[have].sum())
        fitting = needed[np.cumsum(self._size[needed]) <= room]
        if len(fitting) < len(needed):
            return fitting
        taken = int(self._size[chosen.keep].sum() + self._size[needed].sum())
        if turned is not None:
            self._used[turned] = self._frame
            taken += int(self._size[np.setdiff1d(turned, chosen.asked)].sum())
        spare = chosen.spare[np.cumsum(self._size[chosen.spare]) <= self.budget_bytes - taken]
        self._used[spare] = self._frame
        if not idle:
            return fitting
        return np.concatenate([fitting, spare[~self.loaded[spare]]])

    def victims(self, chosen: TileSelection, coming: I64) -> list[int]:
        """Return tiles to evict so that ``coming`` fit too.

        Longest unused first, fine before coarse.
        """
        over = self.nbytes + int(self._size[coming].sum()) - self.budget_bytes
        if over <= 0:
            return []
        free = self.loaded.copy()
        free[chosen.keep] = False
        tiles: I64 = np.flatnonzero(free)
        tiles = tiles[np.lexsort((-tiles, self._used[tiles]))]  # a tile's children have higher numbers
        before = np.cumsum(self._size[tiles]) - self._size[tiles]
        return [int(tile) for tile in tiles[before < over]]
