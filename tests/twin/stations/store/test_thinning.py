"""Old observations become hours; newer ones and those of runs stay."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from tests.twin.stations.store.test_store import AT, Open, open_database, seen
from twin.stations.store import Reader, Writer
from twin.stations.store.schema import QUALITIES
from twin.stations.store.thinning import thin

__all__ = ["open_database"]  # the fixture: every test runs on SQLite and on PostgreSQL
HOUR = timedelta(hours=1)


def test_old_hours_keep_mean_lowest_and_highest_and_newer_values_stay(open_database: Open) -> None:
    database = open_database(write=True)
    writer, reader = Writer(database), Reader(database)
    writer.append([seen(float(k), minute=5 * k) for k in range(36)])  # three hours
    writer.append([seen(90.0, minute=5, received=200)])  # a correction counts, what it corrected does not
    writer.append([seen(900.0, minute=3, received=200, quality="suspect")])
    writer.start_run("r", kind="replay", author="a", inputs="f", issued_at=AT)
    writer.append_to_run("r", [seen(1.0)])
    assert thin(database, before=AT + 2 * HOUR + timedelta(minutes=20), now=AT + 9 * HOUR) == 26
    series = reader.history("a.level", AT, AT + 3 * HOUR)
    first = (0 + 90 + sum(range(2, 12))) / 12
    second = sum(range(12, 24)) / 12
    np.testing.assert_allclose(series.values, [first, second, *range(24, 36)])
    assert [QUALITIES[q] for q in series.qualities] == ["estimate"] * 2 + ["good"] * 12
    ((_, event),) = reader.events(kinds=["retention"])
    assert event.subject == "a.level"
    assert event.data is not None and event.data["observations"] == 26
    database.close()


def test_a_second_time_nothing_is_left_to_do(open_database: Open) -> None:
    database = open_database(write=True)
    Writer(database).append([seen(1.0), seen(None, minute=61, quality="missing")])
    later = AT + 5 * HOUR
    assert thin(database, before=later, now=later) == 2
    assert thin(database, before=later, now=later) == 0
    values = Reader(database).history("a.level", AT, later).values
    assert values[0] == 1.0 and np.isnan(values[1])
    database.close()
