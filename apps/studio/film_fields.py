"""Set one field of a film from a form's value."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, get_args

from apps.studio.field_values import refused, replaced
from apps.studio.shot_edits import changed
from twin.catalog.title_block import TitleBlock
from twin.catalog.types import Names
from twin.storyboard.storyboard import Storyboard

FilmField = Literal[
    "title", "language", "size", "fps", "access", "sound", "dated", "unit", "classification", "map_approval"
]
BLOCK: tuple[FilmField, ...] = get_args(Literal["unit", "classification", "map_approval"])


def with_film_field(board: Storyboard, field: FilmField, value: str) -> Storyboard:
    """Return the storyboard with one field set.

    '' takes the site's, or none. Words are those of the film's language. Raises ShotFieldError.
    """
    try:
        if field in BLOCK:
            return changed(board, title_block=_block(board, field, value.strip()))
        return changed(board, **{field: _plain(field, value)})
    except ValueError as error:
        raise refused(field, value) from error


def _plain(field: FilmField, value: str) -> Any:
    if field == "size":
        width, _, height = value.partition("x")
        return int(width), int(height)
    if field == "fps":
        return int(value)
    if field == "dated":
        return date.fromisoformat(value) if value else None
    return (value or None) if field == "sound" else value


def _block(board: Storyboard, field: FilmField, text: str) -> TitleBlock | None:
    block = board.title_block or TitleBlock()
    new: str | Names | None = text or None
    if text and field != "map_approval":
        before: Names | None = getattr(block, field)
        new = Names(zh=text, en=text) if before is None else replaced(before, **{board.language: text})
    block = replaced(block, **{field: new})
    return None if block == TitleBlock() else block
