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


@lru_cache(maxsize=16)
def frame_regions(width: int, height: int) -> FrameRegions:
    """Return the regions of a frame's size, px."""
    u = min(height / 1080.0, width / 1440.0)
    scale = text_scale(height)
    edge = max(FRAME_PX * scale + 8.0 * u, 40.0 * u)
    *_, tab, arrow, bar = furniture((width, height))
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
