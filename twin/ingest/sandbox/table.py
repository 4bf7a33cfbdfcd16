"""CSV tables: a header, then lines of as many cells.

Lines that begin with ``#`` are remarks.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from twin.ingest.column_names import as_written
from twin.ingest.errors import EmptyFileError, TableError, TooLargeError
from twin.ingest.sandbox import numbers
from twin.ingest.sandbox.table_text import decoded_table

MAX_BYTES = 256 << 20
MAX_ROWS = 2_000_000
MAX_COLUMNS = 500
MAX_ODD = 1000
"""Rows that are left out and named, at most; with more of them the whole table is another one."""

_SEPARATORS = ",\t;|，；"
_NO_NUMBER = {"nan", "inf", "-inf", "+inf", "infinity", "-infinity"}
_DASHES = ("-", "--", "—", "——", "/", "\\", "无", "空", "null", "none")
"""What people write where there is nothing."""
_EXCEL = re.compile(r"#(N/A|DIV/0!|VALUE!|REF!|NAME\?|NUM!|NULL!|#+)", re.IGNORECASE)
"""What a spreadsheet writes where it has no value: no remark, and no number."""


@dataclass
class _Rows:
    """What stands in the file: the header, the rows with their lines, lines that are no row, and notes."""

    separator: str = ","
    header: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    odd: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    titles: list[int] = field(default_factory=list)
    remarks: list[tuple[int, int]] = field(default_factory=list)


def read(
    path: Path,
    *,
    out: Path,
    encoding: str | None,
    text: tuple[str, ...] | bool = (),
    quantities: Mapping[str, str] | None = None,
    lenient: bool = False,
) -> dict[str, object]:
    """Read columns by name, as numbers or text.

    Numbers where every filled cell is one; empty cells are null. The columns that ``text`` names (True: all)
    stay as they are written, and so do identifiers. Those that ``quantities`` names (with what they are here,
    ``level_m``) must be numbers. ``lenient`` leaves out a line that is no row and names it in ``odd``; else
    it is an error.
    """
    if path.stat().st_size > MAX_BYTES:
        raise TooLargeError(f"is larger than {MAX_BYTES >> 20} MiB")
    told, notes = decoded_table(path, encoding, lenient=lenient)
    found = _rows(told, lenient=lenient)
    as_text = found.header if text is True else () if isinstance(text, bool) else text
    columns = _columns(
        found,
        as_text=set(as_written(dict.fromkeys(as_text), found.header)),
        quantities=as_written(quantities or {}, found.header),
    )
    return {"columns": columns, "lines": found.lines, "odd": found.odd, "notes": [*notes, *found.notes]}


def separated(text: str) -> tuple[str, str]:
    """Detect the separator of cells; return it and the text.

    By ``sep=;`` or the first line with such; ``sep=`` is emptied.
    """
    if said := re.match(r'"?sep=(.)"?[ \t]*\n', text, re.IGNORECASE):
        return said[1], f"\n{text[said.end() :]}"
    for line in io.StringIO(text):
        bare = re.sub(r'"[^"]*"', "", line)
        if line.strip() and not line.lstrip().startswith("#") and any(bare.count(s) for s in _SEPARATORS):
            return max(_SEPARATORS, key=bare.count), text
    return ",", text


def _rows(text: str, *, lenient: bool) -> _Rows:
    separator, text = separated(text)
    found = _Rows(separator=separator)
    reader = csv.reader(io.StringIO(text), strict=True, delimiter=separator)

    def leave_out(words: str) -> None:
        if not lenient:
            raise TableError(f"line {reader.line_num}{words}")
        found.odd.append((reader.line_num, words.lstrip(": ")))
        if len(found.odd) > MAX_ODD:
            raise TableError(f"has more than {MAX_ODD} lines that are no rows; line {found.odd[0][0]}{words}")

    try:
        for row in reader:
            cells = [_cell(cell) for cell in row]
            filled = sum(map(bool, cells))
            if not filled:
                continue
            if cells[0].startswith("#") and not _EXCEL.fullmatch(cells[0]):
                found.remarks.append((reader.line_num, filled))
                continue
            if not found.header:
                if filled == 1:
                    found.titles.append(reader.line_num)
                else:
                    found.header = _header(cells, reader.line_num)
                continue
            while len(cells) > len(found.header) and not cells[-1]:
                cells.pop()  # an office table's empty columns at the end
            if len(cells) != len(found.header):
                some = "1 cell" if len(cells) == 1 else f"{len(cells)} cells"
                leave_out(f" has {some}, the header {len(found.header)}")
            elif any("\ufffd" in cell for cell in cells):
                leave_out(": holds bytes that are no text of the file's encoding")
            else:
                found.rows.append(cells)
                found.lines.append(reader.line_num)
            if len(found.rows) > MAX_ROWS:
                raise TooLargeError(f"has more than {MAX_ROWS:,} lines")
    except csv.Error as error:
        raise TableError(f"line {reader.line_num}: {_quotes(error)}") from None
    return _whole(found)


def _whole(found: _Rows) -> _Rows:
    """Take columns without name or content out; note what was taken for a title or a remark."""
    if not found.header and len(found.titles) > 1:
        raise TableError("holds one cell a line: they are to stand between commas, tabulators or semicolons")
    if not found.rows and not found.odd:
        raise EmptyFileError("holds no line of data")
    for k in reversed([k for k, name in enumerate(found.header) if not name]):
        if filled := next((n for n, row in zip(found.lines, found.rows, strict=True) if row[k]), 0):
            raise TableError(f"line {filled}: column {k + 1} has a cell, and no name in the header")
        for row in (found.header, *found.rows):
            del row[k]
    if found.titles:
        lines = ", ".join(map(str, found.titles[:5]))
        found.notes.append(f"line {lines} is taken for a title: it has one cell")
    rows = [line for line, filled in found.remarks if filled == len(found.header) > 1]
    if rows:
        some = f"line {rows[0]} begins" if len(rows) == 1 else f"{len(rows):,} lines begin"
        found.notes.append(f"{some} with # and would else be a row: taken for a remark")
    return found


def _cell(cell: str) -> str:
    """A cell without blanks and marks of no width around it; of ``="0012"`` the text that it stands for."""
    cell = cell.strip().strip("\ufeff\u200b\u200e\u200f\u2060").strip()
    return cell[2:-1] if len(cell) > 3 and cell.startswith('="') and cell.endswith('"') else cell


def _quotes(error: csv.Error) -> str:
    """The reader's complaint in our words."""
    if "unexpected end of data" in str(error):
        return "a quote is opened and never closed"
    if "expected after" in str(error):
        return "something stands between a closing quote and the next cell"
    return "is no line of CSV; are its quotes right?"


