"""The guarded child: limits hold, crashes stay away, and nothing is left behind."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from twin.ingest import LimitError, Limits, MissingFileError, guard, read_table

Entry = Callable[..., Any]
SMALL = "level_m,area_m2,storage_m3\n1,2,3\n"


@pytest.fixture
def long_table(tmp_path: Path) -> Path:
    path = tmp_path / "long.csv"
    path.write_text("level_m,area_m2,storage_m3\n" + "1.25,2.25,3.25\n" * 900_000, encoding="ascii")
    return path


@pytest.fixture
def small_table(tmp_path: Path) -> Path:
    path = tmp_path / "small.csv"
    path.write_text(SMALL, encoding="ascii")
    return path


def fork_server() -> psutil.Process:
    (found,) = [p for p in psutil.Process().children() if "twin.ingest.fork_server" in " ".join(p.cmdline())]
    return found


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(wall_s=0.05), "took more than 0.05 s"),
        (Limits(cpu_s=1), "took more than 1 s of computing"),
        (Limits(memory_mib=16), "16 MiB"),
    ],
)
def test_a_limit_stops_the_reader_and_the_next_file_is_read(
    entry: Entry, long_table: Path, small_table: Path, limits: Limits, words: str
) -> None:
    with pytest.raises(LimitError, match=words):
        read_table(long_table, entry("curve"), limits=limits)
    assert len(read_table(small_table, entry("curve"))) == 1


def test_a_reader_that_is_killed_takes_nothing_along(
    entry: Entry, long_table: Path, small_table: Path
) -> None:
    read_table(small_table, entry("curve"))
    caught: list[Exception] = []

    def reading() -> None:
        try:
            read_table(long_table, entry("curve"))
        except LimitError as error:
            caught.append(error)

    thread = threading.Thread(target=reading)
    thread.start()
    while not (children := fork_server().children()) and thread.is_alive():
        thread.join(0.001)
    os.kill(children[0].pid, signal.SIGSEGV)
    thread.join(30)
    assert "crashed (signal 11)" in str(caught[0])
    assert len(read_table(small_table, entry("curve"))) == 1


READING = """
import sys
from pathlib import Path
from twin.ingest.guard import guarded
with guarded("table", Path(sys.argv[1]), {"encoding": None}):
    pass
"""


@contextmanager
def reading(path: Path, project: Path) -> Iterator[list[psutil.Process]]:
    """A process that reads a file, its fork server, and the reader, which is at work; all are ended."""
    command = [sys.executable, "-c", READING, str(path)]
    passing = os.environ | {"TMPDIR": str(path.parent)}  # a killed owner leaves its folder of answers
    with subprocess.Popen(command, cwd=project, env=passing, stderr=subprocess.DEVNULL) as child:
        owner = psutil.Process(child.pid)
        try:
            while len(below := owner.children(recursive=True)) < 2 or below[1].cpu_times().user < 0.02:
                assert child.poll() is None
            yield [owner, *below]
        finally:
            child.kill()
    for process in below:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def test_a_fork_server_and_its_reader_end_with_their_owner(long_table: Path, project: Path) -> None:
    with reading(long_table, project) as (owner, fork_server, reader):
        reader.suspend()  # it does not end by itself
        owner.kill()
        assert psutil.wait_procs([fork_server, reader], timeout=10)[1] == []


def test_a_reader_ends_with_its_fork_server(long_table: Path, project: Path) -> None:
    with reading(long_table, project) as (_, fork_server, reader):
        handle = os.pidfd_open(reader.pid)  # tells the end of it, before init has waited for it
        fork_server.kill()
        assert select.select([handle], [], [], 0.5)[0], "reading it all takes longer"
        os.close(handle)


def test_a_lost_fork_server_is_replaced(entry: Entry, small_table: Path) -> None:
    read_table(small_table, entry("curve"))
    old = fork_server()
    old.kill()
    old.wait(10)
    assert len(read_table(small_table, entry("curve"))) == 1
    assert fork_server().pid != old.pid


def test_closing_ends_the_fork_server(entry: Entry, small_table: Path) -> None:
    read_table(small_table, entry("curve"))
    running = fork_server()
    guard.close()
    assert not running.is_running()


def test_many_threads_may_read_at_once(entry: Entry, small_table: Path) -> None:
    lengths: list[int] = []
    threads = [
        threading.Thread(target=lambda: lengths.append(len(read_table(small_table, entry("curve")))))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert lengths == [1] * 6


def test_no_folder_of_answers_stays_behind(
    entry: Entry, small_table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = tmp_path / "answers"
    answers.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(answers))
    read_table(small_table, entry("curve"))
    assert list(answers.iterdir()) == []


def test_a_pipe_or_a_folder_is_refused_before_anyone_waits_for_it(entry: Entry, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")
    for path in (tmp_path / "a.csv", tmp_path, Path("/dev/zero")):
        with pytest.raises(MissingFileError, match="not a plain file"):
            read_table(path, entry("curve"))


def test_a_file_that_may_not_be_read_says_so(
    entry: Entry, small_table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)  # chmod does not stop root
    with pytest.raises(MissingFileError, match="cannot be read: permission denied"):
        read_table(small_table, entry("curve"))


def test_a_fork_server_that_hangs_is_ended_and_replaced(
    entry: Entry, small_table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stopped process closes no pipe: whoever reads from it would wait for ever."""
    read_table(small_table, entry("curve"))
    old = fork_server()
    old.suspend()
    monkeypatch.setattr(guard, "GRACE_S", 0.2)
    with pytest.raises(LimitError, match="hung and was ended"):
        read_table(small_table, entry("curve"), limits=Limits(wall_s=0.1))
    old.wait(10)
    monkeypatch.undo()
    assert len(read_table(small_table, entry("curve"))) == 1


class Answering:
    """A fork server whose child ended well and left an answer of its own making."""

    def __init__(self, answer: str) -> None:
        self._answer = answer

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        Path(request["out"], "answer.json").write_text(self._answer, encoding="ascii")
        return {"how": "exit", "code": 0}


@pytest.mark.parametrize("answer", ["", '{"rows": [1', "[" * 200_000, '"error"', "[]"])
def test_an_answer_that_is_none_is_one_line(small_table: Path, answer: str) -> None:
    with (
        pytest.raises(LimitError, match="ended within its answer"),
        guard.guarded("table", small_table, {}, fork_servers=Answering(answer)),
    ):
        pass
