"""CSV tables: a header, then lines of as many cells. Lines that begin with ``#`` are remarks."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from twin.ingest.errors import EmptyFileError, FormatError, TableError, TooLargeError

MAX_BYTES = 256 << 20
MAX_ROWS = 2_000_000
MAX_COLUMNS = 500

_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?")
_NO_NUMBER = {"nan", "inf", "-inf", "+inf", "infinity", "-infinity", "#n/a", "#div/0!", "#value!"}


def read(path: Path, *, out: Path, encoding: str) -> dict[str, object]:
    """Columns by name: numbers where every filled cell is one, else text; empty cells are null."""
    if path.stat().st_size > MAX_BYTES:
        raise TooLargeError(f"is larger than {MAX_BYTES >> 20} MiB")
    raw = path.read_bytes()
    if not raw.strip():
        raise EmptyFileError("the file is empty")
    try:
        text = raw.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        other = "gb18030" if encoding == "utf-8" else "utf-8"
        raise FormatError(f"line {line} is not {encoding}; if it is, set encoding: {other}") from None
    if "\0" in text:
        raise FormatError("is not text")
    header, rows, lines = _rows(text)
    columns = {name: _column(name, [row[i] for row in rows], lines) for i, name in enumerate(header)}
    return {"columns": columns, "lines": lines}


def _rows(text: str) -> tuple[list[str], list[list[str]], list[int]]:
    """The header, the rows, and the line each row stands on."""
    header: list[str] = []
    rows: list[list[str]] = []
    lines: list[int] = []
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        for row in reader:
            if not any(cell.strip() for cell in row) or row[0].lstrip().startswith("#"):
                continue
            cells = [cell.strip() for cell in row]
            if not header:
                header = _header(cells, reader.line_num)
                continue
            if len(cells) != len(header):
                raise TableError(f"line {reader.line_num} has {len(cells)} cells, the header {len(header)}")
            rows.append(cells)
            lines.append(reader.line_num)
            if len(rows) > MAX_ROWS:
                raise TooLargeError(f"has more than {MAX_ROWS:,} lines")
    except csv.Error as error:
        raise TableError(f"line {reader.line_num}: {error}") from None
    if not rows:
        raise EmptyFileError("holds no line of data")
    return header, rows, lines


def _header(cells: list[str], line: int) -> list[str]:
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
