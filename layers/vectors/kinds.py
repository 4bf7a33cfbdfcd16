"""Which class shows which kind of vector data. A kind that is not named here is shown plainly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from layers.errors import LayerError
from layers.gl.render_context import RenderContext
from layers.layer import Layer, layer_id
from layers.model import VectorData
from layers.vectors.boundaries import BoundaryLayer
from layers.vectors.dams import DamLayer
from layers.vectors.places import PlaceLayer
from layers.vectors.rivers import RiverLayer
from layers.vectors.vector_layer import VectorLayer
from layers.vectors.villages import VillageLayer
from twin.errors import Reason

KINDS: dict[str, type[VectorLayer]] = {
    "barriers": DamLayer,
    "boundary": BoundaryLayer,
    "river": RiverLayer,
    "village": VillageLayer,
    "place": PlaceLayer,
}


def vector_layers(datasets: Sequence[VectorData], canvas: RenderContext) -> list[Layer]:
    """A layer for every data set, in their order; one that cannot be shown is greyed and says why."""
    return [_layer(replace(data, id=layer_id(data.id)), canvas) for data in datasets]


def _layer(data: VectorData, canvas: RenderContext) -> Layer:
    if data.fault is not None:
        return _broken(data, data.fault)
    try:
        return KINDS.get(data.kind, VectorLayer)(data, canvas=canvas)
    except (ValueError, TypeError, KeyError, AttributeError) as error:  # what odd geometries may raise
        return _broken(data, Reason.of(LayerError(f"cannot be drawn: {error}")))


def _broken(data: VectorData, reason: Reason) -> Layer:
    layer = Layer(data.id, title=data.title, reason=reason)
    layer.kind = data.kind
    return layer
