"""Values of forms: refusals, models with fields replaced, words."""

from __future__ import annotations

from typing import Any, TypeVar

from twin.bilingual import Language
from twin.catalog.types import Names, Strict
from twin.errors import TwinError

Value = str | float | bool
M = TypeVar("M", bound=Strict)


class ShotFieldError(TwinError):
    """Value that a field cannot have; ``field``, ``value``."""

    zh = "“{value}”不能用在这里，未作更改"


def refused(field: str, value: object) -> ShotFieldError:
    """Return the error of a value that a field cannot have."""
    shown = str(value)[:40]
    return ShotFieldError(f"{shown!r} cannot be used here; nothing has changed", field=field, value=shown)


def replaced(model: M, **fields: Any) -> M:
    """Return a model with some fields replaced; raises ValidationError."""
    return type(model)(**{**dict(model), **fields})


def words_in(before: str | Names | None, text: str, language: Language) -> str | Names:
    """Return words with one language replaced; of both where there were both."""
    if isinstance(before, Names):
        return Names(**{**dict(before), language: text})
    return text
