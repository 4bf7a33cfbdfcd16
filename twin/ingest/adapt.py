"""Adapt a foreign file's columns: rename, multiply, convert units."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from twin.ingest.column_names import as_written
from twin.ingest.errors import ColumnError, TableError
from twin.ingest.features import Cell
from twin.ingest.header_units import contradiction
from twin.ingest.sandbox import numbers
from twin.printed import printed_step

Columns = dict[str, list[Cell]]

_UNITS = {
    "area_km2": ("area_m2", 1e6),
    "storage_1e8m3": ("storage_m3", 1e8),
    "storage_1e6m3": ("storage_m3", 1e6),
    "storage_1e4m3": ("storage_m3", 1e4),
}
_NEEDED = {
    "curve": ("level_m", "area_m2", "storage_m3"),
    "run": ("inflow_m3s", "level_m"),
    "outlets": ("outlet", "opening", "level_m", "discharge_m3s"),
}
_TWO_WAY = " (a table with decimals of the level across? write a line a level: level, area, storage)"
_TIMES = ("time_local", "time_utc")
TEXTS = (*_TIMES, "note", "outlet", "name_zh", "name_en")
"""Columns that are never numbers: 20250727080000 is a time."""
_FLOWS = ("inflow_m3s", "outflow_m3s", "release_m3s", "discharge_m3s")
QUANTITIES = ("level_m", "area_m2", "storage_m3", *_UNITS, *_FLOWS, "opening")
"""Columns that are always numbers."""


def adapt(
    columns: Mapping[str, list[Cell]],
    *,
    rename: Mapping[str, str],
    unit_mult: Mapping[str, float],
    path: Path,
) -> Columns:
    """Rename, then multiply.

    Raises ColumnError for a name that is not there, for text times a number, and for a unit in a column's
    name that is another one than the new name and ``unit_mult`` make of it.
    """
    rename = as_written(rename, columns)
    for old in rename:
        if old not in columns:
            raise ColumnError(f"{path}: rename: no column {old!r}; {_there(columns)}", path=path)
    out: Columns = {}
    for name, cells in columns.items():
        new = rename.get(name, name)
        if wrong := contradiction(name, new, unit_mult.get(new, 1.0)):
            raise ColumnError(f"{path}: {wrong}", path=path)
        if new in out:
            raise ColumnError(f"{path}: rename: two columns would be named {new!r}", path=path)
        out[new] = cells
    for name, factor in unit_mult.items():
        if name not in out:
            raise ColumnError(f"{path}: unit_mult: no column {name!r}; {_there(out)}", path=path)
        out[name] = _times(out[name], factor, name, path)
    return out


def canonical_units(columns: Columns, *, path: Path) -> Columns:
    """Add plain-unit columns: ``area_m2`` beside ``area_km2``.

    Where they are not there already. Raises ColumnError where both are there and differ by more than they are
    rounded to.
    """
    out = dict(columns)
    for name, (plain, factor) in _UNITS.items():
        if name not in columns:
            continue
        cells: list[Cell] = [None if c is None else round(float(c) * factor, 6) for c in columns[name]]
        if plain not in out:
            out[plain] = cells
        elif (row := _differ(cells, out[plain])) is not None:
            raise ColumnError(
                f"{path}: {name} and {plain} contradict each other in row {row}: leave one of them out",
                path=path,
            )
    return out


def _differ(some: list[Cell], others: list[Cell]) -> int | None:
    """The first row where two columns of one figure differ by more than a step of their rounding."""
    pairs = [
        (row, float(one), float(other))
        for row, (one, other) in enumerate(zip(some, others, strict=True), 1)
        if isinstance(one, int | float) and isinstance(other, int | float)
    ]
    step = sum(printed_step(column) for column in list(zip(*pairs, strict=True))[1:])
    return next(
        (row for row, one, other in pairs if abs(one - other) > step + 1e-9 * max(abs(one), abs(other))), None
    )


def rising(columns: Columns, lines: tuple[int, ...]) -> tuple[Columns, tuple[int, ...]]:
    """Return a curve's columns and lines with ascending levels.

    Where the table goes from the highest down.
    """
    levels = [level for level in columns["level_m"] if isinstance(level, int | float)]
    if len(levels) > 1 and all(high > low for high, low in pairwise(levels)):
        return {name: cells[::-1] for name, cells in columns.items()}, lines[::-1]
    return columns, lines


def steps_of(
    columns: Mapping[str, list[Cell]], *, rename: Mapping[str, str], unit_mult: Mapping[str, float]
) -> dict[str, float]:
    """Return rounding steps of a file's number columns.

    By their new names and in their new units.
    """
    rename, steps = as_written(rename, columns), {}
    for old, cells in columns.items():
        numbers = [float(cell) for cell in cells if isinstance(cell, int | float)]
        if numbers and len(numbers) == sum(cell is not None for cell in cells):
            name = rename.get(old, old)
            steps[name] = printed_step(numbers) * unit_mult.get(name, 1.0)
    for name, (plain, factor) in _UNITS.items():
        if name in steps:
            steps.setdefault(plain, steps[name] * factor)
    return steps


def check_columns(columns: Columns, *, kind: str, path: Path) -> None:
    """Raise ColumnError where required columns are missing.

    A curve needs level, area and storage in every line; a run needs times.
    """
    for name in _NEEDED.get(kind, ()):
        if name not in columns:
            hint = _TWO_WAY if kind == "curve" and sum(map(_is_figure, columns)) > 2 else ""
            raise ColumnError(f"{path}: a {kind} needs the column {name}; {_there(columns)}{hint}", path=path)
        for row, cell in enumerate(columns[name], 1):
            if cell is None and kind == "curve":
                raise ColumnError(f"{path}: {name} is empty in row {row}", path=path)
    if kind == "run" and not any(name in columns for name in _TIMES):
        raise ColumnError(f"{path}: a run needs a column {' or '.join(_TIMES)}; {_there(columns)}", path=path)


def figures(cells: list[Cell], *, name: str) -> list[Cell]:
    """Convert number texts with units to numbers.

    As ``160.5 m`` of ``crest_m``; other cells stay as they are.
    """
    written = [numbers.plain(cell, name=name) if isinstance(cell, str) else "" for cell in cells]
    told = [(row, name, text) for row, text in enumerate(written, 1) if text and numbers.is_number(text)]
    try:
        mark = numbers.decimal_mark(told, separator=",")
    except TableError:
        return cells
    return [
        numbers.number(text, mark=mark) if text and numbers.is_number(text) else cell
        for cell, text in zip(cells, written, strict=True)
    ]


def _times(cells: list[Cell], factor: float, name: str, path: Path) -> list[Cell]:
    cells = figures(cells, name="")
    if any(isinstance(cell, str | bool) for cell in cells):
        raise ColumnError(f"{path}: unit_mult: {name} holds text", path=path)
    return [None if cell is None else float(cell) * factor for cell in cells]


def _is_figure(name: str) -> bool:
    return re.fullmatch(r"0?\.?\d+", name) is not None


def _there(columns: Mapping[str, object]) -> str:
    return f"there are {', '.join(list(columns)[:30])}" if columns else "there are none"
