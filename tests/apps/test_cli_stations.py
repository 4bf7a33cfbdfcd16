"""``twin stations`` and ``twin feed``: what they say, and one line for what they cannot."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet
import pytest

from tests.apps.command import one_line, twin
from tests.browser.live_basin import write_live_basin
from tests.ports import free_port
from tests.shared_store import SharedStore
from twin.basin import Basin
from twin.live import open_database
from twin.stations.model import Observation
from twin.stations.store import Writer

AT = datetime(2026, 7, 28, 6, 0, tzinfo=UTC)
LEVEL = "31000001.level"


@pytest.fixture(scope="module")
def catalog(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A basin with two days of one level, one value of it corrected later."""
    path = write_live_basin(tmp_path_factory.mktemp("cli"), url="http://127.0.0.1:9/now.json")
    shared_store.build(path)
    database = open_database(Basin.open(path), write=True)
    writer = Writer(database)
    for k in range(10):
        at = AT + k * timedelta(minutes=5)
        writer.append(
            [
                Observation(
                    datastream=LEVEL,
                    phenomenon_at=at,
                    received_at=at,
                    value=1.0 + k / 100,
                    quality="good",
                    feed="f",
                )
            ]
        )
    late = AT + timedelta(hours=5)
    writer.append(
        [
            Observation(
                datastream=LEVEL, phenomenon_at=AT, received_at=late, value=2.0, quality="good", feed="f"
            )
        ]
    )
    database.close()
    return path


WINDOW = ("--from", "2026-07-28T13:00", "--until", "2026-07-28T16:00")


def test_the_list_names_every_station_with_its_newest_value(catalog: Path) -> None:
    rows = json.loads(twin("stations", "list", catalog, "--json").stdout)
    assert {row["station"] for row in rows} == {"30500001", "31000001", "30900001"}
    (river,) = [row for row in rows if row["station"] == "31000001"]
    assert (river["value"], river["unit"], river["quality"]) == (1.09, "m", "good")
    assert river["phenomenon_at"] == "2026-07-28T14:45:00+08:00"
    assert "times in Asia/Shanghai" in twin("stations", "list", catalog, "--kind", "stage").stdout


def test_the_past_is_as_it_is_known_now_or_as_it_was_known_then(catalog: Path) -> None:
    def values(*more: str) -> list[float]:
        said = twin("stations", "history", LEVEL, catalog, *WINDOW, "--json", *more).stdout
        return [row["value"] for row in json.loads(said)]

    assert values()[0] == 2.0
    assert values("--as-known-at", "2026-07-28T15:00")[0] == 1.0
    assert values("--as-known-at", "2026-07-28T14:12") == [1.0, 1.01, 1.02]
    assert values("--revisions")[:2] == [1.0, 2.0]


def test_one_station_says_what_it_is(catalog: Path) -> None:
    told = json.loads(twin("stations", "show", "31000001", catalog, "--json").stdout)
    assert told["station"]["kind"] == "stage"
    assert [row["datastream"] for row in told["datastreams"]] == [LEVEL, "31000001.flow"]


def test_export_writes_units_quality_and_origin_and_overwrites_nothing(catalog: Path, tmp_path: Path) -> None:
    out, packed = tmp_path / "july.csv", tmp_path / "july.parquet"
    assert "10 observations" in twin("stations", "export", catalog, *WINDOW, "--to", out).stdout
    with out.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert (rows[0]["value"], rows[0]["revision"], rows[0]["unit"], rows[0]["synthetic"]) == (
        "2.0",
        "1",
        "m",
        "True",
    )
    twin("stations", "export", catalog, *WINDOW, "--to", packed)
    table = pyarrow.parquet.read_table(packed)
    assert table.num_rows == 10
    assert table["phenomenon_at"][0].as_py() == AT
    one_line(twin("stations", "export", catalog, "--to", out), "there already")


def test_what_was_exported_can_be_replayed_as_a_run_that_touches_nothing_live(
    catalog: Path, tmp_path: Path
) -> None:
    out = tmp_path / "july.csv"
    twin("stations", "export", catalog, *WINDOW, "--to", out)
    before = twin("stations", "list", catalog, "--json").stdout
    done = twin(
        "stations", "replay", out, catalog, "--run", "again", "--author", "王工", "--speed", "1000000"
    )
    assert len(done.stdout.splitlines()) == 10
    assert json.loads(done.stdout.splitlines()[0])["value"] == 2.0
    assert twin("stations", "list", catalog, "--json").stdout == before
    again = twin("stations", "replay", out, catalog, "--run", "again", "--author", "x")
    one_line(again, "already")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("stations", "show", "9"), "there is no station 9"),
        (("stations", "history", "x"), "there is no datastream x"),
        (("stations", "history", LEVEL, "--from", "noon"), "'noon' is no time"),
        (("stations", "history", LEVEL, "--from", "2027-01-01", "--until", "2026-01-01"), "lies after"),
        (("stations", "list", "--as-known-at", "99"), "'99' is no time"),
    ],
)
def test_what_cannot_be_answered_is_one_line(catalog: Path, arguments: tuple[str, ...], words: str) -> None:
    verb, rest = arguments[:2], list(arguments[2:])
    at = 1 if verb[1] in ("show", "history") else 0
    one_line(twin(*verb, *rest[:at], catalog, *rest[at:]), words)


