"""Append observations durably.

A correction is a new row, a repetition is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, insert, select

from twin.errors import TwinError
from twin.stations.model import Observation
from twin.stations.store import hours, schema, thinning
from twin.stations.store.database import Database
from twin.stations.store.events import Event, row_of
from twin.stations.store.schema import as_us, hourly, observations, streams

Known = dict[tuple[int, int], tuple[int, float | None, int]]
"""By datastream's number and time: newest revision, its value, its quality's number."""

Thinned = frozenset[tuple[int, int]]
"""Datastream's number and label of the hours that were thinned out."""


class RunError(TwinError):
    """Run that cannot be stored so."""

    zh = "运行记录有误：{message}"


@dataclass(frozen=True, kw_only=True)
class Appended:
    """Result of an append: new observations with revision, known ones.

    ``too_old`` are of an hour that was thinned out: whether it holds them already cannot be told, so they are
    not kept.
    """

    stored: tuple[Observation, ...] = ()
    duplicates: int = 0
    too_old: tuple[Observation, ...] = ()


class Writer:
    """Writer of a database opened with ``write=True``.

    Not for several threads at once.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.explained(), database.engine.connect() as at:
            self._ids: dict[str, int] = {
                name: number for number, name in at.execute(select(streams.c.id, streams.c.name))
            }
            self._newest: dict[int, int] = {}
            for table, span in ((observations, 0), (hourly, hours.HOUR_US)):
                newest = select(table.c.stream, func.max(table.c.at) + span).group_by(table.c.stream)
                for stream, time in at.execute(newest):
                    self._newest[stream] = max(time, self._newest.get(stream, time))

    def append(self, many: Sequence[Observation], events: Sequence[Event] = ()) -> Appended:
        """Keep observations, and lines of the journal with them, in one transaction.

        The same value of the same time and quality again is a duplicate; another one is a new revision, which
        the journal notes. From a feed the same value is a duplicate whatever its quality seems now: a judge
        who has seen what came before finds less in a value that comes again, and would clear a spike.
        Raises StoreFullError, DatabaseError; then nothing of it is kept.
        """
        return self.append_each([(many, events)])[0]

    def append_each(self, parts: Sequence[tuple[Sequence[Observation], Sequence[Event]]]) -> list[Appended]:
        """Run :meth:`append` for several in one transaction.

        Each gets the result of its own.
        """
        self._database.check_place()
        ids, newest = dict(self._ids), dict(self._newest)
        try:
            with self._database.explained(), self._database.engine.begin() as at:
                before, thinned = self._known(at, [o for many, _ in parts for o in many])
                found = [self._new(many, before, thinned) for many, _ in parts]
                rows = [self._row(o) for part, _ in found for o in part.stored]
                lines = [row_of(e) for _, corrected in found for e in corrected]
                lines += [row_of(e) for _, events in parts for e in events]
                if rows:
                    at.execute(insert(observations), rows)
                if lines:
                    at.execute(insert(schema.events), lines)
        except BaseException:
            self._ids, self._newest = ids, newest
            raise
        return [part for part, _ in found]

    def check_place(self) -> None:
        """Check the file's place; see :meth:`Database.check_place`."""
        self._database.check_place()

    def record(self, events: Sequence[Event]) -> None:
        """Keep lines of the journal.

        Raises as :meth:`append`.
        """
        self.append((), events)

    def thin(self, *, before: datetime, now: datetime) -> int:
        """Thin out; see :func:`twin.stations.store.thinning.thin`."""
        return sum(self.thin_stretch(stretch, now=now) for stretch in self.old_stretches(before=before))

    def old_stretches(self, *, before: datetime) -> list[thinning.Stretch]:
        """Return stretches that :meth:`thin` would work on.

        Raises StoreError.
        """
        return thinning.old_stretches(self._database, before=before)

    def thin_stretch(self, stretch: thinning.Stretch, *, now: datetime) -> int:
        """Thin out a stretch; see :func:`twin.stations.store.thinning.thin_stretch`."""
        return thinning.thin_stretch(self._database, stretch, now=now)

    def start_run(self, run: str, *, kind: str, author: str, inputs: str, issued_at: datetime) -> None:
        """Make a run (scenario, forecast, replay, drill).

        Raises RunError where there is one of its name.
        """
        with self._database.explained(), self._database.engine.begin() as at:
            if at.scalar(select(schema.runs.c.id).where(schema.runs.c.id == run)) is not None:
                raise RunError(f"there is a run {run!r} already; give this one another name", run=run)
            at.execute(
                insert(schema.runs).values(
                    id=run, kind=kind, author=author, inputs=inputs, issued_at=as_us(issued_at)
                )
            )

    def append_to_run(self, run: str, many: Iterable[Observation]) -> int:
        """Keep what a run yields, in the runs' own table; how many.

        Raises RunError for an unknown run.
        """
        ids = dict(self._ids)
        try:
            with self._database.explained(), self._database.engine.begin() as at:
                if at.scalar(select(schema.runs.c.id).where(schema.runs.c.id == run)) is None:
                    raise RunError(f"there is no run {run!r}", run=run)
                rows = [
                    {
                        "run": run,
                        "stream": self._id(at, o.datastream),
                        "at": as_us(o.phenomenon_at),
                        **_result(o),
                    }
                    for o in many
                ]
                if rows:
                    at.execute(insert(schema.run_observations), rows)
        except BaseException:
            self._ids = ids
            raise
        return len(rows)

    # -- inner ----------------------------------------------------------------------------------------

    def _new(
        self, many: Sequence[Observation], before: Known, thinned: Thinned
    ) -> tuple[Appended, list[Event]]:
        """Those that say something new, with their revisions, and what of them corrects."""
        stored: list[Observation] = []
        too_old: list[Observation] = []
        corrected: list[Event] = []
        for o in many:
            stream, time = self._ids[o.datastream], as_us(o.phenomenon_at)
            if thinned and (stream, hours.label(hours.kind_of(o.datastream), time)) in thinned:
                too_old.append(o)
                continue
            old = before.get((stream, time))
            said = (o.value, schema.QUALITY_NUMBER[o.quality])
            if old is not None and (old[1:] == said or (o.feed and old[1] == o.value)):
                continue
            revision = 0 if old is None else old[0] + 1
            before[stream, time] = (revision, *said)
            self._newest[stream] = max(self._newest.get(stream, time), time)
            stored.append(replace(o, revision=revision))
            if old is not None:
                corrected.append(_correction(o, revision, old[1]))
        duplicates = len(many) - len(stored) - len(too_old)
        part = Appended(stored=tuple(stored), duplicates=duplicates, too_old=tuple(too_old))
        return part, corrected

    def _known(self, at: Connection, many: Sequence[Observation]) -> tuple[Known, Thinned]:
        """What is kept of the times that may be known already: those not newer than all that is kept of their
        datastream. Newest revision, value and quality of each, and the hours among them."""
        spans: dict[int, tuple[int, int]] = {}
        for o in many:
            stream, time = self._id(at, o.datastream), as_us(o.phenomenon_at)
            if time <= self._newest.get(stream, -(2**62)):
                low, high = spans.get(stream, (time, time))
                spans[stream] = min(low, time), max(high, time)
        found: Known = {}
        thinned: set[tuple[int, int]] = set()
        columns = (observations.c.at, observations.c.revision, observations.c.value, observations.c.quality)
        for stream, (low, high) in spans.items():
            where = and_(observations.c.stream == stream, observations.c.at.between(low, high))
            for time, revision, value, quality in at.execute(
                select(*columns).where(where).order_by(observations.c.at, observations.c.revision)
            ):
                found[stream, time] = (revision, value, quality)
            around = hourly.c.at.between(low - hours.HOUR_US, high + hours.HOUR_US)
            of_hours = select(hourly.c.at).where(hourly.c.stream == stream, around)
            thinned |= {(stream, label) for label in at.execute(of_hours).scalars()}
        return found, frozenset(thinned)

    def _id(self, at: Connection, name: str) -> int:
        if name not in self._ids:
            result = at.execute(insert(streams).values(name=name))
            assert result.inserted_primary_key is not None
            self._ids[name] = int(result.inserted_primary_key[0])
        return self._ids[name]

    def _row(self, o: Observation) -> dict[str, Any]:
        return {
            "stream": self._ids[o.datastream],
            "at": as_us(o.phenomenon_at),
            "revision": o.revision,
            "received_at": as_us(o.received_at),
            **_result(o),
        }


def _result(o: Observation) -> dict[str, Any]:
    return {
        "result_at": None if o.result_at is None else as_us(o.result_at),
        "value": o.value,
        "quality": schema.QUALITY_NUMBER[o.quality],
        "reason": o.reason,
        "feed": o.feed,
    }


def _correction(o: Observation, revision: int, old: float | None) -> Event:
    data = {"phenomenon_at": o.phenomenon_at.isoformat(), "revision": revision, "old": old, "new": o.value}
    return Event(
        at=o.phenomenon_at,
        received_at=o.received_at,
        kind="correction",
        subject=o.datastream,
        by=o.feed,
        data=data,
    )
