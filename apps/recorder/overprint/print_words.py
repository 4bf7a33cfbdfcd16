"""Print the words of a frame over its picture."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image

from apps.recorder.film_frame import FilmFrame
from apps.recorder.overprint.callout_boxes import PlacedCallout, draw_callouts, place_callouts
from apps.recorder.overprint.level_chart import chart_height, draw_chart
from apps.recorder.overprint.lower_words import caption_bottom, draw_caption, draw_foot
from apps.recorder.overprint.map_inset import InsetMap, draw_inset
from apps.recorder.overprint.moment_chip import draw_moment
from apps.recorder.overprint.numbers_panel import NumbersPlace, draw_numbers, numbers_place
from apps.recorder.overprint.regions import FrameRegions, frame_regions
from apps.recorder.overprint.title_words import draw_title
from layers.labels.placer import Box
from twin.arrays import U8

GAP = 14.0
"""Between panels, in a frame 1080 high."""
CAPTION_ROOM = 150.0
"""Kept free for captions of two lines, whether one shows or not."""


def print_words(picture: U8, frame: FilmFrame, *, inset: InsetMap | None = None) -> U8:
    """Print a frame's words over its picture, overlay already painted.

    (height, width, 3) uint8; ``inset`` is the film's map. What lies over it is a function of the frame alone:
    equal frames, equal bytes.
    """
    printed = picture.copy()
    _draw(printed, frame, inset)
    return printed


def print_panels(picture: U8, frame: FilmFrame, *, inset: InsetMap | None = None) -> U8:
    """Print all but title, caption and numbers.

    For slides, where those are text; the numbers' box (:func:`words_place`) stays free.
    """
    printed = picture.copy()
    _draw(printed, frame, inset, words=False)
    return printed


def taken_boxes(frame: FilmFrame, size: tuple[int, int], *, inset: InsetMap | None = None) -> tuple[Box, ...]:
    """Return the boxes of a frame that its words lie in, px.

    For ``Stage.overlay(reserved=…)``, beside ``furniture``: no name is placed under them. ``size`` is
    (width, height).
    """
    return _draw(np.zeros((size[1], size[0], 3), dtype=np.uint8), frame, inset)


def callout_boxes(frame: FilmFrame, size: tuple[int, int]) -> tuple[Box, ...]:
    """Return the boxes of a frame's call-outs, px, without drawing them."""
    return tuple(one.box for one in _layout(frame, frame_regions(*size)).callouts)


class WordsPlace(NamedTuple):
    """Place of words that are not printed.

    The captions' lower edge, px, and the numbers.
    """

    captions_bottom: float
    numbers: NumbersPlace | None


def words_place(frame: FilmFrame, size: tuple[int, int]) -> WordsPlace:
    """Return what :func:`print_panels` leaves free."""
    at = _layout(frame, frame_regions(*size))
    return WordsPlace(at.caption_bottom, at.numbers)


def dissolve(before: U8, after: U8, mix: float) -> U8:
    """Mix two pictures; ``mix`` is the share of the second.

    0 to 1; (height, width, 3) uint8 both. Where they are equal the result is, too.
    """
    mixed = Image.blend(Image.fromarray(before), Image.fromarray(after), min(1.0, max(0.0, mix)))
    return np.array(mixed)


class _Layout(NamedTuple):
    """Where the words of a frame lie, px. Panels and call-outs give way to a title: ``shown``."""

    shown: float
    caption_bottom: float
    numbers: NumbersPlace | None
    numbers_bottom: float
    chart_top: float
    callouts: list[PlacedCallout]


def _layout(frame: FilmFrame, regions: FrameRegions) -> _Layout:
    words, scene = frame.words, frame.scene
    shown = 1.0 - (words.title.opacity if words.title else 0.0)
    bottom = caption_bottom(words, regions)
    lowest = min(regions.right[3], bottom - regions.length(CAPTION_ROOM + GAP))
    lowest -= chart_height(regions) + regions.length(GAP) if words.chart else 0.0
    numbers = numbers_place(words.numbers, regions, bottom=lowest, language=scene.language)
    placed = place_callouts(words.callouts, scene, regions, free=_free(frame, regions, bottom))
    return _Layout(
        shown=shown,
        caption_bottom=bottom,
        numbers=numbers,
        numbers_bottom=lowest,
        chart_top=numbers.box[3] + regions.length(GAP) if numbers else regions.right[1],
        callouts=[one._replace(opacity=shown * one.opacity) for one in placed] if shown > 0.0 else [],
    )


def _draw(picture: U8, frame: FilmFrame, inset: InsetMap | None, *, words: bool = True) -> tuple[Box, ...]:
    """Draw all words in place; returns the boxes they lie in."""
    said, scene = frame.words, frame.scene
    regions = frame_regions(picture.shape[1], picture.shape[0])
    at = _layout(frame, regions)
    boxes: list[Box | None] = [*draw_callouts(picture, at.callouts, regions)]
    if words:
        draw_numbers(
            picture,
            said.numbers,
            regions,
            bottom=at.numbers_bottom,
            language=scene.language,
            opacity=at.shown,
        )
    boxes += [
        at.numbers.box if at.numbers and at.shown > 0.0 else None,
        draw_chart(picture, said.chart, regions, top=at.chart_top, opacity=at.shown),
        draw_moment(picture, said.moment, regions, mode=scene.moment.mode),
        draw_inset(picture, inset, scene, regions, opacity=at.shown) if inset and said.inset else None,
        draw_title(picture, said.title, regions) if words else None,
        draw_caption(picture, said, regions, bottom=at.caption_bottom) if words else None,
        draw_foot(picture, said, regions),
    ]
    return tuple(box for box in boxes if box is not None)


def _free(frame: FilmFrame, regions: FrameRegions, bottom: float) -> Box:
    """Return where call-outs may lie: between the panels, over the captions.

    Whether a caption shows just now makes no difference, so that no box moves when it comes.
    """
    words, gap = frame.words, regions.length(20.0)
    left = regions.left[2] + gap if words.inset else regions.left[0]
    right = regions.right[0] - gap if words.numbers or words.chart else regions.right[2]
    return left, regions.left[1], right, bottom - regions.length(CAPTION_ROOM)
