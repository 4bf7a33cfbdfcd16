"""Read stored observations, as known now or at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, and_, select

from twin.arrays import F64, I32, I64
from twin.errors import TwinError
from twin.stations.model import Observation
from twin.stations.store.database import Database
from twin.stations.store.events import Event
from twin.stations.store.hours import HOUR_US, Hour, hour_of, kind_of
from twin.stations.store.schema import (
    QUALITIES,
    QUALITY_NUMBER,
    as_time,
    as_us,
    events,
    hourly,
    observations,
    streams,
)
from twin.strict_json import parse_json


class ThinnedError(TwinError):
    """Past knowledge of a stretch is lost to thinning.

    Its observations have become hours since.
    """

    zh = "当时所知已无法重现，该时段的观测已归并为小时值：{message}"


@dataclass(frozen=True, kw_only=True)
class Series:
    """Stretch of one datastream, (n,) each, oldest first.

    One row a time, its newest revision. ``times_us`` int64 microseconds since 1970 UTC, ``values`` float64
    with NaN for missing, ``qualities`` int8 numbers of ``schema.QUALITIES``, ``revisions`` int32. ``counts``
    int32: of how many values an hour is that stands for what was thinned out; 0 for an observation as it
    came.
    """

    datastream: str
    times_us: I64
    values: F64
    qualities: NDArray[np.int8]
    revisions: I32
    counts: I32


class Reader:
    """Reads a database; any number of readers beside the one writer."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ids: dict[str, int] = {}

    def datastreams(self) -> list[str]:
        """Return names of datastreams with any observation."""
        with self._database.explained(), self._database.engine.connect() as at:
            self._ids = {name: number for number, name in at.execute(select(streams.c.id, streams.c.name))}
        return sorted(self._ids)

    def latest(
        self, *, known_at: datetime | None = None, valid_at: datetime | None = None
    ) -> dict[str, Observation]:
        """Return the newest observation of each datastream.

        Known at ``known_at``, of a time up to ``valid_at``. Where old ones were thinned out that is an hour,
        as an estimate. Where they were thinned out after ``known_at`` what was known then cannot be told: a
        missing value with the reason ``thinned``.
        """
        names = self.datastreams()
        found: dict[str, Observation] = {}
        with self._database.explained(), self._database.engine.connect() as at:
            thinned = at.execute(select(hourly.c.stream).limit(1)).first() is not None
            for name in names:
                query = self._of(name, known_at).order_by(
                    observations.c.at.desc(), observations.c.revision.desc()
                )
                if valid_at is not None:
                    query = query.where(observations.c.at <= as_us(valid_at))
                row = at.execute(query.limit(1)).first()
                newest = None if row is None else _observation(name, row)
                hour = at.execute(self._newest_hour(name, known_at, valid_at)).first() if thinned else None
                if hour is not None:
                    newest = _newer(newest, hour_of(name, hour), known_at)
                if newest is not None:
                    found[name] = newest
        return found

    def history(
        self, datastream: str, start: datetime, end: datetime, *, known_at: datetime | None = None
    ) -> Series:
        """Return all times from ``start`` to ``end``, inclusive.

        Empty for an unknown datastream. Where old observations were thinned out there is what was kept of
        each hour, as an "estimate". Raises ThinnedError where they were thinned out after ``known_at``.
        """
        rows: list[Any] = []
        for hour in self.hours(datastream, start, end, known_at=known_at):
            o = hour.as_observation()
            at, quality = as_us(o.phenomenon_at), QUALITY_NUMBER[o.quality]
            rows.append((at, o.value, quality, 0, hour.count))
        if self._known(datastream):
            c = observations.c
            query = self._of(datastream, known_at).with_only_columns(c.at, c.value, c.quality, c.revision)
            query = query.where(c.at.between(as_us(start), as_us(end))).order_by(c.at, c.revision)
            with self._database.explained(), self._database.engine.connect() as at_:
                raw = [(*row, 0) for row in at_.execute(query)]
            rows = sorted(rows + raw, key=lambda row: (row[0], row[3])) if rows else raw
        times = np.array([row[0] for row in rows], dtype=np.int64)
        last = np.append(times[1:] != times[:-1], True) if len(times) else np.zeros(0, bool)
        return Series(
            datastream=datastream,
            times_us=times[last],
            values=np.array([row[1] for row in rows], dtype=np.float64)[last],
            qualities=np.array([row[2] for row in rows], dtype=np.int8)[last],
            revisions=np.array([row[3] for row in rows], dtype=np.int32)[last],
            counts=np.array([row[4] for row in rows], dtype=np.int32)[last],
        )

    def hours(
        self, datastream: str, start: datetime, end: datetime, *, known_at: datetime | None = None
    ) -> list[Hour]:
        """Return hours of a thinned-out stretch, oldest first.

        Raises ThinnedError.
        """
        if not self._known(datastream):
            return []
        where = and_(hourly.c.stream == self._ids[datastream], hourly.c.at.between(as_us(start), as_us(end)))
        with self._database.explained(), self._database.engine.connect() as at:
            rows = at.execute(select(hourly).where(where).order_by(hourly.c.at)).all()
        found = [hour_of(datastream, row) for row in rows]
        late = [hour for hour in found if known_at is not None and hour.thinned_at > known_at]
        if late:
            since = min(hour.thinned_at for hour in late)
            raise ThinnedError(
                f"{datastream}: what was known then of the time up to {late[-1].at:%Y-%m-%d %H:%M} UTC "
                f"cannot be told: its observations became hours on {since:%Y-%m-%d}; ask for later times, "
                "or without --as-known-at",
                datastream=datastream,
            )
        return found

    def times(
        self,
        datastream: str,
        start: datetime,
        end: datetime,
        *,
        known_at: datetime | None = None,
        limit: int,
    ) -> list[datetime]:
        """Return the first ``limit`` times of a stretch that have values.

        Oldest first. What a page of a long stretch ends at, without reading the stretch.
        """
        if not self._known(datastream):
            return []
        c, number = observations.c, self._ids[datastream]
        span = as_us(start), as_us(end)
        seen = self._of(datastream, known_at).with_only_columns(c.at).where(c.at.between(*span))
        kept = select(hourly.c.at).where(hourly.c.stream == number, hourly.c.at.between(*span))
        with self._database.explained(), self._database.engine.connect() as at:
            found = {row.at for row in at.execute(seen.group_by(c.at).order_by(c.at).limit(limit))}
            found |= {row.at for row in at.execute(kept.order_by(hourly.c.at).limit(limit))}
        return [as_time(us) for us in sorted(found)[:limit]]

    def revisions(
        self, datastream: str, start: datetime, end: datetime, *, known_at: datetime | None = None
    ) -> list[Observation]:
        """Return every row of a stretch, corrections included.

        And what they corrected; hours where it was thinned out. Raises ThinnedError.
        """
        if not self._known(datastream):
            return []
        thinned = [h.as_observation() for h in self.hours(datastream, start, end, known_at=known_at)]
        query = self._of(datastream, known_at).where(observations.c.at.between(as_us(start), as_us(end)))
        with self._database.explained(), self._database.engine.connect() as at:
            rows = at.execute(query.order_by(observations.c.at, observations.c.revision)).all()
        found = [_observation(datastream, row) for row in rows]
        return sorted(thinned + found, key=lambda o: (o.phenomenon_at, o.revision)) if thinned else found

    def events(
        self, *, kinds: Sequence[str] = (), known_at: datetime | None = None, since: int = 0
    ) -> list[tuple[int, Event]]:
        """Yield numbered journal lines, in the order written."""
        query = select(events).where(events.c.id > since).order_by(events.c.id)
        if kinds:
            query = query.where(events.c.kind.in_(kinds))
        if known_at is not None:
            query = query.where(events.c.received_at <= as_us(known_at))
        with self._database.explained(), self._database.engine.connect() as at:
            return [(row.id, _event(row)) for row in at.execute(query)]

    def _known(self, datastream: str) -> bool:
        if datastream not in self._ids:
            self.datastreams()
        return datastream in self._ids

    def _newest_hour(self, name: str, known_at: datetime | None, valid_at: datetime | None) -> Select[Any]:
        query = select(hourly).where(hourly.c.stream == self._ids[name]).order_by(hourly.c.at.desc()).limit(1)
        ends = HOUR_US if kind_of(name) == "mean" else 0
        for time in (known_at, valid_at):
            if time is not None:
                query = query.where(hourly.c.at <= as_us(time) - ends)
        return query

    def _of(self, datastream: str, known_at: datetime | None) -> Select[Any]:
        query = select(observations).where(observations.c.stream == self._ids[datastream])
        return query if known_at is None else query.where(observations.c.received_at <= as_us(known_at))


def _newer(o: Observation | None, hour: Hour, known_at: datetime | None) -> Observation:
    """The newer of an observation and an hour; an hour made after ``known_at`` hides what was known."""
    if o is not None and o.phenomenon_at >= hour.at:
        return o
    kept = hour.as_observation()
    if known_at is None or hour.thinned_at <= known_at:
        return kept
    return replace(kept, value=None, quality="missing", reason="thinned", received_at=known_at)


def _observation(name: str, row: Any) -> Observation:
    return Observation(
        datastream=name,
        phenomenon_at=as_time(row.at),
        received_at=as_time(row.received_at),
        value=row.value,
        quality=QUALITIES[row.quality],
        reason=row.reason,
        feed=row.feed,
        result_at=None if row.result_at is None else as_time(row.result_at),
        revision=row.revision,
    )


def _event(row: Any) -> Event:
    return Event(
        at=as_time(row.at),
        received_at=as_time(row.received_at),
        kind=row.kind,
        subject=row.subject,
        by=row.by,
        data=parse_json(row.data),
    )
