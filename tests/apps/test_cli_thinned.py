"""``twin stations`` over a stretch that was thinned out: hours, marked as such, or one line."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet
import pytest

from tests.apps.command import one_line, twin
from tests.browser.live_basin import write_live_basin
from tests.shared_store import SharedStore
from twin.basin import Basin
from twin.live import open_database
from twin.stations.model import Observation
from twin.stations.store import Writer

AT = datetime(2024, 7, 28, 6, 0, tzinfo=UTC)
RAIN, LEVEL = "30900001.rain", "31000001.level"
WINDOW = ("--from", "2024-07-28T14:00", "--until", "2024-07-28T18:00")


@pytest.fixture(scope="module")
def catalog(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three hours of rain and of a level, the first two of them thinned out; five minutes are missing."""
    path = write_live_basin(tmp_path_factory.mktemp("thinned"), url="http://127.0.0.1:9/now.json")
    shared_store.build(path)
    database = open_database(Basin.open(path), write=True)
    writer = Writer(database)
    for stream, values in ((RAIN, 1.5), (LEVEL, -2.0)):
        writer.append(
            [
                Observation(
                    datastream=stream,
                    phenomenon_at=AT + minutes * timedelta(minutes=1),
                    received_at=AT + minutes * timedelta(minutes=1),
                    value=values + (5.0 if minutes == 35 else 0.0),
                    quality="good",
                    feed="f",
                )
                for minutes in range(5, 180, 5)
                if minutes != 40
            ]
        )
    writer.thin(before=AT + timedelta(hours=2), now=AT + timedelta(days=400))
    database.close()
    return path


def exported(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_an_export_has_the_hours_with_sums_extremes_and_counts(catalog: Path, tmp_path: Path) -> None:
    out = tmp_path / "old.csv"
    said = twin("stations", "export", catalog, *WINDOW, "--to", out, "--datastream", RAIN).stdout
    assert "13 observations (2 are estimates: hourly means, sums or totals" in said
    rows = exported(out)
    first = rows[0]
    assert first["phenomenon_at"] == "2024-07-28T07:00:00+00:00"
    assert (first["value"], first["quality"], first["reason"]) == ("21.5", "estimate", "hourly-sum")
    assert (first["count"], first["lowest"], first["highest"]) == ("11", "1.5", "6.5")
    assert first["highest_at"] == "2024-07-28T06:35:00+00:00"
    assert rows[2]["count"] == rows[2]["highest"] == ""
    assert sum(float(row["value"]) for row in rows) == 34 * 1.5 + 5.0
    packed = tmp_path / "old.parquet"
    twin("stations", "export", catalog, *WINDOW, "--to", packed)
    table = pyarrow.parquet.read_table(packed).to_pylist()
    means = [row for row in table if row["reason"] == "hourly-mean"]
    assert [(row["count"], row["highest"]) for row in means] == [(10, 3.0), (12, -2.0)]


def test_an_export_of_nothing_says_so(catalog: Path, tmp_path: Path) -> None:
    window = ("--from", "2023-01-01", "--until", "2023-02-01")
    said = twin("stations", "export", catalog, *window, "--to", tmp_path / "none.csv").stdout
    assert "0 observations (none are known of this stretch)" in said


def test_the_past_says_what_an_hour_is_and_of_how_many_values(catalog: Path) -> None:
    rows = json.loads(twin("stations", "history", RAIN, catalog, *WINDOW, "--json").stdout)
    assert (rows[0]["value"], rows[0]["quality"]) == (21.5, "estimate")
    assert rows[0]["note"] == "hourly sum of 11 of 12 values"
    assert (rows[0]["lowest"], rows[0]["highest"]) == (1.5, 6.5)
    assert "note" not in rows[-1]
    rows = json.loads(twin("stations", "history", LEVEL, catalog, *WINDOW, "--json").stdout)
    assert rows[0]["note"] == "hourly mean of 10 of 12 values"
    shown = twin("stations", "history", LEVEL, catalog, *WINDOW, "--revisions").stdout
    assert "hourly-mean" in shown


def test_hours_that_are_replayed_are_no_better_than_they_were(catalog: Path, tmp_path: Path) -> None:
    out = tmp_path / "old.csv"
    twin("stations", "export", catalog, *WINDOW, "--to", out, "--datastream", RAIN)
    play = ("--run", "again", "--author", "王工", "--speed", "1000000")
    lines = twin("stations", "replay", out, catalog, *play).stdout.splitlines()
    qualities = [json.loads(line)["quality"] for line in lines]
    assert qualities == ["suspect"] * 2 + ["good"] * 11


def test_what_was_known_of_it_then_is_one_line(catalog: Path, tmp_path: Path) -> None:
    then = ("--as-known-at", "2024-08-01")
    one_line(twin("stations", "history", RAIN, catalog, *WINDOW, *then), "cannot be told", "--as-known-at")
    out = tmp_path / "then.csv"
    one_line(twin("stations", "export", catalog, *WINDOW, *then, "--to", out), "cannot be told")
    assert list(tmp_path.iterdir()) == []
    later = ("--as-known-at", "2025-12-01")
    assert json.loads(twin("stations", "history", RAIN, catalog, *WINDOW, *later, "--json").stdout)
