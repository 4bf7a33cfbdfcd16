"""Read a forecast run of the lake from CSV text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

import numpy as np

from twin.arrays import F64
from twin.errors import TwinError
from twin.strict_json import JsonError, parse_json
from twin.timed_table import LineFault, TimedTableError, Wanted, read_timed_table
from twin.water.curve import Curve
from twin.water.ranges import LevelOutOfRange, StorageOutOfRange

EXAMPLE = "time,level (m),level_low (m),level_high (m)"

_WANTED = tuple(
    Wanted(name=f"{name}{end}", names=(f"{name}{end}", f"{zh}{zh_end}"), zh=f"{zh}{zh_end}", property=name)
    for name, zh in (("level", "水位"), ("storage", "蓄水量"))
    for end, zh_end in (("", ""), ("_low", "下限"), ("_high", "上限"))
)


@dataclass(frozen=True, kw_only=True)
class ForecastLevels:
    """Forecast levels with bounds, arrays (n,).

    Levels in m, times in s since 1970 UTC. The bounds are the levels themselves where none were given.
    """

    time_s: F64
    level_m: F64
    low_m: F64
    high_m: F64

    def to_document(self) -> str:
        """Return it as the JSON document of a kept run."""
        return json.dumps(
            {name: getattr(self, name).tolist() for name in ("time_s", "level_m", "low_m", "high_m")}
        )


def forecast_of(document: str) -> ForecastLevels:
    """Read the document of a kept forecast. Raises TwinError."""
    try:
        columns: Any = parse_json(document)
        arrays = [np.array(columns[name], np.float64) for name in ("time_s", "level_m", "low_m", "high_m")]
    except (JsonError, ValueError, KeyError, TypeError):
        raise TwinError("what was kept is no forecast, or of another version of this program") from None
    return ForecastLevels(time_s=arrays[0], level_m=arrays[1], low_m=arrays[2], high_m=arrays[3])


def read_forecast(text: str, *, zone: tzinfo, curve: Curve) -> ForecastLevels:
    """Read a forecast run of levels, or of storages by the curve.

    Columns: a time, ``level (m)`` or ``storage (亿m³)``, and its bounds ``level_low``, ``level_high``. Raises
    TimedTableError with what is wrong.
    """
    time_s, values = read_timed_table(text, zone=zone, wanted=_WANTED, example=EXAMPLE)
    kind = "level" if "level" in values else "storage"
    if kind not in values:
        raise TimedTableError([LineFault(1, "没有水位或蓄水量列", "no column of level or storage")])
    columns = [
        np.array(
            [
                _level(k + 2, float(v), kind, curve)
                for k, v in enumerate(values.get(f"{kind}{end}", values[kind]))
            ]
        )
        for end in ("", "_low", "_high")
    ]
    middle, low, high = columns
    wrong = np.flatnonzero((low > middle) | (high < middle))
    if len(wrong):
        words = ("下限高于或上限低于预报值", "the bounds do not enclose the value")
        raise TimedTableError([LineFault(int(wrong[0]) + 2, *words)])
    return ForecastLevels(time_s=time_s, level_m=middle, low_m=low, high_m=high)


def _level(line: int, value: float, kind: str, curve: Curve) -> float:
    """The level of a value of the table, on the curve."""
    try:
        level_m = curve.level_at(value) if kind == "storage" else value
        curve.storage_at(level_m)
    except (StorageOutOfRange, LevelOutOfRange) as error:
        raise TimedTableError([LineFault(line, error.in_chinese(), str(error))]) from None
    return level_m
