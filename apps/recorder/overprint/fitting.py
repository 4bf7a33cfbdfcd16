"""Fit words into a width: smaller first, then more lines, never cut."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from apps.recorder.overprint.ink import measure
from layers.labels.line_breaks import balanced, wrapped

SMALLEST = 0.62


class FittedText(NamedTuple):
    """Lines of a text and the size they are written at, px."""

    lines: tuple[str, ...]
    size: float
    width: float


@lru_cache(maxsize=512)
def fitted(text: str, width: float, size: float, *, bold: bool = False, most: int = 2) -> FittedText:
    """Fit a text into ``most`` lines, smaller where it is long.

    Where the smallest size needs more lines, it gets them.
    """
    if not text.strip():
        return FittedText((), size, 0.0)
    now = size
    while True:
        lines = _lines(text, width, now, bold=bold, most=most)
        if len(lines) <= most or now <= SMALLEST * size:
            break
        now *= 0.95
    widest = max(measure(line, now, bold=bold) for line in lines)
    if widest > width:  # a single letter wider than all there is
        now *= width / widest
    return FittedText(tuple(lines), now, min(width, widest))


def _lines(text: str, width: float, size: float, *, bold: bool, most: int) -> list[str]:
    broken = balanced if most == 2 else wrapped
    return broken(text, width, lambda line: measure(line, size, bold=bold))
