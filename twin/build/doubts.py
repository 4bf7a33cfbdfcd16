"""What is doubtful in an entry's data and was built all the same: told by every build that uses it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from twin.build.writing import read_json, write_json
from twin.store import Generation

FILE = "doubts.json"


def write_doubts(folder: Path, doubts: Mapping[str, Sequence[str]]) -> None:
    """Leave doubts, in words by the entry's id, in a product's folder; no file where there are none."""
    if told := {entry: list(words) for entry, words in doubts.items() if words}:
        write_json(folder / FILE, told)


def doubts_of(generation: Generation) -> list[tuple[str, str]]:
    """(entry, doubt) of everything that a generation was built from, in the order it was built."""
    files = [generation.path(step) / FILE for step in generation.products]
    return [
        (str(entry), str(words))
        for file in files
        if file.is_file()
        for entry, told in read_json(file).items()
        for words in told
    ]
