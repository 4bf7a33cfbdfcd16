"""Print what a build omitted or doubts; choose its exit status."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from apps.build_process import LEFT_OUT
from twin.basin import Basin
from twin.catalog import load_catalog_leniently
from twin.catalog.feed_check import feed_problems
from twin.catalog.problems import Problem
from twin.doubts import notes_of
from twin.notes import FILE, Notes, alike, read_notes
from twin.store import Fault, Generation

MOST = 4
"""Reasons of one entry that are printed; the others stand in its product."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Losses of a generation, by kind.

    ``faults`` of entries left out whole, ``notes`` of the others by their ids, ``errors`` of the catalog and
    its site that belong to no entry. ``files`` hold the notes in full.
    """

    errors: tuple[Problem, ...]
    faults: tuple[Fault, ...]
    notes: dict[str, Notes]
    files: dict[str, str]

    @property
    def status(self) -> int:
        """Exit status of the build.

        Lost parts of an entry and doubts are printed, and count as built.
        """
        return LEFT_OUT if self.faults or self.errors else 0

    def lines(self) -> Iterator[str]:
        """Return one line for each loss, in English."""
        yield from map(str, self.errors)
        for fault in self.faults:
            yield f"{fault.entry} is left out: {fault.reason}"
        for entry, notes in self.notes.items():
            yield from notes_lines(entry, notes, file=self.files.get(entry, ""))

    def as_dict(self) -> dict[str, object]:
        """Convert to a dict for programs, unprinted details included."""
        return {
            "errors": [str(problem) for problem in self.errors],
            "left_out": [{"entry": fault.entry, "reason": fault.reason} for fault in self.faults],
            "notes": {entry: asdict(notes) for entry, notes in self.notes.items()},
        }


def outcome_of(catalog: Path, generation: Generation, *, root: Path | None) -> Outcome:
    """Collect what a generation of a catalog lacks.

    Raises CatalogError.
    """
    read, problems = load_catalog_leniently(catalog, root=root)
    basin = Basin(read, generation)
    files: dict[str, str] = {}
    for product in generation.products.values():
        folder = generation.folder / "products" / product
        files |= dict.fromkeys(read_notes(folder), f"{folder.parent.name}/{product}/{FILE}")
    return Outcome(
        errors=tuple(
            problem
            for problem in (*problems, *feed_problems(read))
            if problem.severity == "error" and problem.entry not in read.broken
        ),
        faults=generation.faults,
        notes=notes_of(basin),
        files=files,
    )


def notes_lines(entry: str, notes: Notes, *, file: str) -> list[str]:
    """Return lines of one entry's notes.

    Alike ones counted, a few of the kinds, and where the others are written.
    """
    lacks = f"{entry} lacks {notes.missing:,} of {notes.tiles:,} tiles" if notes.missing else ""
    groups = alike(notes.lines)
    told = [_counted(*group) for group in groups[:MOST]]
    if (more := len(groups) - MOST) > 0:
        told.append(f"{more} more reasons are in {file} of the store" if file else f"{more} more reasons")
    if lacks:
        return [f"{lacks}: {'; '.join(told)}" if told else lacks]
    return [f"{entry} is doubtful: {line}" for line in told]


def _counted(line: str, count: int) -> str:
    return line if count == 1 else f"{line} (and {count - 1:,} alike)"
