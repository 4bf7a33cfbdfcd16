"""A disk that is full or read-only is one line of every command, and what was there before stays."""

from __future__ import annotations

import errno
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from meshes.pipeline import is_built
from tests.apps.command import Result, one_line, twin
from tests.browser.live_basin import write_live_basin
from tests.small import write_small_basin
from twin.disk import SystemRefusalError, refusal
from twin.errors import Reason
from twin.store import StoreError


def fill(disk: Path, *, left: int) -> Path:
    """Fill a disk up to ``left`` bytes; the file to remove for space."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        file.write(b"x" * max(0, shutil.disk_usage(disk).free - left))
    return ballast


@pytest.fixture
def read_only(tiny_disk: Path) -> Iterator[Path]:
    """A disk that holds the catalog of a small basin and takes no writing."""
    write_small_basin(tiny_disk / "small")
    subprocess.run(["mount", "-o", "remount,ro", str(tiny_disk)], check=True)
    yield tiny_disk
    subprocess.run(["mount", "-o", "remount,rw", str(tiny_disk)], check=True)


@pytest.mark.parametrize("left", [4_096, 150_000, 400_000])
def test_a_build_on_a_full_disk_is_one_line_and_goes_on_with_room(
    small_catalog: Path, tiny_disk: Path, left: int
) -> None:
    ballast = fill(tiny_disk, left=left)
    one_line(
        twin("build", small_catalog, "--store", tiny_disk / "store", "--progress", "none"), "disk is full"
    )
    assert not list((tiny_disk / "store").glob("products/partial-*"))
    ballast.unlink()
    store = small_catalog.parent / "roomy"
    if (tiny_disk / "store").exists():
        shutil.copytree(tiny_disk / "store", store)
    assert twin("build", small_catalog, "--store", store, "--progress", "none").returncode == 0
    assert is_built(small_catalog, store=store)


def test_a_full_temporary_folder_is_no_fault_of_the_entry_that_met_it(
    small_catalog: Path, tiny_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written down as a fault, it would not be tried again by any later start."""
    fill(tiny_disk, left=20_000)
    monkeypatch.setattr("tempfile.tempdir", str(tiny_disk))
    one_line(twin("build", small_catalog, "--progress", "none"), "disk is full", str(tiny_disk))
    assert not (small_catalog.parent / ".twin" / "current").exists()


def test_on_a_read_only_disk_each_command_says_so_in_a_line(
    read_only: Path, small_basin: Path, tmp_path: Path
) -> None:
    catalog = read_only / "small" / small_basin.name
    one_line(twin("build", catalog, "--progress", "none"), "read-only", "--store")
    out = read_only / "edition.csv"
    reports = tmp_path / "reports.csv"
    storage_m3 = json.loads(twin("water", small_basin, "--level", "150", "--json").stdout)["storage_m3"]
    reports.write_text(f"time_local,level_m,storage_m3\n2025-07-27T08:00,150,{storage_m3}\n", "utf-8")
    one_line(twin("curve", small_basin, "--out", out, "--reports", reports), "Read-only", str(out), "--out")


def test_an_export_to_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path, tiny_disk: Path) -> None:
    catalog = _live(tmp_path)
    fill(tiny_disk, left=0)
    for name in ("o.csv", "o.parquet"):
        one_line(twin("stations", "export", catalog, "--to", tiny_disk / name), "No space left", name)
    assert {file.name for file in tiny_disk.iterdir()} == {"ballast"}


def test_a_live_service_whose_stations_cannot_be_kept_is_one_line(tmp_path: Path, tiny_disk: Path) -> None:
    catalog = _live(tmp_path)
    folder = catalog.parent / ".twin" / "stations"
    shutil.rmtree(folder)
    folder.symlink_to(tiny_disk)
    fill(tiny_disk, left=0)
    one_line(_run_live(catalog), "full")


def _live(folder: Path) -> Path:
    """A basin with stations and a database of observations."""
    from meshes.pipeline import build
    from twin.basin import Basin
    from twin.live import open_database

    catalog = write_live_basin(folder / "live", url="http://127.0.0.1:9/now.json")
    build(catalog)
    open_database(Basin.open(catalog), write=True).close()
    return catalog


def _run_live(catalog: Path) -> Result:
    command = [sys.executable, "-m", "apps.cli", "live", str(catalog)]
    end = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return Result(end.returncode, end.stdout, end.stderr)


@pytest.mark.parametrize(
    ("number", "english", "chinese"),
    [
        (errno.ENOSPC, "disk is full", "磁盘已满"),
        (errno.EDQUOT, "quota", "磁盘已满"),
        (errno.EROFS, "read-only", "磁盘只读"),
        (errno.EACCES, "no right", "没有权限"),
        (errno.EMFILE, "too many open files", "打开的文件过多"),
        (errno.EIO, "input/output error", "系统拒绝"),
    ],
)
def test_what_a_system_refuses_is_said_in_both_languages(number: int, english: str, chinese: str) -> None:
    error = refusal(OSError(number, "Input/output error", "/data/x"))
    assert isinstance(error, StoreError)
    assert "/data/x" in str(error) and english in str(error) and "\n" not in str(error)
    assert error.in_chinese().startswith(chinese)
    if type(error) is not SystemRefusalError:
        assert error.in_chinese().endswith("（/data/x）")
    assert Reason.of(error).zh == error.in_chinese()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EMFILE, errno.EACCES])
def test_no_refusal_of_the_system_is_a_traceback(
    small_basin: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, "x", "/somewhere")

    monkeypatch.setattr("twin.basin.Basin.open", refuse)
    one_line(twin("water", small_basin, "--level", "150"), "/somewhere")
