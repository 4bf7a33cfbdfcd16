"""JSON as it should be: no NaN, no infinite number, no key twice, no endless depth, no ten megabytes."""

from __future__ import annotations

import json
import math
from typing import Any

from twin.stations.feeds.charsets import CharsetError, decoded

MOST_BYTES = 8 << 20


class JsonError(ValueError):
    """A document that is none; the message is a slug."""


def parse(data: bytes | str, *, declared: str | None = None, header: str | None = None) -> Any:
    """The document; bytes are decoded by ``charsets``. Raises JsonError."""
    if len(data) > MOST_BYTES:
        raise JsonError("too-large")
    try:
        if isinstance(data, bytes):
            data = decoded(data, declared=declared, header=header)
        return json.loads(
            data, parse_constant=_constant, parse_float=_number, parse_int=_whole, object_pairs_hook=_object
        )
    except JsonError:
        raise
    except CharsetError as error:
        raise JsonError(str(error)) from None
    except (ValueError, RecursionError):
        raise JsonError("no-json") from None


def _constant(name: str) -> Any:
    raise JsonError("not-finite")


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise JsonError("not-finite")
    return value


def _whole(text: str) -> int | float:
    if len(text) > 25:
        return _number(text)
    return int(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise JsonError("duplicate-key")
    return found
