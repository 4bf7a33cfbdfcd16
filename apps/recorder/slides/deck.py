"""Contents of a deck of slides: pictures, and words that stay text."""

from __future__ import annotations

from dataclasses import dataclass

from apps.recorder.film_frame import NumberWords
from apps.recorder.overprint.print_words import WordsPlace
from twin.bilingual import Language

SLIDE_PX = (1920, 1080)
"""Pictures of slides, 16:9; boxes of words are given in it."""


@dataclass(frozen=True, kw_only=True)
class SlideWords:
    """Slide: picture, words, notes.

    ``picture`` is a JPEG or PNG that fills it, ``described`` its content for who does not see it.
    ``place`` is where the picture leaves room for captions and numbers.
    """

    picture: bytes | None
    described: str
    title: str = ""
    under: str = ""
    captions: tuple[str, ...] = ()
    numbers: tuple[NumberWords, ...] = ()
    place: WordsPlace | None = None
    foot: str = ""
    notes: str = ""


@dataclass(frozen=True, kw_only=True)
class SlideDeck:
    """Deck: slides with the words of its file's properties."""

    title: str
    author: str
    language: Language
    slides: tuple[SlideWords, ...]
