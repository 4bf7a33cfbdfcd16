"""No word leaves the frame, whatever its size; boxes say where words lie."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.recorder.film_frame import CalloutWords, CaptionWords, FrameWords, NumberWords, TitleWords
from apps.recorder.overprint.print_words import print_words, taken_boxes
from apps.recorder.overprint.regions import frame_regions
from layers.labels.painter import furniture, stamp_box
from tests.apps.recorder.frames import CHART, WORDS, film_frame, snow

LINE = st.text(st.sampled_from("水位库容受影响的村庄，。（）m³ 0158.⁸ abcdefg iW"), max_size=90)
SIZE = st.tuples(st.integers(320, 1000), st.integers(180, 700))
WORDED = st.builds(
    FrameWords,
    title=st.builds(TitleWords, text=LINE, under=LINE, opacity=st.sampled_from([0.3, 1.0])),
    caption=st.builds(CaptionWords, text=LINE, opacity=st.just(1.0)),
    callouts=st.lists(
        st.builds(
            CalloutWords,
            text=LINE,
            east_m=st.floats(-1e4, 1e4),
            north_m=st.floats(-1e4, 1e4),
            height_m=st.floats(-100, 2000),
            opacity=st.just(1.0),
        ),
        max_size=5,
    ).map(tuple),
    numbers=st.lists(
        st.builds(NumberWords, label=LINE, value=LINE.map(lambda text: text[:12]), unit=LINE, source=LINE),
        max_size=9,
    ).map(tuple),
    chart=st.sampled_from([None, CHART]),
    moment=LINE,
    block=LINE,
    attributions=LINE,
    lacking=LINE,
)


def lies_in(box: tuple[float, ...], size: tuple[int, int]) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= size[0] and box[3] <= size[1]


@settings(max_examples=40, deadline=None)
@given(WORDED, SIZE)
def test_no_box_leaves_the_frame(words: FrameWords, size: tuple[int, int]) -> None:
    assert all(lies_in(box, size) for box in taken_boxes(film_frame(words), size))


@pytest.mark.parametrize("size", [(1280, 720), (640, 640)])
def test_nothing_is_drawn_outside_the_boxes(size: tuple[int, int]) -> None:
    words = replace(WORDS, title=None, callouts=())
    printed = print_words(snow(*size), film_frame(words))
    for left, top, right, bottom in taken_boxes(film_frame(words), size):
        printed[int(top) : int(np.ceil(bottom)), int(left) : int(np.ceil(right))] = 240
    assert (printed == 240).all()


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (3840, 2160)])
def test_panels_lie_clear_of_arrow_scale_bar_tab_and_stamp(size: tuple[int, int]) -> None:
    many = WORDS.numbers * 6
    words = replace(
        WORDS,
        title=None,
        numbers=many,
        block="管理处 · " * 40,
        caption=CaptionWords(text="水" * 60, opacity=1),
    )
    others = [*furniture(size), stamp_box(frame_regions(*size).stamp_at, size)]
    for box in taken_boxes(film_frame(words), size):
        for other in others:
            apart = box[2] <= other[0] or other[2] <= box[0] or box[3] <= other[1] or other[3] <= box[1]
            assert apart, (box, other)


def test_boxes_of_different_words_do_not_overlap() -> None:
    words = replace(WORDS, title=None, callouts=(), numbers=WORDS.numbers * 6, attributions="来源，" * 60)
    words = replace(words, caption=CaptionWords(text="水位达到 158 m，" * 6, opacity=1.0))
    boxes = taken_boxes(film_frame(words), (1920, 1080))
    assert len(boxes) == 5
    for k, a in enumerate(boxes):
        for b in boxes[k + 1 :]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (a, b)
