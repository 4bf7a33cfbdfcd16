"""Read a published flood's points.

A few points in time, with gaps that are gaps.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from twin import cells
from twin.errors import TwinError
from twin.written_time import WrittenTimeError, read_time

_VALUES: Final = {
    "inflow_m3s": (("inflow_m3s", 1.0),),
    "release_m3s": (("outflow_m3s", 1.0), ("release_m3s", 1.0)),
    "level_m": (("level_m", 1.0),),
    "storage_m3": (("storage_1e8m3", 1e8), ("storage_m3", 1.0)),
}


class ScenarioError(TwinError):
    """Flood with points that cannot be read or joined."""

    zh = "洪水过程有误：{message}"


@dataclass(frozen=True, kw_only=True)
class FloodPoint:
    """Published figures of one time (UTC); None for gaps."""

    time: datetime
    inflow_m3s: float | None = None
    release_m3s: float | None = None
    level_m: float | None = None
    storage_m3: float | None = None
    note: str = ""


def points_from_rows(rows: Iterable[Mapping[str, str]], *, zone: str) -> tuple[FloodPoint, ...]:
    """Parse points from table rows.

    time_local (clocks of ``zone``) or time_utc, inflow_m3s, outflow_m3s or release_m3s, level_m, storage_m3
    or storage_1e8m3, note; empty cells are gaps. Times are read as ``twin.written_time`` reads them:
    2025-07-27 08:00, 2025/7/27 8:00, 24:00.

    Raises ScenarioError with the row that is wrong, or where times do not rise.
    """
    clock = ZoneInfo(zone)
    points = tuple(_point(number, row, clock) for number, row in enumerate(rows, 1))
    for earlier, later in pairwise(points):
        if later.time <= earlier.time:
            at = later.time.astimezone(clock)
            raise ScenarioError(f"the flood's times do not rise: {at:%Y-%m-%d %H:%M} comes after a later one")
    return points


def points_from_csv(path: Path, *, zone: str) -> tuple[FloodPoint, ...]:
    """Read points from a CSV file with a header.

    UTF-8; as ``points_from_rows``. Raises ScenarioError.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return points_from_rows(list(csv.DictReader(file, restval="")), zone=zone)
    except OSError as error:
        said = (error.strerror or type(error).__name__).lower()
        raise ScenarioError(f"cannot read the flood's points in {path}: {said}") from None
    except (UnicodeDecodeError, csv.Error):
        raise ScenarioError(f"cannot read the flood's points in {path}: is no CSV in UTF-8") from None


def _point(number: int, row: Mapping[str, str], clock: ZoneInfo) -> FloodPoint:
    name = "time_local" if row.get("time_local", "").strip() or "time_utc" not in row else "time_utc"
    text = row.get(name, "").strip()
    try:
        time = read_time(text, zone=clock if name == "time_local" else UTC)
    except WrittenTimeError as error:
        why = "could be two times; write it like 2025-07-27 08:00" if "ambig" in str(error) else "not a time"
        raise ScenarioError(f"the flood's row {number}: {name} is {text!r}, {why}") from None
    values: dict[str, float] = {}
    for name, spellings in _VALUES.items():
        for spelling, scale in spellings:
            if cell := row.get(spelling, "").strip():
                values[name] = _number(number, spelling, cell) * scale
    return FloodPoint(time=time.astimezone(UTC), note=cells.plain(row.get("note", "")), **values)


def _number(number: int, column: str, cell: str) -> float:
    try:
        value = float(cell) if "_" not in cell else math.nan
    except ValueError:
        value = math.nan
    lowest, highest = (-500.0, 9000.0) if column == "level_m" else (0.0, math.inf)
    if not (math.isfinite(value) and lowest <= value <= highest):  # -9999 stands for none
        raise ScenarioError(f"the flood's row {number}: {column} is {cell!r}, not a number it can have")
    return value
