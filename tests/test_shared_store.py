"""The store that tests share makes each product once and gives everyone a copy of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from meshes.pipeline import build, is_built
from tests.shared_store import SharedStore
from tests.small import CREST_M, write_small_basin
from twin.basin import Basin
from twin.store import Store


def test_a_basin_of_the_same_inputs_is_built_without_making_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = SharedStore(tmp_path / "store")
    shared.build(write_small_basin(tmp_path / "a"))
    made: list[str] = []
    make = Store.make
    monkeypatch.setattr(Store, "make", lambda self, step, *rest: made.append(step) or make(self, step, *rest))
    catalogs = [write_small_basin(tmp_path / name) for name in ("b", "c")]
    shared.build(catalogs[0])
    assert made == []
    dam = catalogs[1].with_name("dam.geojson")
    dam.write_text(dam.read_text("utf-8").replace(str(CREST_M), "166.0"), "utf-8")
    shared.build(catalogs[1])
    assert "ground" in made and "tables/curve" not in made
    assert all(is_built(catalog) for catalog in catalogs)
    assert [Basin.open(catalog).catalog.path for catalog in catalogs] == catalogs


def test_what_one_test_does_to_its_copy_no_other_sees(tmp_path: Path) -> None:
    shared = SharedStore(tmp_path / "store")
    first, second = (shared.build(write_small_basin(tmp_path / name)) for name in ("a", "b"))
    spoilt = Basin.open(first).generation.path("ground")
    for file in spoilt.iterdir():
        file.write_bytes(b"spoilt")
    third = shared.build(write_small_basin(tmp_path / "c"))
    for catalog in (second, third):
        assert Basin.open(catalog).water.at(level_m=150.0).area_m2 > 0
        assert build(catalog).made == ()
