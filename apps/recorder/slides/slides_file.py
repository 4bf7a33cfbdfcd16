"""Write a film's slides into a file."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from apps.recorder.film_painter import FilmPainter
from apps.recorder.recording_job import RecordingJob
from apps.recorder.slides.deck import SLIDE_PX
from apps.recorder.slides.film_deck import film_deck
from apps.recorder.slides.pptx_file import pptx_of


def write_slides(job: RecordingJob, file: Path) -> int:
    """Draw a film's slides and write them; returns how many there are.

    Pictures are 1920 × 1080, whatever the film's size. Raises what ``open_film`` raises, TilesMissingError,
    OSError.
    """
    job = replace(job, board=job.board.model_copy(update={"size": SLIDE_PX}))
    with closing(FilmPainter(job.open_film(), quality=job.quality)) as painter:
        deck = film_deck(painter.film, painter.scene_picture, inset=painter.inset)
    file.write_bytes(pptx_of(deck))
    return len(deck.slides)
