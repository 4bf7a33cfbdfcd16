"""Print the words of a frame over its picture."""

from __future__ import annotations

import numpy as np
from PIL import Image

from apps.recorder.film_frame import FilmFrame
from apps.recorder.overprint.callout_boxes import draw_callouts, place_callouts
from apps.recorder.overprint.level_chart import chart_height, draw_chart
from apps.recorder.overprint.lower_words import caption_bottom, draw_caption, draw_foot
from apps.recorder.overprint.map_inset import InsetMap, draw_inset
from apps.recorder.overprint.moment_chip import draw_moment
from apps.recorder.overprint.numbers_panel import draw_numbers
from apps.recorder.overprint.regions import FrameRegions, frame_regions
from apps.recorder.overprint.title_words import draw_title
from layers.labels.placer import Box
from twin.arrays import U8


def print_words(picture: U8, frame: FilmFrame, *, inset: InsetMap | None = None) -> U8:
    """Print a frame's words over its picture, overlay already painted.

    (height, width, 3) uint8; ``inset`` is the film's map. What lies over it is a function of the frame alone:
    equal frames, equal bytes.
    """
    printed = picture.copy()
    _draw(printed, frame, inset)
    return printed


def taken_boxes(frame: FilmFrame, size: tuple[int, int], *, inset: InsetMap | None = None) -> tuple[Box, ...]:
    """Return the boxes of a frame that its words lie in, px.

    For ``Stage.overlay(reserved=…)``, beside ``furniture``: no name is placed under them. ``size`` is
    (width, height).
    """
    return _draw(np.zeros((size[1], size[0], 3), dtype=np.uint8), frame, inset)


def dissolve(before: U8, after: U8, mix: float) -> U8:
    """Mix two pictures; ``mix`` is the share of the second.

    0 to 1; (height, width, 3) uint8 both. Where they are equal the result is, too.
    """
    mixed = Image.blend(Image.fromarray(before), Image.fromarray(after), min(1.0, max(0.0, mix)))
    return np.array(mixed)


def _draw(picture: U8, frame: FilmFrame, inset: InsetMap | None) -> tuple[Box, ...]:
    """Draw all words in place; returns the boxes they lie in.

    Panels and call-outs give way to a title.
    """
    height, width = picture.shape[:2]
    words, scene, regions = frame.words, frame.scene, frame_regions(width, height)
    shown = 1.0 - (words.title.opacity if words.title else 0.0)
    bottom = caption_bottom(words, regions)
    placed = place_callouts(words.callouts, scene, regions, free=_free(frame, regions, bottom))
    placed = [one._replace(opacity=shown * one.opacity) for one in placed]
    boxes: list[Box | None] = [*draw_callouts(picture, placed, regions)] if shown > 0.0 else []
    chart = chart_height(regions) + regions.length(14.0) if words.chart else 0.0
    numbers = draw_numbers(
        picture,
        words.numbers,
        regions,
        bottom=regions.right[3] - chart,
        language=scene.language,
        opacity=shown,
    )
    top = numbers[3] + regions.length(14.0) if numbers else regions.right[1]
    boxes += [
        numbers,
        draw_chart(picture, words.chart, regions, top=top, opacity=shown),
        draw_moment(picture, words.moment, regions, mode=scene.moment.mode),
        draw_inset(picture, inset, scene, regions, opacity=shown) if inset and words.inset else None,
        draw_title(picture, words.title, regions),
        draw_caption(picture, words, regions, bottom=bottom),
        draw_foot(picture, words, regions),
    ]
    return tuple(box for box in boxes if box is not None)


def _free(frame: FilmFrame, regions: FrameRegions, bottom: float) -> Box:
    """Return where call-outs may lie: between the panels, over the captions.

    Whether a caption shows just now makes no difference, so that no box moves when it comes.
    """
    words, gap = frame.words, regions.length(20.0)
    left = regions.left[2] + gap if words.inset else regions.left[0]
    right = regions.right[0] - gap if words.numbers or words.chart else regions.right[2]
    return left, regions.left[1], right, bottom - regions.length(150.0)
