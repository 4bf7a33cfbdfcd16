"""CSV tables: a header, then lines of as many cells. Lines that begin with ``#`` are remarks."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from pathlib import Path

from twin.ingest.errors import EmptyFileError, FormatError, TableError, TooLargeError
from twin.ingest.inside.mojibake import decodes, is_utf8

MAX_BYTES = 256 << 20
MAX_ROWS = 2_000_000
MAX_COLUMNS = 500
MAX_ODD = 1000
"""Rows that are left out and named, at most; with more of them the whole table is another one."""

_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?", re.ASCII)
_NO_NUMBER = {"nan", "inf", "-inf", "+inf", "infinity", "-infinity", "#n/a", "#div/0!", "#value!"}
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_NO_TABLE = (
    (b"PK\x03\x04", "an Excel workbook or another archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
)


@dataclass
class _Rows:
    """What stands in the file: the header, the rows with their lines, and lines that are no row."""

    header: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    odd: list[tuple[int, str]] = field(default_factory=list)


def read(
    path: Path, *, out: Path, encoding: str, text: tuple[str, ...] | bool = (), lenient: bool = False
) -> dict[str, object]:
    """Columns by name: numbers where every filled cell is one, else text; empty cells are null.

    The columns that ``text`` names (True: all) stay as they are written. ``lenient`` leaves out a line that
    is no row and names it in ``odd``; else it is an error.
    """
    if path.stat().st_size > MAX_BYTES:
        raise TooLargeError(f"is larger than {MAX_BYTES >> 20} MiB")
    raw = path.read_bytes()
    if not raw.strip():
        raise EmptyFileError("the file is empty")
    found = _rows(_decoded(raw, encoding, lenient=lenient), lenient=lenient)
    columns: dict[str, object] = {}
    for i, name in enumerate(found.header):
        cells = [row[i] for row in found.rows]
        as_text = text is True or (not isinstance(text, bool) and name in text)
        columns[name] = [c or None for c in cells] if as_text else _column(name, cells, found.lines)
    return {"columns": columns, "lines": found.lines, "odd": found.odd}


def _decoded(raw: bytes, encoding: str, *, lenient: bool) -> str:
    """The text, by its byte order mark where it has one, else as declared; lines end with ``\\n``."""
    for start, what in _NO_TABLE:
        if raw.startswith(start):
            raise FormatError(f"is not text but {what}; save it as CSV (UTF-8)")
    mark = next((name for start, name in _MARKS if raw.startswith(start)), None)
    if mark is None and encoding != "utf-8" and is_utf8(raw):
        raise FormatError(f"is UTF-8, and the catalog says encoding: {encoding}; leave that out")
    name = mark or encoding
    try:
        text = raw.decode(name)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        if mark == "utf-8-sig" and decodes(raw[3:], "gb18030"):
            words = "begins with UTF-8's byte order mark, and is gb18030 after it; save it as UTF-8"
            raise FormatError(f"{words} (line {line})") from None
        if mark is None and (other := "gb18030" if encoding == "utf-8" else "utf-8") and decodes(raw, other):
            raise FormatError(f"line {line} is not {encoding}; if it is, set encoding: {other}") from None
        if not lenient:
            raise FormatError(f"line {line} is not {name.removesuffix('-sig')}; save it as UTF-8") from None
        text = raw.decode(name, errors="replace")
    if "\0" in text:
        raise FormatError("is not text" if mark else "is not text, or UTF-16 without its byte order mark")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _separator(text: str) -> str:
    """What stands between the cells of the header: a comma, a tabulator or a semicolon."""
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            bare = re.sub(r'"[^"]*"', "", line)
            return max(",\t;", key=bare.count)
    return ","


def _rows(text: str, *, lenient: bool) -> _Rows:
    found = _Rows()
    reader = csv.reader(io.StringIO(text), strict=True, delimiter=_separator(text))

    def leave_out(words: str) -> None:
        if not lenient:
            raise TableError(f"line {reader.line_num}{words}")
        found.odd.append((reader.line_num, words.lstrip(": ")))
        if len(found.odd) > MAX_ODD:
            raise TableError(f"has more than {MAX_ODD} lines that are no rows; line {found.odd[0][0]}{words}")

    try:
        for row in reader:
            if not any(cell.strip() for cell in row) or row[0].lstrip().startswith("#"):
                continue
            cells = [cell.strip() for cell in row]
            if not found.header:
                found.header = _header(cells, reader.line_num)
                continue
            while len(cells) > len(found.header) and not cells[-1]:
                cells.pop()  # an office table's empty columns at the end
            if len(cells) != len(found.header):
                leave_out(f" has {len(cells)} cells, the header {len(found.header)}")
            elif any("\ufffd" in cell for cell in cells):
                leave_out(": holds bytes that are no text of the file's encoding")
            else:
                found.rows.append(cells)
                found.lines.append(reader.line_num)
            if len(found.rows) > MAX_ROWS:
                raise TooLargeError(f"has more than {MAX_ROWS:,} lines")
    except csv.Error as error:
        raise TableError(f"line {reader.line_num}: {_quotes(error)}") from None
    if not found.rows and not found.odd:
        raise EmptyFileError("holds no line of data")
    return found


def _quotes(error: csv.Error) -> str:
    """The reader's complaint in our words."""
    if "unexpected end of data" in str(error):
        return "a quote is opened and never closed"
    if "expected after" in str(error):
        return "something stands between a closing quote and the next cell"
    return "is no line of CSV; are its quotes right?"


def _header(cells: list[str], line: int) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > MAX_COLUMNS:
        raise TooLargeError(f"has more than {MAX_COLUMNS} columns")
    for cell in cells:
        if not cell:
            raise TableError(f"line {line}: a column has no name")
        if cells.count(cell) > 1:
            raise TableError(f"line {line}: two columns are named {cell!r}")
    return cells


def _column(name: str, cells: list[str], lines: list[int]) -> list[object]:
    filled = [cell for cell in cells if cell]
    numbers = sum(1 for cell in filled if _NUMBER.fullmatch(cell))
    if numbers < len(filled):
        # A column of numbers with an 'inf' in it is a broken one, and no text.
        odd = next(i for i, cell in enumerate(cells) if cell and not _NUMBER.fullmatch(cell))
        if cells[odd].lower() in _NO_NUMBER:
            raise TableError(f"line {lines[odd]}: {name} is {cells[odd]}, which is no number; leave it empty")
        return [cell or None for cell in cells]
    values = [float(cell) if cell else None for cell in cells]
    for value, line in zip(values, lines, strict=True):
        if value is not None and abs(value) > 1e300:
            raise TableError(f"line {line}: {name} is too large a number")
    return list(values)
