"""Manage the layers of a basin's models.

One for each data set, over the tilesets in its folders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import dist
from pathlib import Path

from layers.gl.render_context import RenderContext
from layers.layer import Layer, layer_id
from layers.tiles.folders import Folders
from layers.tiles.tiles_layer import TilesLayer
from layers.tiles.water_raster import WaterRaster
from meshes.tiles.content import Point
from twin.errors import Reason
from twin.layer_data import ModelData
from twin.store import NOT_BUILT

Ring = Sequence[tuple[float, float]]
"""A closed line in the frame's CRS, east and north."""

BUDGET_BYTES = 384 << 20
"""What the tiles of all models may take; with those of the ground, half a gibibyte."""
LOADING_BYTES = 24 << 20
"""The part of it that load threads work with: a picture of 1800 × 1600 while it is decoded takes 20 MB."""


@dataclass(frozen=True, kw_only=True)
class PickedModel:
    """Hit of a ray on a model.

    Its layer, the folder of its tileset, the building's number (0 for none), and (east, north, height) in the
    frame.
    """

    layer: str
    folder: Path
    feature: int
    place: Point


class Models:
    """Model layers by data set, sharing one budget of memory."""

    def __init__(self, context: RenderContext, raster: WaterRaster) -> None:
        self._context, self._raster = context, raster
        self._folders: dict[str, Folders] = {}
        self._rings: dict[Path, Sequence[Ring]] = {}
        #: In the catalog's order. A data set that cannot be shown, or is not built yet, is greyed.
        self.layers: dict[str, Layer] = {}

    @property
    def tiles(self) -> list[TilesLayer]:
        """Layers that are streamed."""
        return [layer for layer in self.layers.values() if isinstance(layer, TilesLayer)]

    def set_models(self, models: Sequence[ModelData]) -> None:
        """Replace the shown data sets.

        A layer that streams goes on and keeps its tiles: only folders that have come or gone are read or
        freed.
        """
        before, self.layers = self.layers, {}
        share = max(BUDGET_BYTES - LOADING_BYTES, 0) // max(1, len(models))
        self._rings = {}
        for model in models:
            name = layer_id(model.id)
            layer = before.get(name)
            if not isinstance(layer, TilesLayer) or not model.folders:
                layer = self._layer(name, model, budget_bytes=share)
            if isinstance(layer, TilesLayer):
                self._fill(layer, model)
            self.layers[name] = layer
            self._rings.update(zip(model.folders, model.covers, strict=False))
        for name, layer in before.items():
            if isinstance(layer, TilesLayer) and self.layers.get(name) is not layer:
                layer.close()

    def pick(self, start: Point, direction: Point, *, exaggeration: float) -> PickedModel | None:
        """Pick the first shown model that a ray hits.

        None where there is none; see ``TilesLayer.pick``.
        """

        def away(picked: PickedModel) -> float:
            east, north, height = picked.place
            return dist((east, north, height * exaggeration), start)

        found = []
        for layer in self.tiles:
            if layer.visible and (hit := layer.pick(start, direction)) is not None:
                folder = self._folders[layer.id].path(layer.name_of(hit.tile))
                found.append(PickedModel(layer=layer.id, folder=folder, feature=hit.feature, place=hit.place))
        return min(found, key=away, default=None)

    def rings(self) -> list[Ring]:
        """Return rings where the last frame showed models' own ground.

        The terrain's is not needed there.
        """
        paths = [self._folders[layer.id].path(name) for layer in self.tiles for name in layer.covers]
        return [ring for path in paths for ring in self._rings.get(path, ())]

    def close(self) -> None:
        """Stop loading and free all tiles."""
        for layer in self.tiles:
            layer.close()

    # -- inner ----------------------------------------------------------------------------------------

    def _layer(self, name: str, model: ModelData, *, budget_bytes: int) -> Layer:
        if not model.folders:
            layer = Layer(name, title=model.title, reason=model.fault or NOT_BUILT)
            layer.kind = TilesLayer.kind
            return layer
        self._folders[name] = Folders()
        return TilesLayer(
            name,
            title=model.title,
            fetch=self._folders[name].fetch,
            context=self._context,
            raster=self._raster,
            visible=model.visible,
            opacity=model.opacity,
            two_sided=model.two_sided,
            source=model.source,
            budget_bytes=budget_bytes,
        )

    def _fill(self, layer: TilesLayer, model: ModelData) -> None:
        folders = self._folders[layer.id]
        added, gone = folders.change(model.folders)
        for name in gone:
            if layer.missing.pop(name, None) is None:
                layer.remove(name)
        for name in added:
            tree = folders.tree(name)
            if isinstance(tree, Reason):
                layer.missing[name] = tree
            else:
                layer.add(name, tree)
