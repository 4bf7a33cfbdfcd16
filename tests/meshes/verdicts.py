"""What ``check`` and a build say of each entry of a catalog, to be compared."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from meshes.build.catalog_check import check
from meshes.pipeline import steps_of
from twin.basin import Basin
from twin.build import run
from twin.catalog import load_catalog_leniently
from twin.doubts import notes_of
from twin.errors import TwinError
from twin.store import Fault, Store

NOT_NEEDED = ("terrain-tiles",)
"""Steps in which nothing of an entry is read."""


@dataclass
class Verdict:
    """``stops``: nothing can be built. ``left_out`` and ``doubts`` by entry, each line without its folder."""

    stops: bool = False
    left_out: dict[str, str] = field(default_factory=dict)
    doubts: dict[str, set[str]] = field(default_factory=dict)

    def __sub__(self, other: Verdict) -> list[str]:
        """What the two say differently."""
        if self.stops or other.stops:
            return [] if self.stops == other.stops else [f"stops: {self.stops} {other.stops}"]
        said = [("left out", self.left_out, other.left_out), ("doubts", self.doubts, other.doubts)]
        return [
            f"{name}: {what}: {one.get(name)} | {two.get(name)}"
            for what, one, two in said
            for name in {*one, *two}
            if one.get(name) != two.get(name)
        ]


def checked(catalog: Path, *, root: Path) -> Verdict:
    """What ``twin check`` says."""
    report = check(catalog, root=root)
    verdict = Verdict(stops=not report.buildable)
    for row in report.rows:
        if row.status == "broken":
            verdict.left_out[row.id] = _plain(row.reason, root)
    for problem in report.problems:
        if problem.entry and problem.severity == "warning" and problem.entry not in verdict.left_out:
            words = re.sub(r"^lacks [\d,]+ of [\d,]+ tiles$", "", problem.message)
            verdict.doubts.setdefault(problem.entry, set()).add(words)
    for said in verdict.doubts.values():
        said.discard("")
    return verdict


def built(catalog: Path, *, root: Path, store: Path) -> Verdict:
    """What ``twin build`` says."""
    try:
        read, _ = load_catalog_leniently(catalog, root=root)
        steps = [step for step in steps_of(read) if step.name not in NOT_NEEDED]
        faults = [Fault(entry=one.id, reason=one.reason) for one in read.broken.values()]
        report = run(Store(store), steps, catalog=read.head.id, faults=faults)
    except TwinError:
        return Verdict(stops=True)
    basin = Basin(read, report.generation)
    verdict = Verdict(left_out={fault.entry: _plain(fault.reason, root) for fault in basin.generation.faults})
    for name, notes in notes_of(basin).items():
        if notes.lines and name not in verdict.left_out:
            verdict.doubts[name] = set(notes.lines)
    return verdict


def _plain(reason: str, root: Path) -> str:
    """A reason without the file in front and without folders."""
    return re.sub(r"^[^\s:]*: ", "", reason.replace(f"{root}/", ""), count=1)
