"""Draw call-outs: words on a leader to a place of the scene.

Where a box lies is a continuous function of the camera: it hangs over its place, is held inside the free
region and rises over boxes before it as they come nearer, so that nothing jumps while the camera moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from apps.recorder.film_frame import CalloutWords
from apps.recorder.overprint.fitting import fitted
from apps.recorder.overprint.ink import INK, PAPER, InkBlock, Plate, blend_at, stroke
from apps.recorder.overprint.regions import FrameRegions
from layers.labels.placer import Box, project
from twin.arrays import U8
from twin.scene import Scene

TEXT_PX, WIDEST = 26.0, 440.0
HANGS = 96.0
"""So far a box lies over its place."""
NEAR = 480.0
"""So far apart, sideways, a box begins to rise over another."""
FADE_SHARE = 0.03
"""Of the view's height: a call-out fades out so near to the view's edge."""


class PlacedCallout(NamedTuple):
    """Call-out in a frame.

    Its place and its box's upper left corner, px.
    """

    x: float
    y: float
    left: float
    top: float
    opacity: float
    block: InkBlock

    @property
    def box(self) -> Box:
        """Box of the words."""
        wide, tall = self.block.size
        return self.left, self.top, self.left + wide, self.top + tall


def place_callouts(
    callouts: Sequence[CalloutWords], scene: Scene, regions: FrameRegions, *, free: Box
) -> list[PlacedCallout]:
    """Place call-outs that are in view, boxes within ``free`` (px).

    Those behind the camera or outside the view are left out.
    """
    if not callouts:
        return []
    (width, height), u, k = regions.size, regions.unit, scene.exaggeration
    at = np.array([(c.east_m, c.north_m, c.height_m * k) for c in callouts])
    xs, ys, ahead = project(at, scene.camera, width / height, k)
    found: list[PlacedCallout] = []
    for callout, x, y, away in zip(callouts, xs * width, ys * height, ahead, strict=True):
        inside = min(x, width - x, y, height - y)
        if away <= 0.0 or inside <= 0.0 or callout.opacity <= 0.0:
            continue
        block = _box(callout.text, regions, min(WIDEST * u, free[2] - free[0]))
        wide, tall = block.size
        left = min(max(x - wide / 2, free[0]), free[2] - wide)
        top = min(max(y - HANGS * u - tall, free[1]), free[3] - tall)
        room = min(1.0, max(0.0, (y - top - tall) / (0.25 * HANGS * u)))
        share = min(1.0, inside / (FADE_SHARE * height), room)
        found.append(
            PlacedCallout(float(x), float(y), float(left), float(top), callout.opacity * share, block)
        )
    return [one for one in _apart(found, regions, free=free) if one.opacity > 0.0]


def draw_callouts(picture: U8, placed: Sequence[PlacedCallout], regions: FrameRegions) -> list[Box]:
    """Draw leaders, dots and boxes in place; returns the boxes."""
    u = regions.unit
    dot = _dot(max(3, round(6.0 * u)))
    half = (dot.size[0] - 1) / 2
    for one in placed:
        left, top, right, bottom = one.box
        inner = min(14.0 * u, (right - left) / 2)
        start = min(max(one.x, left + inner), right - inner), bottom - 1.0 if one.y > bottom else top
        if one.y > bottom or one.y < top:
            stroke(picture, start, (one.x, one.y), width=4.4 * u, colour=INK, opacity=0.7 * one.opacity)
            stroke(picture, start, (one.x, one.y), width=2.2 * u, colour=PAPER, opacity=one.opacity)
    for one in placed:
        blend_at(picture, dot, one.x - half, one.y - half, opacity=one.opacity)
    for one in placed:
        blend_at(picture, one.block, one.left, one.top, opacity=one.opacity)
    return [
        box for one in placed for box in (one.box, (one.x - half, one.y - half, one.x + half, one.y + half))
    ]


def _apart(placed: list[PlacedCallout], regions: FrameRegions, *, free: Box) -> list[PlacedCallout]:
    """Raise each box over those before it; where there is no more room, those before give way down."""
    tops = [one.top for one in placed]
    for i in range(len(placed)):
        tops[i] = min([tops[i], *(tops[j] - _least(placed[i], placed[j], regions) for j in range(i))])
    for i in reversed(range(len(placed))):
        above = (tops[k] + _least(placed[k], placed[i], regions) for k in range(i + 1, len(placed)))
        tops[i] = max([tops[i], free[1], *above])
    lowest = [max(free[1], free[3] - one.block.size[1]) for one in placed]
    return [one._replace(top=min(top, low)) for one, top, low in zip(placed, tops, lowest, strict=True)]


def _least(upper: PlacedCallout, lower: PlacedCallout, regions: FrameRegions) -> float:
    """Return how much higher a box has to begin than another; much less than 0 where they are far apart."""
    u = regions.unit
    half = (upper.block.size[0] + lower.block.size[0]) / 2 + 12.0 * u
    apart = abs(upper.left + upper.block.size[0] / 2 - lower.left - lower.block.size[0] / 2)
    free = min(1.0, max(0.0, (apart - half) / (NEAR * u)))
    # Evenly over most of the way, so that it rises calmly; at its end without limit.
    return upper.block.size[1] + (10.0 - 600.0 * free) * u - 2.0 * regions.size[1] * float(free**12)


@lru_cache(maxsize=64)
def _box(text: str, regions: FrameRegions, widest: float) -> InkBlock:
    u = regions.unit
    pad, air = 16.0 * u, 9.0 * u
    words = fitted(text, max(1.0, widest - 2 * pad - 2), TEXT_PX * u)
    step = 1.24 * words.size
    plate = Plate(words.width + 2 * pad + 2, len(words.lines) * step + 2 * air + 2)
    wide, tall = plate.size
    plate.box(1, 1, wide - 2, tall - 2, radius=6.0 * u, alpha=204)
    for number, line in enumerate(words.lines):
        plate.write(wide / 2, 1 + air + number * step + (step - words.size) / 2, line, words.size, anchor="m")
    return plate.block()


@lru_cache(maxsize=8)
def _dot(radius: int) -> InkBlock:
    side, ring = 2 * radius + 3, max(2, radius // 3)
    plate = Plate(side, side)
    plate.box(1, 1, side - 2, side - 2, colour=PAPER, alpha=255, radius=side)
    plate.box(
        1 + ring,
        1 + ring,
        side - 2 - 2 * ring,
        side - 2 - 2 * ring,
        colour=(24, 120, 190),
        alpha=255,
        radius=side,
    )
    return plate.block()
