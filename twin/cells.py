"""Keep cells of CSV files from starting a formula in a spreadsheet.

Names of stations, reasons and notes come from outside; a spreadsheet runs a cell that begins with = + - or @
(also in full width, also after blanks) as a formula, which may start a program or send data away. Such a text
gets an apostrophe in front, as OWASP advises ("CSV Injection"); numbers stay numbers, negative ones too.
"""

from __future__ import annotations

import re
import unicodedata

MARK = "'"
_FORMULA = frozenset("=+-@")
_BREAKS = frozenset("\t\r\n")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?", re.ASCII)


def safe(cell: object) -> object:
    """Escape a cell that a spreadsheet would run.

    Only texts are ever changed, and :func:`plain` takes that back.
    """
    return MARK + cell if isinstance(cell, str) and _starts_formula(cell) else cell


def plain(text: str) -> str:
    """Return the text of a cell written by :func:`safe`."""
    return text[1:] if text.startswith(MARK) and _starts_formula(text[1:]) else text


def _starts_formula(text: str) -> bool:
    """Whether a spreadsheet might run a text; an apostrophe before it counts as part of it."""
    if _NUMBER.fullmatch(text):
        return False
    rest = text.lstrip(MARK)
    if rest and rest[0] in _BREAKS:
        return True
    first = next((sign for sign in rest if not _unseen(sign)), "")
    return unicodedata.normalize("NFKC", first)[:1] in _FORMULA if first else False


def _unseen(sign: str) -> bool:
    """Blanks, controls and marks without width, which spreadsheets skip."""
    return sign.isspace() or unicodedata.category(sign) in ("Cc", "Cf")
