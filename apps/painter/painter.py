"""Draw Scenes of any generation of a catalog's basin.

Everything here runs on one thread. It keeps what makes the next picture cheaper and nothing else: a Stage for
each of the generations asked for last, and what a view's samples add up to.
"""

from __future__ import annotations

import logging
from base64 import b64encode
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from apps.painter.messages import Cover, Describe, Paint, Pick, Picked, Size, Target
from apps.painter.smoothing import SHIFTS, Smoother
from apps.painter.stamp import stamp_place
from apps.painter.viewport import Viewport
from apps.painter.withheld import apply_without, layers_seen
from apps.store_origin import StoreOrigin
from layers.gl.depth import depth_grid, packed
from layers.governor import Sharpness
from layers.labels.overlay import LACKING, Overlay
from layers.labels.painter import furniture, paint, stamp
from layers.labels.placer import LabelPlacer
from layers.labels.signs import NO_SIGNS, Signs
from layers.layer import LayerFacts, StreamStatus
from layers.stage import Stage
from layers.tiles.streamed import StreamedLayer
from twin.arrays import U8
from twin.basin import Basin
from twin.products import load_building

logger = logging.getLogger(__name__)

MOST_STAGES = 2
"""A view changes to another generation while others still show the one before."""
SAVED_STAMP, LACKING_STAMP = (0.5, 0.965), (0.5, 0.1)
"""Where a picture to keep says that its data is synthetic, and that tiles are missing."""
SETTLE_S = 0.12
"""A still waits so long for the models' tiles, that not each of them costs a picture."""


class Drawn(NamedTuple):
    """Frame with overlay and packed distances.

    Its picture, None for a sample that only adds to others; what lies over it; its distances, packed, in
    base64; whether all tiles that it waited for were there.
    """

    picture: U8 | None
    overlay: Mapping[str, Any]
    depth: str
    complete: bool


class Painter:
    """Draws Scenes on request.

    With an ``origin`` generations are fetched from there, with their catalog. ``on_arrival`` is called, from
    any thread, when more tiles have come.
    """

    def __init__(
        self,
        catalog: Path,
        *,
        root: Path | None,
        store: Path | None,
        origin: StoreOrigin | None = None,
        on_arrival: Callable[[], None] = lambda: None,
    ) -> None:
        self._catalog, self._root, self._store = catalog, root, store
        self._origin, self._on_arrival = origin, on_arrival
        self._stages: dict[str, _Opened] = {}
        self._signs: dict[str, Signs] = {}
        self._sums: dict[str, Smoother] = {}
        self._streaming: dict[str, dict[str, StreamStatus]] = {}
        self._placing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="labels")

    def describe(self, request: Describe) -> list[LayerFacts]:
        """List the layers of a target.

        Raises what opening its basin raises.
        """
        stage, withheld = self._stage(request.target), self._withheld(request.target)
        streaming = self._streaming.get(request.view, {})
        return [
            replace(facts, streaming=streaming.get(facts.id, facts.streaming))
            for layer in stage.layers.values()
            if (facts := layer.facts()).id not in withheld
        ]

    def paint(self, request: Paint) -> Drawn:
        """Draw a frame.

        VTK releases the interpreter lock while it draws; the labels are placed meanwhile.
        """
        stage = self._shown(request)
        stage.stamp_at = SAVED_STAMP if request.burn else stamp_place(request.viewport)
        viewport = request.viewport
        if request.burn:
            viewport = replace(viewport, panels=furniture(request.size))
        sharpness, complete = request.sharpness, True
        size, stage.widened = with_margin(request.size, request.margin)
        if sharpness.waits:
            complete = stage.settle(size=size, tile_error_px=sharpness.tile_error_px, timeout_s=SETTLE_S)
        placed = self._placing.submit(_placed, stage, viewport)
        picture = draw(stage, size=size, sharpness=sharpness, sample=request.sample)
        overlay = placed.result()
        self._streaming[request.view] = {
            layer.id: layer.status() for layer in stage.layers.values() if isinstance(layer, StreamedLayer)
        }
        grid = depth_grid(stage.window, stage.renderer) if request.jpeg and not request.burn else None
        if request.keep:
            picture = self._summed(request, picture)
        if request.burn and request.jpeg:
            complete = complete and not request.lacking
            picture = burnt(picture, overlay, complete=complete)
        depth = "" if grid is None else b64encode(packed(grid).tobytes()).decode()
        return Drawn(picture if request.jpeg else None, overlay.as_dict(), depth, complete)

    def cover(self, request: Cover) -> Mapping[str, Any]:
        """Place the overlay of a scene that has been drawn.

        Labels, marks, north arrow and scale bar.
        """
        return _placed(self._shown(request), request.viewport).as_dict()

    def pick(self, request: Pick) -> Picked:
        """Find what is under a place of a view."""
        stage, (width, height) = self._shown(request), request.size
        _placed(stage, request.viewport)
        x, y, aspect = request.x, request.y, width / height
        station = stage.pick_station(x, y)
        model = stage.pick_model(x, y, aspect=aspect)
        if model is None:
            return Picked(station=station, place=stage.pick(x, y, aspect=aspect))
        building = load_building(model.folder, model.feature)
        return Picked(
            station=station, place=model.place, building=None if building is None else dict(building)
        )

    def forget(self, view: str) -> None:
        """Drop what is kept of a view."""
        self._signs.pop(view, None)
        self._sums.pop(view, None)
        self._streaming.pop(view, None)
        for opened in self._stages.values():
            opened.placers.pop(view, None)

    def close(self) -> None:
        """Free every window."""
        self._placing.shutdown(wait=True)
        for opened in self._stages.values():
            opened.stage.close()
        self._stages.clear()

    def _shown(self, request: Paint | Cover | Pick) -> Stage:
        """The target's stage with the request's scene and the view's signs on it."""
        if request.signs is not None:
            self._signs[request.view] = request.signs
        stage = self._stage(request.target, view=request.view)
        apply_without(stage, request.scene, self._withheld(request.target))
        stage.show_signs(self._signs.get(request.view, NO_SIGNS))
        return stage

    def _summed(self, request: Paint, picture: U8) -> U8:
        """Add a sample to the view's others; with the last one their mean, else the picture itself."""
        if not request.sample or request.view not in self._sums:
            self._sums[request.view] = Smoother()
        smoother = self._sums[request.view]
        smoother.add(picture)
        if request.sample != len(SHIFTS) - 1:
            return picture
        del self._sums[request.view]
        return smoother.mean()

    def _stage(self, target: Target, *, view: str = "") -> Stage:
        """The stage of a generation, opened where it is not yet; with the target's models, for a view."""
        opened = self._stages.pop(target.generation, None) or self._open(target.generation)
        self._stages[target.generation] = opened  # the one used last stands last
        while len(self._stages) > MOST_STAGES:
            self._stages.pop(next(iter(self._stages))).stage.close()
        if opened.models != target.models:
            opened.stage.set_models(self._basin(target.models).models())
            opened.models = target.models
        if view not in opened.placers:
            opened.placers[view] = LabelPlacer(opened.stage.ground)
        opened.stage.placer = opened.placers[view]
        opened.stage.viewer = view
        return opened.stage

    def _withheld(self, target: Target) -> frozenset[str]:
        """The layers of an opened target's stage that its level of access does not see."""
        opened = self._stages[target.generation]
        if target.sees not in opened.seen:
            opened.seen[target.sees] = layers_seen(opened.basin, target.sees)
        return frozenset(opened.stage.layers) - opened.seen[target.sees]

    def _open(self, generation: str) -> _Opened:
        basin = self._basin(generation)
        stage = Stage(basin)
        stage.on_arrival = self._on_arrival
        return _Opened(stage, basin, models=generation)

    def _basin(self, generation: str) -> Basin:
        if self._origin is not None:
            catalog, store = self._origin.bring(generation)
            return Basin.open(catalog, store=store, generation=generation)
        return Basin.open(self._catalog, root=self._root, store=self._store, generation=generation)


