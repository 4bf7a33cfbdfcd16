"""Observations are kept whole, corrections are new rows, and what was known at a time can be asked again.

Every test runs on SQLite and on a real PostgreSQL server.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, event, text

from twin.stations.model import Observation
from twin.stations.store import (
    Database,
    GroupWriter,
    Reader,
    StoreFullError,
    Writer,
    WriterBusyError,
)
from twin.stations.store.database import DatabaseError
from twin.stations.store.writing import RunError

AT = datetime(2026, 7, 28, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def seen(
    value: float | None,
    *,
    minute: int = 0,
    received: int | None = None,
    stream: str = "a.level",
    **more: object,
) -> Observation:
    return Observation(
        datastream=stream,
        phenomenon_at=AT + minute * MINUTE,
        received_at=AT + (minute if received is None else received) * MINUTE,
        value=value,
        feed="f",
        **{"quality": "good", **more},  # type: ignore[arg-type]
    )


Open = Callable[..., Database]


@pytest.fixture(params=["sqlite", "postgresql"])
def open_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens one fresh database, as often as wanted."""
    if request.param == "sqlite":
        yield lambda *, write=False: Database.sqlite(tmp_path / "stations", write=write)
        return
    url: str = request.getfixturevalue("postgres_url")
    name = f"t{uuid.uuid4().hex[:12]}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as at:
        at.execute(text(f"create database {name}"))
    yield lambda *, write=False: Database(url.removesuffix("postgres") + name, write=write)
    with admin.connect() as at:
        at.execute(text(f"drop database {name} with (force)"))
    admin.dispose()


@pytest.fixture
def database(open_database: Open) -> Iterator[Database]:
    found = open_database(write=True)
    yield found
    found.close()


def test_what_was_appended_is_read_by_another_connection(database: Database, open_database: Open) -> None:
    writer = Writer(database)
    given_ = seen(152.31, quality="suspect", reason="spike", result_at=AT)
    assert writer.append([given_]).stored == (given_,)
    reader = open_database()
    assert Reader(reader).latest() == {"a.level": given_}
    reader.close()


def test_what_is_being_read_when_a_database_is_closed_ends_with_its_reading(
    database: Database, open_database: Open
) -> None:
    """The live service may end while a thread reads the past; no connection is left to the collector."""
    reader = open_database()
    closed = []
    event.listen(reader.engine, "close", lambda *_: closed.append(True))
    with reader.engine.connect() as at:
        at.execute(text("select 1"))
        reader.close()
        before = len(closed)
    assert len(closed) == before + 1


def test_the_same_again_is_a_duplicate_and_another_value_a_new_revision(database: Database) -> None:
    writer, reader = Writer(database), Reader(database)
    writer.append([seen(1.0), seen(2.0, minute=5)])
    assert writer.append([seen(1.0, received=9)]).duplicates == 1
    (corrected,) = writer.append([seen(1.5, received=10)]).stored
    assert corrected.revision == 1
    assert [o.value for o in reader.revisions("a.level", AT, AT)] == [1.0, 1.5]
    assert reader.history("a.level", AT, AT + 9 * MINUTE).values.tolist() == [1.5, 2.0]
    ((_, event),) = reader.events(kinds=["correction"])
    assert (event.subject, event.data) == (
        "a.level",
        {"phenomenon_at": AT.isoformat(), "revision": 1, "old": 1.0, "new": 1.5},
    )


def test_a_feed_that_repeats_a_doubted_value_does_not_clear_it_but_a_person_can(database: Database) -> None:
    writer, reader = Writer(database), Reader(database)
    writer.append([seen(147.0, quality="suspect", reason="spike")])
    assert writer.append([seen(147.0, received=1)]).duplicates == 1
    assert reader.latest()["a.level"].quality == "suspect"
    (graded,) = writer.append([replace(seen(147.0, received=2), feed="")]).stored
    assert (graded.revision, reader.latest()["a.level"].quality) == (1, "good")
    assert writer.append([seen(147.0, received=3, quality="suspect", reason="spike")]).duplicates == 1


def test_a_correction_within_one_delivery_counts(database: Database) -> None:
    stored = Writer(database).append([seen(1.0), seen(1.0), seen(3.0)]).stored
    assert [(o.value, o.revision) for o in stored] == [(1.0, 0), (3.0, 1)]


def test_what_was_known_at_14_32_still_comes_back_after_three_corrections(database: Database) -> None:
    writer, reader = Writer(database), Reader(database)
    writer.append([seen(float(k), minute=k) for k in range(30)])
    asked = AT + 32 * MINUTE
    known = reader.history("a.level", AT, asked, known_at=asked)
    writer.append([seen(99.0, minute=k, received=40) for k in (3, 7, 29)])
    again = reader.history("a.level", AT, asked, known_at=asked)
    np.testing.assert_array_equal(known.values, again.values)
    assert reader.latest(known_at=asked)["a.level"].value == 29.0
    assert reader.latest()["a.level"].value == 99.0
    assert reader.history("a.level", AT, asked).values[[3, 7, 29]].tolist() == [99.0] * 3


def test_missing_is_kept_as_missing(database: Database) -> None:
    Writer(database).append([seen(None, quality="missing")])
    series = Reader(database).history("a.level", AT, AT)
    assert np.isnan(series.values).all() and len(series.values) == 1
    assert Reader(database).latest()["a.level"].value is None


