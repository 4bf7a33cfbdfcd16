"""View of the strip of shots, and of the film's file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from apps.error_messages import say
from apps.formatting import fixed
from apps.line_translation import translated
from apps.studio.shot_edits import starts_s
from apps.texts import texts

if TYPE_CHECKING:
    from apps.parts.studio.studio_state import StudioState
    from twin.bilingual import Language
    from twin.catalog.types import Names
    from twin.storyboard.storyboard import Shot
    from twin.storyboard.water_track import WaterTrack


@dataclass(frozen=True, kw_only=True)
class ShotView:
    """Shot of the strip.

    ``water`` is its level in words, ``start_s`` its second of the film.
    """

    id: str
    name: str
    seconds: float
    start_s: float
    water: str = ""
    thumb: str = ""
    words: int = 0
    fade: bool = False
    problem: str = ""
    grave: bool = False


@dataclass(frozen=True, kw_only=True)
class FilmView:
    """Film that is open; ``name`` is '' for none.

    ``shape`` is width over height of its picture.
    ``saved`` says how its file agrees with it, ``file_note`` the same in words where that needs somebody.
    """

    name: str = ""
    shape: float = 0.0
    seconds: float = 0.0
    shots: list[ShotView] = field(default_factory=list)
    selected: str = ""
    saved: str = "saved"
    file_note: str = ""
    problem: str = ""
    can_undo: bool = False
    can_redo: bool = False


def film_view(studio: StudioState, language: Language) -> FilmView:
    """Return the strip in a language."""
    film, board = studio.film, studio.film.board
    if board is None or film.history is None or studio.shot is None:
        return FilmView()
    return FilmView(
        name=film.name,
        shape=round(board.size[0] / board.size[1], 4),
        seconds=sum(shot.seconds for shot in board.shots),
        shots=[
            shot_view(studio, shot, number, start_s, language)
            for number, (shot, start_s) in enumerate(zip(board.shots, starts_s(board), strict=True), 1)
        ],
        selected=studio.shot.id,
        saved=film.saved,
        file_note=file_note(studio, language),
        problem=problem_words(studio, None, language)[0],
        can_undo=film.history.can_undo,
        can_redo=film.history.can_redo,
    )


def shot_view(studio: StudioState, shot: Shot, number: int, start_s: float, language: Language) -> ShotView:
    """Return one shot of the strip."""
    t = texts(language)
    problem, grave = problem_words(studio, number - 1, language)
    return ShotView(
        id=shot.id,
        name=worded(shot.name, language) or t["shot_number"].format(number=number),
        seconds=shot.seconds,
        start_s=start_s,
        water=water_words(shot.water, language),
        thumb=studio.thumbs.get(shot.id, ""),
        words=len(shot.captions) + len(shot.callouts) + (shot.title is not None),
        fade=shot.fade_s > 0,
        problem=problem,
        grave=grave,
    )


def problem_words(studio: StudioState, shot: int | None, language: Language) -> tuple[str, bool]:
    """Return a shot's problems in words, and whether one is grave.

    None: those of the whole film.
    """
    found = [problem for problem in studio.problems if problem.shot == shot]
    lines = [
        " ".join(translated(line, language) for line in (problem.message, problem.hint) if line)
        for problem in sorted(found, key=lambda problem: not problem.grave)
    ]
    return " · ".join(lines), any(problem.grave for problem in found)


def worded(words: str | Names | None, language: Language) -> str:
    """Return words in a language, '' for none."""
    if words is None:
        return ""
    return words if isinstance(words, str) else words[language]


def water_words(water: WaterTrack | None, language: Language) -> str:
    """Return the water of a shot in a few words."""
    t = texts(language)
    if water is None:
        return t["shot_water_kept"]
    if water.levels:
        first, last = water.levels[0].level_m, water.levels[-1].level_m
        span = fixed(first, 2) if first == last else f"{fixed(first, 2)} → {fixed(last, 2)}"
        return f"{span} {t['unit_level']}"
    kinds = ("storages", "scenario", "run", "history", "frozen")
    return t["shot_water_" + next(kind for kind in kinds if getattr(water, kind))]


def file_note(studio: StudioState, language: Language) -> str:
    """Return a note on the film's file, '' for none."""
    film, t = studio.film, texts(language)
    if film.saved in ("failed", "broken") and film.error is not None:
        return f"{t['film_' + film.saved]} {say(film.error, language)}"
    if film.saved in ("changed", "gone"):
        return t["film_" + film.saved]
    return t["film_reread"] if film.reread else ""
