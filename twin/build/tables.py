"""A table entry, checked: a curve that is a curve, a run with its points, as plain CSV in our units."""

from __future__ import annotations

import csv
from pathlib import Path

from twin import cells
from twin.catalog import CurveEntry, RunEntry, TableEntry
from twin.ingest import read_table
from twin.ingest.features import Table
from twin.notes import write_notes
from twin.products import write_json
from twin.reservoir import STEPS, read_curve
from twin.water.flood_points import points_from_csv


def make_table(folder: Path, *, entry: TableEntry, path: Path) -> Table:
    """Write ``table.csv``; for a curve also what it was rounded to, and what is doubtful in it.

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
    if isinstance(entry, CurveEntry):
        write_json(folder / STEPS, table.steps)
        notes += read_curve(target, entry, extended_to_m=None).consistency.doubts
    write_notes(folder, {entry.id: notes})
    return table
