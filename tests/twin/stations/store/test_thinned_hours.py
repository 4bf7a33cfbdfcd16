"""What old observations become: amounts add up, totals go on, states have means; extremes stay."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from tests.twin.stations.store.test_store import AT, Open, open_database, seen
from twin.journal import state
from twin.stations.model import Observation
from twin.stations.store import Database, Reader, Writer
from twin.stations.store.database import DatabaseError
from twin.stations.store.reading import ThinnedError
from twin.stations.store.schema import QUALITIES
from twin.stations.store.thinning import thin

__all__ = ["open_database"]  # the fixture: every test runs on SQLite and on PostgreSQL
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LATER = AT + 400 * 24 * HOUR


def at(minute: float, value: float | None, *, stream: str = "p.rain", **more: object) -> Observation:
    return replace(
        seen(value, stream=stream, **more),
        phenomenon_at=AT + minute * MINUTE,
        received_at=AT + minute * MINUTE,
    )


def test_rain_of_an_hour_is_its_sum(open_database: Open) -> None:
    database = open_database(write=True)
    writer, reader = Writer(database), Reader(database)
    # 12.0 mm from 06:00 to 07:00, eight values; the one of 07:00 is of that hour, the one of 06:00 is not.
    amounts = [
        (0, 9.0),
        (5, 1.0),
        (10, 2.5),
        (20, 0.5),
        (30, 1.0),
        (40, 3.0),
        (50, 1.5),
        (55, 1.0),
        (60, 1.5),
    ]
    writer.append([at(minute, mm) for minute, mm in amounts])
    writer.append([at(25, 40.0, quality="suspect"), at(65, 0.25)])
    assert thin(database, before=AT + HOUR, now=LATER) == 10
    first, second = reader.hours("p.rain", AT - HOUR, AT + 2 * HOUR)
    assert (first.at, first.value, first.count) == (AT, 9.0, 1)
    assert (second.at, second.kind, second.value, second.count, second.left_out) == (
        AT + HOUR,
        "sum",
        12.0,
        8,
        1,
    )
    assert (second.lowest, second.lowest_at) == (0.5, AT + 20 * MINUTE)
    assert (second.highest, second.highest_at) == (3.0, AT + 40 * MINUTE)
    series = reader.history("p.rain", AT - HOUR, AT + 2 * HOUR)
    assert series.values.tolist() == [9.0, 12.0, 0.25]
    assert [QUALITIES[q] for q in series.qualities] == ["estimate", "estimate", "good"]
    assert series.counts.tolist() == [1, 8, 0]
    database.close()


def test_a_running_total_goes_on_and_a_state_has_its_mean(open_database: Open) -> None:
    database = open_database(write=True)
    writer, reader = Writer(database), Reader(database)
    for stream in ("p.rain_total", "p.rain_day", "a.level", "a.storage", "a.level.forecast"):
        writer.append([at(minute, 10.0 + minute, stream=stream) for minute in range(5, 65, 5)])
    thin(database, before=AT + 5 * HOUR, now=LATER)

    def told(stream: str) -> list[tuple[str, float | None, datetime]]:
        return [(h.kind, h.value, h.at) for h in reader.hours(stream, AT, LATER)]

    assert told("p.rain_total") == told("p.rain_day") == [("last", 70.0, AT + HOUR)]
    mean = np.mean(np.arange(15.0, 70.0, 5.0))
    for stream in ("a.level", "a.storage", "a.level.forecast"):
        assert told(stream) == [("mean", mean, AT), ("mean", 70.0, AT + HOUR)]
    database.close()


@pytest.mark.parametrize("seed", range(3))
def test_no_rain_is_lost_or_made(open_database: Open, seed: int) -> None:
    """An oracle: the sum of all hours is that of all values, whatever the times and the steps of thinning."""
    luck = random.Random(seed)
    minutes = sorted(luck.sample(range(60 * 72), 500))
    tenths = [luck.choice([0, 0, 1, 2, 5, 37]) for _ in minutes]
    database = open_database(write=True)
    Writer(database).append([at(m, mm / 10) for m, mm in zip(minutes, tenths, strict=True)])
    reader = Reader(database)
    for hours in sorted(luck.sample(range(1, 72), 5)):
        thin(database, before=AT + hours * HOUR + 17 * MINUTE, now=LATER)
        series = reader.history("p.rain", AT - HOUR, AT + 80 * HOUR)
        assert round(float(series.values.sum()), 6) == sum(tenths) / 10
        of_hours = reader.hours("p.rain", AT - HOUR, AT + 80 * HOUR)
        assert len(of_hours) == len({h.at for h in of_hours})
        for hour in of_hours:
            inside = [
                t for m, t in zip(minutes, tenths, strict=True) if hour.at - HOUR < AT + m * MINUTE <= hour.at
            ]
            assert (hour.value, hour.count) == (sum(inside) / 10, len(inside))
            assert (hour.lowest, hour.highest) == (min(inside) / 10, max(inside) / 10)
    database.close()


def test_a_value_of_a_thinned_hour_that_comes_late_is_refused_and_one_of_a_gap_is_kept(
    open_database: Open,
) -> None:
    database = open_database(write=True)
    writer = Writer(database)
    writer.append([at(5, 1.0), at(10, 1.0), at(200, 1.0)])
    writer.thin(before=AT + 3 * HOUR, now=LATER)
    for again in (writer, Writer(database)):
        appended = again.append([at(5, 1.0), at(15, 4.0), at(60, 4.0)])
        assert (appended.stored, appended.duplicates, len(appended.too_old)) == ((), 0, 3)
    appended = writer.append([at(61, 4.0), at(200, 1.0), at(0, 2.0)])  # of hours that nothing is kept of
    assert ([o.value for o in appended.stored], appended.duplicates) == ([4.0, 2.0], 1)
    series = Reader(database).history("p.rain", AT, AT + 10 * HOUR)
    assert series.values.tolist() == [2.0, 2.0, 4.0, 1.0]
    database.close()


def test_a_station_of_which_only_hours_are_left_is_still_known(open_database: Open) -> None:
    database = open_database(write=True)
    writer, reader = Writer(database), Reader(database)
    writer.append([at(5, 3.0, stream="a.level"), at(65, 4.0, stream="a.level")])
    writer.thin(before=AT + 9 * HOUR, now=LATER)
    newest = reader.latest()["a.level"]
    assert (newest.value, newest.quality, newest.reason) == (4.0, "estimate", "hourly-mean")
    assert reader.latest(valid_at=AT + HOUR)["a.level"].value == 3.0
    assert reader.latest(valid_at=AT + 59 * MINUTE) == {}  # its hour was not over then
    assert state(reader, valid_at=AT + 2 * HOUR, known_at=LATER).values["a.level"].value == 4.0
    assert [o.reason for o in reader.revisions("a.level", AT, LATER)] == ["hourly-mean"] * 2
    assert Writer(database).append([at(66, 4.0, stream="a.level")]).stored == ()
    database.close()


def test_what_was_known_before_it_was_thinned_out_is_said_not_to_be_known(open_database: Open) -> None:
    database = open_database(write=True)
    writer, reader = Writer(database), Reader(database)
    writer.append([at(5, 3.0, stream="a.level"), at(300, 4.0, stream="a.level")])
    writer.thin(before=AT + 2 * HOUR, now=LATER)
    then = AT + 10 * HOUR
    for ask in (reader.history, reader.revisions):
        with pytest.raises(ThinnedError, match="cannot be told"):
            ask("a.level", AT, LATER, known_at=then)
    assert reader.history("a.level", AT + 2 * HOUR, LATER, known_at=then).values.tolist() == [4.0]
    assert [o.value for o in reader.revisions("a.level", AT + 2 * HOUR, LATER, known_at=then)] == [4.0]
    assert reader.history("a.level", AT, LATER, known_at=LATER).values.tolist() == [3.0, 4.0]
    assert reader.latest(known_at=then)["a.level"].value == 4.0
    hidden = reader.latest(known_at=AT + HOUR)["a.level"]
    assert (hidden.value, hidden.quality, hidden.reason) == (None, "missing", "thinned")
    database.close()


OLD = """
drop table hourly;
create table hours (stream integer not null, at bigint not null, mean double precision,
lowest double precision, highest double precision, count integer not null, primary key (stream, at));
update facts set value = '1' where name = 'version';
"""


def as_version_1(database: Database) -> None:
    """What version 1 left of an hour of rain, level and total: a mean of eight."""
    Writer(database).append([at(0, 1.0), at(0, 1.0, stream="a.level"), at(0, 1.0, stream="p.rain_total")])
    hour = int(AT.timestamp()) * 1_000_000 - 3_600_000_000
    with database.engine.begin() as to:
        for statement in OLD.split(";")[:-1]:
            to.execute(text(statement))
        for stream, mean in ((1, 12.1 / 8), (2, 150.25), (3, 40.0)):
            row = {"s": stream, "at": hour, "mean": mean, "low": 0.1, "high": 90.0, "n": 8}
            to.execute(text("insert into hours values (:s, :at, :mean, :low, :high, :n)"), row)


def test_hours_of_an_earlier_version_become_sums_and_totals(open_database: Open) -> None:
    database = open_database(write=True)
    as_version_1(database)
    database.close()
    with pytest.raises(DatabaseError, match="earlier version; run 'twin serve'"):
        open_database(write=False)
    for _ in range(2):  # the second time there is nothing to do
        database = open_database(write=True)
        reader = Reader(database)
        told = {
            name: [(h.at, h.kind, h.value, h.count) for h in reader.hours(name, AT - 2 * HOUR, AT)]
            for name in ("p.rain", "a.level", "p.rain_total")
        }
        assert told == {
            "p.rain": [(AT, "sum", 12.1, 8)],
            "a.level": [(AT - HOUR, "mean", 150.25, 8)],
            "p.rain_total": [(AT, "last", 90.0, 8)],
        }
        database.close()


def test_a_store_of_an_earlier_version_is_brought_up_by_its_writer(tmp_path: Path) -> None:
    database = Database.sqlite(tmp_path, write=True)
    as_version_1(database)
    database.close()
    Database.sqlite(tmp_path, write=True).close()
    reading = Database.sqlite(tmp_path)
    assert Reader(reading).latest()["p.rain"].value == 1.0
    reading.close()
