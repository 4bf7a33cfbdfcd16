"""Divide a frame into the regions of its words.

Moment and inset at the left, numbers and chart at the right, caption and title block at the foot; the edges
of the overlay (``layers.labels.painter.furniture``) stay free.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from layers.labels.painter import FRAME_PX, badge, furniture
from layers.labels.placer import Box
from layers.labels.theme import text_scale

LEAST_ZOOMED = 720
"""Pictures less high have names of a page's size."""


@dataclass(frozen=True, kw_only=True)
class FrameRegions:
    """Boxes of a frame (left, top, right, bottom), px.

    ``unit`` is what sizes grow by: 1 in a frame 1080 high. ``foot`` and ``captions`` grow upwards from their
    lower edge. ``stamp_at`` is where "synthetic data" stands, fractions; ``frame_px`` the width of a mode's
    frame.
    """

    size: tuple[int, int]
    unit: float
    left: Box
    right: Box
    captions: Box
    foot: Box
    moment: Box
    stamp_at: tuple[float, float]
    frame_px: int

    def length(self, units: float) -> float:
        """Return a length in px, of one in a frame 1080 high."""
        return units * self.unit


def film_zoom(height: float) -> float:
    """Return what names and edges of a film are magnified by.

    They grow with the picture, so that 3840 × 2160 looks like 1920 × 1080; in small ones they stay legible.
    """
    return height / 1080.0 if height >= LEAST_ZOOMED else 1.0


def film_furniture(size: tuple[float, float]) -> tuple[Box, ...]:
    """Return boxes of what is painted at a film's edges, px."""
    zoom = film_zoom(size[1])
    boxes = furniture((size[0] / zoom, size[1] / zoom))
    return tuple((zoom * a, zoom * b, zoom * c, zoom * d) for a, b, c, d in boxes)


@lru_cache(maxsize=16)
def frame_regions(width: int, height: int) -> FrameRegions:
    """Return the regions of a frame's size, px."""
    u = min(height / 1080.0, width / 1440.0)
    scale = film_zoom(height) * text_scale(height / film_zoom(height))
    edge = max(FRAME_PX * scale + 8.0 * u, 40.0 * u)
    *_, tab, arrow, bar = film_furniture((width, height))
    stamp = badge(height).shape[0]
    column = min(420.0 * u, 0.3 * width)
    foot = (
        edge,
        height - 150.0 * u,
        max(edge + 0.3 * width, min(bar[0], arrow[0]) - 24.0 * u),
        height - 26.0 * u,
    )
    bottom = foot[3] - 60.0 * u
    middle = min(620.0 * u, width / 2 - edge)
    return FrameRegions(
        size=(width, height),
        unit=u,
        left=(edge, edge + 68.0 * u, edge + column, bottom - 130.0 * u),
        right=(width - edge - column, edge, width - edge, min(bottom - 130.0 * u, arrow[1] - 16.0 * u)),
        captions=(width / 2 - middle, bottom - 150.0 * u, width / 2 + middle, bottom),
        foot=foot,
        moment=(edge, edge, max(edge + 0.2 * width, tab[0] - 24.0 * u), edge + 52.0 * u),
        stamp_at=(0.5, (tab[3] + 6.0 * u + stamp / 2) / height),
        frame_px=max(2, round(FRAME_PX * scale)),
    )
