"""Stream the tiles that a camera needs, as finely as needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any, Generic, TypeVar

from vtkmodules.vtkRenderingCore import vtkCamera

from layers.gl.render_context import RenderContext
from layers.gl.textures import suit
from layers.layer import Extent, Layer, LayerFacts, StreamStatus
from layers.tiles.host import DrawnTile, TileHost
from layers.tiles.recent_views import RecentViews
from layers.tiles.visible_set import view_of
from meshes.stream.streamer import Streamer
from meshes.stream.view import View
from meshes.tiles.content import Content, Point
from meshes.tiles.mapping import release_pages
from meshes.tiles.tree import TileTree
from twin.errors import Reason

H = TypeVar("H", bound=TileHost)

MOVING_UPLOAD_S, STILL_UPLOAD_S = 0.006, 0.06
"""Handing a tile to OpenGL takes 2 to 5 ms on a CPU: few beside a moving frame, more while nothing moves."""
FINEST_PX = 0.1
OTHERS_PART = 0.1
"""Each view that takes turns with the one drawn adds so much of its budget."""


@dataclass(frozen=True, kw_only=True)
class MissingTiles:
    """Tiles of a tileset that cannot be read.

    How many, and where, in the middle of them (east, north and height in the frame).
    """

    tileset: str
    count: int
    place: Point


class StreamedLayer(Layer, Generic[H]):
    """Layer of streamed tilesets; :meth:`add` them.

    ``fetch`` reads a tile's content ``name/content`` in load threads. ``host`` makes the tiles.
    ``on_arrival`` is called when a frame would show more than the last one: often from a load thread, and
    sometimes while a frame is drawn. It must only note that a frame is wanted. What cannot be read is told in
    ``reason``, while the layer stays ready and shows the rest.
    """

    #: How long a frame that would show nothing waits for the first tiles, s.
    first_s = 0.0
    #: The budget is for pictures of so many pixels and grows with larger ones; 0: it is for all.
    usual_px = 0

    def __init__(
        self,
        id: str,  # noqa: A002  (the field's own word)
        *,
        host: H,
        fetch: Callable[[str], Content],
        context: RenderContext,
        budget_bytes: int,
        **about: Any,
    ) -> None:
        super().__init__(id, **about)
        self.on_arrival: Callable[[], None] = lambda: None
        #: Faults of whole tilesets, by name.
        self.missing: dict[str, Reason] = {}
        self._context = context
        self._host = host
        self._budget_bytes = budget_bytes
        self._streamer: Streamer[Any, DrawnTile] = Streamer(
            host, fetch, budget_bytes=budget_bytes, on_news=self._news
        )
        self._recent = RecentViews()
        self._extents: dict[str, Extent | None] = {}
        self._drawn: dict[DrawnTile, int] = {}
        self._coarsely = False
        self._shown: list[DrawnTile] = []
        self._exaggeration = 1.0
        self._status = StreamStatus()

    def add(self, name: str, tree: TileTree) -> None:
        """Show a tileset too.

        Raises PrefixError where the name is taken.
        """
        self._streamer.add(tree, prefix=f"{name}/")
        self._extents[name] = _extent(tree)
        self._look_around()

    def remove(self, name: str) -> None:
        """Show a tileset no longer, and free its tiles.

        Raises PrefixError where there is none.
        """
        self._drawn = {}  # their rows change; the next frame knows them anew
        self._host.hide()
        self._streamer.remove(f"{name}/")
        del self._extents[name]
        self._look_around()

    def prepare(
        self,
        camera: vtkCamera,
        *,
        size: tuple[int, int],
        exaggeration: float,
        max_error_px: float,
        enlarged: float = 1.0,
        upload_s: float | None = None,
        viewer: str = "",
        exact: bool = False,
    ) -> None:
        """Select and upload the tiles that a camera needs.

        Before every frame, in the thread of the window. Surfaces may be ``max_error_px`` off. A frame that is
        shown ``enlarged`` draws tiles that have two surfaces coarsely, looks at pictures in the cheaper way,
        and hands fewer tiles to OpenGL; ``upload_s`` sets the time for that itself. Of several viewers that
        take turns the budget is for what all need together. ``exact``: see :meth:`Streamer.update`.
        """
        self._exaggeration = exaggeration
        self._host.exaggerate(exaggeration)
        if self.visible:
            view = view_of(camera, self._context.ground.frame, size=size, exaggeration=exaggeration)
            others = self._recent.others(viewer, view)
            self._budget(size, enlarged, others=len(others))
            self._update(view, others, max_error_px, enlarged, upload_s, exact)
            if self.first_s and not exact and not self._drawn and not self.settled:
                self.wait(self.first_s)
                self._update(view, others, max_error_px, enlarged, upload_s, exact)
        else:
            self._show({})
        self._followed(camera)

    def after_frame(self) -> None:
        """Release files that OpenGL has read; call after every frame."""
        for tile in self._shown:
            for primitive in tile.primitives:
                release_pages(primitive.position)
        self._shown.clear()

    @property
    def drawn(self) -> Mapping[DrawnTile, int]:
        """Tiles of the last frame, with their rows in the tileset's forest."""
        return self._drawn

    def content(self, tile: int) -> str:
        """Return tileset and content of a tile, by its row."""
        return self._streamer.name(tile)

    @property
    def lacking(self) -> list[str]:
        """Tilesets and tiles that the last frame lacked, with reasons."""
        unread = {**self.missing, **self._streamer.faults}
        told = [f"{name} ({why.message})" for name, why in unread.items()]
        return told + [name for name in self._streamer.waiting if name not in unread]

    @property
    def made(self) -> int:
        """Number of tiles uploaded to OpenGL so far."""
        return self._host.made

    @property
    def settled(self) -> bool:
        """Whether the last frame showed everything that it should."""
        return not self.visible or self._streamer.settled

    def wait(self, timeout_s: float) -> None:
        """Wait until tiles have been loaded, or for so long."""
        self._streamer.wait(timeout_s)

    def status(self) -> StreamStatus:
        """Return the streaming status of the last frame."""
        return self._status

    def facts(self) -> LayerFacts:
        """Describe the layer at the last frame."""
        return replace(super().facts(), streaming=self._status)

    def missing_tiles(self) -> list[MissingTiles]:
        """Return unreadable tiles of each tileset that has such."""
        broken: dict[str, list[int]] = {}
        for tile in self._streamer.broken:
            broken.setdefault(self.name_of(tile), []).append(tile)
        tree = self._streamer.tree
        found = []
        for name, tiles in broken.items():
            low, high = tree.low[tiles].min(axis=0), tree.high[tiles].max(axis=0)
            east, north = (low[:2] + high[:2]) / 2
            found.append(
                MissingTiles(
                    tileset=name, count=len(tiles), place=(float(east), float(north), float(high[2]))
                )
            )
        return found

    def name_of(self, tile: int) -> str:
        """Return the tileset that a tile, by its row, belongs to."""
        return self._streamer.name(tile).partition("/")[0]

    def close(self) -> None:
        """Stop loading and free all tiles.

        The layer is of no use after that.
        """
        self.on_arrival = lambda: None
        self._drawn = {}
        self._streamer.close()

    # -- inner ----------------------------------------------------------------------------------------

    def _followed(self, camera: vtkCamera) -> None:
        """What else a kind of layer brings to a camera, once its tiles are chosen."""

    def _budget(self, size: tuple[int, int], enlarged: float, *, others: int) -> None:
        if self.usual_px:
            shown = size[0] * size[1] * enlarged**2
            larger = max(1.0, shown / self.usual_px) * (1.0 + others * OTHERS_PART)
            self._streamer.budget_bytes = int(self._budget_bytes * larger)

    def _update(
        self,
        view: View,
        others: Sequence[View],
        max_error_px: float,
        enlarged: float,
        upload_s: float | None,
        exact: bool,
    ) -> None:
        made = self._host.made
        if exact:
            upload_s = inf
        elif upload_s is None:
            upload_s = MOVING_UPLOAD_S if enlarged > 1.0 else STILL_UPLOAD_S
        update = self._streamer.update(
            [view],
            max_error_px=max(max_error_px, FINEST_PX),
            upload_s=upload_s,
            others=others,
            idle=enlarged <= 1.0 and not exact,
            exact=exact,
        )
        self._show({tile: row for row, tile in update.draw}, coarsely=enlarged > 1.0)
        self._suit(enlarged)
        self.reason = self._note()
        self._status = StreamStatus(
            tiles=len(update.draw),
            nbytes=update.nbytes,
            error_px=update.error_px,
            missing=update.missing,
            faults=len(self._streamer.faults) + len(self.missing),
        )
        if self._host.made != made and not self._streamer.settled:
            self.on_arrival()  # time was up: what else has been loaded waits for the next frame

    def _look_around(self) -> None:
        extents = [extent for extent in self._extents.values() if extent is not None]
        self.extent = _union(extents) if extents else None
        self.on_change()

    def _show(self, wanted: dict[DrawnTile, int], *, coarsely: bool = False) -> None:
        for tile in self._drawn.keys() - wanted.keys():
            tile.show(False)
        same = coarsely == self._coarsely
        for tile in wanted.keys() - self._drawn.keys() if same else wanted.keys():
            tile.show(True, coarsely=coarsely)
            self._shown.append(tile)
        self._drawn, self._coarsely = wanted, coarsely

    def _suit(self, enlarged: float) -> None:
        """Have the drawn tiles' pictures filtered for a frame that is shown ``enlarged``."""
        others = [tile for tile in self._drawn if tile.enlarged != enlarged]
        if others:
            self._context.make_current()
        for tile in others:
            tile.enlarged = enlarged
            for picture in tile.pictures:
                suit(picture, enlarged)

    def _note(self) -> Reason | None:
        """Why the first of what could not be read cannot; how many there are stands in the gauge."""
        for name, why in (*self.missing.items(), *self._streamer.faults.items()):
            return why if name in why.message else replace(why, message=f"{name}: {why.message}")
        return None

    def _news(self) -> None:
        self.on_arrival()


def _extent(tree: TileTree) -> Extent | None:
    if not len(tree):
        return None
    (west, south), (east, north) = tree.low[:, :2].min(axis=0), tree.high[:, :2].max(axis=0)
    return float(west), float(south), float(east), float(north)


def _union(extents: Sequence[Extent]) -> Extent:
    west, south, east, north = zip(*extents, strict=True)
    return min(west), min(south), max(east), max(north)
