"""Parse JSON strictly, as I-JSON (RFC 7493).

Unique keys, finite numbers, whole Unicode. ``json.loads`` takes the last of two equal keys, ``NaN``, 1e999 as
infinity and half of a surrogate pair.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

LONGEST_INTEGER = 25
"""Characters; a longer one is parsed as a float, for ``int`` takes quadratic time."""

Code = Literal["no-json", "not-utf-8", "not-finite", "duplicate-key"]

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"(\s*:)?|[{}\[\]]|[^\s"{}\[\],:]+')


class JsonError(ValueError):
    """Text that is not strict JSON.

    One line that says what and, where it is known, at which line and column. ``code`` is the reason as a
    slug.
    """

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code


class _InvalidJsonError(Exception):
    """Found by a hook of the decoder, which does not know the place."""


def parse_json(text: str | bytes, *, number: Callable[[str], int | float] = float) -> Any:
    """Parse one JSON document.

    ``number`` reads numbers with a fraction or an exponent. Bytes are UTF-8, 16 or 32, as their first bytes
    show. An integer of more than 25 digits becomes a float. Raises JsonError for whatever RFC 7493 forbids,
    and for nesting deeper than the interpreter's stack.
    """
    decoded = _decoded(text) if isinstance(text, bytes) else text

    def finite(literal: str) -> int | float:
        value = number(literal)
        if not math.isfinite(value):
            raise _InvalidJsonError(literal)
        return value

    def integer(literal: str) -> int | float:
        return int(literal) if len(literal) <= LONGEST_INTEGER else finite(literal)

    try:
        decoded.encode()
        found = json.loads(
            decoded, parse_constant=finite, parse_float=finite, parse_int=integer, object_pairs_hook=_unique
        )
        if _SURROGATE.search(decoded):
            json.dumps(found, ensure_ascii=False).encode()
    except _InvalidJsonError as error:
        raise _located(decoded, *error.args) from None
    except UnicodeEncodeError:
        raise JsonError("no-json", "it holds half a character (a lone surrogate)") from None
    except json.JSONDecodeError as error:
        raise JsonError("no-json", f"line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise JsonError("no-json", "it nests too deep") from None
    return found


def read_json(path: Path) -> Any:
    """Parse a file.

    Raises JsonError, and OSError where it cannot be read.
    """
    return parse_json(path.read_bytes())


def _decoded(data: bytes) -> str:
    try:
        return data.decode(json.detect_encoding(data))
    except UnicodeDecodeError as error:
        raise JsonError("not-utf-8", f"byte {error.start}: it is not {error.encoding.upper()}") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _InvalidJsonError
    return found


def _located(text: str, literal: str | None = None) -> JsonError:
    """Find a number by its literal, or else the first key that its object has already."""
    opened: list[set[str]] = []
    for token in _TOKEN.finditer(text):
        word = token[0]
        if literal is not None:
            if word.startswith(literal):
                return JsonError("not-finite", f"{_at(token)}: {literal[:40]} is not a finite number")
        elif word in "{[":
            opened.append(set())
        elif word in "}]":
            opened.pop()
        elif token[1]:
            key = word.removesuffix(token[1])
            if json.loads(key) in opened[-1]:
                return JsonError("duplicate-key", f"{_at(token)}: the key {key[:40]} is given twice")
            opened[-1].add(json.loads(key))
    raise AssertionError("what the decoder refused stands in the text")


def _at(token: re.Match[str]) -> str:
    line = token.string.count("\n", 0, token.start()) + 1
    return f"line {line}, column {token.start() - token.string.rfind(chr(10), 0, token.start())}"
