"""Folders of tilesets under short names that stay."""

from __future__ import annotations

from pathlib import Path

from layers.tiles.folders import Folders
from twin.errors import Reason


def test_a_folder_keeps_its_name_and_no_two_have_one(tmp_path: Path) -> None:
    a, b, c = (tmp_path / part / "000" for part in "abc")
    folders = Folders()
    assert folders.change([a, b, a]) == (["000", "000 (2)"], [])
    assert folders.change([b, c]) == (["000 (3)"], ["000"])
    assert folders.change([c, b]) == ([], [])
    assert folders.change([]) == ([], ["000 (2)", "000 (3)"])
    assert folders.change([a]) == (["000"], [])


def test_a_folder_without_a_tileset_is_told_by_its_name(tmp_path: Path) -> None:
    folders = Folders()
    folders.change([tmp_path / "lost"])
    why = folders.tree("lost")
    assert isinstance(why, Reason)
    assert why.message.startswith("lost/tileset.json")
    assert str(tmp_path) not in why.message
