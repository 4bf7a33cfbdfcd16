"""Old observations are thinned out: of each hour its mean, lowest and highest stay. Runs are not touched."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select

from twin.stations.store.database import Database
from twin.stations.store.schema import QUALITY_NUMBER, as_us, events, hours, observations, streams
from twin.stations.store.writing import Event, line

HOUR_US = 3_600_000_000
DOUBTED = (QUALITY_NUMBER["suspect"], QUALITY_NUMBER["poor"], QUALITY_NUMBER["missing"])
"""Values of these qualities count for no mean."""


def thin(database: Database, *, before: datetime, now: datetime) -> int:
    """Put hours in the place of all observations of a time before ``before``; how many observations went.

    One datastream is one transaction, with its line in the journal: a kill leaves each whole or thinned. For
    the one writer. Raises StoreError.
    """
    limit = as_us(before) // HOUR_US * HOUR_US
    with database.explained(), database.engine.connect() as at:
        names = {row[0]: row[1] for row in at.execute(select(streams.c.id, streams.c.name))}
    return sum(_thin(database, number, name, limit=limit, now=now) for number, name in names.items())


def _thin(database: Database, stream: int, name: str, *, limit: int, now: datetime) -> int:
    old = (observations.c.stream == stream) & (observations.c.at < limit)
    with database.explained(), database.engine.begin() as at:
        count = at.scalar(select(func.count()).select_from(observations).where(old)) or 0
        if not count:
            return 0
        rows = at.execute(
            select(observations.c.at, observations.c.value, observations.c.quality)
            .where(old)
            .order_by(observations.c.at, observations.c.revision)
        )
        newest = {row.at: (row.value, row.quality) for row in rows}
        means = _hours(stream, newest)
        known = select(hours.c.at).where(hours.c.stream == stream, hours.c.at.in_([m["at"] for m in means]))
        again = set(at.execute(known).scalars())  # an hour that was thinned before keeps what it has
        if new := [mean for mean in means if mean["at"] not in again]:
            at.execute(insert(hours), new)
        at.execute(delete(observations).where(old))
        data = {"observations": count, "hours": len(new), "before_us": limit}
        event = Event(at=now, received_at=now, kind="retention", subject=name, data=data)
        at.execute(insert(events), [line(event)])
    return int(count)


def _hours(stream: int, newest: dict[int, tuple[float | None, int]]) -> list[dict[str, Any]]:
    """Mean, lowest and highest of each hour's trusted values; an hour without any keeps a row of its own."""
    by_hour: dict[int, list[float]] = {}
    for time, (value, quality) in newest.items():
        values = by_hour.setdefault(time // HOUR_US * HOUR_US, [])
        if value is not None and quality not in DOUBTED:
            values.append(value)
    return [
        {
            "stream": stream,
            "at": at,
            "mean": sum(values) / len(values) if values else None,
            "lowest": min(values, default=None),
            "highest": max(values, default=None),
            "count": len(values),
        }
        for at, values in by_hour.items()
    ]


def keep_from(now: datetime, *, keep_days: int) -> datetime:
    """The time from which on everything is kept."""
    return datetime.fromtimestamp(now.timestamp() - 86_400 * keep_days, UTC)
