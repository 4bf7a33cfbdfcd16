"""Reading what is kept, as it is known now or as it was known at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, and_, literal, select

from twin.stations.model import Observation
from twin.stations.store.database import Database
from twin.stations.store.schema import (
    QUALITIES,
    QUALITY_NUMBER,
    as_time,
    as_us,
    events,
    hours,
    observations,
    streams,
)
from twin.stations.store.writing import Event


@dataclass(frozen=True, kw_only=True)
class Series:
    """A stretch of one datastream, (n,) each, oldest first; one row a time, its newest revision.

    ``times_us`` int64 microseconds since 1970 UTC, ``values`` float64 with NaN for missing, ``qualities``
    int8 numbers of ``schema.QUALITIES``, ``revisions`` int32.
    """

    datastream: str
    times_us: NDArray[np.int64]
    values: NDArray[np.float64]
    qualities: NDArray[np.int8]
    revisions: NDArray[np.int32]


class Reader:
    """Reads a database; any number of readers beside the one writer."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ids: dict[str, int] = {}

    def datastreams(self) -> list[str]:
        """Names of the datastreams of which anything was ever kept."""
        with self._database.explained(), self._database.engine.connect() as at:
            self._ids = {name: number for number, name in at.execute(select(streams.c.id, streams.c.name))}
        return sorted(self._ids)

    def latest(
        self, *, known_at: datetime | None = None, valid_at: datetime | None = None
    ) -> dict[str, Observation]:
        """The newest observation of each datastream: known at ``known_at``, of a time up to ``valid_at``."""
        names = self.datastreams()
        found: dict[str, Observation] = {}
        with self._database.explained(), self._database.engine.connect() as at:
            for name in names:
                query = self._of(name, known_at).order_by(
                    observations.c.at.desc(), observations.c.revision.desc()
                )
                if valid_at is not None:
                    query = query.where(observations.c.at <= as_us(valid_at))
                row = at.execute(query.limit(1)).first()
                if row is not None:
                    found[name] = _observation(name, row)
        return found

    def history(
        self, datastream: str, start: datetime, end: datetime, *, known_at: datetime | None = None
    ) -> Series:
        """All times from ``start`` to ``end``, both included; empty for a datastream never heard of.

        Where old observations were thinned out there is each hour's mean instead, as an "estimate".
        """
        rows: Sequence[Any] = ()
        if self._known(datastream):
            o = observations.c
            query = select(o.at, o.value, o.quality, o.revision).where(
                and_(o.stream == self._ids[datastream], o.at.between(as_us(start), as_us(end)))
            )
            if known_at is not None:
                query = query.where(o.received_at <= as_us(known_at))
            with self._database.explained(), self._database.engine.connect() as at:
                rows = [
                    *at.execute(self._thinned(datastream, start, end)),
                    *at.execute(query.order_by(o.at, o.revision)),
                ]
        times = np.array([row[0] for row in rows], dtype=np.int64)
        last = np.append(times[1:] != times[:-1], True) if len(times) else np.zeros(0, bool)
        return Series(
            datastream=datastream,
            times_us=times[last],
            values=np.array([row[1] for row in rows], dtype=np.float64)[last],
            qualities=np.array([row[2] for row in rows], dtype=np.int8)[last],
            revisions=np.array([row[3] for row in rows], dtype=np.int32)[last],
        )

    def _thinned(self, datastream: str, start: datetime, end: datetime) -> Select[Any]:
        quality = literal(QUALITY_NUMBER["estimate"])
        columns = (hours.c.at, hours.c.mean, quality, literal(0))
        where = and_(hours.c.stream == self._ids[datastream], hours.c.at.between(as_us(start), as_us(end)))
        return select(*columns).where(where).order_by(hours.c.at)

    def revisions(self, datastream: str, start: datetime, end: datetime) -> list[Observation]:
        """Every row of a stretch, corrections and what they corrected."""
        if not self._known(datastream):
            return []
        query = self._of(datastream, None).where(observations.c.at.between(as_us(start), as_us(end)))
        with self._database.explained(), self._database.engine.connect() as at:
            rows = at.execute(query.order_by(observations.c.at, observations.c.revision)).all()
        return [_observation(datastream, row) for row in rows]

    def events(
        self, *, kinds: Sequence[str] = (), known_at: datetime | None = None, since: int = 0
    ) -> list[tuple[int, Event]]:
        """Lines of the journal with their numbers, in the order they were written."""
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

    def _of(self, datastream: str, known_at: datetime | None) -> Select[Any]:
        query = select(observations).where(observations.c.stream == self._ids[datastream])
        return query if known_at is None else query.where(observations.c.received_at <= as_us(known_at))


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
        data=json.loads(row.data),
    )
