"""Check and convert a table entry.

A curve that is a curve, a run with its points, as plain CSV in our units.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from twin import cells
from twin.build.sources import Sources
from twin.build.step import Products, Step, StepProgress
from twin.catalog import CurveEntry, OutletsEntry, RunEntry, TableEntry
from twin.ingest import read_table
from twin.ingest.features import Table
from twin.notes import write_notes
from twin.products import table_step_name, write_json
from twin.reservoir import STEPS, read_curve
from twin.water.flood_points import points_from_csv
from twin.water.outlets import outlets_from_csv

if TYPE_CHECKING:
    from twin.catalog import Catalog


def table_steps(catalog: Catalog, entry: TableEntry) -> list[Step]:
    """Make the step of a curve or a run."""
    sources = Sources(catalog=catalog, entries=(entry,))

    def make(folder: Path, products: Products, progress: StepProgress) -> None:
        make_table(folder, entry=entry, path=sources.path(entry, products))

    step = Step(
        name=table_step_name(entry.id),
        title=(f"读取{entry.title.zh}", f"reading {entry.title.en}"),
        make=make,
        needs=sources.needs,
        sources=sources.files,
        settings=sources.settings | {"status": getattr(entry, "status", None)},
        seconds=0.3,
        entry=entry.id,
        required=False,
    )
    return [step]


def make_table(folder: Path, *, entry: TableEntry, path: Path) -> Table:
    """Write ``table.csv``; for a curve its rounding and doubts.

    Returns what was read. Raises IngestError, CurveError or ScenarioError.
    """
    table = read_table(path, entry)
    target = folder / "table.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(map(cells.safe, table.columns))
        writer.writerows(map(cells.safe, row) for row in zip(*table.columns.values(), strict=True))
    notes = list(table.notes)
    if isinstance(entry, RunEntry):
        points_from_csv(target, zone="UTC")  # whatever the zone: are these points of a flood?
    if isinstance(entry, OutletsEntry):
        outlets_from_csv(target, opening_unit=entry.opening_unit)
    if isinstance(entry, CurveEntry):
        write_json(folder / STEPS, table.steps)
        notes += read_curve(target, entry, extended_to_m=None).consistency.doubts
    write_notes(folder, {entry.id: notes})
    return table
