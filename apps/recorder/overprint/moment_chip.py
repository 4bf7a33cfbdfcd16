"""Draw the time a picture is of, beside its mode's colour."""

from __future__ import annotations

from functools import lru_cache

from apps.recorder.overprint.fitting import fitted
from apps.recorder.overprint.ink import LINE, PAPER, Colour, InkBlock, Plate, blend
from apps.recorder.overprint.regions import FrameRegions
from layers.labels.placer import Box
from layers.labels.theme import MODES
from twin.arrays import U8
from twin.moment import Mode

MOMENT_PX = 27.0


def draw_moment(picture: U8, moment: str, regions: FrameRegions, *, mode: Mode) -> Box | None:
    """Draw a moment's words in place; returns their box."""
    if not moment:
        return None
    block = _chip(moment, regions, mode)
    x, y = round(regions.moment[0]), round(regions.moment[1])
    blend(picture, block, x, y)
    return float(x), float(y), float(x + block.size[0]), float(y + block.size[1])


@lru_cache(maxsize=32)
def _chip(moment: str, regions: FrameRegions, mode: Mode) -> InkBlock:
    u, (left, top, right, bottom) = regions.unit, regions.moment
    bar, pad = 7.0 * u, 18.0 * u
    words = fitted(moment, right - left - bar - 2 * pad, MOMENT_PX * u, most=1)
    plate = Plate(bar + 2 * pad + words.width, bottom - top)
    plate.box(0, 0, *plate.size)
    plate.box(0, 0, bar, plate.size[1], colour=_colour(mode), alpha=255)
    y = (plate.size[1] - LINE * words.size) / 2 + (LINE - 1) / 2 * words.size
    for line in words.lines:
        plate.write(bar + pad, y, line, words.size)
        y += LINE * words.size
    return plate.block()


def _colour(mode: Mode) -> Colour:
    """Return the mode's colour; the present has none."""
    if mode not in MODES:
        return PAPER
    code = MODES[mode].colour
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)
