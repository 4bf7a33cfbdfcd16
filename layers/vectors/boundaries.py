"""Boundaries: lines over land and water, with a dark edge so that they are seen on both."""

from __future__ import annotations

from layers.vectors.vector_layer import VectorLayer


class BoundaryLayer(VectorLayer):
    colour = "#f2b632"
    casing = "#4a3608"
    width_px = 2.2
    outline_px = 2.2
    casing_px = 1.0