def _header(cells: list[str], line: int) -> list[str]:
    cells = [" ".join(cell.split()) for cell in cells]  # a name on two lines of its cell
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > MAX_COLUMNS:
        raise TooLargeError(f"has more than {MAX_COLUMNS} columns")
    for cell in filter(None, cells):
        if cells.count(cell) > 1:
            raise TableError(f"line {line}: two columns are named {cell!r}")
    return cells


def _columns(found: _Rows, *, as_text: set[str], quantities: Mapping[str, str]) -> dict[str, object]:
    """Cells of each column as numbers or texts, None for empty ones."""
    columns: dict[str, object] = {}
    numeric: dict[str, list[str]] = {}
    for k, name in enumerate(found.header):
        cells = [row[k] for row in found.rows]
        columns[name] = [cell or None for cell in cells]
        if name in as_text or (name not in quantities and numbers.is_code(name, cells)):
            continue
        plain = [numbers.plain(cell, name=quantities.get(name, "")) for cell in cells]
        if _are_numbers(name, plain, cells, found.lines, must=name in quantities):
            numeric[name] = plain
    written = [
        (line, name, cell)
        for name, cells in numeric.items()
        for line, cell in zip(found.lines, cells, strict=True)
        if cell
    ]
    mark = numbers.decimal_mark(written, separator=found.separator)
    for name, cells in numeric.items():
        columns[name] = [numbers.number(cell, mark=mark) if cell else None for cell in cells]
    for line, name, cell in written:
        if abs(numbers.number(cell, mark=mark)) > 1e300:
            raise TableError(f"line {line}: {name} is too large a number")
    return columns


def _are_numbers(name: str, plain: list[str], cells: list[str], lines: list[int], *, must: bool) -> bool:
    """Whether all filled cells are numbers. Raises TableError where they are to be, or are broken ones."""
    for cell, told, line in zip(plain, cells, lines, strict=True):
        if cell and not numbers.is_number(cell):
            if must or cell.lower() in _NO_NUMBER or _EXCEL.fullmatch(cell):
                nothing = cell.lower() in (*_NO_NUMBER, *_DASHES) or cell.startswith("#")
                empty = "; leave it empty" if nothing else ""
                raise TableError(f"line {line}: {name} is {told[:40]}, which is no number{empty}")
            return False
    return True
