"""Read the tables that a catalog names: guarded, adapted and checked."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

from twin.catalog.entries import TableEntry
from twin.ingest.adapt import QUANTITIES, TEXTS, adapt, canonical_units, check_columns, rising, steps_of
from twin.ingest.errors import EmptyFileError
from twin.ingest.features import Table
from twin.ingest.guard import DEFAULT, guarded
from twin.ingest.limits import Limits
from twin.ingest.sandbox.table import separated
from twin.ingest.sandbox.table_text import decoded_table


def read_table(path: Path, entry: TableEntry, *, limits: Limits = DEFAULT) -> Table:
    """Read a CSV's columns, renamed and multiplied by the entry.

    Curves and runs get their columns in the units of the program too (``area_m2`` from ``area_km2``,
    ``storage_m3`` from ``storage_1e8m3``), and are checked to have what such a table needs. Times stay as
    they are written. Raises IngestError.
    """
    given = {new: old for old, new in entry.rename.items()}
    arguments = {
        "encoding": entry.encoding,
        "text": [given.get(name, name) for name in TEXTS],
        # a unit behind a number is the column's own only where nothing multiplies it
        "quantities": {
            given.get(name, name): "" if name in entry.unit_mult else name
            for name in (*QUANTITIES, *entry.unit_mult)
        },
    }
    with guarded("table", path, arguments, limits=limits) as (answer, _):
        columns = adapt(answer["columns"], rename=entry.rename, unit_mult=entry.unit_mult, path=path)
        steps = steps_of(answer["columns"], rename=entry.rename, unit_mult=entry.unit_mult)
    columns = canonical_units(columns, path=path)
    check_columns(columns, kind=entry.kind, path=path)
    if entry.kind == "curve":
        columns, lines = rising(columns, tuple(answer["lines"]))
    else:
        lines = tuple(answer["lines"])
    return Table(columns=columns, lines=lines, steps=steps, notes=tuple(answer["notes"]))


def read_text_table(
    path: Path, *, encoding: str | None, rename: Mapping[str, str], limits: Limits = DEFAULT
) -> tuple[Table, list[tuple[int, str]]]:
    """Read any CSV as text, renamed, with its odd lines.

    Codes such as 3051E010 or 0012345678 are no numbers. A line that is no row is left out: (line, why).
    Raises IngestError.
    """
    arguments = {"encoding": encoding, "text": True, "lenient": True}
    with guarded("table", path, arguments, limits=limits) as (answer, _):
        columns = adapt(answer["columns"], rename=rename, unit_mult={}, path=path)
    odd = [(int(line), str(why)) for line, why in answer["odd"]]
    return Table(columns=columns, lines=tuple(answer["lines"]), notes=tuple(answer["notes"])), odd


def text_rows(path: Path) -> Iterator[dict[str, str]]:
    """Read a CSV row by row as text, by its header.

    Any encoding and separator, in this process. For long files of one's own that went through an office; an
    empty one has no rows. Raises IngestError, csv.Error.
    """
    try:
        text, _ = decoded_table(path, None, lenient=False)
    except EmptyFileError:
        return
    separator, text = separated(text)
    yield from csv.DictReader(io.StringIO(text.lstrip("\n"), newline=""), delimiter=separator)
