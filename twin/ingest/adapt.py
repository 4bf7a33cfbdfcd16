"""A foreign file's columns made ours: renamed, multiplied, in the units that the program computes with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from twin.ingest.errors import ColumnError
from twin.ingest.features import Cell
from twin.printed import printed_step

Columns = dict[str, list[Cell]]

_UNITS = {
    "area_km2": ("area_m2", 1e6),
    "storage_1e8m3": ("storage_m3", 1e8),
    "storage_1e6m3": ("storage_m3", 1e6),
    "storage_1e4m3": ("storage_m3", 1e4),
}
_NEEDED = {"curve": ("level_m", "area_m2", "storage_m3"), "run": ("inflow_m3s", "level_m")}
_TIMES = ("time_local", "time_utc")
TEXTS = (*_TIMES, "note")
"""Columns that are never numbers: 20250727080000 is a time."""


def adapt(
    columns: Mapping[str, list[Cell]],
    *,
    rename: Mapping[str, str],
    unit_mult: Mapping[str, float],
    path: Path,
) -> Columns:
    """Rename, then multiply. Raises ColumnError for a name that is not there, and for text times a number."""
    for old in rename:
        if old not in columns:
            raise ColumnError(f"{path}: rename: no column {old!r}; {_there(columns)}", path=path)
    out: Columns = {}
    for name, cells in columns.items():
        new = rename.get(name, name)
        if new in out:
            raise ColumnError(f"{path}: rename: two columns would be named {new!r}", path=path)
        out[new] = cells
    for name, factor in unit_mult.items():
        if name not in out:
            raise ColumnError(f"{path}: unit_mult: no column {name!r}; {_there(out)}", path=path)
        out[name] = _times(out[name], factor, name, path)
    return out


def canonical_units(columns: Columns, *, path: Path) -> Columns:
    """Adds ``area_m2`` beside ``area_km2`` and so on, where the plain unit is not there already.

    Raises ColumnError where both are there and differ by more than they are rounded to.
    """
    out = dict(columns)
    for name, (plain, factor) in _UNITS.items():
        if name not in columns or any(isinstance(cell, str) for cell in columns[name]):
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


def steps_of(
    columns: Mapping[str, list[Cell]], *, rename: Mapping[str, str], unit_mult: Mapping[str, float]
) -> dict[str, float]:
    """What a file's columns of numbers were rounded to, by their new names and in their new units."""
    steps = {}
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
    """A curve needs level, area and storage in every line; a run needs times. Raises ColumnError."""
    for name in _NEEDED.get(kind, ()):
        if name not in columns:
            raise ColumnError(f"{path}: a {kind} needs the column {name}; {_there(columns)}", path=path)
        for row, cell in enumerate(columns[name], 1):
            if isinstance(cell, str):
                raise ColumnError(f"{path}: {name} holds text: {cell!r}", path=path)
            if cell is None and kind == "curve":
                raise ColumnError(f"{path}: {name} is empty in row {row}", path=path)
    if kind == "run" and not any(name in columns for name in _TIMES):
        raise ColumnError(f"{path}: a run needs a column {' or '.join(_TIMES)}; {_there(columns)}", path=path)


def _times(cells: list[Cell], factor: float, name: str, path: Path) -> list[Cell]:
    if any(isinstance(cell, str | bool) for cell in cells):
        raise ColumnError(f"{path}: unit_mult: {name} holds text", path=path)
    return [None if cell is None else float(cell) * factor for cell in cells]


def _there(columns: Mapping[str, object]) -> str:
    return f"there are {', '.join(list(columns)[:30])}" if columns else "there are none"
