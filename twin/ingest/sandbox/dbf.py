"""Find .dbf columns that OGR misreads; read them as text.

OGR makes 0 of a number that is none, 1 of ``1,5``, 12 of the code ``00012``, rounds codes of more than 18
digits, and refuses the file for a date like 20211332.
"""

from __future__ import annotations

import math
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from twin.arrays import U8
from twin.ingest.sandbox import numbers

_REGULAR = np.isin(np.arange(256), list(b"0123456789+-. eE*\0"))
_ROWS = 100_000
_DOUBLE = 8
"""Bytes of FoxPro's type B, which is dBase's for memos of ten."""
_LONG = 16
"""Digits from here on do not fit a float."""


@dataclass(frozen=True, kw_only=True)
class AsText:
    """Columns made texts, and the ``unread`` ones.

    By their place (dates, numbers), and what the latter are. These are memos, which stand elsewhere, and what
    FoxPro writes in bytes of its own.
    """

    dates: frozenset[int] = frozenset()
    figures: frozenset[int] = frozenset()
    unread: Mapping[int, str] = field(default_factory=dict)


def with_texts(part: Path, target: Path) -> AsText:
    """Link or copy the table with such columns as text.

    To ``target``.
    """
    with part.open("rb") as file:
        head = file.read(32)
        count, begin, width = (int.from_bytes(head[a:b], "little") for a, b in ((4, 8), (8, 10), (10, 12)))
        fields = file.read(max(begin - 32, 0))
    columns = [fields[at : at + 32] for at in range(0, len(fields) - 31, 32) if fields[at] not in (0x0D, 0)]
    dates = {k for k, column in enumerate(columns) if column[11:12] == b"D"}
    unread = {k: _unread(column) for k, column in enumerate(columns) if column[11:12] not in b"CNFDL"}
    wanted = {k for k, column in enumerate(columns) if column[11:12] in b"NF"}
    figures = _irregular(part, columns, wanted, count=count, begin=begin, width=width)
    if not dates and not figures:
        target.symlink_to(part)
        return AsText(unread=unread)
    shutil.copyfile(part, target)
    with target.open("r+b") as file:
        for k in dates | figures:
            file.seek(32 + 32 * k + 11)
            file.write(b"C")
            file.seek(32 + 32 * k + 17)
            file.write(b"\0")  # the length of a text may have two bytes, where a number has its decimals
    return AsText(dates=frozenset(dates), figures=frozenset(figures), unread=unread)


def _unread(column: bytes) -> str:
    """What a column is, by its type and width, which is no text, number, date or truth."""
    kind = column[11:12].decode("latin-1")
    if kind in "MGP" or (kind == "B" and column[16] != _DOUBLE):
        return "a memo, which is not read"
    shown = kind if kind.isprintable() else "?"
    return f"of FoxPro's type {shown}, which is not read: save it as a number or a text"


def _irregular(
    part: Path, columns: list[bytes], wanted: set[int], *, count: int, begin: int, width: int
) -> set[int]:
    """Of the columns of numbers those with a cell that is no plain number, or a code."""
    found: set[int] = set()
    if not wanted or not count:
        return found
    rows: U8 = np.memmap(part, np.uint8, "r", begin, (count, width))
    starts = np.cumsum([1, *(column[16] for column in columns)]).tolist()
    for first in range(0, count, _ROWS):
        block = rows[first : first + _ROWS]
        block = block[block[:, 0] != ord("*")]
        for k in wanted - found:
            if _is_irregular(block[:, starts[k] : starts[k + 1]]):
                found.add(k)
    return found


def _is_irregular(cells: U8) -> bool:
    """Whether a cell (a row of bytes) holds other signs than a number's, zeros before digits, or too many."""
    if not cells.size:
        return False
    if not _REGULAR[cells].all():
        return True
    digit = (cells >= ord("0")) & (cells <= ord("9"))
    sums = digit.sum(axis=1)
    point = (cells == ord(".")).any(axis=1)
    if (sums >= _LONG)[~point].any():
        return True
    dashes = (cells == ord("-")) | (cells == ord("+")) | (cells == ord("."))
    stars = (cells == ord("*")).any(axis=1)  # a whole cell of them is an empty one
    if (dashes.any(axis=1) & (sums == 0)).any() or (stars & ((sums > 0) | dashes.any(axis=1))).any():
        return True
    begin = np.argmax(digit, axis=1)
    after = np.minimum(begin + 1, cells.shape[1] - 1)
    at = np.arange(len(cells))
    return bool(((cells[at, begin] == ord("0")) & (after > begin) & digit[at, after] & ~point).any())


def dates_of(cells: list[object], name: str) -> tuple[list[object], list[str]]:
    """Convert cells ``20211009`` to ``2021-10-09``.

    Zeros are none, and what is no day stays as it is and is noted.
    """
    found: list[object] = []
    odd: list[str] = []
    for cell in cells:
        text = cell.strip(" 0-") if isinstance(cell, str) else ""
        written = str(cell).strip()
        if not text:
            found.append(None)
            continue
        day = re.fullmatch(r"(\d{4})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", written, re.ASCII)
        found.append("-".join(day.groups()) if day else written)
        odd += [] if day else [written]
    return found, _told(odd, name, "no day of any year, and left as written")


def figures_of(cells: list[object], name: str) -> tuple[list[object], list[str]]:
    """Convert cells to numbers, or keep them as codes.

    Cells that are neither are left out and noted.
    """
    texts = [numbers.plain(cell).strip("*") if isinstance(cell, str) else "" for cell in cells]
    fit = [_number(text) for text in texts]
    odd = [text for text, value in zip(texts, fit, strict=True) if text and value is None]
    kept = [text if value is not None else "" for text, value in zip(texts, fit, strict=True)]
    notes = _told(odd, name, "no number, and left out")
    if numbers.is_code("", (text for text in kept if not re.search(r"[eE]", text))):
        return [text or None for text in kept], notes
    whole = not any(re.search(r"[.eE]", text.replace(",", ".")) for text in kept)
    return [int(value) if whole and value is not None else value for value in fit], notes


def _number(text: str) -> float | None:
    """A number of a .dbf, which has no thousands: a comma stands before decimals."""
    written = text.replace(",", ".")
    fits = numbers.is_number(written) and written.count(".") < 2 and math.isfinite(float(written))
    return float(written) if fits else None


def _told(odd: Iterable[str], name: str, words: str) -> list[str]:
    held = list(odd)
    some = "cell" if len(held) == 1 else "cells"
    return [f"{len(held):,} {some} of {name} (such as {held[0][:20]}): {words}"] if held else []
