"""Fill a deck of slides from a film, one slide a shot."""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image

from apps.recorder.film_frame import FilmFrame
from apps.recorder.overprint.map_inset import InsetMap
from apps.recorder.overprint.print_words import print_panels, words_place
from apps.recorder.poster_frames import poster_frames
from apps.recorder.shot_words import said
from apps.recorder.shots import Film
from apps.recorder.slides.deck import SLIDE_PX, SlideDeck, SlideWords
from apps.texts import texts
from twin.arrays import U8
from twin.storyboard.storyboard import Shot

QUALITY = 92
"""Of a slide's JPEG: 0.6 MB, and no edge of a letter shows it."""

Draw = Callable[[int], U8]
"""Draws a frame by its number, with its names and without its words, ``SLIDE_PX`` large."""


def film_deck(film: Film, draw: Draw, *, inset: InsetMap | None = None) -> SlideDeck:
    """Fill a deck: a title, then every shot by its poster.

    A first shot that has a title is the title slide. Raises what ``draw`` raises.
    """
    board = film.storyboard
    posters = poster_frames(film)
    unit = board.title_block.unit if board.title_block else None
    slides = [_of_shot(film, number, frame, draw, inset) for number, frame in enumerate(posters)]
    if not slides[0].title:
        slides.insert(0, _opening(film, posters[0]))
    author = unit[board.language] if unit else ""
    return SlideDeck(
        title=said(board.title, board.language), author=author, language=board.language, slides=tuple(slides)
    )


def _opening(film: Film, frame: FilmFrame) -> SlideWords:
    board, words = film.storyboard, frame.words
    under = board.dated.isoformat() if board.dated else ""
    foot = " · ".join(filter(None, (words.block, words.attributions)))
    return SlideWords(
        picture=None, described="", title=said(board.title, board.language), under=under, foot=foot
    )


def _of_shot(film: Film, number: int, frame: FilmFrame, draw: Draw, inset: InsetMap | None) -> SlideWords:
    shot, language, words = film.storyboard.shots[number], film.storyboard.language, frame.words
    picture = print_panels(draw(frame.number), frame, inset=inset)
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "JPEG", quality=QUALITY, subsampling=0)
    title = words.title
    return SlideWords(
        picture=stream.getvalue(),
        described=texts(language)["slide_picture"].format(**_state(frame)),
        title=title.text if title else "",
        under=title.under if title else "",
        captions=tuple(
            film.filled(
                number, said(caption.text, language), shot.seconds if caption.to_s is None else caption.to_s
            )
            for caption in shot.captions
        ),
        numbers=words.numbers if title is None else (),
        place=words_place(frame, SLIDE_PX),
        notes=_notes(film, number, shot, frame),
    )


def _notes(film: Film, number: int, shot: Shot, frame: FilmFrame) -> str:
    """Say where the slide is from: time, state, numbers with their sources, data, scene."""
    t, words, scene = texts(film.storyboard.language), frame.words, frame.scene
    fps = film.storyboard.fps
    name = said(shot.name, film.storyboard.language) or shot.id
    start, end = film.first[number] / fps, film.first[number + 1] / fps
    lines = [
        t["slide_shot"].format(number=number + 1, name=name),
        t["slide_time"].format(start=_clock(start), end=_clock(end), at=_clock(frame.time_s)),
        t["slide_state"].format(**_state(frame)),
        words.moment,
        *(
            t["slide_number"].format(
                label=one.label, value=f"{one.value} {one.unit}".strip(), source=one.source
            )
            for one in words.numbers
        ),
        words.lacking,
        words.attributions,
        words.block,
        t["slide_generation"].format(generation=scene.moment.generation or film.basin.generation.id),
        t["slide_link"].format(link=scene.to_link()),
    ]
    return "\n".join(line for line in lines if line)


def _state(frame: FilmFrame) -> dict[str, str]:
    moment, language = frame.scene.moment, frame.scene.language
    return {
        "mode": texts(language)[f"mode_{moment.mode.replace('-', '_')}"],
        "level": f"{moment.level_m:.2f}",
    }


def _clock(seconds: float) -> str:
    """Format a time of the film: minutes, seconds."""
    return f"{int(seconds) // 60}:{seconds % 60:04.1f}"
