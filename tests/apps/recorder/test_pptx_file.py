"""A deck opens again, and its words are text."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from pptx import Presentation

from apps.recorder.film_frame import NumberWords
from apps.recorder.overprint.numbers_panel import NumbersPlace
from apps.recorder.overprint.print_words import WordsPlace
from apps.recorder.slides.deck import SlideDeck, SlideWords
from apps.recorder.slides.pptx_file import pptx_of

NUMBERS = (
    NumberWords(label="库水位", value="158.00", unit="m", source="情景推演"),
    NumberWords(label="Buildings", value="1,284", unit="", source="Outlines of 2024"),
)


PLACE = WordsPlace(1000.0, NumbersPlace((1460.0, 40.0, 1880.0, 240.0), 1.0, 2))


def jpeg() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (192, 108), (40, 90, 60)).save(stream, "JPEG")
    return stream.getvalue()


DECK = SlideDeck(
    title="密云水库 158 m",
    author="管理处",
    language="zh",
    slides=(
        SlideWords(picture=None, described="", title="密云水库 158 m", under="2026-11-30", foot="内部资料"),
        SlideWords(
            picture=jpeg(),
            described="水库全景",
            captions=("水位涨至 158 m", "三个村庄受到影响"),
            numbers=NUMBERS,
            place=PLACE,
            notes="片中 0:00–0:05\n来源：库容曲线",
        ),
        SlideWords(picture=jpeg(), described="", title="The end", captions=("And a caption",)),
        SlideWords(picture=jpeg(), described=""),
    ),
)


def opened(content: bytes) -> Any:
    return Presentation(io.BytesIO(content))


def words_of(slide: Any) -> list[str]:
    found = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    tables = [shape.table for shape in slide.shapes if shape.has_table]
    found += [cell.text_frame.text for table in tables for row in table.rows for cell in row.cells]
    return [text for text in found if text]


def test_it_opens_again_and_holds_the_words() -> None:
    deck = opened(pptx_of(DECK))
    assert [words_of(slide) for slide in deck.slides] == [
        ["密云水库 158 m", "2026-11-30", "内部资料"],
        [
            "水位涨至 158 m\n三个村庄受到影响",
            "库水位",
            "158.00 m",
            "情景推演",
            "Buildings",
            "1,284",
            "Outlines of 2024",
        ],
        ["The end", "And a caption"],
        [],
    ]
    assert deck.slides[1].notes_slide.notes_text_frame.text == "片中 0:00–0:05\n来源：库容曲线"
    assert deck.core_properties.title == "密云水库 158 m"


def test_a_picture_fills_its_slide_16_by_9_below_the_words() -> None:
    deck = opened(pptx_of(DECK))
    assert deck.slide_width * 9 == deck.slide_height * 16
    first = deck.slides[1].shapes[0]
    assert first.image.blob == jpeg()
    assert (first.left, first.top, first.width, first.height) == (0, 0, deck.slide_width, deck.slide_height)
    assert first._element.nvPicPr.cNvPr.get("descr") == "水库全景"


def test_every_word_lies_on_the_slide() -> None:
    deck = opened(pptx_of(DECK))
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height


@pytest.mark.parametrize("language", ["zh", "en"])
def test_equal_decks_are_equal_bytes(language: str) -> None:
    deck = SlideDeck(title="x", author="y", language=language, slides=DECK.slides)  # type: ignore[arg-type]
    assert pptx_of(deck) == pptx_of(deck)
