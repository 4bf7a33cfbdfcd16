"""Read and write the table of assets with their first-wet levels.

One row a village, footprint or building, as a build wrote it: a CSV for spreadsheets and for views.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from twin import cells
from twin.arrays import F64, I32, Bools

TABLE: Final = "first_wet.csv"
GROUP: Final = "affected"
KINDS: Final = ("village", "footprint", "buildings")
"""Kinds of entries whose features can be affected."""

_TEXTS: Final = (
    "number",
    "name_zh",
    "name_en",
    "kind",
    "village",
    "village_zh",
    "village_en",
    "township_zh",
    "township_en",
)
_NUMBERS: Final = ("households", "people", "east_m", "north_m", "first_wet_m", "pocket_m")
COLUMNS: Final = (*_TEXTS, *_NUMBERS, "surveyed")


@dataclass(frozen=True, kw_only=True)
class Assets:
    """Assets of one entry: n rows.

    ``texts`` are columns of n texts, '' for none. ``households`` and ``people`` are NaN where the file
    does not say, never 0. ``east`` and ``north`` lie in the frame's CRS. The others are as in
    :class:`twin.analysis.first_wet.FirstWet`.
    """

    entry: str
    texts: Mapping[str, Sequence[str]]
    households: F64
    people: F64
    east: F64
    north: F64
    first_cm: I32
    pocket_cm: I32
    surveyed: Bools

    def __len__(self) -> int:
        return len(self.first_cm)


def step_name(entry_id: str) -> str:
    """Name the step and product of an entry's first-wet levels."""
    return f"{GROUP}/{entry_id}"


def asset_texts(row: Mapping[str, Any], *, label: str | None) -> dict[str, str]:
    """Return a feature's texts by column.

    ``label`` is the attribute that the catalog shows as its name; the other language's is the one that ends
    in ``_en`` where it ends in ``_zh``.
    """
    told = {name: _text(row.get(name)) for name in _TEXTS}
    told["number"] = told["number"] or _text(row.get("id"))
    if label is not None:
        told["name_zh"] = _text(row.get(label)) or told["name_zh"]
        other = label.removesuffix("_zh") + "_en" if label.endswith("_zh") else label
        told["name_en"] = _text(row.get(other)) or told["name_en"]
    for name in ("name", "village", "township"):
        plain = _text(row.get(name)) if name != "village" else ""
        zh, en = told[f"{name}_zh"], told[f"{name}_en"]
        told[f"{name}_zh"], told[f"{name}_en"] = zh or en or plain, en or zh or plain
    return told


def count_of(row: Mapping[str, Any], *names: str) -> float:
    """Return the first attribute that is a count.

    A number of 0 or more; NaN where none is.
    """
    for name in names:
        value = row.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9:
            return float(value)
    return float("nan")


def write_assets(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    """Write rows of ``COLUMNS``; what is None or NaN is left empty."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for row in rows:
            writer.writerow([_cell(row[name]) for name in COLUMNS])


def read_assets(path: Path, *, entry: str, cap_cm: int) -> Assets:
    """Read the table of :func:`write_assets`."""
    with path.open(encoding="utf-8", newline="") as stream:
        columns = list(zip(*csv.reader(stream), strict=True))
    told = {column[0]: column[1:] for column in columns}
    numbers = {
        name: np.array([float(cell) if cell else np.nan for cell in told[name]], np.float64)
        for name in _NUMBERS
    }

    def centimetres(name: str) -> I32:
        return np.nan_to_num(np.rint(100 * numbers[name]), nan=cap_cm).astype(np.int32)

    return Assets(
        entry=entry,
        texts={name: tuple(map(cells.plain, told[name])) for name in _TEXTS},
        households=numbers["households"],
        people=numbers["people"],
        east=numbers["east_m"],
        north=numbers["north_m"],
        first_cm=centimetres("first_wet_m"),
        pocket_cm=centimetres("pocket_m"),
        surveyed=np.array([cell == "1" for cell in told["surveyed"]], np.bool_),
    )


def _cell(value: object) -> object:
    if value is None or value != value:  # noqa: PLR0124  (NaN)
        return ""
    if isinstance(value, float):
        return f"{value:.10g}"
    return cells.safe(value)


def _text(value: object) -> str:
    """An attribute as people write it: a number that was stored as 7.0 is 7."""
    if value is None or isinstance(value, bool):
        return ""
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)