def test_a_datastream_never_heard_of_has_an_empty_history(database: Database) -> None:
    assert len(Reader(database).history("none", AT, AT).values) == 0


def test_a_run_has_a_table_of_its_own(database: Database) -> None:
    writer, reader = Writer(database), Reader(database)
    writer.start_run("flood", kind="replay", author="w", inputs="f.csv", issued_at=AT)
    assert writer.append_to_run("flood", [seen(1.0), seen(2.0, minute=5)]) == 2
    assert reader.latest() == {}
    assert len(reader.history("a.level", AT, AT + MINUTE).values) == 0
    with pytest.raises(RunError, match="already"):
        writer.start_run("flood", kind="replay", author="w", inputs="f.csv", issued_at=AT)
    with pytest.raises(RunError, match="no run"):
        writer.append_to_run("other", [seen(1.0)])


def test_there_is_one_writer(database: Database, open_database: Open) -> None:
    with pytest.raises(WriterBusyError, match="another program writes"):
        open_database(write=True)
    database.close()
    open_database(write=True).close()


def test_a_reader_cannot_write(database: Database, open_database: Open) -> None:
    if database.engine.dialect.name != "sqlite":
        pytest.skip("the role's rights say that on a server")
    reader = open_database()
    with pytest.raises(DatabaseError, match="readonly"):
        Writer(reader).append([seen(1.0)])
    reader.close()


def test_a_database_of_another_version_is_refused_in_one_line(
    database: Database, open_database: Open
) -> None:
    with database.engine.begin() as at:
        at.execute(text("update facts set value = '99' where name = 'version'"))
    database.close()
    for write in (False, True):
        with pytest.raises(DatabaseError, match="version 99"):
            open_database(write=write)


@pytest.mark.parametrize("content", [b"", b"this is no database, whatever its name says" * 100])
def test_what_is_no_database_of_ours_is_refused(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "stations"
    with pytest.raises(DatabaseError, match="no observations yet"):
        Database.sqlite(folder)
    folder.mkdir()
    (folder / "observations.sqlite").write_bytes(content)
    with pytest.raises(DatabaseError):
        Database.sqlite(folder)


@pytest.mark.parametrize("url", ["nothing", "mysql+none://x", "postgresql+psycopg://u:secret@127.0.0.1:1/x"])
def test_a_bad_address_is_one_line_without_the_password(url: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        Database(url)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_full_database_keeps_nothing_of_the_delivery_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    database = Database.sqlite(tmp_path, write=True)
    writer = Writer(database)
    writer.append([seen(0.0)])
    with database.engine.connect() as at:
        at.execute(text("pragma max_page_count=20"))
        at.commit()
    many = [seen(float(k), minute=k + 1, stream=f"s{k}.level") for k in range(5000)]
    with pytest.raises(StoreFullError, match="full"):
        writer.append(many)
    assert list(Reader(database).latest()) == ["a.level"]
    with database.engine.connect() as at:
        at.execute(text("pragma max_page_count=1000000"))
        at.commit()
    assert len(writer.append(many).stored) == 5000
    assert len(Reader(database).latest()) == 5001
    database.close()


async def test_many_who_submit_are_each_told_of_their_own(database: Database) -> None:
    writer = Writer(database)
    async with GroupWriter(writer) as group:
        told = await asyncio.gather(
            *(group.submit([seen(float(k), minute=k), seen(float(k), minute=k)]) for k in range(50))
        )
    assert [(len(t.stored), t.duplicates) for t in told] == [(1, 1)] * 50
    assert len(Reader(database).history("a.level", AT, AT + 60 * MINUTE).values) == 50


async def test_who_submits_to_a_full_store_hears_it_and_the_next_one_is_served(tmp_path: Path) -> None:
    database = Database.sqlite(tmp_path, write=True)
    with database.engine.connect() as at:
        at.execute(text("pragma max_page_count=20"))
        at.commit()
    async with GroupWriter(Writer(database)) as group:
        with pytest.raises(StoreFullError):
            await group.submit([seen(float(k), stream=f"s{k}.level") for k in range(5000)])
        with database.engine.connect() as at:
            at.execute(text("pragma max_page_count=1000000"))
            at.commit()
        assert len((await group.submit([seen(1.0)])).stored) == 1
    database.close()


Rows = st.lists(
    st.tuples(
        st.integers(0, 6),  # phenomenon
        st.integers(0, 20),  # received
        st.one_of(st.none(), st.sampled_from([1.0, 2.0, 3.0])),
    ),
    max_size=25,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=Rows, known=st.integers(0, 20))
def test_what_is_known_at_a_time_is_what_only_the_rows_received_by_then_tell(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, int, float | None]], known: int
) -> None:
    rows = sorted(rows, key=lambda row: row[1])  # they come in the order they are received in
    database = Database.sqlite(tmp_path_factory.mktemp("s"), write=True)
    writer = Writer(database)
    expected: dict[int, float | None] = {}
    for minute, received, value in rows:
        writer.append([seen(value, minute=minute, received=received)])
        if received <= known:
            expected[minute] = value
    asked = AT + known * MINUTE
    series = Reader(database).history("a.level", AT, AT + 99 * MINUTE, known_at=asked)
    found = dict(zip(((t // 60_000_000) for t in series.times_us), series.values, strict=True))
    start = int(AT.timestamp()) // 60
    assert {int(t) - start: None if np.isnan(v) else float(v) for t, v in found.items()} == expected
    database.close()
