"""Saving a storyboard: what was not changed stays as it is written, and nothing is lost."""

from __future__ import annotations

import contextlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given

from tests.twin.storyboard.films import storyboards
from twin.disk import DiskFullError, StoreError
from twin.storyboard.loading import StoryboardError, load_storyboard
from twin.storyboard.storyboard import Shot, Storyboard
from twin.storyboard.writing import ChangedOnDiskError, changed_on_disk, digest_of, save

HAND = """\
# What 158 m would mean.
title: 试片   # shown first
fps:   25
sound: "no"

shots:
  # The basin.
  - id: one
    seconds: 5.0
    camera: {keys: [{at_s: 0, viewpoint: home}]}  # stays

  # The rise, as the duty officer wants it.
  - id: two
    seconds: 4
    camera:
      keys:
        - {at_s: 0, viewpoint: home}
    captions:
      - {text: 一, to_s: 2}   # spoken
      - text: '二'
        from_s: 2
# the end
language: zh
"""


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.yaml"
    path.write_text(HAND, encoding="utf-8")
    return path


def changed(storyboard: Storyboard, **fields: Any) -> Storyboard:
    return storyboard.model_copy(update=fields)


def shot(storyboard: Storyboard, number: int, **fields: Any) -> Storyboard:
    shots = list(storyboard.shots)
    shots[number] = shots[number].model_copy(update=fields)
    return changed(storyboard, shots=shots)


@given(storyboards(), storyboards())
def test_what_is_saved_is_loaded(first: Storyboard, second: Storyboard) -> None:
    """Into a new file, and over one that says something else."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "film.yaml"
        save(first, path)
        assert load_storyboard(path) == first
        save(second, path)
        assert load_storyboard(path) == second


def test_a_file_that_says_the_same_is_not_touched(film: Path) -> None:
    save(load_storyboard(film), film)
    assert film.read_text(encoding="utf-8") == HAND


def test_one_value_changes_one_line(film: Path) -> None:
    save(shot(load_storyboard(film), 1, seconds=6.0), film)
    assert film.read_text(encoding="utf-8") == HAND.replace("seconds: 4", "seconds: 6")
    save(changed(load_storyboard(film), fps=30), film)
    assert film.read_text(encoding="utf-8") == HAND.replace("seconds: 4", "seconds: 6").replace(
        "fps:   25", "fps: 30"
    )


def test_a_shot_that_moves_takes_its_comments_along(film: Path) -> None:
    storyboard = load_storyboard(film)
    save(changed(storyboard, shots=storyboard.shots[::-1]), film)
    text = film.read_text(encoding="utf-8")
    rise, basin = text.index("# The rise"), text.index("# The basin")
    assert text.index("shots:") < rise < text.index("- id: two") < basin < text.index("- id: one")
    assert text.index("- id: one") < text.index("# stays") < text.index("# the end")
    save(storyboard, film)
    assert film.read_text(encoding="utf-8") == HAND


def test_shots_come_and_go(film: Path) -> None:
    storyboard = load_storyboard(film)
    new = Shot(id="three", seconds=2, camera=storyboard.shots[0].camera)
    save(changed(storyboard, shots=[new, storyboard.shots[1]]), film)
    text = film.read_text(encoding="utf-8")
    assert "# The basin" not in text
    assert "- id: three\n    seconds: 2\n" in text
    assert "{text: 一, to_s: 2}   # spoken" in text


def test_lines_of_windows_stay_such(film: Path) -> None:
    film.write_bytes(HAND.replace("\n", "\r\n").encode())
    save(shot(load_storyboard(film), 0, seconds=6.0), film)
    assert film.read_bytes() == HAND.replace("seconds: 5.0", "seconds: 6").replace("\n", "\r\n").encode()


def test_a_file_that_was_changed_meanwhile_is_not_overwritten(film: Path) -> None:
    storyboard, seen = load_storyboard(film), digest_of(film)
    seen = save(shot(storyboard, 0, seconds=6.0), film, seen=seen)
    assert not changed_on_disk(film, seen)
    film.write_text(HAND, encoding="utf-8")
    assert changed_on_disk(film, seen)
    with pytest.raises(ChangedOnDiskError):
        save(storyboard, film, seen=seen)
    assert film.read_text(encoding="utf-8") == HAND


def test_a_file_that_is_no_storyboard_is_not_overwritten(film: Path) -> None:
    storyboard = load_storyboard(film)
    film.write_text("title: [", encoding="utf-8")
    with pytest.raises(StoryboardError):
        save(storyboard, film)
    assert film.read_text(encoding="utf-8") == "title: ["


def test_a_folder_that_takes_no_file_is_said(film: Path) -> None:
    storyboard = load_storyboard(film)
    with pytest.raises(StoreError):
        save(storyboard, film.parent / "none" / "film.yaml")


def test_a_full_disk_leaves_the_file_as_it_was(tiny_disk: Path) -> None:
    path = tiny_disk / "film.yaml"
    path.write_text(HAND, encoding="utf-8")
    storyboard = load_storyboard(path)
    with contextlib.suppress(OSError), (tiny_disk / "rest").open("wb", buffering=0) as rest:
        while True:
            rest.write(b"x" * 4096)
    with pytest.raises(DiskFullError, match="the disk is full"):
        save(shot(storyboard, 0, name="长" * 400), path)
    assert path.read_text(encoding="utf-8") == HAND
    assert sorted(file.name for file in tiny_disk.iterdir()) == ["film.yaml", "rest"]
