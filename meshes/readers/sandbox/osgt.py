"""Parse OpenSceneGraph's text form (``.osgt``) into nested blocks.

``osgconv`` writes every version of the binary form as this one: lines ``word value ...``, lines that end with
a brace and open a block, long lists of numbers, and pixels as one quoted string.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshes.errors import DamagedError, OverLimitError
from twin.arrays import F64

LARGEST = 1 << 30
MOST_BLOCKS = 2_000_000
DEEPEST = 400
_QUOTED = re.compile(rb'"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)


@dataclass(slots=True, kw_only=True)
class Block:
    """Braces block: ``words`` before it, ``rows`` and ``blocks`` inside.

    ``numbers``: the text of a list of numbers, which has neither rows nor blocks.
    """

    words: list[bytes]
    rows: list[bytes] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    numbers: bytes = b""

    @property
    def kind(self) -> str:
        """First word before the brace.

        A class (``osg::Geode``) or a property (``Children``).
        """
        return self.words[0].decode("ascii", "replace") if self.words else ""

    def row(self, key: str) -> bytes | None:
        """Return what follows a word that begins a row.

        None where no row does.
        """
        start = key.encode()
        for row in self.rows:
            word, _, rest = row.partition(b" ")
            if word == start:
                return rest.strip()
        return None

    def word(self, key: str, otherwise: str = "") -> str:
        """Return the first word that follows in a row."""
        words = (self.row(key) or b"").split()
        return words[0].decode("ascii", "replace") if words else otherwise

    def block(self, key: str) -> Block | None:
        """Return the first block of a kind."""
        return next((block for block in self.blocks if block.kind == key), None)

    def inner(self, key: str) -> list[Block]:
        """Return the blocks inside the first block of a kind."""
        found = self.block(key)
        return [] if found is None else found.blocks

    def list(self, key: str) -> list[bytes]:
        """Return the rows inside the first block of a kind."""
        found = self.block(key)
        return [] if found is None else found.rows


def parse(path: Path) -> Block:
    """Parse the whole file as one block without words.

    Raises DamagedError, OverLimitError.
    """
    if path.stat().st_size > LARGEST:
        raise OverLimitError(f"unpacks to more than {LARGEST >> 20} MiB")
    data = path.read_bytes()
    top = Block(words=[])
    open_blocks, many = [top], 0
    at = 0
    while at < len(data):
        end = data.find(b"\n", at)
        end = len(data) if end < 0 else end
        line = data[at:end].strip()
        if line.count(b'"') % 2 or (b"\\" in line and b'"' in line):
            end = _end_of_quotes(data, at)
            line = data[at:end].strip()
        at = end + 1
        if line.endswith(b"}"):  # after pixels it stands on their last line
            if len(open_blocks) == 1:
                raise DamagedError("its text form closes more blocks than it opens")
            if row := line[:-1].rstrip():
                open_blocks[-1].rows.append(row)
            open_blocks.pop()
        elif line.endswith(b"{"):
            many += 1
            block = Block(words=line[:-1].split())
            open_blocks[-1].blocks.append(block)
            if many > MOST_BLOCKS or len(open_blocks) > DEEPEST:
                raise OverLimitError(f"holds over {MOST_BLOCKS:,} nodes, or {DEEPEST} in each other")
            if block.words[:1] == [b"vector"]:
                stop = data.find(b"}", at)
                if stop < 0:
                    raise DamagedError("is cut off: a list does not end")
                block.numbers = data[at:stop]
                at = stop + 1
            else:
                open_blocks.append(block)
        elif line and not line.startswith(b"#"):
            open_blocks[-1].rows.append(line)
    if len(open_blocks) > 1:
        raise DamagedError("is cut off: a block does not end")
    return top


def _end_of_quotes(data: bytes, start: int) -> int:
    """Where the line ends on which the last text that begins in it is closed."""
    while True:
        opens, end = data.find(b'"', start), data.find(b"\n", start)
        end = len(data) if end < 0 else end
        if not 0 <= opens < end:
            return end
        closes = data.find(b'"', opens + 1)
        while closes > 0 and (closes - len(data[opens + 1 : closes].rstrip(b"\\")) - opens - 1) % 2:
            closes = data.find(b'"', closes + 1)
        if closes < 0:
            raise DamagedError("is cut off in a text or a picture")
        start = closes + 1


def shared(top: Block) -> dict[bytes, Block]:
    """Return objects by their number.

    A second use of one holds its number only.
    """
    found: dict[bytes, Block] = {}
    waiting = [top]
    while waiting:
        block = waiting.pop()
        number = block.row("UniqueID")
        if number is not None:
            known = found.get(number)
            if known is None or len(known.rows) + len(known.blocks) <= 1:
                found[number] = block
        waiting += reversed(block.blocks)
    return found


def numbers(text: bytes | None, *, least: int = 1) -> F64:
    """Return (n,) float64 of a row or a list.

    Raises DamagedError for fewer than ``least``, or what is no number.
    """
    try:
        values = np.array((text or b"").split(), np.float64) if len(text or b"") < 200 else _many(text or b"")
    except ValueError:
        values = np.zeros(0)
    if len(values) < least or not np.isfinite(values).all():
        raise DamagedError("holds a text where a number should be, or too few of them")
    return values


def _many(text: bytes) -> F64:
    found: NDArray[Any] = np.fromstring(text, np.float64, sep=" ")
    return found


def texts(rows: list[bytes]) -> Iterator[str]:
    """Return the quoted texts of rows, in UTF-8 or GB 18030."""
    for row in rows:
        for match in _QUOTED.finditer(row):
            yield text_of(_ESCAPED.sub(rb"\1", match[1]))


def text_of(raw: bytes) -> str:
    """Decode a name in UTF-8, else in GB 18030."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")
