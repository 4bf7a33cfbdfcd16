"""The tables of a water office, on SQLite and on a real PostgreSQL server: read, never written to."""

from __future__ import annotations

import gc
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from tests.twin.stations.feeds.memory import gate, running, until
from tests.twin.stations.nets import HandClocks, network
from twin.stations.clocks import Clocks, SystemClocks
from twin.stations.feeds.base import FeedError
from twin.stations.feeds.sl323 import Sl323Poll, Sl323Spec

NETWORK = network()
NOW = datetime.now(UTC).replace(second=0, microsecond=0)
KEY = "STCD char(8), TM timestamp, primary key (STCD, TM)"
TABLES = (
    f"create table ST_RSVR_R (RZ numeric(7,3), INQ numeric(9,3), OTQ numeric(9,3), W numeric(9,3), {KEY})",
    f"create table ST_RIVER_R (Z numeric(7,3), Q numeric(9,3), {KEY})",
    f"create table ST_PPTN_R (DRP numeric(5,1), INTV numeric(5,2), DYP numeric(5,1), {KEY})",
)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'office.db'}"
        return
    base: str = request.getfixturevalue("postgres_url")
    name = f"o{uuid.uuid4().hex[:12]}"
    admin = create_engine(base, isolation_level="AUTOCOMMIT")
    with admin.connect() as at:
        at.execute(text(f"create database {name}"))
    yield base.removesuffix("postgres") + name
    with admin.connect() as at:
        at.execute(text(f"drop database {name} with (force)"))
    admin.dispose()


@pytest.fixture
def office(url: str) -> Iterator[Engine]:
    engine = create_engine(url)
    with engine.begin() as at:
        for statement in TABLES:
            at.execute(text(statement))
    yield engine
    engine.dispose()


def write(office: Engine, statement: str, **values: object) -> None:
    with office.begin() as at:
        at.execute(text(statement), values)


def beijing(minutes: int) -> datetime:
    return (NOW - timedelta(minutes=minutes) + timedelta(hours=8)).replace(tzinfo=None)


def feed(url: str, *, clocks: Clocks | None = None, **more: object) -> Sl323Poll:
    spec = Sl323Spec.model_validate(
        {
            "id": "office",
            "title": {"zh": "水务局", "en": "office"},
            "driver": "sl323",
            "stations": "stations",
            "url_env": "OFFICE_URL",
            "every_s": 0.02,
        }
        | more
    )
    return Sl323Poll(spec, NETWORK, url=url, clocks=clocks or SystemClocks())


LEVEL = "insert into ST_RIVER_R (STCD, TM, Z, Q) values ('31000001', :tm, :z, :q)"
RAIN = "insert into ST_PPTN_R (STCD, TM, DRP) values (:code, :tm, 2.5)"
LAKE = "insert into ST_RSVR_R (STCD, TM, RZ, INQ, W) values ('30500001', :tm, 152.31, 30.5, 3078)"


async def test_rows_of_all_tables_become_observations_in_utc(url: str, office: Engine) -> None:
    write(office, LAKE, tm=beijing(10))
    write(office, LEVEL, tm=beijing(10), z=1.5, q=None)
    write(office, RAIN, code="30900001", tm=beijing(10))
    write(office, RAIN, code="99999999", tm=beijing(10))
    intake, kept = gate(NETWORK)
    async with running(feed(url), intake) as task:
        await until(lambda: len(kept.rows) == 5, task)
    found = {o.datastream: o.value for o in kept.rows}
    assert found == {
        "30500001.level": 152.31,
        "30500001.inflow": 30.5,
        "31000001.level": 1.5,
        "31000001.flow": None,
        "30900001.rain": 2.5,
    }
    assert {o.phenomenon_at for o in kept.rows} == {NOW - timedelta(minutes=10)}
    assert intake.refused("office") == {}


async def test_a_database_of_other_codes_is_told_once(url: str, office: Engine) -> None:
    """Codes that lost their zeros look like another network: a feed that runs and brings nothing says so."""
    for code in ("900001", "900002"):
        write(office, RAIN, code=code, tm=beijing(10))
    intake, kept = gate(NETWORK)
    async with running(feed(url), intake) as task:
        await until(lambda: bool(intake.refused("office")), task)
        write(office, LEVEL, tm=beijing(5), z=1.5, q=3)
        await until(lambda: len(kept.rows) == 2, task)
    assert intake.refused("office") == {"unknown-station": 1}
    assert intake.listed_refusals("office")[0].station == "900001"


