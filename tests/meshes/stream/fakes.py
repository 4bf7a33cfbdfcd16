"""A renderer and a disk that are not there, and that notice what real ones would suffer from."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from meshes.stream.streamer import Streamer
from meshes.stream.update import Update
from meshes.stream.view import View
from meshes.tiles.content import Content, Primitive
from meshes.tiles.tree import TileTree

MAIN = threading.main_thread()


class Ready:
    """A prepared tile."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.nbytes = content.nbytes


class Tile:
    """A drawable tile."""

    def __init__(self, prepared: Ready) -> None:
        self.content = prepared.content
        self.nbytes = prepared.nbytes


FakeStreamer = Streamer[Ready, Tile]


class FakeHost:
    """Fails when a tile is made in a load thread, prepared on the main one, freed twice, or not its own."""

    def __init__(self) -> None:
        self.alive: set[Tile] = set()
        self.made: list[float] = []
        self.refused: set[float] = set()

    @property
    def nbytes(self) -> int:
        """Bytes of all tiles alive."""
        return sum(tile.nbytes for tile in self.alive)

    def prepare(self, content: Content) -> Ready:
        assert threading.current_thread() is not MAIN
        return Ready(content)

    def make(self, prepared: Ready) -> Tile:
        assert threading.current_thread() is MAIN
        key = prepared.content.centre[0]
        if key in self.refused:
            raise RuntimeError(f"no texture unit for tile {key:.0f}")
        self.made.append(key)
        tile = Tile(prepared)
        self.alive.add(tile)
        return tile

    def free(self, handle: Tile) -> None:
        assert threading.current_thread() is MAIN
        self.alive.remove(handle)  # KeyError where it was freed before


class FakeDisk:
    """Contents by name; a content's first coordinate is its tile's row, so that it can be told again."""

    def __init__(self, tree: TileTree, *, prefix: str = "", factor: float = 1.0) -> None:
        self.rows = {prefix + name: row for row, name in enumerate(tree.content) if name}
        self.sizes = np.maximum(tree.nbytes * factor // 12, 1).astype(int)
        self.bad: set[str] = set()
        self.asked: list[str] = []
        self.gate: Callable[[], None] = lambda: None
        self.living: list[weakref.ref[Content]] = []

    def __call__(self, name: str) -> Content:
        assert threading.current_thread() is not MAIN
        self.asked.append(name)
        self.gate()
        if name in self.bad:
            raise OSError(f"{name}: truncated")
        row = self.rows[name]
        points = Primitive(position=np.zeros((self.sizes[row], 3), np.float32), triangles=None)
        content = Content(centre=(float(row), 0.0, 0.0), primitives=(points,))
        self.living.append(weakref.ref(content))
        return content

    @property
    def open(self) -> int:
        """Contents that somebody still holds."""
        return sum(content() is not None for content in self.living)


def settle(
    streamer: FakeStreamer,
    views: Sequence[View],
    *,
    max_error_px: float = 16.0,
    ahead: Sequence[View] = (),
    idle: bool = True,
) -> Update[Tile]:
    """Update until the streamer has settled."""
    for _ in range(2000):
        update = streamer.update(views, max_error_px=max_error_px, ahead=ahead, idle=idle)
        if streamer.settled:
            return update
        assert streamer.wait(10.0)
    raise AssertionError("never settles")


def rows(update: Update[Tile]) -> list[int]:
    """Indices of the tiles drawn, each with the handle that belongs to it."""
    return sorted(index for index, _ in update.draw)


def tiles(handles: Iterable[Tile]) -> list[int]:
    """Rows of some handles."""
    return sorted(int(handle.content.centre[0]) for handle in handles)
