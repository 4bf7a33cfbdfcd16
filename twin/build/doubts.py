"""Keep what is doubtful in an entry's data beside its product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from twin.build.writing import write_json

FILE = "doubts.json"
"""In a product's folder."""


def write_doubts(folder: Path, doubts: Mapping[str, Sequence[str]]) -> None:
    """Leave doubts, in words by the entry's id, in a product's folder; no file where there are none."""
    if told := {entry: list(words) for entry, words in doubts.items() if words}:
        write_json(folder / FILE, told)
