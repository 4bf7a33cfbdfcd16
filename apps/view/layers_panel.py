"""The layers panel's rows, from the stage's live layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from apps.view.state import Language, LayerView, LegendView

if TYPE_CHECKING:
    from layers.layer import Layer


def view(layers: Mapping[str, Layer], language: Language) -> list[LayerView]:
    """One row per layer, in the stage's order; broken ones are grey and carry their reason."""
    return [
        LayerView(
            id=layer.id,
            name=layer.title[language],
            visible=layer.visible,
            opacity=round(100 * layer.opacity),
            broken=layer.state == "broken",
            reason=layer.reason or "",
            legend=[
                LegendView(colour=entry.colour, text=entry.text[language], shape=entry.shape)
                for entry in layer.legend
            ],
        )
        for layer in layers.values()
    ]
