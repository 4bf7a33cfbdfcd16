"""Poll tables of a water office's database, read-only.

SL 323-2011: the practical contract. Rows are looked for by their time (TM, Beijing time). Each poll goes back
over the last hours again, so that rows that come late and values that were corrected come through; the store
drops what is known already.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from twin.catalog.feeds import EnvName, FeedSpec, Seconds
from twin.stations.clocks import Clocks
from twin.stations.feeds.base import Feed, FeedContext, FeedError
from twin.stations.feeds.secrets import secret_of
from twin.stations.feeds.sl651.times import BEIJING
from twin.stations.feeds.unsaid import Unsaid
from twin.stations.intake import Intake
from twin.stations.model import Reading
from twin.stations.network import Network
from twin.stations.validation import AHEAD
from twin.unreachable import why_no_address, why_unreachable
from twin.written_time import time_or_reason

if TYPE_CHECKING:
    from sqlalchemy import Engine, Table


STATEMENT_MS = 20_000


@dataclass(frozen=True, kw_only=True)
class Source:
    """Table of SL 323.

    Which of its columns are which of our properties, in whose units.
    """

    table: str
    columns: Mapping[str, tuple[str, str]]


SOURCES = (
    Source(
        table="st_rsvr_r",
        columns={
            "rz": ("level", "m"),
            "inq": ("inflow", "m**3/s"),
            "otq": ("release", "m**3/s"),
            "w": ("storage", "1e6*m**3"),
            "blrz": ("level_below", "m"),
        },
    ),
    Source(table="st_river_r", columns={"z": ("level", "m"), "q": ("flow", "m**3/s")}),
    Source(
        table="st_pptn_r", columns={"drp": ("rain", "mm"), "p": ("rain", "mm"), "dyp": ("rain_day", "mm")}
    ),
)


class Sl323Spec(FeedSpec):
    """Tables of a water office's database (SL 323-2011), polled.

    Never written to.
    """

    driver: Literal["sl323"]
    url_env: EnvName = Field(description="Holds the database's URL.")
    every_s: Seconds = 60
    overlap_min: float = Field(
        default=180,
        ge=0,
        le=10_080,
        description="So far back it is looked again for late and corrected rows.",
    )
    backfill_hours: float = Field(default=72, ge=0, le=8760)
    db_schema: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")] | None = None

    def make(self, context: FeedContext) -> Feed:
        """Make the feed."""
        url = secret_of(self.url_env)
        assert url is not None
        return Sl323Poll(self, context.network, url=url, clocks=context.clocks)


class Sl323Poll:
    """Feed that polls a database of SL 323."""

    def __init__(self, spec: Sl323Spec, network: Network, *, url: str, clocks: Clocks) -> None:
        self.id = spec.id
        self._spec, self._network, self._url, self._clocks = spec, network, url, clocks
        self._until: dict[str, datetime] = {}
        self._unsaid = Unsaid()
        self._told = False

    async def run(self, intake: Intake) -> None:
        """Poll until cancelled.

        Raises FeedError where the database cannot be read.
        """
        engine = await asyncio.to_thread(self._open)
        tables = await asyncio.to_thread(self._tables, engine)
        while True:
            for source, table in tables:
                await self._poll(engine, source, table, intake)
            await asyncio.sleep(self._spec.every_s)

    async def _poll(self, engine: Engine, source: Source, table: Table, intake: Intake) -> None:
        now = self._clocks.now()
        first = now - timedelta(hours=self._spec.backfill_hours)
        until = self._until.get(source.table)
        overlap = timedelta(minutes=self._spec.overlap_min)
        start = first if until is None else min(until, now) - overlap  # our clock may have been set back
        rows = await asyncio.to_thread(self._rows, engine, table, start, now + AHEAD)
        self._tell_strangers(rows, intake)
        readings = (reading for row in rows for reading in self._readings(source, row))
        await self._unsaid.deliver(intake, self.id, readings)
        self._until[source.table] = now

    def _tell_strangers(self, rows: Sequence[Mapping[str, Any]], intake: Intake) -> None:
        """Say once where none of a table's stations is ours: codes that lost their zeros, another network."""
        codes = [str(row["stcd"]).strip() for row in rows]
        if codes and not self._told and not any(code in self._network.stations for code in codes):
            self._told = True
            intake.refuse(self.id, "unknown-station", f"none of {len(set(codes))} codes", station=codes[0])

    def _open(self) -> Engine:
        from sqlalchemy import create_engine, event  # noqa: PLC0415
        from sqlalchemy.exc import ArgumentError  # noqa: PLC0415
        from sqlalchemy.pool import NullPool  # noqa: PLC0415

        try:
            # A connection for each query: none is stale after an outage, none stays open when the feed is
            # ended in the midst of one.
            engine = create_engine(self._url, poolclass=NullPool)
        except (ArgumentError, ImportError, ValueError) as error:
            raise FeedError(f"what {self._spec.url_env} holds {why_no_address(error)}") from None
        name = engine.dialect.name

        @event.listens_for(engine, "connect")
        def _only_read(connection: Any, _: object) -> None:
            cursor = connection.cursor()
            if name == "sqlite":
                cursor.execute("PRAGMA query_only=1")
            elif name == "postgresql":
                cursor.execute("SET default_transaction_read_only=on")
                cursor.execute(f"SET statement_timeout={STATEMENT_MS}")
                connection.commit()
            cursor.close()

        return engine

    def _tables(self, engine: Engine) -> list[tuple[Source, Table]]:
        """The tables that are there, whatever the case of their names."""
        from sqlalchemy import MetaData, Table, inspect  # noqa: PLC0415
        from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

        schema = self._spec.db_schema
        try:
            inspector = inspect(engine)
            names = {
                name.lower(): name
                for name in (*inspector.get_table_names(schema), *inspector.get_view_names(schema))
            }
            found = [
                (source, Table(names[source.table], MetaData(), schema=schema, autoload_with=engine))
                for source in SOURCES
                if source.table in names
            ]
        except SQLAlchemyError as error:
            raise FeedError(f"the database cannot be read: {why_unreachable(error)}") from None
        if not found:
            raise FeedError(
                f"the database has none of the tables {', '.join(s.table.upper() for s in SOURCES)}"
            )
        return found

    def _rows(self, engine: Engine, table: Table, start: datetime, end: datetime) -> list[dict[str, Any]]:
        from sqlalchemy import select  # noqa: PLC0415
        from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

        columns = {column.name.lower(): column for column in table.columns}
        if "tm" not in columns or "stcd" not in columns:
            raise FeedError(f"{table.name} has no columns STCD and TM")
        tm = columns["tm"]
        query = select(*(column.label(name) for name, column in columns.items()))
        query = query.where(tm > _local(start), tm <= _local(end)).order_by(tm)
        try:
            with engine.connect() as at:
                return [dict(row) for row in at.execute(query).mappings()]
        except SQLAlchemyError as error:
            raise FeedError(f"{table.name} cannot be read: {why_unreachable(error)}") from None
        except (TypeError, ValueError):  # a database that lets a text into a column of numbers
            raise FeedError(f"{table.name} holds values that are not of their column's type") from None

    def _readings(self, source: Source, row: dict[str, Any]) -> Iterator[Reading]:
        station = str(row["stcd"]).strip()
        at = row["tm"]
        for column, (property_, unit) in source.columns.items():
            if column not in row or self._network.find(station, property_) is None:
                continue
            value = row[column]
            yield Reading(
                station=station,
                property=property_,
                value=float(value) if isinstance(value, Decimal) else value,
                phenomenon_at=time_or_reason(at, zone=BEIJING),
                unit=unit,
            )


def _local(time: datetime) -> datetime:
    """Beijing time without a zone, as the tables keep it."""
    return time.astimezone(BEIJING).replace(tzinfo=None)
