"""Rivers: blue lines that end where the flood has reached them."""

from __future__ import annotations

from layers.vectors.vector_layer import Row, VectorLayer


class RiverLayer(VectorLayer):
    colour = "#6db7e8"
    casing = "#1c4e78"
    width_px = 1.8
    casing_px = 0.6
    drowns = True

    def label_kind(self, row: Row) -> str:
        return "river-main" if row.get("kind") == "main" else "river"
