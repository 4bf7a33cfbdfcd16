"""A model that is streamed: the tiles that a camera needs, as finely as the picture needs them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from vtkmodules.vtkRenderingCore import vtkCamera

from layers.canvas import Canvas
from layers.layer import Extent, Layer, LegendEntry
from layers.textures import blend_sizes
from layers.tiles.host import DrawnTile, Prepared, TileHost
from layers.tiles.pick import Hit, boxes_along, first_hit
from layers.tiles.roots import Roots
from layers.tiles.seen import view_of
from layers.water_raster import WaterRaster
from meshes.stream.streamer import Streamer
from meshes.tiles.content import Content, Point
from meshes.tiles.tree import TileTree

COLOUR = "#b9b2a6"
BUDGET_BYTES = 512 << 20
MOVING_UPLOAD_S, STILL_UPLOAD_S = 0.006, 0.06
"""Handing a tile to OpenGL takes 2 to 5 ms on a CPU: few beside a moving frame, more while nothing moves."""
FINEST_PX = 0.1


@dataclass(frozen=True, kw_only=True)
class Gauge:
    """How the streaming stood at the last frame: tiles drawn, bytes held, the error that was aimed at (px),
    tiles that the view needs and does not have yet, and how many cannot be read."""

    tiles: int = 0
    nbytes: int = 0
    error_px: float = 0.0
    missing: int = 0
    faults: int = 0


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Tiles of a tileset that cannot be read: how many, and where, in the middle of them (east, north and
    height in the frame)."""

    tileset: str
    count: int
    place: Point


