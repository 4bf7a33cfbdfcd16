"""Check the text of an ASCII grid.

GDAL reads any word as 0 and passes over what is too much.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from twin.ingest.errors import FormatError

_BLOCK: Final = 4 << 20
_MOST_HEAD: Final = 4096
_OF_NUMBERS: Final = b"0123456789+-.,eE \t\r\n\f\v"
_HEAD_LINE: Final = re.compile(rb"[ \t]*[A-Za-z_]+[ \t]+[^\r\n]*[\r\n]+")
_NOT_A_NUMBER: Final = re.compile(rb"nan|[+-]?inf", re.IGNORECASE)


def check_numbers(path: Path, rows: int, cols: int) -> None:
    """Raises FormatError where not exactly ``rows`` × ``cols`` numbers follow the head."""
    count, rest = 0, b""
    with path.open("rb") as file:
        block = file.read(_BLOCK)
        head = 0
        while head < _MOST_HEAD and (line := _HEAD_LINE.match(block, head)):
            head = line.end()
        block = block[head:]
        while block or rest:
            more = file.read(_BLOCK)
            text = rest + block
            words = text.split()
            # A number may be cut by the end of a block.
            rest = words.pop() if more and words and not text[-1:].isspace() else b""
            if text.translate(None, _OF_NUMBERS) and (word := _stranger(words)):
                where = count + words.index(word)
                raise FormatError(
                    f"holds {word[:20].decode('utf-8', 'replace')!r} in row {where // cols}, column "
                    f"{where % cols}, where a number belongs: mend it"
                )
            count += len(words)
            if not more:
                break
            block = more
    if count != rows * cols:
        raise FormatError(
            f"holds {count:,} numbers, and its head says {rows} rows of {cols}: is it cut off, or its head "
            "wrong?"
        )


def _stranger(words: list[bytes]) -> bytes | None:
    return next(
        (word for word in words if word.translate(None, _OF_NUMBERS) and not _NOT_A_NUMBER.fullmatch(word)),
        None,
    )
