"""Check a film before its first frame: script, basin, fonts, cameras."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from apps.recorder.shot_error import ShotError
from apps.recorder.shots import Film
from apps.recorder.text_check import check_texts
from layers.labels.glyphs import missing_glyphs
from twin.catalog.problems import Problem
from twin.catalog.yaml_tree import Document
from twin.catalog.yaml_tree import Path as KeyPath
from twin.storyboard.checking import storyboard_problems
from twin.storyboard.film_basin import FilmBasin
from twin.storyboard.problem_list import ProblemList
from twin.storyboard.storyboard import Storyboard

DRAWN = frozenset({"title", "text", "under", "name", "unit", "classification", "map_approval"})
"""Keys whose words are drawn, or written on slides."""


def film_problems(
    storyboard: Storyboard, film: FilmBasin, *, file: Path, document: Document | None = None
) -> tuple[Problem, ...]:
    """Return all that is wrong with a film, by line.

    Errors refuse a recording, warnings do not. Raises NoFontError where the pictures' font is not installed.
    """
    problems = ProblemList(file, document)
    for at, words in _drawn(storyboard.model_dump(mode="json", exclude_none=True)):
        if missing := missing_glyphs(words):
            named = ", ".join(f"{sign} (U+{ord(sign):04X})" for sign in missing)
            problems.add(at, "no-glyph", f"the font has no glyph for {named}: write another letter")
    found = storyboard_problems(storyboard, film.basin, file=file, document=document, left_out=film.left_out)
    if not any(problem.severity == "error" for problem in found):
        _check_film(storyboard, film, problems)
        if storyboard.sound is not None:
            _check_sound(file.parent / storyboard.sound, problems)
    return tuple(sorted((*found, *problems.sorted()), key=lambda problem: problem.line))


def _check_film(storyboard: Storyboard, film: FilmBasin, problems: ProblemList) -> None:
    """Add what a film cannot evaluate, and keys whose camera lies under ground or water."""
    try:
        evaluated = Film(storyboard, film.basin, left_out=film.titles)
    except ShotError as error:
        number = next(k for k, shot in enumerate(storyboard.shots) if shot.id == error.data["shot"])
        problems.add(("shots", number), "cannot-be-shown", error.reason)
        return
    check_texts(evaluated, problems)
    for number, shot in enumerate(storyboard.shots):
        for k, key in enumerate(shot.camera.keys):
            if under_m := evaluated.camera(number).under_m(key):
                words = f"the camera is {max(1.0, under_m):,.0f} m under the ground or water: raise it"
                problems.add(("shots", number, "camera", "keys", k), "camera-below", words)


def _check_sound(sound: Path, problems: ProblemList) -> None:
    """Add a sound file that cannot be decoded."""
    from apps.recorder.recording_errors import RecordingError  # noqa: PLC0415
    from apps.recorder.sound_track import SoundTrack  # noqa: PLC0415  (the decoder, where there is sound)

    try:
        with SoundTrack(sound, start_s=0.0, end_s=1.0):
            pass
    except RecordingError as error:
        problems.add(("sound",), "bad-sound", str(error))


def _drawn(value: Any, at: KeyPath = (), *, drawn: bool = False) -> Iterator[tuple[KeyPath, str]]:
    """Words that are drawn, each with its path."""
    if isinstance(value, str):
        if drawn:
            yield at, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _drawn(item, (*at, key), drawn=key in DRAWN or (drawn and key in ("zh", "en")))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _drawn(item, (*at, number))
