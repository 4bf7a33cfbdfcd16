"""Letters without a glyph are named before anything is drawn."""

from __future__ import annotations

from PIL import Image, ImageDraw

from layers.labels.fonts import font
from layers.labels.glyphs import missing_glyphs, raised_runs


def test_what_the_font_has_is_not_named() -> None:
    assert missing_glyphs("密云水库 158.00 m, 3.2 × 10⁸ m³\n　“至”") == ""


def test_what_it_lacks_is_named_once_and_in_order() -> None:
    assert missing_glyphs("水🌊位 ሀ🌊") == "🌊ሀ"


def test_a_named_letter_is_drawn_as_the_box_of_what_is_missing() -> None:
    """Pillow draws every letter without a glyph alike: that is the oracle."""

    def drawn(letter: str) -> bytes:
        image = Image.new("L", (80, 80))
        ImageDraw.Draw(image).text((10, 60), letter, font=font(40), fill=255, anchor="ls")
        return image.tobytes()

    box = drawn("\U0010fffd")
    assert [letter for letter in "水aሀ½Ⅳ𐎀㎡" if drawn(letter) == box] == list(missing_glyphs("水aሀ½Ⅳ𐎀㎡"))


def test_raised_signs_are_split_off() -> None:
    assert list(raised_runs("10⁻⁸ m")) == [("10", False), ("−8", True), (" m", False)]