class TilesLayer(Layer):
    """Tiles of tilesets; :meth:`add` them. ``fetch`` reads a tile's content, in load threads; it is asked for
    ``name/content``.

    ``on_arrival`` is called when a frame would show more than the last one: often from a load thread, and
    sometimes while a frame is drawn. It must only note that a frame is wanted.
    What cannot be read is told in ``reason``, while the layer stays ready and shows the rest.
    """

    kind = "model"

    def __init__(
        self,
        id: str,  # noqa: A002  (the field's own word)
        *,
        title: Mapping[str, str],
        fetch: Callable[[str], Content],
        canvas: Canvas,
        raster: WaterRaster,
        visible: bool = True,
        opacity: float = 1.0,
        colour: str = COLOUR,
        two_sided: bool = False,
        source: Mapping[str, str] | None = None,
        budget_bytes: int = BUDGET_BYTES,
    ) -> None:
        legend = LegendEntry(colour=colour, text=title)
        super().__init__(id, title=title, visible=visible, opacity=opacity, legend=(legend,))
        self.source = source or {}
        self.on_arrival: Callable[[], None] = lambda: None
        #: Faults of whole tilesets, by name.
        self.missing: dict[str, str] = {}
        #: The tilesets of which the last frame showed something opaque: no ground is needed there.
        self.covers: tuple[str, ...] = ()
        self._canvas = canvas
        self._host = TileHost(canvas, raster, two_sided=two_sided, colour=colour)
        self._streamer: Streamer[Prepared, DrawnTile] = Streamer(
            self._host, fetch, budget_bytes=budget_bytes, on_news=self._news
        )
        self._roots: Roots | None = None
        self._extents: dict[str, Extent | None] = {}
        self._drawn: dict[DrawnTile, int] = {}
        self._exaggeration = 1.0
        self._gauge = Gauge()
        self.restyle()

    def add(self, name: str, tree: TileTree) -> None:
        """Show a tileset too. Raises PrefixError where the name is taken."""
        self._streamer.add(tree, prefix=f"{name}/")
        self._extents[name] = _extent(tree)
        self._look_around()

    def remove(self, name: str) -> None:
        """Show a tileset no longer, and free its tiles. Raises PrefixError where there is none."""
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
    ) -> None:
        """Bring the tiles to a camera: to be done before every frame, in the thread of the window.

        Surfaces may be ``max_error_px`` off. A frame that is shown ``enlarged`` looks at pictures in the
        cheaper way, and hands fewer tiles to OpenGL; ``upload_s`` sets the time for that itself.
        """
        self._exaggeration = exaggeration
        self._host.exaggerate(exaggeration)
        if not self.visible:
            self._show({})
            self.covers = ()
            return
        self._host.looks.shift(*camera.GetWindowCenter())
        made = self._host.made
        view = view_of(camera, self._canvas.ground.frame, size=size, exaggeration=exaggeration)
        if upload_s is None:
            upload_s = MOVING_UPLOAD_S if enlarged > 1.0 else STILL_UPLOAD_S
        update = self._streamer.update([view], max_error_px=max(max_error_px, FINEST_PX), upload_s=upload_s)
        self._show({tile: row for row, tile in update.draw})
        self._blend(enlarged <= 1.0)
        shown = [row for row, _ in update.draw]
        if self._roots is None:
            self._roots = Roots(self._streamer.tree)
        roots = self._roots.shown(shown) if self.opacity == 1.0 else []
        self.covers = tuple(self.name_of(root) for root in roots)
        self.reason = self._note()
        self._gauge = Gauge(
            tiles=len(update.draw),
            nbytes=update.nbytes,
            error_px=update.error_px,
            missing=update.missing,
            faults=len(self._streamer.faults) + len(self.missing),
        )
        if self._host.made != made and not self._streamer.settled:
            self.on_arrival()  # time was up: what else has been loaded waits for the next frame

    def restyle(self) -> None:
        self._host.looks.fade(self.opacity)

    @property
    def settled(self) -> bool:
        """Whether the last frame showed everything that it should."""
        return not self.visible or self._streamer.settled

    def wait(self, timeout_s: float) -> None:
        """Wait until tiles have been loaded, or for so long."""
        self._streamer.wait(timeout_s)

    def gauge(self) -> Gauge:
        """How the streaming stood at the last frame."""
        return self._gauge

    def pick(self, start: Point, direction: Point) -> Hit | None:
        """What a ray meets first among the tiles of the last frame, or None.

        ``start`` is (east, north, height · exaggeration), as ``direction`` in the exaggerated scene.
        """
        k, tree, drawn = self._exaggeration, self._streamer.tree, list(self._drawn.items())
        rows = [row for _, row in drawn]
        near = boxes_along(tree.low[rows], tree.high[rows], start, direction, exaggeration=k)
        tiles = ((row, tile.centre, tile.parts) for tile, row in (drawn[i] for i in near))
        return first_hit(tiles, start, direction, exaggeration=k)

    def gaps(self) -> list[Gap]:
        """Where tiles cannot be read, one for each tileset that has such."""
        broken: dict[str, list[int]] = {}
        for tile in self._streamer.broken:
            broken.setdefault(self.name_of(tile), []).append(tile)
        tree = self._streamer.tree
        found = []
        for name, tiles in broken.items():
            low, high = tree.low[tiles].min(axis=0), tree.high[tiles].max(axis=0)
            east, north = (low[:2] + high[:2]) / 2
            found.append(
                Gap(tileset=name, count=len(tiles), place=(float(east), float(north), float(high[2])))
            )
        return found

    def name_of(self, tile: int) -> str:
        """The tileset that a tile of a hit belongs to."""
        return self._streamer.name(tile).partition("/")[0]

    def close(self) -> None:
        """Stop loading and free all tiles. The layer is of no use after that."""
        self.on_arrival = lambda: None
        self._drawn = {}
        self._streamer.close()

    # -- inner ----------------------------------------------------------------------------------------

    def _look_around(self) -> None:
        self._roots = None
        extents = [extent for extent in self._extents.values() if extent is not None]
        self.extent = _union(extents) if extents else None
        self.on_change()

    def _show(self, wanted: dict[DrawnTile, int]) -> None:
        for tile in self._drawn.keys() - wanted.keys():
            tile.show(False)
        for tile in wanted.keys() - self._drawn.keys():
            tile.show(True)
        self._drawn = wanted

    def _blend(self, on: bool) -> None:
        """Mix two sizes of each picture at rest, take the nearest while the scene moves."""
        for tile in self._drawn:
            if tile.blended != on:
                tile.blended = on
                for picture in tile.pictures:
                    blend_sizes(picture, on)

    def _note(self) -> str | None:
        """What could not be read, in one line."""
        broken = self._streamer.faults
        count = len(self.missing) + len(broken)
        if not count:
            return None
        name, why = next(iter((self.missing or broken).items()))
        first = why if name in why else f"{name}: {why}"
        return first + (f" (and {count - 1} more)" if count > 1 else "")

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
