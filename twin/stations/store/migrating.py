"""Migrate stores of version 1: means of amounts become sums and totals.

Version 1 kept a mean and the number of values, so an hour's sum is their product, exactly but for rounding.
Its hours of amounts ran from 07:00 up to, not including, 08:00, by one value other than those of version 2. A
running total's highest value stands for its last one.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, inspect, text

from twin.stations.store.hours import HOUR_US, kind_of
from twin.stations.store.schema import OF_HOUR, as_us

_COPY = """
insert into hourly
(stream, at, kind, value, lowest, highest, lowest_at, highest_at, count, left_out, thinned_at)
select stream, at + :shift, :kind, {value}, lowest, highest, null, null, count, 0, :now
from hours where stream = :stream
"""
_VALUES = {
    "mean": "mean",
    "sum": "round(cast(mean * count * 1000000 as numeric)) / 1000000.0",
    "last": "highest",
}


def from_version_1(at: Connection, *, now: datetime) -> None:
    """Migrate hours of version 1 and drop them.

    In the caller's transaction. They count as thinned ``now``: what was known of them before is lost.
    """
    if not inspect(at).has_table("hours"):
        return
    for stream, name in at.execute(text("select id, name from streams")).all():
        kind = kind_of(name)
        parameters = {
            "stream": stream,
            "kind": OF_HOUR.index(kind),
            "shift": 0 if kind == "mean" else HOUR_US,
            "now": as_us(now),
        }
        at.execute(text(_COPY.format(value=_VALUES[kind])), parameters)
    at.execute(text("drop table hours"))
