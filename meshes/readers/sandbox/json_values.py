"""Read values of a JSON document as a format requires them.

null is nothing, 5.0 is 5, anything else is noted.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from meshes.errors import DamagedError
from twin.arrays import F64
from twin.strict_json import JsonError, parse_json

Json = dict[str, Any]


def parsed(data: bytes | str) -> Json:
    """Parse a JSON object in UTF-8 or an older encoding.

    UTF-16, UTF-32, GB 18030. Raises DamagedError.
    """
    try:
        document = parse_json(decoded(data)[0] if isinstance(data, bytes) else data, number=_number)
    except JsonError as error:
        raise DamagedError(f"is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise DamagedError("is JSON, but no object")
    return document


def decoded(data: bytes) -> tuple[str, str]:
    """Return (text, its encoding).

    UTF-8, 16 or 32 by the first bytes, else GB 18030. Raises DamagedError.
    """
    for encoding in (json.detect_encoding(data), "gb18030"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise DamagedError("is not JSON: its text is of no encoding that JSON may have")


def extension(told: Json, name: str) -> Json:
    """Return an object's extension, empty where it has none."""
    return section(section(told, "extensions"), name)


def section(told: Json, name: str) -> Json:
    """Return an object's object, empty where there is none."""
    value = told.get(name)
    return value if isinstance(value, dict) else {}


def listed(told: Json, name: str) -> list[Any]:
    """Return an object's list, empty where there is none.

    Raises DamagedError for anything else.
    """
    value = told.get(name)
    if value is None or isinstance(value, list):
        return value or []
    raise DamagedError(f"{name} is no list")


def whole(value: object, what: str) -> int:
    """Return a whole number, also one written as 5.0.

    Raises DamagedError.
    """
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else 0.5
    if abs(number) < 1 << 53 and number == int(number):
        return int(number)
    raise DamagedError(f"{what} is {json.dumps(value)[:40]}, which is no whole number")


def whole_in(told: Json, name: str, otherwise: int | None = None) -> int:
    """Return a whole number in an object; ``otherwise`` where it has none.

    Raises DamagedError.
    """
    value = told.get(name)
    if value is None:
        if otherwise is None:
            raise DamagedError(f"{name} is missing")
        return otherwise
    return whole(value, name)


def numbers(value: object, many: int, what: str) -> F64:
    """Return (many,) finite numbers.

    Raises DamagedError.
    """
    items = [*value] if isinstance(value, list | tuple | np.ndarray) else []
    if len(items) == many and all(isinstance(item, int | float) for item in items):
        found = np.array(items, np.float64)
        if np.isfinite(found).all():
            return found
    raise DamagedError(f"{what} is not {many} number{'s' * (many > 1)}")


def numbers_in(told: Json, name: str, otherwise: tuple[float, ...]) -> F64:
    """Return as many finite numbers as ``otherwise``, the default, has.

    Raises DamagedError.
    """
    value = told.get(name)
    return numbers(otherwise if value is None else value, len(otherwise), name)


def _number(text: str) -> float:
    """5 where it is written as 5.0: many writers know one kind of number."""
    return int(text[:-2]) if text.endswith(".0") and len(text) < 18 else float(text)
