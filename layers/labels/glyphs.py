"""Find letters that the font lacks, and raised ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from fontTools.ttLib import TTFont

from layers.labels.fonts import font_file

RAISED = str.maketrans("⁰⁴⁵⁶⁷⁸⁹⁻", "0456789−")
"""Superscripts that Noto Sans CJK lacks: written smaller and higher by whoever draws."""
_RUNS = re.compile(rf"[{''.join(map(chr, RAISED))}]+|[^{''.join(map(chr, RAISED))}]+")


def raised_runs(text: str) -> Iterator[tuple[str, bool]]:
    """Split a line into runs of plain and of raised letters."""
    for run in _RUNS.findall(text):
        plain = run.translate(RAISED)
        yield plain, plain != run


def missing_glyphs(text: str) -> str:
    """Return letters of a text that the font lacks, in order.

    Each once. White space needs no glyph. Raises NoFontError where the font is not installed.
    """
    known = _code_points()
    plain = dict.fromkeys(sign for sign in text if not sign.isspace() and ord(sign) not in RAISED)
    return "".join(sign for sign in plain if ord(sign) not in known)


@cache
def _code_points() -> frozenset[int]:
    """Code points of both weights, from the font's character map."""
    found: set[int] | None = None
    for bold in (False, True):
        path, face = font_file(bold=bold)
        with TTFont(path, fontNumber=face, lazy=True) as file:
            known = set(file.getBestCmap())
        found = known if found is None else found & known
    return frozenset(found or ())
