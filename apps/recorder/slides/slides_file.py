"""Write a film's slides into a file."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from apps.recorder.film_painter import FilmPainter
from apps.recorder.shots import Film
from apps.recorder.slides.deck import SLIDE_PX
from apps.recorder.slides.film_deck import film_deck
from apps.recorder.slides.pptx_file import pptx_of
from layers.film_stage import FILM
from twin.basin import Basin
from twin.storyboard.storyboard import Storyboard


def write_slides(storyboard: Storyboard, basin: Basin, file: Path) -> int:
    """Draw a film's slides and write them; returns how many there are.

    Pictures are 1920 × 1080, whatever the film's size. Raises ShotError, TilesMissingError, OSError.
    """
    film = Film(storyboard.model_copy(update={"size": SLIDE_PX}), basin)
    with closing(FilmPainter(film, quality=FILM)) as painter:
        deck = film_deck(film, painter.scene_picture, inset=painter.inset)
    file.write_bytes(pptx_of(deck))
    return len(deck.slides)
