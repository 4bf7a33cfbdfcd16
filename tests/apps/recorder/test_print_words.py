"""Words lie over a frame: legible, inside, and the same bytes each time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from apps.recorder.film_frame import CaptionWords, FrameWords
from apps.recorder.overprint.print_words import dissolve, print_words, taken_boxes
from apps.recorder.overprint.regions import film_zoom, frame_regions
from layers.labels.overlay import Label, Mark, Overlay, scale_bar
from layers.labels.painter import paint
from tests.apps.recorder.frames import CAMERA, WORDS, film_frame, snow


def test_equal_frames_are_equal_bytes() -> None:
    picture = snow(640, 360)
    first = print_words(picture, film_frame())
    assert np.array_equal(first, print_words(picture, film_frame()))
    assert np.array_equal(picture, snow(640, 360))


def test_no_words_change_nothing() -> None:
    assert np.array_equal(print_words(snow(640, 360), film_frame(FrameWords())), snow(640, 360))


def test_a_caption_is_white_on_dark_over_snow() -> None:
    """A contrast of 7 to 1 (WCAG 2.2, 1.4.6) wherever the strip lies."""
    words = FrameWords(caption=CaptionWords(text="水位 158 m", opacity=1.0))
    printed = print_words(np.full((720, 1280, 3), 255, dtype=np.uint8), film_frame(words))
    changed = np.argwhere((printed != 255).any(axis=2))
    strip = printed[changed[:, 0].min() + 9, changed[:, 1].min() + 12 : changed[:, 1].max() - 12]
    linear = np.where(strip / 255 <= 0.04045, strip / 255 / 12.92, ((strip / 255 + 0.055) / 1.055) ** 2.4)
    assert (1.05 / (linear @ (0.2126, 0.7152, 0.0722) + 0.05)).min() >= 7.0


def test_opacity_0_shows_nothing_and_half_lies_between() -> None:
    def printed(opacity: float) -> float:
        words = FrameWords(caption=CaptionWords(text="158 m", opacity=opacity))
        return float(print_words(snow(640, 360), film_frame(words)).astype(float).sum())

    none, half, whole = printed(0.0), printed(0.5), printed(1.0)
    assert none == snow(640, 360).astype(float).sum()
    assert abs((none - half) - (none - whole) / 2) < 0.01 * (none - whole)


def test_a_dissolve_begins_and_ends_with_its_pictures() -> None:
    before, after = snow(64, 36), np.arange(64 * 36 * 3, dtype=np.uint32).astype(np.uint8).reshape(36, 64, 3)
    assert np.array_equal(dissolve(before, after, 0.0), before)
    assert np.array_equal(dissolve(before, after, 1.0), after)
    assert np.array_equal(dissolve(after, after, 0.37), after)
    half = (before.astype(float) + after) / 2
    assert np.abs(dissolve(before, after, 0.5) - half).max() <= 1.0


def test_no_name_is_placed_under_words() -> None:
    """What the stage gets as reserved is what is drawn: each box holds pixels that changed."""
    words = replace(WORDS, title=None)
    printed = print_words(snow(1280, 720), film_frame(words))
    for left, top, right, bottom in taken_boxes(film_frame(words), (1280, 720)):
        assert (printed[int(top) : int(bottom), int(left) : int(right)] != 240).any()


def test_4k_is_1080_lines_magnified() -> None:
    """Words, names' sizes and edges lie at the same shares of both pictures, and are as large."""
    small, large = frame_regions(1920, 1080), frame_regions(3840, 2160)
    for name in ("left", "right", "captions", "foot", "moment"):
        assert np.allclose(np.array(getattr(large, name)) / 2, getattr(small, name)), name
    assert film_zoom(2160) == 2 * film_zoom(1080) == 2.0
    edges = Overlay(
        labels=(Label("a", "villages", "village", "雁归台", 0.5, 0.5, True),),
        marks=(Mark("a", "villages", "village", "#ff8800", 0.5, 0.5),),
        north_deg=30.0,
        scale=scale_bar(CAMERA, 16 / 9),
        synthetic=None,
        mode="what-if",
    )
    pictures = [paint(snow(1920 * k, 1080 * k), edges, zoom=film_zoom(1080 * k)) for k in (1, 2)]
    shares = [float((picture != 240).any(axis=2).mean()) for picture in pictures]
    assert shares[1] == pytest.approx(shares[0], rel=0.05) and shares[0] > 0.01
