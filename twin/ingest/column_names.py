"""Match column names of a catalog with those of a file."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import TypeVar

T = TypeVar("T")


def as_written(wanted: Mapping[str, T], columns: Iterable[str]) -> dict[str, T]:
    """Match names to a file's columns across width and case.

    As in 面积（km²）: where only the width or the case of signs differs.
    """
    held = {_folded(name): name for name in columns}
    return {
        name if name in columns else held.get(_folded(name), name): value for name, value in wanted.items()
    }


def _folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
