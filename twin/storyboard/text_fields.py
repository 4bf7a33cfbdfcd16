"""Fields in words: ``{level_m}`` is the level of that moment."""

from __future__ import annotations

import re
from collections.abc import Iterator

from twin.catalog.types import Words
from twin.catalog.validation_messages import nearest
from twin.catalog.yaml_tree import Path as KeyPath
from twin.storyboard.problem_list import ProblemList
from twin.storyboard.storyboard import Shot, Storyboard

OF_TIME = ("date", "time")
FIELDS = (
    "level_m",
    "from_level_m",
    "to_level_m",
    "storage",
    "area",
    "affected_villages",
    "affected_households",
    "affected_people",
    *OF_TIME,
)
"""``from_level_m`` and ``to_level_m`` are the levels that the shot begins and ends with."""
FIELD = re.compile(r"\{([^{}]*)\}")


def check_fields(storyboard: Storyboard, problems: ProblemList) -> None:
    """Add fields that there are not."""
    for number, shot in enumerate(storyboard.shots):
        for at, words in words_of(shot):
            for text in texts_of(words):
                for name in FIELD.findall(text):
                    if name not in FIELDS:
                        message = f"there is no field {{{name}}}"
                        problems.add(
                            ("shots", number, *at), "unknown-field", message, hint=nearest(name, FIELDS)
                        )


def words_of(shot: Shot) -> Iterator[tuple[KeyPath, Words]]:
    """Yield the words over a shot's picture, each with its path."""
    if shot.title is not None:
        yield ("title", "text"), shot.title.text
        if shot.title.under is not None:
            yield ("title", "under"), shot.title.under
    for number, caption in enumerate(shot.captions):
        yield ("captions", number, "text"), caption.text
    for number, callout in enumerate(shot.callouts):
        yield ("callouts", number, "text"), callout.text


def texts_of(words: Words) -> tuple[str, ...]:
    """Return words in each of their languages."""
    return (words,) if isinstance(words, str) else (words.zh, words.en)