class _Opened:
    """A stage of all layers, the generation whose models it shows, and what places the labels of each view.

    ``seen`` are the layers that a level of access sees.
    """

    def __init__(self, stage: Stage, basin: Basin, *, models: str) -> None:
        self.stage, self.basin = stage, basin
        self.models = models
        self.seen: dict[str, frozenset[str]] = {}
        self.placers: dict[str, LabelPlacer] = {}


def with_margin(size: Size, margin: Size) -> tuple[Size, float]:
    """Return a picture's size with margin, and its view's factor.

    A margin on each side; how many times the view it shows.
    """
    (width, height), (right, top) = size, margin
    return (width + 2 * right, height + 2 * top), 1.0 + 2.0 * top / height


def draw(stage: Stage, *, size: Size, sharpness: Sharpness, sample: int | None = None) -> U8:
    """Render the stage's picture, shifted as the ``sample`` is.

    For a window of ``size`` pixels.
    """
    right, up = (0.0, 0.0) if sample is None else SHIFTS[sample]
    width, height = (max(16, round(length * sharpness.scale)) for length in size)
    stage.resize(width, height)
    stage.renderer.GetActiveCamera().SetWindowCenter(-2.0 * right / width, -2.0 * up / height)
    return stage.render(
        max_error_px=sharpness.max_error_px,
        tile_error_px=sharpness.tile_error_px,
        enlarged=1.0 / sharpness.scale,
    )


def burnt(picture: U8, overlay: Overlay, *, complete: bool) -> U8:
    """Return a picture with its overlay painted on, to keep.

    (rows, cols, 3) uint8. One that is not ``complete`` says so.
    """
    found = paint(np.ascontiguousarray(picture[..., :3]), overlay)
    if not complete:
        stamp(found, at=LACKING_STAMP, text=LACKING)
    return found


def _placed(stage: Stage, viewport: Viewport) -> Overlay:
    return stage.overlay(size=(viewport.width, viewport.height), reserved=viewport.panels)
