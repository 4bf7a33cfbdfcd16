"""The layers panel's rows: what the layers are, and how the scene shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from apps.error_messages import told, without_folders
from apps.parts.state import Language, LayerView, LegendView
from apps.session.lacks import Lack, lacks_at
from apps.texts import texts
from layers.layer import NOT_BUILT, Layer
from twin.scene import Scene

NOTHING: Mapping[str, Sequence[Lack]] = MappingProxyType({})


def view(
    layers: Mapping[str, Layer], scene: Scene, lacks: Mapping[str, Sequence[Lack]] = NOTHING
) -> list[LayerView]:
    """One row per layer, in the stage's order; broken ones are grey and carry their reason.

    ``lacks``: what is missing of the data, by layer.
    """
    language = scene.language
    states = {layer.id: scene.layers.get(layer.id, layer.at_first) for layer in layers.values()}
    return [
        LayerView(
            id=layer.id,
            name=layer.title[language],
            visible=states[layer.id].visible and layer.state == "ready",
            opacity=round(100 * states[layer.id].opacity),
            broken=layer.state == "broken",
            reason=_reason(layer, language),
            gauge=_gauge(layer, language),
            notes=[line for lack in lacks_at(layer.id, lacks, layers) for line in lack.lines(language)],
            legend=[
                LegendView(colour=entry.colour, text=entry.text[language], shape=entry.shape)
                for entry in layer.legend
            ],
        )
        for layer in layers.values()
    ]


def _reason(layer: Layer, language: Language) -> str:
    if layer.reason == NOT_BUILT:
        return texts(language)["not_built"]
    if layer.reason is None:
        return ""
    why = without_folders(told(layer.reason, language))
    ask = getattr(layer, "gauge", None)
    if ask is not None and (count := ask().faults):
        return texts(language)["tiles_broken"].format(count=count, why=why)
    return why


def _gauge(layer: Layer, language: Language) -> str:
    """How the streaming stood at the last frame; nothing before the first one, and for other layers."""
    ask = getattr(layer, "gauge", None)
    if ask is None:
        return ""
    found = ask()
    if not found.error_px:  # nothing has been aimed at yet: zeros would be told as if they were counted
        return ""
    words = texts(language)["tiles_gauge"]
    return words.format(tiles=found.tiles, megabytes=round(found.nbytes / 1e6), error=f"{found.error_px:.0f}")