def test_a_kind_that_there_is_not_is_no_empty_list(catalog: Path) -> None:
    result = twin("stations", "list", catalog, "--kind", "lake")
    one_line(result, "'lake' is not one of 'rain', 'stage'", code=2)


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [("a,b\n1,2\n", 1, "has no station"), ("", 0, "0 observations"), ('"', 0, "0 observations")],
)
def test_a_file_that_holds_nothing_to_replay_says_so(
    catalog: Path, tmp_path: Path, text: str, code: int, words: str
) -> None:
    file = tmp_path / "x.csv"
    file.write_text(text, "utf-8")
    done = twin("stations", "replay", file, catalog, "--run", f"r-{len(text)}", "--author", "a")
    assert done.returncode == code
    assert words in done.stderr


def test_a_file_that_is_not_there_is_one_line(catalog: Path, tmp_path: Path) -> None:
    done = twin("stations", "replay", tmp_path / "no.csv", catalog, "--run", "r", "--author", "a")
    one_line(done, "cannot be read")


def test_a_basin_that_was_never_live_says_so(small_catalog: Path) -> None:
    twin("build", small_catalog)
    one_line(twin("stations", "list", small_catalog), "declares no stations")
    assert "declares no stations or no feeds" in twin("live", small_catalog).stderr


def test_stations_that_find_no_centre_say_so() -> None:
    done = twin("feed", "simulate", "--port", str(free_port()), "--stations", "2")
    assert "2 of 2 stations could not connect" in done.stderr


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("no/folder/july.csv", "there is no folder"),
        ("a-file/july.csv", "there is no folder"),
        (f"{'x' * 260}.csv", "too long"),
        ("folder.csv", "is there already"),
        ("no/folder/july.parquet", "there is no folder"),
        (f"{'x' * 260}.parquet", "too long"),
    ],
)
def test_a_place_that_cannot_be_written_is_one_line_and_leaves_nothing(
    catalog: Path, tmp_path: Path, where: str, words: str
) -> None:
    (tmp_path / "a-file").write_text("")
    (tmp_path / "folder.csv").mkdir()
    before = sorted(tmp_path.iterdir())
    one_line(twin("stations", "export", catalog, *WINDOW, "--to", tmp_path / where), words)
    assert sorted(tmp_path.iterdir()) == before


def test_no_cell_of_an_export_starts_a_formula(shared_store: SharedStore, tmp_path: Path) -> None:
    """Station codes and names, reasons and feeds come from outside; a negative value stays a number."""
    path = write_live_basin(tmp_path, url="http://127.0.0.1:9/now.json")
    names = ['=HYPERLINK("http://x.example","y")', "+cmd|' /C calc'![/]:sun:"]
    stations = path.parent / "stations.csv"
    rows = list(csv.reader(stations.read_text("utf-8").splitlines()))
    at = next(k for k, name in enumerate(rows[0]) if name.lower() in ("name_zh", "stnm"))
    for row, name in zip(rows[1:], names, strict=False):
        row[at] = name
    with stations.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    shared_store.build(path)
    database = open_database(Basin.open(path), write=True)
    streams = ["30500001.level", "31000001.level"]
    Writer(database).append(
        [
            Observation(
                datastream=stream,
                phenomenon_at=AT,
                received_at=AT,
                value=-1.5,
                quality="suspect",
                reason="@range",
                feed="-f",
            )
            for stream in streams
        ]
    )
    database.close()
    out = tmp_path / "july.csv"
    twin("stations", "export", path, *WINDOW, "--to", out)
    with out.open(encoding="utf-8", newline="") as file:
        told = list(csv.DictReader(file))
    assert [row["value"] for row in told] == ["-1.5", "-1.5"]
    assert {row["name"] for row in told} == {"'" + name for name in names}
    assert names[1] in twin("stations", "list", path).stdout
    assert {(row["reason"], row["feed"]) for row in told} == {("'@range", "'-f")}


def test_what_a_station_ahead_of_our_clock_sent_is_in_the_past_without_an_end(catalog: Path) -> None:
    ahead = datetime.now(UTC) + timedelta(minutes=30)
    database = open_database(Basin.open(catalog), write=True)
    Writer(database).append(
        [
            Observation(
                datastream="31000001.flow",
                phenomenon_at=ahead,
                received_at=datetime.now(UTC),
                value=4.5,
                quality="suspect",
                reason="future",
            )
        ]
    )
    database.close()
    (row,) = json.loads(twin("stations", "history", "31000001.flow", catalog, "--json").stdout)
    assert (row["value"], row["quality"]) == (4.5, "suspect")
