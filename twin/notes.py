"""Store a build's omissions and doubts beside the product."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from twin.products import write_json
from twin.readable import readable
from twin.strict_json import read_json

FILE = "notes.json"
"""In a product's folder."""
_FILE = re.compile(r"^[^:]*\.[A-Za-z]\w{0,7}: ")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, kw_only=True)
class Notes:
    """Omissions and doubts of an entry.

    ``lines`` of plain English, as its readers give them. ``missing`` of its ``tiles`` are left out; both are
    0 where it is not made of tiles. ``left_out`` is why there is nothing of the entry in a product that
    others share, ``zh`` the same in Chinese, and ``kind`` the name of that error's class.
    """

    lines: tuple[str, ...] = ()
    missing: int = 0
    tiles: int = 0
    left_out: str = ""
    zh: str = ""
    kind: str = ""

    def __add__(self, other: Notes) -> Notes:
        """Those of two products of one entry."""
        return Notes(
            lines=(*self.lines, *other.lines),
            missing=self.missing + other.missing,
            tiles=self.tiles + other.tiles,
            left_out=self.left_out or other.left_out,
            zh=self.zh or other.zh,
            kind=self.kind or other.kind,
        )


def write_notes(folder: Path, notes: Mapping[str, Sequence[str] | Notes]) -> None:
    """Write notes by entry id into a product's folder.

    Or their lines alone; no file without any.
    """
    whole = {
        entry: told if isinstance(told, Notes) else Notes(lines=tuple(told)) for entry, told in notes.items()
    }
    whole = {entry: replace(told, lines=tuple(map(readable, told.lines))) for entry, told in whole.items()}
    if held := {entry: asdict(told) for entry, told in whole.items() if told != Notes(tiles=told.tiles)}:
        write_json(folder / FILE, held)


def read_notes(folder: Path) -> dict[str, Notes]:
    """Read the notes of a product by the entry's id.

    None where there is no file.
    """
    if not (folder / FILE).is_file():
        return {}
    held = read_json(folder / FILE)
    return {entry: Notes(**{**told, "lines": tuple(told["lines"])}) for entry, told in held.items()}


def kind_of(line: str) -> str:
    """Strip a line's file and numbers.

    Alike lines have the same rest.
    """
    return _NUMBER.sub("#", _FILE.sub("", line))


def alike(lines: Iterable[str]) -> list[tuple[str, int]]:
    """Group lines that differ in their file and numbers alone.

    The first of each group, and how many.
    """
    groups: dict[str, tuple[str, int]] = {}
    for line in lines:
        kind = kind_of(line)
        first, count = groups.get(kind, (line, 0))
        groups[kind] = first, count + 1
    return list(groups.values())
