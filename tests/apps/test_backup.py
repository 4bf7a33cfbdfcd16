"""What cannot be built again survives: taken while it is written, and restored whole or not at all."""

from __future__ import annotations

import fcntl
import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import gettempdir

import pytest

from apps.backup.manifest import BackupError
from apps.backup.taking import take_backup
from apps.hub.audit import AuditJournal
from apps.hub.wall import wall_journal
from apps.studio import storyboard_folder
from meshes.pipeline import is_built
from tests.apps.command import one_line, twin
from tests.apps.test_cli_disk import fill
from tests.shared_store import SharedStore
from tests.small import write_small_basin
from twin.alarms.alert_outbox import AlertOutbox
from twin.runs_file import RunsFile
from twin.stations.model import Observation
from twin.stations.store import Database, Reader, Writer

START = datetime(2026, 1, 1, tzinfo=UTC)


def observation(k: int) -> Observation:
    at = START + timedelta(seconds=k)
    return Observation(datastream="level", phenomenon_at=at, received_at=at, value=float(k))


KEPT_FOLDERS = (
    "drills/one.yaml",
    f"{storyboard_folder.FOLDER}/film.yaml",
    f"{storyboard_folder.FOLDER}/film.mp3",
    ".twin/drills/drill-1.jsonl",
    f".twin/{wall_journal.FOLDER}/2026-11-30.jsonl",
)


@pytest.fixture
def basin(small_catalog: Path) -> Path:
    """A basin with observations, a journal and users; nothing is built."""
    store = small_catalog.parent / ".twin"
    store.mkdir()
    with closing(Database.sqlite(store / "stations", write=True)) as database:
        Writer(database).append([observation(k) for k in range(1000)])
    AuditJournal(store / "audit.jsonl").record("li", "signed_in")
    with (store / "audit.jsonl").open("a") as journal:
        journal.write('{"half a li')
    (small_catalog.parent / "users.toml").write_text("[li]\n")
    (small_catalog.parent / "users.key").write_text("secret")
    (small_catalog.parent / "users.tokens.json").write_text("{}")
    with closing(sqlite3.connect(small_catalog.parent / "users.sqlite")) as sign_ins:
        sign_ins.executescript("CREATE TABLE sign_ins (user); INSERT INTO sign_ins VALUES ('li');")
    for name in KEPT_FOLDERS:
        path = small_catalog.parent / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}\n")
    RunsFile(store / "runs.sqlite").add(
        "what-if", name="秋汛", author="li", access="internal", document='{"days": 7}'
    )
    outbox = AlertOutbox(store / "stations" / "alerts.sqlite")
    outbox.add([("duty", 7, {"alarm": "over@1"})], cursor=7, now=START.timestamp())
    return small_catalog


@contextmanager
def writing(store: Path, acknowledged: list[int]) -> Iterator[None]:
    """One after the other, as the live service writes; what it has acknowledged is listed."""
    over = threading.Event()

    def write() -> None:
        with closing(Database.sqlite(store / "stations", write=True)) as database:
            writer = Writer(database)
            k = 1000
            while not over.is_set():
                writer.append([observation(k)])
                acknowledged.append(k)
                k += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def values(store: Path) -> set[float]:
    with closing(Database.sqlite(store / "stations")) as database:
        series = Reader(database).history("level", START, START + timedelta(days=2))
        return set(series.values.tolist())


def until(holds: Callable[[], bool]) -> None:
    """Wait for a state of another thread or process."""
    pause = threading.Event()
    while not holds():
        pause.wait(0.001)


def test_all_that_was_acknowledged_before_is_restored(basin: Path, tmp_path: Path) -> None:
    acknowledged: list[int] = []
    store = basin.parent / ".twin"
    with writing(store, acknowledged):
        until(lambda: len(acknowledged) >= 20)
        before = len(acknowledged)
        result = twin("backup", tmp_path / "b.tar", basin)
        assert result.returncode == 0, result.stderr
        after = len(acknowledged)
        until(lambda: len(acknowledged) > after)  # nobody was kept from writing
    assert (tmp_path / "b.tar").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "small"]
    new = tmp_path / "new"
    result = twin("restore", tmp_path / "b.tar", new)
    assert result.returncode == 0 and str(new / basin.name) in result.stdout
    kept = values(new / ".twin")
    assert {float(k) for k in (*range(1000), *acknowledged[:before])} <= kept
    assert kept == {float(k) for k in range(len(kept))}
    for name in ("data_catalog.yaml", "small_site.yaml", "users.toml", "users.key", "users.tokens.json"):
        assert (new / name).read_bytes() == (basin.parent / name).read_bytes()
    for name in KEPT_FOLDERS:
        assert (new / name).read_text() == "{}\n"
    (line,) = (new / ".twin" / "audit.jsonl").read_text().splitlines()  # the half one stays out
    assert json.loads(line)["who"] == "li"
    with closing(sqlite3.connect(new / "users.sqlite")) as sign_ins:
        assert sign_ins.execute("SELECT user FROM sign_ins").fetchall() == [("li",)]
    (run,) = RunsFile(new / ".twin" / "runs.sqlite").all("what-if")
    assert (run.name, run.author, run.document) == ("秋汛", "li", '{"days": 7}')
    outbox = AlertOutbox(new / ".twin" / "stations" / "alerts.sqlite")
    assert outbox.cursor() == 7, "alerts of before are not sent again"
    (alert,) = outbox.due(START.timestamp())
    assert (alert.receiver, alert.body) == ("duty", {"alarm": "over@1"}), "and what waited is still sent"