async def test_late_rows_and_corrections_come_through(url: str, office: Engine) -> None:
    write(office, LEVEL, tm=beijing(5), z=1.5, q=3)
    intake, kept = gate(NETWORK)
    async with running(feed(url), intake) as task:
        await until(lambda: len(kept.rows) == 2, task)
        write(office, LEVEL, tm=beijing(60), z=1.4, q=2)
        await until(lambda: len(kept.rows) == 4, task)
        write(office, "update ST_RIVER_R set Z = 1.45 where Z = 1.4")
        await until(lambda: len(kept.rows) == 5, task)
    assert kept.values("31000001.level") == [1.4, 1.45, 1.5]


async def test_after_our_clock_was_fast_for_a_while_no_row_is_passed_over(url: str, office: Engine) -> None:
    clocks = HandClocks(day=NOW + timedelta(hours=3))
    write(office, LEVEL, tm=beijing(5), z=1.5, q=3)
    intake, kept = gate(NETWORK)
    async with running(feed(url, clocks=clocks, overlap_min=0), intake) as task:
        await until(lambda: len(kept.rows) == 2, task)
        clocks.step(-3 * 3600)
        write(office, LEVEL, tm=beijing(-1), z=1.6, q=3)
        await until(lambda: kept.values("31000001.level") == [1.5, 1.6], task)


async def test_rows_ahead_of_our_clock_come_and_say_that_it_may_be_slow(url: str, office: Engine) -> None:
    write(office, LEVEL, tm=beijing(-60), z=1.5, q=3)
    intake, kept = gate(NETWORK)
    async with running(feed(url), intake) as task:
        await until(lambda: len(kept.rows) == 2, task)
    assert {(o.quality, o.reason) for o in kept.rows} == {("suspect", "future")}


async def test_after_an_outage_the_gap_is_filled(url: str, office: Engine) -> None:
    write(office, LEVEL, tm=beijing(600), z=1.0, q=1)
    intake, kept = gate(NETWORK)
    poll = feed(url, overlap_min=30)
    async with running(poll, intake) as task:
        await until(lambda: len(kept.rows) == 2, task)
        write(office, "alter table ST_RIVER_R rename to away")
        with pytest.raises(FeedError, match="cannot be read"):
            await task
    write(office, "alter table away rename to ST_RIVER_R")
    write(office, LEVEL, tm=beijing(1), z=1.2, q=1)
    async with running(poll, intake) as task:
        await until(lambda: len(kept.rows) == 4, task)


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_ended_in_the_midst_of_a_query_it_leaves_no_connection_open(url: str, office: Engine) -> None:
    intake, _ = gate(NETWORK)
    waiting = text("select count(*) from pg_locks where not granted")
    all_here = text("select count(*) from pg_stat_activity where datname = current_database()")
    with office.connect() as lock, office.connect().execution_options(isolation_level="AUTOCOMMIT") as at:
        lock.execute(text("lock table ST_RIVER_R in access exclusive mode"))
        async with running(feed(url), intake) as task:
            await until(lambda: at.scalar(waiting) == 1, task)
        lock.rollback()
        await until(lambda: at.scalar(all_here) == 2)
    gc.collect()  # a connection that nobody closed complains here


def test_the_connection_cannot_write(url: str, office: Engine) -> None:
    engine = feed(url)._open()
    with pytest.raises(DBAPIError), engine.begin() as at:
        at.execute(text("delete from ST_RIVER_R"))
    engine.dispose()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("nothing", "no database's address"),
        ("postgresql+psycopg://u:secret@127.0.0.1:1/x", "cannot be read"),
        ("sqlite://", "none of the tables"),
    ],
)
async def test_a_database_that_cannot_be_read_is_one_line(address: str, words: str) -> None:
    intake, _ = gate(NETWORK)
    with pytest.raises(FeedError, match=words) as caught:
        await feed(address).run(intake)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


async def test_a_text_in_a_column_of_numbers_is_one_line_of_ours(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'office.db'}"  # other databases let none in
    engine = create_engine(url)
    with engine.begin() as at:
        at.execute(text(TABLES[1]))
        at.execute(
            text(
                "insert into ST_RIVER_R (STCD, TM, Z) values ('31000001', datetime('now', '+8 hours'), '--')"
            )
        )
    engine.dispose()
    intake, _ = gate(NETWORK)
    with pytest.raises(FeedError, match="holds values that are not of their column's type"):
        await feed(url).run(intake)
