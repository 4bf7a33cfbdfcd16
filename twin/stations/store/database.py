"""Open a database by URL, for one writer or readers.

Its messages are turned into one line.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from twin.disk import refusal
from twin.stations.store import schema
from twin.stations.store.migrating import from_version_1
from twin.store import StoreBusyError, StoreError
from twin.unreachable import why_no_address, why_unreachable

FILE = "observations.sqlite"
BUSY_MS = 10_000
WRITER_LOCK = 0x7477696E  # PostgreSQL's advisory locks are numbers; this one spells "twin"
FULL = ("disk is full", "disk full", "no space left", "disk i/o error", "could not extend file")


class StoreFullError(StoreError):
    """Store has no room for more observations now."""

    zh = "磁盘已满，观测数据暂时无法保存，腾出空间后自动恢复"


class WriterBusyError(StoreBusyError):
    """Database is being written by another program."""

    zh = "另一个程序正在写入观测数据，请先结束它，或用 --store 换一个文件夹"


class DatabaseError(StoreError):
    """Database of observations cannot be used."""

    zh = "观测数据库无法使用：{message}"


class NoObservationsError(DatabaseError):
    """Store without observations: nothing was ever received."""

    zh = "尚无观测数据：还没有收到过任何测值"


class LostDatabaseError(DatabaseError):
    """Open database file was removed or replaced.

    What is written there is lost.
    """

    zh = "观测数据库文件在使用中被删除或替换{place}"


class Database:
    """Engine and tables.

    ``Database.sqlite(folder)`` or ``Database(url)``; close it after use.
    """

    def __init__(self, url: str, *, write: bool = False) -> None:
        """Open, and for a writer make what is missing.

        Raises DatabaseError, WriterBusyError.
        """
        self._lock: TextIO | None = None
        self._held: Connection | None = None
        try:
            self.url = make_url(url)
            self.engine = _engine(url, write=write)
        except (ArgumentError, ImportError, ValueError) as error:
            raise DatabaseError(f"what is given {why_no_address(error)}") from None
        try:
            with self.explained():
                if write:
                    self._become_the_writer()
                    schema.metadata.create_all(self.engine)
                self._check_version(write=write)
            self._place = self._place_now() if write else None
        except BaseException:
            self.close()
            raise

    @classmethod
    def sqlite(cls, folder: Path, *, write: bool = False) -> Database:
        """Return the database file of a store's ``folder``.

        Raises NoObservationsError where a reader finds none, SystemRefusalError where a writer may not write.
        """
        path = folder / FILE
        if write:
            try:
                folder.mkdir(exist_ok=True)  # never the store itself: one that is gone was unmounted or moved
            except OSError as error:
                raise refusal(error, folder) from None
        elif not path.exists():
            raise NoObservationsError(f"{path}: no observations yet; run 'twin serve' or 'twin live' first")
        return cls(f"sqlite:///{path}", write=write)

    def check_place(self) -> None:
        """Raise LostDatabaseError where a writer's file is gone.

        It no longer lies under its name. Costs one stat.
        """
        if self._place is not None and self._place_now() != self._place:
            raise LostDatabaseError(f"{self.name}: the file was removed or replaced while it was open")

    def _place_now(self) -> tuple[int, int] | None:
        if self.engine.dialect.name != "sqlite" or not self.url.database:
            return None
        try:
            found = Path(self.url.database).stat()
        except OSError:
            return (0, 0)
        return found.st_dev, found.st_ino

    @property
    def name(self) -> str:
        """Name for messages, without any password."""
        return self.url.render_as_string(hide_password=True)

    def close(self) -> None:
        if self._held is not None:
            self._held.close()
        self.engine.dispose()
        if self._lock is not None:
            self._lock.close()

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Convert database errors to one line.

        StoreFullError, DatabaseError.
        """
        try:
            yield
        except DBAPIError as error:
            said = _first_line(error.orig or error)
            if any(word in said.lower() for word in FULL):
                raise StoreFullError(
                    f"{self.name}: {said}; free some space, keeping goes on by itself"
                ) from None
            raise DatabaseError(f"{self.name}: {why_unreachable(error)}") from error
        except SQLAlchemyError as error:
            raise DatabaseError(f"{self.name}: {why_unreachable(error)}") from error

    def _become_the_writer(self) -> None:
        busy = WriterBusyError(
            f"{self.name}: another program writes observations here; end it, or give --store another folder"
        )
        if self.engine.dialect.name == "sqlite":
            lock = Path(f"{self.url.database}.lock")
            try:
                self._lock = lock.open("w")  # held until close
            except OSError as error:
                raise refusal(error, lock) from None
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise busy from None
        else:
            self._held = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            if not self._held.scalar(text("select pg_try_advisory_lock(:n)"), {"n": WRITER_LOCK}):
                raise busy

    def _check_version(self, *, write: bool) -> None:
        if not inspect(self.engine).has_table("facts"):
            raise DatabaseError(f"{self.name}: holds no observations of ours")
        with self.engine.begin() as at:
            found = at.scalar(select(schema.facts.c.value).where(schema.facts.c.name == "version"))
            if found is None and write:
                at.execute(insert(schema.facts).values(name="version", value=str(schema.VERSION)))
            elif found == "1" and write:
                from_version_1(at, now=datetime.now(UTC))
                at.execute(
                    update(schema.facts)
                    .where(schema.facts.c.name == "version")
                    .values(value=str(schema.VERSION))
                )
            elif found == "1":
                raise DatabaseError(
                    f"{self.name}: is of an earlier version; run 'twin serve' or 'twin live' once, "
                    "which brings it up to date"
                )
            elif found != str(schema.VERSION):
                raise DatabaseError(
                    f"{self.name}: has the version {found} of our tables, this program knows {schema.VERSION}"
                )


def _engine(url: str, *, write: bool) -> Engine:
    # A reader's connection ends with its reading, whenever the database is closed.
    engine = create_engine(url) if write else create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _prepare(connection: object, _entry: ConnectionPoolEntry) -> None:
            cursor = connection.cursor()  # type: ignore[attr-defined]
            cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
            if write:
                cursor.execute("PRAGMA journal_mode=WAL")
                cursor.execute("PRAGMA synchronous=FULL")
            else:
                cursor.execute("PRAGMA query_only=1")
            cursor.close()

    return engine


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].strip()[:300]
