"""Command ``twin check``: what each data set is, where, and whether readable."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from pkgutil import resolve_name
from typing import Literal

from twin.access import access_doubts
from twin.build.trial import tried
from twin.catalog.catalog import BrokenEntry, Catalog
from twin.catalog.derived_entries import DerivedEntry
from twin.catalog.entries import (
    BarrierEntry,
    Entry,
    HeightEntry,
    InsetEntry,
    ModelEntry,
    StationsEntry,
    TerrainEntry,
)
from twin.catalog.feed_check import feed_problems
from twin.catalog.layer_kinds import entry_model, kind_of
from twin.catalog.load import load_catalog_leniently
from twin.catalog.problems import CatalogError, Problem
from twin.disk import MACHINES_FAULT, refusal
from twin.entry_checks import Findings
from twin.errors import TwinError, programs_fault
from twin.vertical import height_shift

logger = logging.getLogger(__name__)

STOPS = TerrainEntry | InsetEntry | BarrierEntry
"""Without one of them every level and storage is another: a build stops where its file cannot be used."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """Row of the check's table.

    ``reason``: why it is broken; ``facts``: what was found inside. A build leaves out what is broken, and
    ``stops`` at some of it: the ground counts on its parts.
    """

    id: str
    kind: str
    title_zh: str
    title_en: str
    driver: str
    path: str
    crs: str
    vertical: str
    edition: str
    access: str
    status: Literal["ok", "broken", "generated"]
    reason: str = ""
    facts: str = ""
    stops: bool = False


@dataclass(frozen=True, kw_only=True)
class CheckReport:
    """Table of a check and all problems.

    ``generated`` rows are made by ``twin build``.
    """

    catalog: Path
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether there is no error; warnings are allowed."""
        return not any(problem.severity == "error" for problem in self.problems)

    @property
    def buildable(self) -> bool:
        """Whether a build would publish the basin.

        Without what is broken; the ground cannot be left out.
        """
        needed = any(row.kind == "terrain" and row.status != "broken" for row in self.rows)
        return needed and not any(row.stops for row in self.rows)

    def as_dict(self) -> dict[str, object]:
        """Convert to a dict for ``--json``."""
        return {
            "catalog": str(self.catalog),
            "ok": self.ok,
            "entries": [asdict(row) for row in self.rows],
            "problems": [problem.as_dict() for problem in self.problems],
        }


def check(
    path: Path | str,
    *,
    root: Path | str | None = None,
    sample: Path | None = None,
) -> CheckReport:
    """Read a catalog and everything it names.

    Never raises for what a person can mend. ``sample`` is the folder that the sample basin was generated
    into; without it such entries are only reported as "generated".
    """
    path = Path(path)
    try:
        catalog, found = load_catalog_leniently(path, root=root)
    except CatalogError as error:
        return CheckReport(catalog=path, rows=(), problems=error.problems)
    problems = list(found)
    rows = {}
    for entry in catalog.entries.values():
        rows[entry.id], wrong = _row(catalog, entry, sample)
        problems += wrong
    for broken in catalog.broken.values():
        rows[broken.id] = _broken_row(broken)
    if catalog.optional(TerrainEntry) is not None and not any(row.stops for row in rows.values()):
        problems += _tried(catalog, rows)
    problems += [
        _problem(catalog, catalog.entries[id_], words, "warning") for id_, words in access_doubts(catalog)
    ]
    problems = list(dict.fromkeys((*problems, *feed_problems(catalog))))
    in_order = sorted(rows.values(), key=lambda row: catalog.lines.get(row.id, 0))
    return CheckReport(catalog=path, rows=tuple(in_order), problems=tuple(problems))


def _row(catalog: Catalog, entry: Entry, sample: Path | None) -> tuple[Row, list[Problem]]:
    problems: list[Problem] = []
    facts, crs, reason = "", getattr(entry, "crs", None) or "", ""
    waits = isinstance(entry, DerivedEntry) or (
        entry.driver == "sample" and (sample is None or isinstance(entry, ModelEntry | StationsEntry))
    )
    where = entry.uri if waits else str(catalog.path_of(entry, sample=sample))
    if not waits:
        try:
            look: Callable[[Catalog, Entry, Path], Findings] = resolve_name(kind_of(entry.kind).check)
            facts, crs, doubts = look(catalog, entry, Path(where))
            problems += [_problem(catalog, entry, words, "warning") for words in doubts]
        except TwinError as error:
            reason = str(error).removeprefix(f"{where}: ")
        except Exception as error:
            if isinstance(error, OSError) and error.errno in MACHINES_FAULT:
                raise refusal(error) from error
            logger.exception("the check of %s met a fault of the program", entry.id)
            reason = programs_fault(error)
        if reason:
            problems.append(_problem(catalog, entry, reason, "error"))
    row = Row(
        id=entry.id,
        kind=entry.kind,
        title_zh=entry.title.zh,
        title_en=entry.title.en,
        driver=entry.driver,
        path=where,
        crs=crs,
        vertical=_vertical(catalog, entry),
        edition=entry.edition,
        access=entry.access,
        status="broken" if reason else "generated" if waits else "ok",
        reason=reason,
        facts=facts,
        stops=bool(reason) and isinstance(entry, STOPS),
    )
    return row, problems


def _tried(catalog: Catalog, rows: dict[str, Row]) -> list[Problem]:
    """What a build finds out when it lays the ground together and floods it; a row that it stops at."""
    try:
        notes = tried(catalog)
    except TwinError as error:
        entry = _blamed(catalog, str(error))
        reason = str(error).removeprefix(f"{rows[entry.id].path}: ")
        rows[entry.id] = replace(rows[entry.id], status="broken", reason=reason, stops=True)
        return [_problem(catalog, entry, reason, "error")]
    return [
        _problem(catalog, catalog.entries[name], line, "warning")
        for name, told in notes.items()
        for line in told.lines
    ]


def _blamed(catalog: Catalog, message: str) -> Entry:
    """The entry of the ground that an error names by its file or its id; else the terrain."""
    terrain = catalog.only(TerrainEntry)
    parts = [entry for entry in catalog.entries.values() if isinstance(entry, InsetEntry | BarrierEntry)]
    named = (
        entry
        for entry in parts
        if entry.driver != "sample"
        and (str(catalog.path_of(entry)) in message or message.startswith((f"{entry.id}:", f"{entry.id} ")))
    )
    return next(named, terrain)


def _broken_row(broken: BrokenEntry) -> Row:
    return Row(
        id=broken.id,
        kind=broken.kind,
        title_zh=broken.title.zh,
        title_en=broken.title.en,
        driver="",
        path="",
        crs="",
        vertical="",
        edition="",
        access="",
        status="broken",
        reason=broken.reason,
        stops=issubclass(entry_model(broken.kind), InsetEntry | BarrierEntry),  # of terrains one is enough
    )


def _problem(catalog: Catalog, entry: Entry, words: str, severity: Literal["error", "warning"]) -> Problem:
    return Problem(
        file=catalog.path,
        line=catalog.lines[entry.id],
        key=f"entries.{entry.id}",
        code="bad-data" if severity == "error" else "doubtful-data",
        message=words,
        entry=entry.id,
        severity=severity,
    )


def _vertical(catalog: Catalog, entry: Entry) -> str:
    if isinstance(entry, HeightEntry | BarrierEntry | ModelEntry):
        return str(height_shift(entry.vertical, settings=catalog.head.vertical))
    return ""