def copied(folder: Path) -> float:
    """Bytes of the database that a backup has copied."""
    try:
        return (folder / "partial-b.tar.sqlite").stat().st_size
    except FileNotFoundError:
        return -1


@pytest.mark.parametrize("part", [0.0, 0.5])
def test_a_kill_in_the_middle_leaves_no_backup_and_the_next_one_is_whole(
    basin: Path, tmp_path: Path, part: float
) -> None:
    store = basin.parent / ".twin"
    with closing(Database.sqlite(store / "stations", write=True)) as database:
        Writer(database).append([observation(k) for k in range(1000, 40_000)])
    whole = (store / "stations" / "observations.sqlite").stat().st_size
    acknowledged: list[int] = []
    with writing(store, acknowledged):
        command = [sys.executable, "-m", "apps.cli", "backup", str(tmp_path / "b.tar"), str(basin)]
        for _ in range(10):  # one that was whole before it could be killed is taken again
            (tmp_path / "b.tar").unlink(missing_ok=True)
            with subprocess.Popen(command) as process:
                until(lambda process=process: process.poll() is not None or copied(tmp_path) >= part * whole)
                process.send_signal(signal.SIGKILL)
            if process.returncode == -signal.SIGKILL and not (tmp_path / "b.tar").exists():
                break
        assert process.returncode == -signal.SIGKILL
        assert not (tmp_path / "b.tar").exists()
        assert twin("backup", tmp_path / "b.tar", basin).returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "small"]
    assert twin("restore", tmp_path / "b.tar", tmp_path / "new").returncode == 0
    assert values(tmp_path / "new" / ".twin") >= {float(k) for k in range(40_000)}


def test_with_its_products_a_restored_basin_is_served_without_a_build(
    shared_store: SharedStore, tmp_path: Path
) -> None:
    basin = shared_store.build(write_small_basin(tmp_path / "small"))
    assert twin("backup", tmp_path / "b.tar", basin, "--with-products").returncode == 0
    assert twin("restore", tmp_path / "b.tar", tmp_path / "new").returncode == 0
    for source in ("terrain.tif", "dam.geojson", "villages.geojson", "curve.csv"):
        shutil.copy(basin.parent / source, tmp_path / "new")
    assert is_built(tmp_path / "new" / "data_catalog.yaml")
    water = twin("water", tmp_path / "new" / "data_catalog.yaml", "--level", "150")
    assert water.returncode == 0 and water.stdout == twin("water", basin, "--level", "150").stdout


def test_products_are_asked_for_where_nothing_is_built(basin: Path, tmp_path: Path) -> None:
    one_line(twin("backup", tmp_path / "b.tar", basin, "--with-products"), "run 'twin build'")
    assert list(tmp_path.iterdir()) == [tmp_path / "small"]


def test_a_store_that_is_not_there_makes_no_backup(basin: Path, tmp_path: Path) -> None:
    target = tmp_path / "b.tar"
    with pytest.raises(BackupError, match="there is no store in"):
        take_backup(target, basin, store=tmp_path / "mistyped")
    assert not target.exists()


def test_observations_of_another_database_are_left_to_its_own_tool(basin: Path, tmp_path: Path) -> None:
    with (basin.parent / "small_site.yaml").open("a") as site:
        site.write("observations: {url_env: TWIN_DATABASE}\n")
    one_line(twin("backup", tmp_path / "b.tar", basin), "pg_dump", "--without-observations")
    result = twin("backup", tmp_path / "b.tar", basin, "--without-observations")
    assert result.returncode == 0
    with tarfile.open(tmp_path / "b.tar") as tar:
        assert not any("observations" in name for name in tar.getnames())


