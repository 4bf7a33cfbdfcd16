"""Villages: a mark each, and a name where there is room."""

from __future__ import annotations

from layers.vectors.vector_layer import VectorLayer


class VillageLayer(VectorLayer):
    colour = "#e8792b"
