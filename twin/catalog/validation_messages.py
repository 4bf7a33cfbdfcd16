"""Translate pydantic's errors for people who edit YAML."""

from __future__ import annotations

import difflib
import json
import types
import typing
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from twin.catalog.problems import Problem
from twin.catalog.yaml_tree import Document
from twin.catalog.yaml_tree import Path as KeyPath

M = TypeVar("M", bound=BaseModel)

_CODES = {"extra_forbidden": "unknown-key", "missing": "missing-key"}
_WANTED = {
    "string_type": "must be text; put it in quotes",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "int_parsing": "must be a whole number",
    "time_delta_parsing": "must be a length of time like P3D",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be a group of keys",
    "model_type": "must be a group of keys",
    "finite_number": "must be a finite number, not NaN or infinite",
    "date_from_datetime_parsing": "must be a day like 2025-07-29",
    "date_from_datetime_inexact": "must be a day like 2025-07-29",
    "date_parsing": "must be a day like 2025-07-29",
    "date_type": "must be a day like 2025-07-29",
    **dict.fromkeys(
        ("datetime_parsing", "datetime_from_date_parsing", "datetime_type"),
        "must be a time with its zone, like 2025-07-29T08:00+08:00",
    ),
    "timezone_aware": "lacks its zone, like +08:00 at its end",
    "tuple_type": "must be a list",
    "int_parsing_size": "must be a smaller number",
    "string_unicode": "must be text that can be written down",
}
_BOUNDS = {
    "greater_than": ("must be greater than {}", "gt"),
    "greater_than_equal": ("must be {} or more", "ge"),
    "less_than": ("must be less than {}", "lt"),
    "less_than_equal": ("must be {} or less", "le"),
    "string_too_short": ("is too short; {} letters at least", "min_length"),
    "string_too_long": ("is too long; {} letters at most", "max_length"),
    "too_short": ("needs {} items at least", "min_length"),
    "too_long": ("has too many items; {} at most", "max_length"),
}
_FORMS = {
    r"^[a-z][a-z0-9_-]{0,63}$": "a lower-case Latin letter, then letters, digits, - and _",
    r"^[^@\s<>,;]{1,64}@[^@\s<>,;]{1,255}$": "an address of mail, like duty@example.org",
    r"^[A-Z][A-Z0-9_]{0,63}$": "the name of an environment variable, like TWIN_TOKEN",
    r"^[A-Za-z0-9_-]{1,64}$": "Latin letters, digits, - and _, 64 at most",
    r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$": "a day of every year, month first, like 06-01",
    r"^([01]\d|2[0-3]):[0-5]\d$": "a time of day, like 08:00",
    r"^\d{10}$": "ten digits",
    r"^-?\d{1,9}$": "a number of the file, like 10",
    r"^[A-Za-z0-9][A-Za-z0-9._:+-]{0,63}$": "an id: Latin letters, digits and . _ : + -, 64 at most",
    r"^[^/\\:]+\.ya?ml$": "the name of a .yaml file in the catalog's folder",
    r"^[A-Za-z_][A-Za-z0-9_]{0,62}$": "the name of a schema: Latin letters, digits and _",
}
"""What a pattern wants, in words."""


def validate(
    model: type[M],
    value: object,
    *,
    file: Path,
    document: Document,
    at: KeyPath = (),
    entry: str | None = None,
) -> tuple[M | None, list[Problem]]:
    """Validate ``value`` into a model; collect all problems.

    ``at`` is its path in the document.
    """
    try:
        return model.model_validate_json(json.dumps(value)), []
    except ValidationError as error:
        problems = []
        refused = {fault.path for fault in document.faults if fault.code == "alias"}
        for item in error.errors(include_url=False):
            told = _keys_of(item["loc"])
            path = (*at, *told)
            if any(path[: len(bad)] == bad for bad in refused if bad):
                continue  # its value was refused already, with a better reason
            message, hint = _words(model, told, dict(item))
            problems.append(
                Problem(
                    file=file,
                    line=document.line_of(path),
                    key=dotted(path),
                    code=_CODES.get(item["type"], "bad-value"),
                    message=message,
                    hint=hint,
                    entry=entry,
                )
            )
        return None, problems


