"""Pydantic's errors in the words of a person who edits a YAML file."""

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
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be a group of keys",
    "model_type": "must be a group of keys",
    "finite_number": "must be a finite number, not NaN or infinite",
    "date_from_datetime_parsing": "must be a day like 2025-07-29",
    "date_from_datetime_inexact": "must be a day like 2025-07-29",
    "date_parsing": "must be a day like 2025-07-29",
    "date_type": "must be a day like 2025-07-29",
}


def validate(
    model: type[M],
    value: object,
    *,
    file: Path,
    document: Document,
    at: KeyPath = (),
    entry: str | None = None,
) -> tuple[M | None, list[Problem]]:
    """The model read from ``value`` (which stands at path ``at`` of the document), or all that is wrong."""
    try:
        return model.model_validate_json(json.dumps(value)), []
    except ValidationError as error:
        problems = []
        refused = {fault.path for fault in document.faults if fault.code == "alias"}
        for item in error.errors(include_url=False):
            loc = tuple(part for part in item["loc"] if part != "[key]")
            path = (*at, *loc)
            if any(path[: len(bad)] == bad for bad in refused if bad):
                continue  # its value was refused already, with a better reason
            message, hint = _words(model, loc, dict(item))
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


def dotted(path: KeyPath) -> str:
    """``("levels", 2, "season")`` as ``levels[2].season``."""
    out = ""
    for part in path:
        out += f"[{part}]" if isinstance(part, int) else ("." if out else "") + part
    return out


def nearest(word: str, options: Iterable[str]) -> str:
    """'did you mean …?', or all the options where none is near."""
    options = sorted(options)
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
        return f"cannot be {_short(given)}", nearest(str(given), options)
    if kind == "bool_type" and str(given) in ("yes", "no", "on", "off"):
        return f"{_short(given)} is text here", "write true or false"
    return _sentence(kind, context, given, item["msg"]), ""


def _sentence(kind: str, context: dict[str, Any], given: object, said: str) -> str:
    if kind == "missing":
        return "is missing"
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_pattern_mismatch":
        return f"{_short(given)} is not of the form {context['pattern']}"
    if kind in _WANTED:
        return f"{_WANTED[kind]}; this is {_short(given)}"
    return f"{_short(given)}: {said[:1].lower()}{said[1:]}"


def _short(value: object) -> str:
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
        return _bare(next(a for a in typing.get_args(annotation) if a is not type(None)))
    return annotation
