"""Check levels that words state in digits, and fields without a value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from twin.storyboard.problem_list import ProblemList
from twin.storyboard.text_fields import FIELD, OF_TIME, texts_of, words_of

if TYPE_CHECKING:
    from apps.recorder.shots import Film
    from twin.basin import Basin

STATED = re.compile(r"(?<![\d.±~～-])(\d{1,4}(?:\.\d+)?)\s*(?:米(?!每|/)|m\b(?![²³/]))")
"""A number of metres: 158.00 米, 158 m; no volume, area or speed."""
LOOKS = 65


def check_texts(film: Film, problems: ProblemList) -> None:
    """Add levels that a shot never has, and times without a value."""
    water = film.basin.water
    lowest_m, highest_m = water.answered_from_m, water.highest_m
    named = _named(film.basin)
    for number, shot in enumerate(film.storyboard.shots):
        found = list(words_of(shot))
        moments = [film.moment(number, float(t)) for t in np.linspace(0.0, shot.seconds, LOOKS)]
        levels = [moment.level_m for moment in moments]
        for at, words in found:
            for text in texts_of(words):
                if set(OF_TIME) & set(FIELD.findall(text)) and any(one.valid_at is None for one in moments):
                    message = "asks for a time, and the shot's level is a what-if of no time"
                    problems.add(("shots", number, *at), "no-time", message)
                for stated, half in _stated(text):
                    known = any(abs(stated - level) <= half for level in named)
                    if not lowest_m <= stated <= highest_m or known:
                        continue
                    if not min(levels) - half <= stated <= max(levels) + half:
                        span = " to ".join(dict.fromkeys(f"{x:.2f}" for x in (min(levels), max(levels))))
                        message = f"states {stated:g} m, and the level of this shot is {span} m"
                        hint = "mend the number, or write {level_m}"
                        problems.add(
                            ("shots", number, *at), "other-level", message, hint=hint, severity="warning"
                        )


def _stated(text: str) -> Iterator[tuple[float, float]]:
    """Numbers of metres in a text, each with half of its last digit."""
    for written in STATED.findall(text):
        digits = len(written.partition(".")[2])
        yield float(written), 0.5 * 10.0**-digits + 1e-9


def _named(basin: Basin) -> list[float]:
    """Levels that have a name of their own: characteristic ones, and those at which villages get wet."""
    first = basin.affected.villages.first_cm
    return [*(level.level_m for level in basin.site.levels), *(first.astype(float) / 100.0).tolist()]
