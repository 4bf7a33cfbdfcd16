"""Preview a film: contact sheet of small frames, small movie."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw

from apps.recorder.encoding import encode_segment
from apps.recorder.film_painter import FilmPainter
from apps.recorder.shot_words import said
from apps.recorder.shots import Film
from layers.film_stage import DRAFT
from layers.labels.fonts import font
from twin.storyboard.storyboard import Storyboard

A_SECOND = 2
"""Frames a second that are evaluated; every other one is shown."""
LINES, ACROSS, MOST = 270, 4, 160
MOVIE_LINES, MOVIE_FPS = 360, 10
GAP, CAPTION, BAR, TEXT_PX = 16, 30, 6, 19
PAPER, INK, RULE = (246, 248, 250), (27, 39, 51), (47, 111, 159)


def small(storyboard: Storyboard, *, lines: int = LINES, fps: int = A_SECOND) -> dict[str, object]:
    """Return a preview's size and frame rate, as a storyboard's fields."""
    width, height = storyboard.size
    return {"size": (2 * round(lines * width / height / 2), lines), "fps": fps}


def contact_sheet(film: Film) -> Image.Image:
    """Draw one frame a second of every shot.

    With its time, the first one with its shot's name. Of long films fewer, 160 at most. ``film`` has the size
    and frame rate of :func:`small`. Raises TilesMissingError and what opening a window raises.
    """
    size = film.storyboard.size
    numbers = sheet_frames(film)
    rows = -(-len(numbers) // ACROSS)
    across, down = size[0] + GAP, size[1] + CAPTION + GAP
    sheet = Image.new("RGB", (GAP + ACROSS * across, GAP + rows * down), PAPER)
    pen = ImageDraw.Draw(sheet)
    painter = FilmPainter(film, quality=DRAFT)
    try:
        for place, (shot, number) in enumerate(numbers):
            x, y = GAP + place % ACROSS * across, GAP + place // ACROSS * down
            sheet.paste(Image.fromarray(painter.picture(number)), (x, y))
            first = place == 0 or numbers[place - 1][0] != shot
            if first:
                pen.rectangle((x, y + size[1], x + size[0] - 1, y + size[1] + BAR - 1), fill=RULE)
            words = f"{number / A_SECOND:.1f} s  " + (_named(film.storyboard, shot) if first else "")
            pen.text((x, y + size[1] + BAR), words, fill=INK, font=font(TEXT_PX, bold=first))
    finally:
        painter.close()
    return sheet


def small_movie(film: Film, path: Path) -> None:
    """Record a film as H.264, in this process, edges not smooth.

    Raises as :func:`contact_sheet`, and OSError.
    """
    painter = FilmPainter(film, quality=DRAFT)
    try:
        pictures = map(painter.picture, range(len(film)))
        board = film.storyboard
        encode_segment(path, pictures, size=board.size, fps=board.fps, codec="h264", draft=True)
    finally:
        painter.close()


def sheet_frames(film: Film) -> list[tuple[int, int]]:
    """Choose frames (shot, number), one a second of every shot.

    The first is half a second into its shot; a shot shorter than that has its first frame.
    """
    every = A_SECOND
    while len(found := list(_chosen(film, every))) > MOST and every < len(film):
        every *= 2
    return found


def _chosen(film: Film, every: int) -> Iterator[tuple[int, int]]:
    for shot in range(len(film.storyboard.shots)):
        first, end = film.first[shot], film.first[shot + 1]
        for number in range(first + min(1, max(0, end - first - 1)), end, every):
            yield shot, number


def _named(storyboard: Storyboard, shot: int) -> str:
    own = storyboard.shots[shot]
    name = said(own.name, storyboard.language)
    return f"{shot + 1} {name}" if name else f"{shot + 1} {own.id}"
