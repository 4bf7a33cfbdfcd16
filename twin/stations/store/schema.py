"""Tables. Times are microseconds since 1970 UTC.

Qualities are numbers of ``QUALITIES``. Live observations and those of runs (scenarios, forecasts, replays,
drills) lie in tables of their own: there is no query by which the one can be taken for the other.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
)

from twin.quantity import Quality

VERSION = 2
"""1 had hours with means only, of amounts as well; ``migrating`` brings it here."""

QUALITIES: tuple[Quality, ...] = ("good", "suspect", "estimate", "poor", "unchecked", "missing")
QUALITY_NUMBER = {quality: number for number, quality in enumerate(QUALITIES)}

metadata = MetaData()

facts = Table(
    "facts", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False)
)

streams = Table(
    "streams",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)


def _results() -> list[Column[object]]:
    return [
        Column("result_at", BigInteger),
        Column("value", Double),
        Column("quality", SmallInteger, nullable=False),
        Column("reason", Text, nullable=False),
        Column("feed", Text, nullable=False),
    ]


observations = Table(
    "observations",
    metadata,
    Column("stream", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("received_at", BigInteger, nullable=False),
    *_results(),
    sqlite_with_rowid=False,
)

OF_HOUR: tuple[Literal["mean", "sum", "last"], ...] = ("mean", "sum", "last")
"""What an hour keeps of its values, by number."""

hourly = Table(
    "hourly",
    metadata,
    Column("stream", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", SmallInteger, nullable=False),
    Column("value", Double),
    Column("lowest", Double),
    Column("highest", Double),
    Column("lowest_at", BigInteger),
    Column("highest_at", BigInteger),
    Column("count", Integer, nullable=False),
    Column("left_out", Integer, nullable=False),
    Column("thinned_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

runs = Table(
    "runs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("inputs", Text, nullable=False),
    Column("issued_at", BigInteger, nullable=False),
)

run_observations = Table(
    "run_observations",
    metadata,
    Column("run", Text, primary_key=True),
    Column("stream", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    *_results(),
    sqlite_with_rowid=False,
)

events = Table(
    "events",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("data", Text, nullable=False),
    sqlite_autoincrement=True,
)
Index("events_by_kind", events.c.kind, events.c.received_at)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def as_us(time: datetime) -> int:
    """Return an aware time in microseconds since 1970 UTC, exactly."""
    return (time - _EPOCH) // _MICROSECOND


def as_time(us: int) -> datetime:
    """Return the time of so many microseconds since 1970 UTC."""
    return _EPOCH + timedelta(microseconds=us)
