"""Decode the attributes of features: names, texts, and numbers that are codes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import chain
from typing import Any

import numpy as np

from twin.ingest.errors import FormatError
from twin.ingest.sandbox.dbf import AsText, dates_of, figures_of
from twin.ingest.sandbox.encodings import Told, decoded
from twin.ingest.sandbox.numbers import is_code

EXACT = 2.0**53
"""Whole numbers from here on are not kept to the last digit."""


def attributes_of(
    meta: dict[str, Any], fields: list[Any], told: Told | None, as_text: AsText
) -> tuple[list[str], list[list[object]], list[str]]:
    """Return decoded names and columns, with notes.

    All of them by one rule. Raises FormatError.
    """
    columns = [_column(values, kind) for values, kind in zip(fields, meta["ogr_types"], strict=True)]
    for place in as_text.unread:
        columns[place] = [None] * len(columns[place])
    held = [str(name) for name in meta["fields"]]
    cells = [cell for cell in chain.from_iterable(columns) if isinstance(cell, str)]
    raws = "\0".join((*held, *cells)).encode("latin-1").split(b"\0")
    if len(raws) != len(held) + len(cells):  # zero bytes in texts
        raws = [text.encode("latin-1") for text in (*held, *cells)]
    read = decoded(raws, told=told)
    if not read.encoding:
        said = (
            f", nor {told.encoding}, as {told.by} says"
            if told and told.encoding not in ("utf-8", "gb18030")
            else ""
        )
        raise FormatError(f"its texts are neither UTF-8 nor GB 18030{said}; save it as UTF-8")
    texts = iter(read.texts)
    names = _unlike([next(texts) for _ in held])
    for column in columns:
        for i, cell in enumerate(column):
            if isinstance(cell, str):
                column[i] = next(texts)
    notes = [*read.notes, *_doubled(names, held)]
    for place, name in enumerate(names):
        more: list[str] = []
        if place in as_text.dates:
            columns[place], more = dates_of(columns[place], name)
        elif place in as_text.figures:
            columns[place], more = figures_of(columns[place], name)
        elif (what := as_text.unread.get(place)) is not None:
            more = [f"{name} is {what}"]
        columns[place] = _codes(name, columns[place])
        notes += more
    return names, columns, [*notes, *_too_long(names, columns)]


def _codes(name: str, column: list[object]) -> list[object]:
    """Codes stored as 110228.0 as whole numbers, where the column's name says that it holds codes."""
    cells = [cell for cell in column if cell is not None]
    if not all(isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT for cell in cells):
        return column
    if not is_code(name, ()):
        return column
    return [int(cell) if isinstance(cell, float) else None for cell in column]


def _unlike(names: list[str]) -> list[str]:
    """Names of columns, of which each is there once: a second ``name`` becomes ``name_2``."""
    found: list[str] = []
    for name in names:
        number, unlike = 2, name
        while unlike in found:
            number, unlike = number + 1, f"{name}_{number}"
        found.append(unlike)
    return found


def _doubled(names: list[str], held: list[str]) -> Iterable[str]:
    twice = len(held) - len(set(held))
    return (
        [f"{twice} of its attributes have the name of another: they are {', '.join(names[-20:])}"]
        if twice
        else []
    )


def _too_long(names: list[str], columns: list[list[object]]) -> Iterable[str]:
    """Numbers that are codes of more digits than are kept: land surveys have such of 19."""
    for name, column in zip(names, columns, strict=True):
        first = next((cell for cell in column if cell is not None), "")
        if not isinstance(first, str) and any(map(_is_rounded, column)):
            yield f"numbers in {name} have more digits than are kept; if they are codes, save them as text"


def _is_rounded(cell: object) -> bool:
    """Whether a number is a whole one that lost digits: rounded as a float, or clamped to 64 bits."""
    if isinstance(cell, float):
        return cell.is_integer() and EXACT <= abs(cell) < 1e22
    return isinstance(cell, int) and not -(2**63) < cell < 2**63 - 1


def _column(values: Any, kind: str) -> list[object]:
    """Values that JSON can hold. Whole numbers with gaps among them come as floats: they are whole again."""
    plain = [_plain(value) for value in values.tolist()]
    if kind == "OFTDate":
        return [cell[:10] if isinstance(cell, str) else cell for cell in plain]
    if kind.startswith("OFTInteger") and values.dtype.kind == "f":
        return [int(cell) if isinstance(cell, float) and abs(cell) < EXACT else cell for cell in plain]
    return plain


def _plain(value: object) -> object:
    """Text, number, truth or null; lists and bytes as text."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | tuple | np.ndarray):
        return "; ".join(str(item) for item in value)
    return str(value)
