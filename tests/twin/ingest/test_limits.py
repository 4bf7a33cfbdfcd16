"""How long reading a file may take, by its size and that of the files that belong to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.ingest.limits import Limits, alone, with_folder, with_stem

MIB = 1 << 20


def test_a_small_file_has_its_verdict_in_ten_seconds_and_a_large_one_all_its_time() -> None:
    small = Limits().for_size(23_000)
    assert small.cpu_s <= small.wall_s < 10
    assert Limits().for_size(1 << 40) == Limits()
    assert Limits(s_per_mib=4.0).for_size(10 * MIB).cpu_s == 46


@pytest.mark.parametrize("name", ["cpu_s", "wall_s"])
def test_nothing_is_longer_than_the_limits_that_were_asked_for(name: str) -> None:
    asked = Limits(cpu_s=2, wall_s=3.0)
    for size in (0, MIB, 1000 * MIB):
        assert getattr(asked.for_size(size), name) <= getattr(asked, name)


def test_files_that_belong_to_one_count(tmp_path: Path) -> None:
    for name, size in (
        ("a.shp", 1),
        ("a.dbf", 20),
        ("a.shp.xml", 300),
        ("ab.shp", 4000),
        ("sub/c.jpg", 50_000),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(bytes(size))
    path = tmp_path / "a.shp"
    assert [weigh(path) for weigh in (alone, with_stem, with_folder)] == [1, 321, 54_321]


def test_a_folder_that_may_not_be_listed_costs_no_more_than_the_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.shp"
    path.write_bytes(b"12345")

    def refuse(folder: Path) -> None:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert with_stem(path) == 5
