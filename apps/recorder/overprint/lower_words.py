"""Draw the foot of a frame: caption, title block, attributions."""

from __future__ import annotations

from functools import lru_cache

from apps.recorder.film_frame import FrameWords
from apps.recorder.overprint.fitting import fitted
from apps.recorder.overprint.ink import BOX_ALPHA, CAUTION, LINE, PAPER, QUIET, Colour, InkBlock, Plate, blend
from apps.recorder.overprint.regions import FrameRegions
from layers.labels.placer import Box
from twin.arrays import U8

CAPTION_PX, BLOCK_PX, SMALL_PX = 42.0, 19.0, 16.0
"""In a frame 1080 high."""


def draw_foot(picture: U8, words: FrameWords, regions: FrameRegions) -> Box | None:
    """Draw title block and attributions, in place; returns their box."""
    block = _foot(words.block, words.attributions, words.lacking, regions)
    return _placed(picture, block, regions.foot[0], regions.foot[3])


def draw_caption(picture: U8, words: FrameWords, regions: FrameRegions, *, bottom: float) -> Box | None:
    """Draw the caption above ``bottom`` px; returns its box."""
    if words.caption is None:
        return None
    block = _caption(words.caption.text, regions)
    left = (regions.size[0] - (block.size[0] if block else 0)) / 2
    return _placed(picture, block, left, bottom, opacity=words.caption.opacity)


def caption_bottom(words: FrameWords, regions: FrameRegions) -> float:
    """Return the lower edge of captions, above the foot; px."""
    block = _foot(words.block, words.attributions, words.lacking, regions)
    tall = 0 if block is None else block.size[1]
    return min(regions.captions[3], regions.foot[3] - tall - regions.length(18.0))


def _placed(
    picture: U8, block: InkBlock | None, left: float, bottom: float, *, opacity: float = 1.0
) -> Box | None:
    if block is None or opacity <= 0.0:
        return None
    x, y = round(left), round(bottom) - block.size[1]
    blend(picture, block, x, y, opacity=opacity)
    return float(x), float(y), float(x + block.size[0]), float(y + block.size[1])


@lru_cache(maxsize=64)
def _caption(text: str, regions: FrameRegions) -> InkBlock | None:
    pad, u = regions.length(30.0), regions.unit
    width = regions.captions[2] - regions.captions[0] - 2 * pad
    found = fitted(text, width, CAPTION_PX * u)
    if not found.lines:
        return None
    step = LINE * found.size
    plate = Plate(found.width + 2 * pad, len(found.lines) * step + 2 * regions.length(11.0))
    wide, tall = plate.size
    plate.box(0, 0, wide, tall, radius=8.0 * u)
    for number, line in enumerate(found.lines):
        top = regions.length(11.0) + number * step + (LINE - 1) / 2 * found.size
        plate.write(wide / 2, top, line, found.size, anchor="m")
    return plate.block()


@lru_cache(maxsize=16)
def _foot(block: str, attributions: str, lacking: str, regions: FrameRegions) -> InkBlock | None:
    """Lines of the foot on a strip."""
    u, pad = regions.unit, regions.length(16.0)
    width = regions.foot[2] - regions.foot[0] - 2 * pad
    widest = 0.0
    rows: list[tuple[str, float, Colour]] = []
    for text, px, colour in (
        (lacking, SMALL_PX, CAUTION),
        (block, BLOCK_PX, PAPER),
        (attributions, SMALL_PX, QUIET),
    ):
        found = fitted(text, width, px * u)
        rows += [(line, found.size, colour) for line in found.lines]
        widest = max(widest, found.width)
    if not rows:
        return None
    tall = sum(LINE * size for _, size, _ in rows) + 2 * regions.length(7.0)
    plate = Plate(widest + 2 * pad, tall)
    plate.box(0, 0, *plate.size, radius=6.0 * u, alpha=BOX_ALPHA)
    y = regions.length(7.0)
    for line, size, colour in rows:
        plate.write(pad, y + (LINE - 1) / 2 * size, line, size, colour=colour)
        y += LINE * size
    return plate.block()
