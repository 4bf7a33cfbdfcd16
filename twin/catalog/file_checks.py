"""Check files, heights and required kinds of entries.

What no single key shows: files that exist, heights that can be converted. No data file is opened; what their
data contradicts is doubted in ``twin/cross_checks.py``.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

from twin.catalog.catalog import SHIPPED, BrokenEntry
from twin.catalog.entries import MADE, BarrierEntry, Entry, HeightEntry, ModelEntry, StationsEntry
from twin.catalog.head import CatalogHead
from twin.catalog.model_files import IN_FOLDERS
from twin.catalog.problems import Problem
from twin.catalog.yaml_tree import Document
from twin.crs import FrameError
from twin.disk import nearly_named
from twin.frame import place_in
from twin.frame_check import check_frame
from twin.vertical import VerticalError, height_shift

_AT_MOST_ONE = ("terrain", "surroundings", "landcover")


def frame_problems(head: CatalogHead, *, file: Path, document: Document) -> list[Problem]:
    """Return problems of a frame unfit for the reservoir.

    Whose metre is none there, or that the reservoir's seed does not lie in.
    """
    try:
        east, north = place_in(head.reservoir.seed, head.frame.crs)
        check_frame(east, north, crs=head.frame.crs)
    except FrameError as error:
        line = document.line_of(("frame", "crs") if head.frame.model_fields_set else ("reservoir", "seed"))
        return [Problem(file=file, line=line, key="frame.crs", code="bad-frame", message=str(error))]
    return []


def entry_problems(
    entry: Entry, *, head: CatalogHead | None, file: Path, root: Path, document: Document
) -> list[Problem]:
    """Return missing files and heights that cannot be converted."""
    found: list[tuple[str, str, str]] = []
    if entry.driver not in MADE:
        shipped = entry.uri.startswith("twin:")
        path = SHIPPED / entry.uri.removeprefix("twin:") if shipped else root / entry.uri
        if not path.exists():
            found.append(("uri", "missing-file", f"there is no file {path}{nearly_named(path)}"))
        elif not path.is_file() and not (entry.driver in IN_FOLDERS and path.is_dir()):
            found.append(("uri", "missing-file", f"{path} is a folder or a device, not a file"))
        if isinstance(entry, StationsEntry) and entry.datastreams is not None:
            beside = root / entry.datastreams
            if not beside.is_file():
                found.append(
                    ("datastreams", "missing-file", f"there is no file {beside}{nearly_named(beside)}")
                )
    heights = entry.vertical if isinstance(entry, HeightEntry | BarrierEntry | ModelEntry) else None
    if heights is not None and head is not None:
        try:
            height_shift(heights, settings=head.vertical)
        except VerticalError as error:
            found.append(("vertical", "bad-vertical", str(error)))
    return [
        Problem(
            file=file,
            line=document.line_of(("entries", entry.id, key)),
            key=f"entries.{entry.id}.{key}",
            code=code,
            message=message,
            entry=entry.id,
        )
        for key, code, message in found
    ]


def whole_problems(
    entries: Mapping[str, Entry], broken: Mapping[str, BrokenEntry], *, file: Path, document: Document
) -> list[Problem]:
    """Return problems of missing or duplicate kinds.

    There must be a terrain, and only one; surroundings and landcover at most once.
    """
    kinds: dict[str, str] = {}
    problems = []
    named = [(name, entry.kind) for name, entry in entries.items()]
    named += [(name, entry.kind) for name, entry in broken.items()]
    for name, kind in sorted(named, key=lambda pair: document.line_of(("entries", pair[0]))):
        if kind in _AT_MOST_ONE and kind in kinds:
            problems.append(
                Problem(
                    file=file,
                    line=document.line_of(("entries", name)),
                    key=f"entries.{name}.kind",
                    code="second-of-kind",
                    message=f"a catalog has one {kind}, and {kinds[kind]!r} is it already",
                    entry=name,
                )
            )
        kinds.setdefault(kind, name)
    if not difflib.get_close_matches("terrain", kinds):  # a misspelt one is named as such already
        line = document.line_of(("entries",))
        message = "holds no entry of the kind terrain: without ground there is no basin"
        problems.append(Problem(file=file, line=line, key="entries", code="no-terrain", message=message))
    return problems
