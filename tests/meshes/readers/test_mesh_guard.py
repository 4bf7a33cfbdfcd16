"""Readers run beside each other, within limits, and leave nothing behind."""

from __future__ import annotations

import threading
from pathlib import Path

import psutil
import pytest

from meshes.errors import MissingForeignError, OverLimitError
from meshes.guard import Limits
from meshes.readers.surface import read_surface
from meshes.readers.tileset import read_tile
from tests.meshes.readers.foreign import house
from twin.ingest import guard


def fork_servers() -> list[psutil.Process]:
    return [p for p in psutil.Process().children() if "meshes.readers.fork_server" in " ".join(p.cmdline())]


@pytest.fixture
def glb(tmp_path: Path) -> Path:
    path = tmp_path / "a.glb"
    path.write_bytes(house().bytes())
    return path


def test_threads_read_beside_each_other(glb: Path) -> None:
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(read_tile(glb).triangles)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found == [4] * 8
    assert 1 <= len(fork_servers()) <= 4
    guard.close()
    assert fork_servers() == []


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(wall_s=0.2), "took more than 0.2 s"),
        (Limits(cpu_s=1), "took more than 1 s of computing"),
        (Limits(memory_mib=8), "8 MiB"),
        (Limits(output_mib=1), "1 MiB"),
    ],
)
def test_a_limit_stops_the_reader_and_the_next_file_is_read(
    tmp_path: Path, glb: Path, limits: Limits, words: str
) -> None:
    path = tmp_path / "large.obj"
    path.write_text("v 1.25 2.25 3.25\n" * 4_000_000 + "f 1 2 3\n" * 500_000, encoding="ascii")
    read_tile(glb)
    with pytest.raises(OverLimitError, match=words):
        read_surface(path, limits=limits)
    assert read_tile(glb).triangles == 4


def test_a_reader_that_is_killed_takes_nothing_along(tmp_path: Path, glb: Path) -> None:
    path = tmp_path / "large.obj"
    path.write_text("v 1.25 2.25 3.25\n" * 1_500_000, encoding="ascii")
    guard.close()
    read_tile(glb)
    caught: list[Exception] = []

    def reading() -> None:
        try:
            read_surface(path)
        except OverLimitError as error:
            caught.append(error)

    thread = threading.Thread(target=reading)
    thread.start()
    while not (children := fork_servers()[0].children()) and thread.is_alive():
        thread.join(0.001)
    children[0].send_signal(11)
    thread.join(30)
    assert "crashed (signal 11)" in str(caught[0])
    assert read_tile(glb).triangles == 4


def test_what_is_not_there_or_no_file_is_missing(tmp_path: Path) -> None:
    for path in (tmp_path / "a.glb", tmp_path):
        with pytest.raises(MissingForeignError, match=r"no such file|not a plain file"):
            read_tile(path)
