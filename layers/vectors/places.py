"""Place names: the reservoir, peaks, islands, bays. Only peaks have a mark; the others name an area."""

from __future__ import annotations

from dataclasses import replace

from layers.gl.render_context import RenderContext
from layers.model import VectorData
from layers.vectors.vector_layer import Row, VectorLayer


class PlaceLayer(VectorLayer):
    colour = "#ffffff"

    def __init__(self, data: VectorData, *, canvas: RenderContext) -> None:
        super().__init__(data, canvas=canvas)
        self.anchors = tuple(a if a.kind == "peak" else replace(a, mark=None) for a in self.anchors)

    def label_kind(self, row: Row) -> str:
        return str(row.get("kind") or "place")
