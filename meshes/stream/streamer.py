"""Stream tiles: views in, tiles to draw out.

Loads, uploads and frees on the way.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Generic

import numpy as np

from meshes.stream.adaptive_error import ROOM, AdaptiveError
from meshes.stream.cache import Cache
from meshes.stream.faults import Faults
from meshes.stream.forest import Forest
from meshes.stream.host import H, Host, P
from meshes.stream.loader import Loader
from meshes.stream.select import TileSelection, select
from meshes.stream.update import Update
from meshes.stream.view import View
from meshes.tiles.content import Content
from meshes.tiles.tree import TileTree
from twin.arrays import I64
from twin.errors import Reason


class Streamer(Generic[P, H]):
    """Streams tilesets for one or several views.

    All methods belong to the main thread. ``fetch(name)`` returns a tile's content by prefix and name; it is
    called in load threads and may raise: after a second try the tile is broken. At most ``max_in_flight``
    tiles are being loaded or waiting to be made. ``on_news`` is called in a load thread when ``update`` would
    find something new; it must not raise.
    """

    def __init__(
        self,
        host: Host[P, H],
        fetch: Callable[[str], Content],
        *,
        budget_bytes: int,
        threads: int = 2,
        max_in_flight: int = 6,
        on_news: Callable[[], None] = lambda: None,
    ) -> None:
        self._host = host
        self._forest = Forest()
        self._cache = Cache(budget_bytes)
        self._faults = Faults()
        self._tolerance = AdaptiveError()
        self._loads: Loader[P] = Loader(
            lambda name: host.prepare(fetch(name)),
            threads=threads,
            max_in_flight=max_in_flight,
            on_news=on_news,
        )
        self._max_in_flight = max_in_flight
        # By number, which outlives the removal of other tilesets.
        self._handles: dict[int, H] = {}
        self._shown: dict[int, H] = {}
        self._calm = False
        self._waiting: I64 = np.zeros(0, np.int64)

    @property
    def tree(self) -> TileTree:
        """Forest of all tilesets, in the order of ``add``.

        Indices hold until the next ``remove``.
        """
        return self._forest.tree

    @property
    def budget_bytes(self) -> int:
        """Memory budget of all tiles, bytes.

        A smaller one is kept from the next update on.
        """
        return self._cache.budget_bytes

    @budget_bytes.setter
    def budget_bytes(self, nbytes: int) -> None:
        self._cache.budget_bytes = nbytes

    def name(self, index: int) -> str:
        """Prefix and content of a tile of the forest."""
        return self._forest.name(index)

    @property
    def faults(self) -> Mapping[str, Reason]:
        """Reasons of broken tiles, by prefix and name."""
        return self._faults.reasons

    @property
    def broken(self) -> Mapping[int, Reason]:
        """Reasons of broken tiles, by index in ``tree``.

        The index gives where to put a mark.
        """
        reasons = self._faults.reasons
        tiles = np.flatnonzero(self._faults.broken).tolist()
        return {tile: reasons[self._forest.name(tile)] for tile in tiles}

    @property
    def waiting(self) -> list[str]:
        """Tiles that the last update lacked, by prefix and name."""
        return [self._forest.name(tile) for tile in self._waiting.tolist()]

    @property
    def settled(self) -> bool:
        """Whether another update would change nothing.

        The last one needs nothing more and nothing is in flight.
        """
        return self._calm and self._loads.idle

    def add(self, tree: TileTree, *, prefix: str) -> None:
        """Stream a tileset; ``fetch`` gets ``prefix`` + content.

        Raises PrefixError where it is taken.
        """
        self._forest.add(tree, prefix=prefix)
        self._cache.grow(tree.nbytes)
        self._faults.grow(len(tree))
        self._calm = False

    def remove(self, prefix: str) -> None:
        """Stop streaming a tileset and free its tiles at once.

        Raises PrefixError if there is none.
        """
        gone = self._forest.remove(prefix)
        self._cache.shrink(gone.start, gone.end)
        self._faults.shrink(gone.start, gone.end, names=gone.names)
        for number in [number for number in self._handles if number in gone.numbers]:
            self._free(number)
        self._calm = False

    def update(
        self,
        views: Sequence[View],
        *,
        max_error_px: float = 16.0,
        upload_s: float = 0.004,
        ahead: Sequence[View] = (),
        others: Sequence[View] = (),
        idle: bool = True,
        exact: bool = False,
    ) -> Update[H]:
        """Update one frame: select, make, load and free tiles.

        Makes those that are prepared, starts and drops loads, frees what exceeds the budget. Tiles are made
        until ``upload_s`` is spent, at least one if one is prepared. ``ahead`` are views on the camera's way,
        whose tiles are loaded into the room that ``views`` leave; so are those beside the view. Without
        ``idle`` no such tile is loaded now: time is short. ``others`` are views that take turns with these:
        nothing is loaded for them now, and what all need together fits the budget. An ``exact`` update never
        raises the error, whatever the budget: once settled, what it draws depends on the views alone.
        """
        prepared = self._take_notice()
        limit_px = max_error_px if exact else self._tolerance.limit_px(max_error_px)
        turned = self._needed(others, limit_px)
        chosen = self._select(views, limit_px, ahead)
        coming = self._make_room(chosen, turned, idle, exact)
        if prepared and self._make(prepared, coming, turned, upload_s):
            chosen = self._select(views, limit_px, ahead)
            coming = self._make_room(chosen, turned, idle, exact)
        self._ask(coming)
        moved = not exact and self._adjust(chosen, turned, views, others, max_error_px)
        self._waiting = chosen.wanted[: chosen.missing]
        self._calm = not moved and len(coming) == 0
        return self._show(chosen)

    def wait(self, timeout: float | None = None) -> bool:
        """Block until no load is running or can start.

        False after ``timeout`` seconds.
        """
        return self._loads.wait(timeout)

    def close(self) -> None:
        """Join the load threads and free every tile.

        The streamer cannot be used again.
        """
        self._loads.close()
        for number in list(self._handles):
            self._free(number)

    def _select(self, views: Sequence[View], limit_px: float, ahead: Sequence[View] = ()) -> TileSelection:
        return select(
            self.tree,
            views,
            self._cache.loaded,
            max_error_px=limit_px,
            broken=self._faults.broken,
            ahead=ahead,
        )

    def _needed(self, views: Sequence[View], limit_px: float) -> I64:
        """The tiles that views need which are not drawn now."""
        return self._select(views, limit_px).asked if views else np.zeros(0, np.int64)

    def _take_notice(self) -> set[int]:
        """Note what the load threads found out, faults and true sizes; return what this frame may make."""
        for number, reason in self._loads.failures().items():
            if (tile := self._forest.tile(number)) is not None:
                self._faults.failed(tile, name=self._forest.name(tile), reason=reason)
        prepared = set(self._loads.done())
        for number in prepared:
            if (tile := self._forest.tile(number)) is not None:
                self._cache.measure(tile, self._loads.peek(number).nbytes)
        return prepared

    def _ask(self, coming: I64) -> None:
        """Queue the most important loads: as many as can start before the next frame, and those under way."""
        first = coming[: 2 * self._max_in_flight].tolist()
        self._loads.ask([(self._forest.number(tile), self._forest.name(tile)) for tile in first])

    def _make_room(self, chosen: TileSelection, turned: I64, idle: bool, exact: bool) -> I64:
        """Free what must go, and return what may come: in an exact update all that is needed."""
        coming = self._cache.use(chosen, turned=turned, idle=idle)
        if exact:
            coming = chosen.wanted[: chosen.missing]
        for tile in self._cache.victims(chosen, coming):
            self._cache.release(tile)
            self._free(self._forest.number(tile))
        return coming

    def _make(self, prepared: set[int], coming: I64, turned: I64, upload_s: float) -> bool:
        """Make tiles in their order while there is time; throw away what no longer matters.

        What was loaded for a view that takes turns with this one waits for its turn.
        """
        wished = {self._forest.number(tile): tile for tile in coming.tolist()}
        waiting = {self._forest.number(tile) for tile in turned.tolist()}
        for number in prepared - wished.keys() - waiting:
            self._loads.take(number)
        end = time.perf_counter() + upload_s
        made = False
        for number, tile in wished.items():
            if number in prepared:
                if made and time.perf_counter() >= end:
                    break
                made = True
                try:
                    self._handles[number] = self._host.make(self._loads.take(number))
                except Exception as error:  # noqa: BLE001  (one tile's fault must not stop the frame)
                    reason = Reason.of(error)
                    self._faults.failed(tile, name=self._forest.name(tile), reason=reason, for_good=True)
                else:
                    self._cache.hold(tile)
        return made

    def _adjust(
        self,
        chosen: TileSelection,
        turned: I64,
        views: Sequence[View],
        others: Sequence[View],
        asked_px: float,
    ) -> bool:
        """Raise or lower the limit of the error by one step, where it must or may."""
        if not self._cache.fits(np.union1d(chosen.asked, turned)):
            return self._tolerance.loosen(asked_px)
        finer_px = self._tolerance.finer_px(asked_px)
        if finer_px is None or chosen.missing:
            return False
        finer = np.union1d(self._select(views, finer_px).asked, self._needed(others, finer_px))
        if not self._cache.fits(finer, part=ROOM):
            return False
        self._tolerance.tighten(asked_px)
        return True

    def _free(self, number: int) -> None:
        self._shown.pop(number, None)
        self._host.free(self._handles.pop(number))

    def _show(self, chosen: TileSelection) -> Update[H]:
        numbers = [self._forest.number(tile) for tile in chosen.draw.tolist()]
        shown = {number: self._handles[number] for number in numbers}
        before, self._shown = self._shown, shown
        return Update(
            draw=tuple(zip(chosen.draw.tolist(), shown.values(), strict=True)),
            appeared=tuple(handle for number, handle in shown.items() if number not in before),
            vanished=tuple(handle for number, handle in before.items() if number not in shown),
            missing=chosen.missing,
            error_px=chosen.error_px,
            nbytes=self._cache.nbytes,
        )
