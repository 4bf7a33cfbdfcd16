"""The cases of tilesets with one bad tile: it alone is left out, and named."""

from __future__ import annotations

from pathlib import Path

import pytest

from meshes.build.foreign.build import build_foreign
from meshes.build.foreign.model_check import inspect_model
from meshes.errors import MeshError
from meshes.readers.tileset import open_tileset
from meshes.tiles import read_tree
from twin.catalog import Catalog, ModelEntry, load_catalog
from twin.notes import Notes, read_notes

pytestmark = pytest.mark.real

ODD = {
    "empty-uri": (2, "root.children[1]: its content names no file"),
    "empty-content": (2, "root.children[1]: its content names no file"),
    "no-uri": (2, "root.children[1]: its content names no file"),
    "missing-error": (2, "root.children[0] (b.glb): has no geometricError"),
    "null-error": (2, "root.children[0] (b.glb): has no geometricError"),
    "null-children": (2, "root.children[0] (b.glb): its children is null"),
    "null-transform": (2, "root.children[0] (b.glb): its transform is null"),
    "http-uri": (1, "root.children[0]: names 'http://cdn.example.org/b.glb'"),
}


def model(path: Path, name: str) -> tuple[Catalog, ModelEntry]:
    """A model's entry in a case."""
    catalog = load_catalog(path, root=path.parent)
    entry = catalog.entries[name]
    assert isinstance(entry, ModelEntry)
    return catalog, entry


def built(folder: Path, catalog: Catalog, entry: ModelEntry) -> tuple[int, Notes]:
    """How many tiles with something to show a build makes, and what it says."""
    build_foreign(folder, catalog, entry, progress=lambda part: None)
    shown = sum(name != "" for name in read_tree(folder / entry.id).content)
    return shown, read_notes(folder).get(entry.id, Notes())


@pytest.mark.parametrize("name", ODD)
def test_odd_json_costs_a_tile_at_most_and_is_told(shared: Path, tmp_path: Path, name: str) -> None:
    tiles, words = ODD[name]
    catalog, entry = model(shared / "cases" / "22-tileset-odd-json" / "cat.yaml", name)
    shown, notes = built(tmp_path, catalog, entry)
    assert shown == tiles
    (line,) = notes.lines
    assert line.startswith("tileset.json, ")
    assert words in line
    assert inspect_model(catalog, entry)[1][-1] == line


def test_an_empty_inner_tileset_is_left_out_alone_and_named(shared: Path) -> None:
    case = shared / "cases" / "mesh-external-tileset-empty"
    tileset = open_tileset(case / "data" / "tileset.json")
    assert [name for names in tileset.contents for name in names] == [
        "parent.b3dm",
        "lr.b3dm",
        "ur.b3dm",
        "ul.b3dm",
    ]
    assert tileset.problems == ("tileset3/tileset3.json: the file is empty: left out",)
    with pytest.raises(
        MeshError, match=r"10,996 km from the reservoir.*; besides, tileset3/tileset3\.json: "
    ):
        inspect_model(*model(case / "catalog.yaml", "model"))
