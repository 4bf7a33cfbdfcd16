"""The strict model of tileset.json."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from meshes.errors import BadTilesetError
from meshes.tiles.model import read_model

TILE = {"boundingVolume": {"box": [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]}, "geometricError": 1}
SOUND: dict[str, Any] = {
    "asset": {"version": "1.1"},
    "geometricError": 100,
    "root": {
        **TILE,
        "refine": "REPLACE",
        "transform": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 5, 6, 7, 1],
        "children": [
            {**TILE, "content": {"uri": "a.glb"}, "extras": {"anything": [1, None, "x"]}},
            {
                "boundingVolume": {"sphere": [0, 0, 0, 2]},
                "geometricError": 0.5,
                "contents": [{"uri": "b.glb"}, {"uri": "c.glb", "group": 0}],
            },
            {"boundingVolume": {"region": [2.03, 0.7, 2.04, 0.71, -10.5, 900]}, "geometricError": 0.5},
        ],
    },
}


def changed(**changes: Any) -> Callable[[Any], None]:
    return lambda tileset: tileset.update(changes)


def root(**changes: Any) -> Callable[[Any], None]:
    return lambda tileset: tileset["root"].update(changes)


def volume(**volume: Any) -> Callable[[Any], None]:
    return root(boundingVolume=volume)


FAULTS = [
    (changed(asset={"version": "2.0"}), "asset.version"),
    (changed(asset={"version": "1.1", "gltfUpAxis": "Z"}), "asset.gltfUpAxis"),
    (changed(geometricError=-1), "geometricError"),
    (changed(geometricError="1"), "geometricError"),
    (changed(geometricError=True), "geometricError"),
    (changed(geometricError=float("nan")), "NaN is not a finite number"),
    (changed(tiles=[]), "tiles: Extra inputs"),
    (changed(schema={}, schemaUri="s.json"), "both schema"),
    (changed(extensionsRequired=["X"]), "extensionsUsed"),
    (root(refine=None), "refine is missing"),
    (root(refine="replace"), "root.refine"),
    (root(transform=[1.0] * 15), "root.transform"),
    (root(transform=[1.0] * 16), "not affine"),
    (root(children=[]), "root.children"),
    (root(content={"url": "a.glb"}), "root.content.uri"),
    (root(content={"uri": ""}), "root.content.uri"),
    (root(content={"uri": "a"}, contents=[{"uri": "b"}]), "both content"),
    (root(implicitTiling={}), "both implicitTiling"),
    (volume(), "needs a box"),
    (volume(box=[0] * 11), "box"),
    (volume(sphere=[0, 0, 0, -1]), "sphere"),
    (volume(region=[116, 40, 117, 41, 0, 1]), "radians"),
    (volume(region=[1, 0.5, 1.1, 0.4, 0, 1]), "upside down"),
]


def test_what_the_specification_allows_is_read(tmp_path: Path) -> None:
    path = tmp_path / "tileset.json"
    path.write_text(json.dumps(SOUND))
    tileset = read_model(path)
    assert tileset.root.children is not None
    assert [[link.uri for link in tile.links] for tile in tileset.root.children] == [
        ["a.glb"],
        ["b.glb", "c.glb"],
        [],
    ]


@pytest.mark.parametrize(("change", "says"), FAULTS)
def test_whatever_else_is_an_error_that_names_its_place(
    tmp_path: Path, change: Callable[[Any], None], says: str
) -> None:
    tileset = copy.deepcopy(SOUND)
    change(tileset)
    path = tmp_path / "tileset.json"
    path.write_text(json.dumps(tileset))
    with pytest.raises(BadTilesetError) as caught:
        read_model(path)
    assert says in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "null", "[]", "\x00", "[" * 100_000),
        '{"asset":{"version":"1.1","version":"1.1"}}',
        '{"a":' * 20_000 + "1" + "}" * 20_000,
    ],
)
def test_what_is_no_tileset_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "tileset.json"
    path.write_text(text)
    with pytest.raises(BadTilesetError):
        read_model(path)
    with pytest.raises(BadTilesetError):
        read_model(tmp_path / "missing.json")


@pytest.mark.real
def test_a_tileset_of_others_is_read(shared: Path) -> None:
    folder = shared / "meshes" / "sparse_implicit_quadtree"
    tileset = read_model(next(folder.glob("*.json")))
    assert tileset.root.implicitTiling is not None
