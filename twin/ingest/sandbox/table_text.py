"""Decode a CSV's bytes to text with ``\\n`` line ends."""

from __future__ import annotations

import re
from pathlib import Path

from twin.ingest.errors import EmptyFileError, FormatError
from twin.ingest.sandbox.encodings import UTF8, Texts, Told, decoded, marked
from twin.ingest.sandbox.unread import check_read

_BETWEEN = re.compile(rb'([,;\t\r\n"]+)')
"""Bytes between cells; none of them is a part of a character in UTF-8 or GB 18030."""


def decoded_table(path: Path, encoding: str | None, *, lenient: bool) -> tuple[str, list[str]]:
    """Decode the text of a table, with notes.

    A byte order mark decides, else its bytes, else ``encoding``. Bytes that are no text are an error, or
    where ``lenient`` a U+FFFD. Raises FormatError, EmptyFileError.
    """
    raw = path.read_bytes()
    if not raw.strip():
        raise EmptyFileError("the file is empty")
    check_read(path, raw[:4096])
    mark, body = marked(raw)
    if mark in (None, UTF8):
        text, notes = _text(body, _told(mark, encoding), lenient=lenient)
    else:
        text, notes = body.decode(mark, errors="replace"), []
        if "\ufffd" in text and not lenient:
            raise FormatError(f"line {_line(text, text.index(chr(0xFFFD)))} is not {mark}; save it as UTF-8")
    text = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\0\x1a")
    if "\0" in text:
        raise FormatError(
            f"line {_line(text, text.index(chr(0)))} holds a zero byte: is not text, or damaged"
        )
    if re.match(r"\s*<(\?xml|[a-z!])", text, re.IGNORECASE):
        raise FormatError("is XML or a web page and no table; open it in Excel and save it as CSV (UTF-8)")
    if text.lstrip()[:1] in ("{", "["):
        raise FormatError("is JSON and no table; save it as CSV (UTF-8)")
    return text, notes


def _told(mark: str | None, encoding: str | None) -> Told | None:
    if mark is not None:
        return Told(encoding=mark, by="its byte order mark")
    return None if encoding is None else Told(encoding=encoding, by="the catalog")


def _text(body: bytes, told: Told | None, *, lenient: bool) -> tuple[str, list[str]]:
    """The text of bytes in UTF-8 or GB 18030, cell by cell where they are not of one encoding."""
    read = decoded([body], told=told)
    if not read.encoding or read.notes:
        cells = decoded(_BETWEEN.split(body), told=told)
        read = Texts(texts=["".join(cells.texts)], encoding=cells.encoding, notes=cells.notes)
    text = read.texts[0]
    if not read.encoding or ("\ufffd" in text and b"\xef\xbf\xbd" not in body):
        line = _line(text, text.find("\ufffd"))
        if not lenient or not read.encoding:
            raise FormatError(f"line {line} is neither UTF-8 nor GB 18030; save it as UTF-8")
    return text, list(read.notes)


def _line(text: str, at: int) -> int:
    return text[: max(at, 0)].replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