def sentences(model: type[BaseModel], error: ValidationError) -> list[str]:
    """Return one sentence for each problem, its key first."""
    lines = []
    for item in error.errors(include_url=False):
        path = _keys_of(item["loc"])
        message, hint = _words(model, path, dict(item))
        lines.append(f"{dotted(path)} {message}" + (f" ({hint})" if hint else ""))
    return lines


def _keys_of(loc: tuple[str | int, ...]) -> KeyPath:
    """A place in a document, without what pydantic adds in brackets: ``[key]``, tags of a union."""
    return tuple(part for part in loc if not str(part).startswith("["))


def dotted(path: KeyPath) -> str:
    """Format a path as ``levels[2].season``.

    From ``("levels", 2, "season")``.
    """
    out = ""
    for part in path:
        out += f"[{part}]" if isinstance(part, int) else ("." if out else "") + part
    return out


def nearest(word: str, options: Iterable[str]) -> str:
    """Suggest the nearest option, or list all of them."""
    options = sorted(set(options))
    near = difflib.get_close_matches(word, options, n=1, cutoff=0.5)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"known here: {', '.join(options)}" if options else ""


def _words(model: type[BaseModel], loc: KeyPath, item: dict[str, Any]) -> tuple[str, str]:
    """What is wrong, and a hint."""
    kind, context, given = item["type"], item.get("ctx", {}), item.get("input")
    if kind == "extra_forbidden":
        return "is not a key here", nearest(str(loc[-1]), _keys_at(model, loc[:-1]))
    if kind == "literal_error":
        options = [option.strip("'") for option in str(context["expected"]).replace(" or ", ", ").split(", ")]
        quotes = "write it without quotes" if isinstance(given, str) else "put it in quotes"
        return f"cannot be {short(given)}", quotes if str(given) in options else nearest(str(given), options)
    if kind == "bool_type" and str(given) in ("yes", "no", "on", "off"):
        return f"{short(given)} is text here", "write true or false"
    if str(loc[-1] if loc else "").endswith("_env"):
        given = "…"  # somebody may have written the secret itself
    return _sentence(kind, context, given), ""


def _sentence(kind: str, context: dict[str, Any], given: object) -> str:
    if kind == "missing":
        return "is missing"
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_pattern_mismatch":
        return f"{short(given)} is not {_FORMS.get(context['pattern'], 'of the form ' + context['pattern'])}"
    if kind in _BOUNDS:
        words, limit = _BOUNDS[kind]
        if context[limit] == 1 and kind in ("string_too_short", "too_short"):
            return "is empty"
        return f"{words.format(_plain(context[limit]))}; this is {short(given)}"
    return f"{_WANTED.get(kind, 'cannot be used here')}; this is {short(given)}"


def _plain(number: object) -> str:
    return f"{number:g}" if isinstance(number, float) else str(number)


def short(value: object) -> str:
    """Format a value as JSON, cut to 60 characters."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."


def _keys_at(model: type[BaseModel], loc: KeyPath) -> list[str]:
    """The keys that the model at ``loc`` knows; none where something else than a model stands there."""
    here: object = model
    for part in loc:
        here = _step(here, part)
    if isinstance(here, type) and issubclass(here, BaseModel):
        return [
            f.alias or name
            for name, f in here.model_fields.items()
            if name != "id" or "kind" not in here.model_fields
        ]
    return []


def _step(here: object, part: str | int) -> object:
    if isinstance(here, type) and issubclass(here, BaseModel):
        for name, info in here.model_fields.items():
            if part in (name, info.alias):
                return _bare(info.annotation)
        return None
    arguments = typing.get_args(here)
    return _bare(arguments[-1]) if arguments else None


def _bare(annotation: object) -> object:
    """The annotation without ``Annotated`` and ``| None``."""
    if typing.get_origin(annotation) is typing.Annotated:
        return _bare(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        rest = [a for a in typing.get_args(annotation) if a is not type(None)]
        bare = [_bare(one) for one in rest]
        models = (one for one in bare if isinstance(one, type) and issubclass(one, BaseModel))
        return next(models, bare[0])
    return annotation
