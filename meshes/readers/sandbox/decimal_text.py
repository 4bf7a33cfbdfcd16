"""Numbers written in text, many at once."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshes.errors import DamagedError
from twin.arrays import I32

_LINE_END, _SLASH = 10, 47
_INK = np.ones(256, bool)
_INK[[*b" \t\n\r\v\f"]] = False
"""What is no blank, as ``bytes.split`` has it: a zero byte is part of a word."""


def counts(text: bytes) -> tuple[I32, I32]:
    """Count words and slashes of each line, (n,), (n,).

    Of a text whose lines end with LF.
    """
    data = np.frombuffer(text + b"\n", np.uint8)
    ends = np.flatnonzero(data == _LINE_END)
    starts = np.concatenate([[0], ends[:-1] + 1])
    ink = _INK[data]
    first = ink.copy()
    first[1:] &= ~ink[:-1]
    words = np.add.reduceat(first, starts, dtype=np.int32)
    return words, np.add.reduceat(data == _SLASH, starts, dtype=np.int32)


def many(text: bytes, kind: type) -> NDArray[Any]:
    """Parse all numbers of a text.

    Fewer, or none, where something is no number: the caller counts.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            return np.fromstring(text, kind, sep=" ")
    except ValueError:
        return np.zeros(0, kind)


def number(word: bytes, where: str) -> float:
    """Parse one number.

    Raises DamagedError with its place in the file, and what is wrong.
    """
    try:
        return float(word)
    except ValueError:
        hint = ": decimal commas are not read, write points" if b"," in word else ""
        shown = word[:40].decode("utf-8", "replace")
        raise DamagedError(f"{where} holds {shown!r}, which is no number{hint}") from None
