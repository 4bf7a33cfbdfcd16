"""Draw opening and end titles over a dark band."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image

from apps.recorder.film_frame import TitleWords
from apps.recorder.overprint.fitting import fitted
from apps.recorder.overprint.ink import ACCENT, INK, LINE, PAPER, QUIET, InkBlock, Plate, blend
from apps.recorder.overprint.regions import FrameRegions
from layers.labels.placer import Box
from twin.arrays import U8

TITLE_PX, UNDER_PX = 84.0, 36.0
DARKEST = 0.72
MIDDLE = 0.44
"""Of the frame's height: where a title's middle lies."""


def draw_title(picture: U8, title: TitleWords | None, regions: FrameRegions) -> Box | None:
    """Draw a title in place; returns its box."""
    if title is None or title.opacity <= 0.0:
        return None
    band, words = _title(title.text, title.under, regions)
    middle = MIDDLE * regions.size[1]
    for block in (band, words):
        x, y = (regions.size[0] - block.size[0]) // 2, round(middle - block.size[1] / 2)
        blend(picture, block, x, y, opacity=title.opacity)
    return float(x), float(y), float(x + words.size[0]), float(y + words.size[1])


@lru_cache(maxsize=16)
def _title(text: str, under: str, regions: FrameRegions) -> tuple[InkBlock, InkBlock]:
    u, width = regions.unit, 0.8 * regions.size[0]
    head = fitted(text, width, TITLE_PX * u, bold=True)
    below = fitted(under, width, UNDER_PX * u)
    rule = 0.0 if not below.lines else 44.0 * u
    tall = len(head.lines) * LINE * head.size + rule + len(below.lines) * LINE * below.size
    plate = Plate(max(head.width, below.width) + 4, max(tall, 1.0), colour=PAPER)
    middle, y = plate.size[0] / 2, 0.0
    for line in head.lines:
        plate.write(middle, y + (LINE - 1) / 2 * head.size, line, head.size, bold=True, anchor="m")
        y += LINE * head.size
    if below.lines:
        long = 96.0 * u
        plate.box(middle - long / 2, y + 18.0 * u, long, 4.0 * u, colour=ACCENT, alpha=255)
        y += rule
    for line in below.lines:
        plate.write(middle, y + (LINE - 1) / 2 * below.size, line, below.size, colour=QUIET, anchor="m")
        y += LINE * below.size
    inside = regions.size[0] - 2 * regions.frame_px
    return _band(inside, round(plate.size[1] + 240.0 * u)), plate.block()


def _band(width: int, height: int) -> InkBlock:
    """Return a band between the frame's sides, dark in the middle, nothing at its edges."""
    edge = np.minimum(np.linspace(0.0, 1.0, height), np.linspace(1.0, 0.0, height)) * 2.0
    share = np.clip(edge / 0.7, 0.0, 1.0)
    smooth = share * share * (3.0 - 2.0 * share)
    rows = (255.0 * DARKEST * smooth + 0.5).astype(np.uint8)
    alpha = Image.fromarray(np.repeat(rows[:, None], width, axis=1))
    return InkBlock(Image.new("RGB", alpha.size, INK), alpha)
