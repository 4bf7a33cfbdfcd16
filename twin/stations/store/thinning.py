"""Thin out old observations.

Of each hour one value and its extremes stay; runs are not touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, insert, select

from twin.stations.store import hours
from twin.stations.store.database import Database
from twin.stations.store.events import Event, row_of
from twin.stations.store.hours import HOUR_US
from twin.stations.store.schema import as_us, events, hourly, observations, streams

STRETCH_US = 31 * 24 * HOUR_US
"""So much of one datastream goes in one transaction: 9,000 values at one every five minutes."""


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Observations of one datastream that are to become hours.

    From ``start_us`` on, whole hours.
    """

    stream: int
    name: str
    start_us: int
    end_us: int

    def holds(self) -> ColumnElement[bool]:
        """Return the condition of its observations.

        Amounts belong to the hour that ends at their time.
        """
        at = observations.c.at
        if hours.kind_of(self.name) == "mean":
            within = (at >= self.start_us) & (at < self.end_us)
        else:
            within = (at > self.start_us) & (at <= self.end_us)
        return (observations.c.stream == self.stream) & within


def thin(database: Database, *, before: datetime, now: datetime) -> int:
    """Replace observations before ``before`` by hours; return their number.

    For the one writer. Raises StoreError.
    """
    return sum(thin_stretch(database, stretch, now=now) for stretch in old_stretches(database, before=before))


def old_stretches(database: Database, *, before: datetime) -> list[Stretch]:
    """Return stretches to thin out, oldest first.

    Within each datastream. Raises StoreError.
    """
    limit = as_us(before) // HOUR_US * HOUR_US
    found: list[Stretch] = []
    with database.explained(), database.engine.connect() as at:
        for number, name in at.execute(select(streams.c.id, streams.c.name)).all():
            oldest = select(func.min(observations.c.at)).where(observations.c.stream == number)
            first = at.scalar(oldest)
            if first is not None:
                found += _stretches(number, name, first=first, limit=limit)
    return found


def _stretches(number: int, name: str, *, first: int, limit: int) -> Iterator[Stretch]:
    start = (first - 1) // HOUR_US * HOUR_US
    while start < limit:
        end = min(start + STRETCH_US, limit)
        yield Stretch(stream=number, name=name, start_us=start, end_us=end)
        start = end


def thin_stretch(database: Database, stretch: Stretch, *, now: datetime) -> int:
    """Put hours in the place of a stretch's observations; how many went.

    Raises StoreError. One transaction, with its line in the journal: a kill leaves the stretch whole or
    thinned.
    """
    old = stretch.holds()
    with database.explained(), database.engine.begin() as at:
        rows = at.execute(
            select(observations.c.at, observations.c.value, observations.c.quality)
            .where(old)
            .order_by(observations.c.at, observations.c.revision)
        ).all()
        if not rows:
            return 0
        newest = {row.at: (row.value, row.quality) for row in rows}
        kind = hours.kind_of(stretch.name)
        new = hours.made(kind, newest, stream=stretch.stream, thinned_at=as_us(now))
        known = select(hourly.c.at).where(
            hourly.c.stream == stretch.stream, hourly.c.at.between(stretch.start_us, stretch.end_us)
        )
        before = set(at.execute(known).scalars())
        late = [row for row in new if row["at"] in before]  # hours thinned before stay as they are
        if fresh := [row for row in new if row["at"] not in before]:
            at.execute(insert(hourly), fresh)
        at.execute(delete(observations).where(old))
        data = {"observations": len(rows), "hours": len(fresh), "before_us": stretch.end_us}
        if late:
            data["late"] = sum(row["count"] + row["left_out"] for row in late)
        event = Event(at=now, received_at=now, kind="retention", subject=stretch.name, data=data)
        at.execute(insert(events), [row_of(event)])
    return len(rows)
