"""Read lines of text files of any encoding and line end.

Byte order marks, UTF-16, names in UTF-8 or GBK.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from meshes.errors import DamagedError

BLOCK = 4 << 20
LONGEST_LINE = 1 << 20
_HEAD = 4096
_MARKS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF8, ""),
)


def blocks(file: BinaryIO) -> Iterator[list[bytes]]:
    """Split a file into lines, some megabytes at a time.

    A final backslash joins a line with the next. Lines are bytes as the file has them, or UTF-8 where it is
    UTF-16 or UTF-32. Raises DamagedError for a line of more than a megabyte.
    """
    source, rest = _after_mark(file), b""
    while data := source.read(BLOCK):
        data = rest + data
        cut = _end(data, len(data))
        while cut and data[:cut].rstrip(b"\r\n").endswith(b"\\"):
            cut = _end(data, cut - 1)
        if not cut and len(data) > LONGEST_LINE + BLOCK:
            raise DamagedError("is no text: a line of it is longer than a megabyte")
        rest = data[cut:]
        yield _lines(data[:cut])
    yield _lines(rest)


def text(data: bytes) -> str:
    """Decode a name.

    UTF-8, else GB 18030 (of which GBK is a part), else as can be.
    """
    return readings(data)[0]


def readings(data: bytes) -> list[str]:
    """Decode a name in each way it may be meant.

    At least one: a Han character in GBK may be valid UTF-8. The likeliest is first; Big5 and Windows' Latin
    are for names of files.
    """
    found: list[str] = []
    for encoding in ("utf-8", "gb18030", "big5", "cp1252"):
        try:
            found.append(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    return list(dict.fromkeys(found)) or [data.decode("utf-8", "replace")]


def _end(data: bytes, stop: int) -> int:
    """Where the last whole line before ``stop`` ends."""
    return (data.rfind(b"\n", 0, stop) + 1) or (data.rfind(b"\r", 0, stop) + 1)


def _lines(data: bytes) -> list[bytes]:
    return re.sub(rb"\\(\r\n|\r|\n)", b" ", data).splitlines() if b"\\" in data else data.splitlines()


def _after_mark(file: BinaryIO) -> Any:
    """The file after its byte order mark, recoded to UTF-8 where it is UTF-16 or UTF-32."""
    head = file.read(_HEAD)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            file.seek(len(mark))
            return codecs.EncodedFile(file, "utf-8", encoding, "replace") if encoding else file
    file.seek(0)
    for first, encoding in ((0, "utf-16-be"), (1, "utf-16-le")):
        # Without a mark: every second byte of ASCII in UTF-16 is zero, and the others are not.
        zeros, others = head[first::2], head[1 - first :: 2]
        if len(zeros) > 8 and 2 * zeros.count(0) > len(zeros) and not others.count(0):
            return codecs.EncodedFile(file, "utf-8", encoding, "replace")
    return file
