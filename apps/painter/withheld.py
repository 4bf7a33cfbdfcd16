"""Withhold layers of a Stage from levels of access."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.layer import entry_layer, layer_id
from twin.scene import LayerState, Scene

if TYPE_CHECKING:
    from layers.stage import Stage
    from twin.basin import Basin

ALWAYS = frozenset({"terrain", "water", "sky"})
"""Layers of the ground; who does not see it sees nothing."""
HIDDEN = LayerState(visible=False)


def layers_seen(basin: Basin, sees: str) -> frozenset[str]:
    """List the layers of a level of access, by id.

    Any that is not among them is withheld. Raises NothingToSeeError.
    """
    catalog = basin.seen_by(sees).catalog
    ids = {entry_layer(entry) for entry in catalog.entries.values()}
    ids |= {layer_id(broken) for broken in catalog.broken}
    return ALWAYS | ids | ({"rain"} if "stations" in ids else frozenset())


def apply_without(stage: Stage, scene: Scene, withheld: frozenset[str]) -> None:
    """Apply a scene without withheld layers, whatever state it has for them."""
    stage.withheld = withheld
    stage.apply(scene.changed(layers={**scene.layers, **dict.fromkeys(withheld, HIDDEN)}))