def test_nothing_is_overwritten(basin: Path, tmp_path: Path) -> None:
    (tmp_path / "b.tar").write_text("mine")
    one_line(twin("backup", tmp_path / "b.tar", basin), "there is something already")
    assert (tmp_path / "b.tar").read_text() == "mine"
    (tmp_path / "b.tar").unlink()
    take_backup(tmp_path / "b.tar", basin)
    before = sorted(basin.parent.rglob("*"))
    one_line(twin("restore", tmp_path / "b.tar", basin.parent), "not an empty folder")
    assert sorted(basin.parent.rglob("*")) == before
    (tmp_path / "empty").mkdir()
    assert twin("restore", tmp_path / "b.tar", tmp_path / "empty").returncode == 0


def test_a_full_disk_is_one_line_and_leaves_nothing(basin: Path, tiny_disk: Path, tmp_path: Path) -> None:
    fill(tiny_disk, left=60_000)
    one_line(twin("backup", tiny_disk / "b.tar", basin), "disk is full")
    assert [path.name for path in tiny_disk.iterdir()] == ["ballast"]
    take_backup(tmp_path / "b.tar", basin)
    one_line(twin("restore", tmp_path / "b.tar", tiny_disk / "new"), "disk is full")
    assert [path.name for path in tiny_disk.iterdir()] == ["ballast"]


def members(archive: Path) -> list[tuple[tarfile.TarInfo, bytes]]:
    with tarfile.open(archive) as tar:
        return [(one, getattr(tar.extractfile(one), "read", bytes)()) for one in tar.getmembers()]


def rewrite(archive: Path, change: Callable[[list[tuple[tarfile.TarInfo, bytes]]], None]) -> None:
    found = members(archive)
    change(found)
    with tarfile.open(archive, "w") as tar:
        for member, content in found:
            if member.isreg():
                member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def _rename(found: list[tuple[tarfile.TarInfo, bytes]], name: str) -> None:
    """Give the first file another name, in the manifest as well."""
    manifest = json.loads(found[-1][1])
    manifest["files"][name] = manifest["files"].pop(found[0][0].name)
    found[0][0].name = name
    found[-1] = (found[-1][0], json.dumps(manifest).encode())


def _alter(found: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    found[0] = (found[0][0], found[0][1][:-1] + b"#")


def _link(found: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    found[0][0].type, found[0][0].linkname = tarfile.SYMTYPE, "/etc/passwd"


def _newer(found: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    found[-1] = (found[-1][0], json.dumps({**json.loads(found[-1][1]), "format": 99}).encode())


ALTERED: dict[str, Callable[[list[tuple[tarfile.TarInfo, bytes]]], object]] = {
    "a byte": _alter,
    "a file less": lambda found: found.pop(0),
    "a file more": lambda found: found.insert(0, (tarfile.TarInfo("more"), b"")),
    "a file twice": lambda found: found.insert(0, found[0]),
    "a link": _link,
    "outside": lambda found: _rename(found, "../outside"),
    "absolute": lambda found: _rename(found, f"{gettempdir()}/{os.getpid()}"),
    "no manifest": lambda found: found.pop(),
    "newer": _newer,
}


@pytest.mark.parametrize("how", ALTERED)
def test_an_altered_backup_is_one_line_and_leaves_nothing(basin: Path, tmp_path: Path, how: str) -> None:
    archive = tmp_path / "b.tar"
    take_backup(archive, basin)
    rewrite(archive, lambda found: void(ALTERED[how](found)))
    words = "newer program" if how == "newer" else "another"
    one_line(twin("restore", archive, tmp_path / "new"), words)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "small"]
    assert not Path(gettempdir(), str(os.getpid())).exists()


def void(_: object) -> None:
    """Drop a value."""


@pytest.mark.parametrize("keep", [0, 100, 512, 5_000, 100_000])
def test_a_backup_that_is_cut_short_is_one_line(basin: Path, tmp_path: Path, keep: int) -> None:
    archive = tmp_path / "b.tar"
    take_backup(archive, basin)
    os.truncate(archive, keep)
    one_line(twin("restore", archive, tmp_path / "new"), "use another")
    assert not (tmp_path / "new").exists()


def test_what_a_killed_restore_left_is_no_hindrance(basin: Path, tmp_path: Path) -> None:
    take_backup(tmp_path / "b.tar", basin)
    shutil.copytree(basin.parent, tmp_path / "partial-new")
    assert twin("restore", tmp_path / "b.tar", tmp_path / "new").returncode == 0
    assert not (tmp_path / "partial-new").exists()


def test_two_backups_to_one_file_do_not_meet(basin: Path, tmp_path: Path) -> None:
    with (tmp_path / "partial-b.tar").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        one_line(twin("backup", tmp_path / "b.tar", basin), "another backup")
        assert (tmp_path / "partial-b.tar").exists()
