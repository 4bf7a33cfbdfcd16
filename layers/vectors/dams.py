"""Dams: their crests, as wide as a dam's road from near by and always wide enough to be seen.

Where a dam is an area, its outline.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from layers.labels.candidates import LabelCandidate
from layers.vectors.vector_layer import Row, VectorLayer


class DamLayer(VectorLayer):
    colour = "#efe3c2"
    casing = "#5b4a2a"
    width_px = 2.6
    outline_px = 1.2
    casing_px = 0.8
    width_m = 16.0

    def _anchors(self, colour: str) -> Iterator[LabelCandidate]:
        """Names stand above the crest: a gauge on it has its sign there."""
        return (replace(anchor, lifted=True) for anchor in super()._anchors(colour))

    def label_kind(self, row: Row) -> str:
        return "dam-main" if row.get("kind") == "main" else "dam"
