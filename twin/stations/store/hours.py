"""Reduce old observations to hours: mean, sum, or last value.

A state keeps its mean, at the beginning of its hour: values from 07:00 up to, not including, 08:00. An amount
keeps its sum and a running total its last value, at the end of the hour: they are of the period that ends at
their time, so those after 07:00 up to 08:00 belong together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from twin import comparing
from twin.stations.model import Observation
from twin.stations.properties import OverTime, over_time
from twin.stations.store.schema import OF_HOUR, QUALITY_NUMBER, as_time

HOUR_US = 3_600_000_000
DOUBTED = (QUALITY_NUMBER["suspect"], QUALITY_NUMBER["poor"], QUALITY_NUMBER["missing"])
"""Values of these qualities count for no hour."""

Kind = Literal["mean", "sum", "last"]
KINDS: Mapping[OverTime, Kind] = {"state": "mean", "amount": "sum", "total": "last"}


def kind_of(datastream: str) -> Kind:
    """Return what an hour of a datastream keeps."""
    return KINDS[over_time(datastream)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Hour:
    """Hourly value of a datastream.

    ``value`` is the mean, sum or last of ``count`` trusted values. None without any; ``left_out`` were
    missing or in doubt. ``at`` is the hour's beginning for a mean, else its end.
    """

    datastream: str
    at: datetime
    kind: Kind
    value: float | None
    lowest: float | None
    highest: float | None
    lowest_at: datetime | None
    highest_at: datetime | None
    count: int
    left_out: int
    thinned_at: datetime

    def as_observation(self) -> Observation:
        """Convert to an estimated observation.

        Received when it was made; its reason is ``hourly-mean``, ``-sum`` or ``-last``.
        """
        return Observation(
            datastream=self.datastream,
            phenomenon_at=self.at,
            received_at=self.thinned_at,
            value=self.value,
            quality="missing" if self.value is None else "estimate",
            reason=f"hourly-{self.kind}",
        )


def label(kind: Kind, time_us: int) -> int:
    """Return the time of a value's hour, microseconds."""
    return time_us // HOUR_US * HOUR_US if kind == "mean" else -(-time_us // HOUR_US) * HOUR_US


def made(
    kind: Kind, newest: Mapping[int, tuple[float | None, int]], *, stream: int, thinned_at: int
) -> list[dict[str, Any]]:
    """Make rows of ``schema.hourly`` from values by time.

    With qualities. An untrusted hour has a row too.
    """
    by_hour: dict[int, list[tuple[int, float]]] = {}
    left_out: dict[int, int] = {}
    for time, (value, quality) in sorted(newest.items()):
        of_hour = label(kind, time)
        trusted = by_hour.setdefault(of_hour, [])
        if value is None or quality in DOUBTED:
            left_out[of_hour] = left_out.get(of_hour, 0) + 1
        else:
            trusted.append((time, value))
    return [
        {
            "stream": stream,
            "at": at,
            "kind": OF_HOUR.index(kind),
            **_kept(kind, values),
            "count": len(values),
            "left_out": left_out.get(at, 0),
            "thinned_at": thinned_at,
        }
        for at, values in by_hour.items()
    ]


def _kept(kind: Kind, values: list[tuple[int, float]]) -> dict[str, float | int | None]:
    if not values:
        return dict.fromkeys(("value", "lowest", "lowest_at", "highest", "highest_at"))
    match kind:
        case "mean":
            value = math.fsum(v for _, v in values) / len(values)
        case "sum":
            value = comparing.total(v for _, v in values)
        case "last":
            value = values[-1][1]
    lowest, highest = min(values, key=lambda x: x[1]), max(values, key=lambda x: x[1])
    return {
        "value": value,
        "lowest": lowest[1],
        "lowest_at": lowest[0],
        "highest": highest[1],
        "highest_at": highest[0],
    }


def hour_of(name: str, row: Any) -> Hour:
    """Convert a row of ``schema.hourly``."""
    return Hour(
        datastream=name,
        at=as_time(row.at),
        kind=OF_HOUR[row.kind],
        value=row.value,
        lowest=row.lowest,
        highest=row.highest,
        lowest_at=None if row.lowest_at is None else as_time(row.lowest_at),
        highest_at=None if row.highest_at is None else as_time(row.highest_at),
        count=row.count,
        left_out=row.left_out,
        thinned_at=as_time(row.thinned_at),
    )
