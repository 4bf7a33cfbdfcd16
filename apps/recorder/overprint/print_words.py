"""Print the words of a frame over its picture."""

from __future__ import annotations

from apps.recorder.film_frame import FilmFrame
from apps.recorder.overprint.lower_words import caption_bottom, draw_caption, draw_foot
from apps.recorder.overprint.regions import frame_regions
from apps.recorder.overprint.title_words import draw_title
from layers.labels.placer import Box
from twin.arrays import U8


def print_words(picture: U8, frame: FilmFrame) -> U8:
    """Print a frame's words over its picture, overlay already painted.

    (height, width, 3) uint8. What lies over it is a function of the frame alone: equal frames, equal bytes.
    """
    printed = picture.copy()
    _draw(printed, frame)
    return printed


def _draw(picture: U8, frame: FilmFrame) -> tuple[Box, ...]:
    """Draw all words in place; returns the boxes they lie in."""
    height, width = picture.shape[:2]
    words, regions = frame.words, frame_regions(width, height)
    boxes = [
        draw_title(picture, words.title, regions),
        draw_caption(picture, words, regions, bottom=caption_bottom(words, regions)),
        draw_foot(picture, words, regions),
    ]
    return tuple(box for box in boxes if box is not None)
