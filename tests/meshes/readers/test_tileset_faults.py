"""One bad tile, inner tileset or subtree costs what is under it, is named, and the rest stays."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshes.errors import ForeignFileError
from meshes.readers.sandbox import tileset
from meshes.readers.tileset import ForeignTileset, open_tileset
from tests.meshes.readers.foreign import b3dm, house, tile

Write = Callable[..., Path]
HOUSE = b3dm(house().bytes())
IDENTITY = np.eye(4).ravel().tolist()


def beside(write_tileset: Write, bad: object, files: dict[str, bytes] | None = None) -> ForeignTileset:
    """A tileset of a root, a bad child, and a sound one with a child."""
    sound = tile("good.b3dm", 2, children=[tile("fine.b3dm")])
    return open_tileset(write_tileset(tile("root.b3dm", 8, children=[bad, sound], refine="ADD"), files))


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (3, "is no tile"),
        (None, "is no tile"),
        (tile("x.b3dm", transform=[1, 2]), "its transform is not 16 numbers"),
        (tile("x.b3dm", transform="up"), "its transform is not 16 numbers"),
        (tile("x.b3dm", transform=[1e200, *IDENTITY[1:]]), "leads nowhere on earth"),
        (tile("x.b3dm", transform=[0] * 15 + [1]), "it has no volume"),
        (tile("x.b3dm", transform=np.array([*IDENTITY[:3], 5, *IDENTITY[4:]]).tolist()), "column by column"),
        (tile(implicitTiling=5), "its implicitTiling is no object"),
        (tile("x.b3dm", implicitTiling={"subdivisionScheme": "KD"}), "is an implicit KD, which is not read"),
        (tile(contents=7), "its contents are no list"),
    ],
)
def test_a_tile_without_a_place_costs_itself(write_tileset: Write, bad: object, words: str) -> None:
    found = beside(write_tileset, bad)
    assert found.contents == (("root.b3dm",), (), ("good.b3dm",), ("fine.b3dm",))
    assert found.broken.tolist() == [False, True, False, False]
    (line,) = found.problems
    assert line.startswith("tileset.json, root.children[0]: ")
    assert words in line
    assert line.endswith("left out, with what is under it")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"uri": "gone.glb"}, "names 'gone.glb', and there is no such file"),
        ({"uri": "http://cdn.example.org/b.glb"}, "nothing is fetched"),
        ({"uri": "/data/b.glb"}, "put the file beside it"),
        ({"uri": "D:\\job\\b.glb"}, "only files beside it are read"),
        ({"uri": "../b.glb"}, "leads out of its folder"),
        ({"uri": "sub/"}, "is a folder"),
        ({"uri": 7}, "no text"),
        ({"uri": "data:;base64,Z2xURg=="}, "has its content in itself (data:)"),
        ("b.glb", "its content is no object"),
        ({"uri": "a.vctr"}, "a.vctr: holds vectors, which are not read"),
        ({"uri": "a.3tz"}, "a.3tz: is an archive inside the tileset"),
        ({"uri": "map.json"}, "map.json: holds vectors (GeoJSON)"),
    ],
)
def test_a_content_that_is_not_there_costs_itself(write_tileset: Write, content: object, words: str) -> None:
    files = {
        "a.vctr": b"vctr",
        "a.3tz": b"PK",
        "sub/x.b3dm": b"",
        "map.json": b'{"type": "Feature"}',
    }
    bad = tile(None, 4, content=content, children=[tile("below.b3dm")])
    found = beside(write_tileset, bad, files)
    assert found.contents == (("root.b3dm",), (), ("good.b3dm",), ("below.b3dm",), ("fine.b3dm",))
    assert found.broken.tolist() == [False, True, False, False, False]
    (line,) = found.problems
    assert words in line


@pytest.mark.parametrize("content", [{"uri": ""}, {}, {"boundingVolume": {}}, {"uri": None}])
def test_a_content_that_names_nothing_is_told(write_tileset: Write, content: object) -> None:
    found = beside(write_tileset, tile(None, content=content))
    assert not found.broken.any()
    (line,) = found.problems
    assert line == "tileset.json, root.children[0]: its content names no file: nothing is shown of it"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"boundingVolume": {"box": [1, 2]}}, "has a boundingVolume that is not 12 numbers; its box"),
        ({"boundingVolume": {"box": [1e300] * 12}}, "not 12 numbers"),
        ({"boundingVolume": None}, "has no boundingVolume; its box"),
        ({"boundingVolume": {"region": [0, 1, 0, 0, 0, 0]}}, "from south to north"),
        ({"boundingVolume": {"extensions": {"ACME_cone": {}}}}, "ACME_cone, which is not read; its box"),
        ({"geometricError": -1}, "geometricError is no length: one is taken from what is above it"),
        ({"geometricError": "4"}, "geometricError is no length"),
        ({"geometricError": None}, "has no geometricError"),
        ({"refine": "ALL"}, "neither ADD nor REPLACE: that of the tile above is taken"),
    ],
)
def test_a_property_that_says_nothing_is_told_and_the_tile_stays(
    write_tileset: Write, more: dict[str, object], words: str
) -> None:
    found = beside(write_tileset, tile("x.b3dm", 4) | more)
    assert found.contents[1] == ("x.b3dm",)
    assert not found.broken.any()
    assert found.add[1]
    assert found.error_m[1] == (8 if "geometricError" in more else 4)
    (line,) = found.problems
    assert line.startswith("tileset.json, root.children[0]")
    assert words in line


def test_null_is_taken_as_not_written(write_tileset: Write) -> None:
    bad = tile("x.b3dm", transform=None, children=None, refine=None, contents=None, extensions=None)
    found = beside(write_tileset, bad | {"viewerRequestVolume": None, "implicitTiling": None})
    assert found.contents[1] == ("x.b3dm",)
    (line,) = found.problems
    assert line == "tileset.json, root.children[0] (x.b3dm): its transform is null: taken as not written"


def test_children_that_are_no_list_are_told_and_their_tile_stays(write_tileset: Write) -> None:
    found = beside(write_tileset, tile("x.b3dm") | {"children": {"a": 1}})
    assert found.contents[1] == ("x.b3dm",)
    assert found.problems == ("tileset.json, root.children[0] (x.b3dm): its children are no list: left out",)


def inner(**more: object) -> bytes:
    """An inner tileset of one tile."""
    return json.dumps({"asset": {"version": "1.0"}, "root": tile("../x.b3dm")} | more).encode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the file is empty"),
        (b'{"asset": {"version', "is not JSON"),
        (b"{}", "is no tileset"),
        (b'{"asset": {}, "root": 3}', "is no tileset"),
        (gzip.compress(inner())[:-9], "its gzip data does not end"),
        (inner(asset={"version": "2.0"}), "is 3D Tiles '2.0', which is not read"),
        (inner(asset={"version": "1.0", "gltfUpAxis": "W"}), "'W' is up"),
        (inner(extensionsRequired=["ACME_thing"]), "needs the extension ACME_thing"),
        (inner(extensionsRequired=5), "its extensionsRequired is no list of names"),
        (inner(root=tile("../tileset.json")), "tileset.json: names itself as a part of it"),
        (inner(root=tile("http://example.org/x.b3dm")), "sub/inner.json, root: names 'http://example.org"),
        (
            inner(root=tile("../x.b3dm", transform=[1])),
            "sub/inner.json, root: its transform is not",
        ),
    ],
)
def test_a_bad_inner_tileset_costs_itself_and_is_blamed(
    write_tileset: Write, data: bytes, words: str
) -> None:
    found = beside(write_tileset, tile("sub/inner.json"), {"sub/inner.json": data, "x.b3dm": HOUSE})
    assert ("good.b3dm",) in found.contents
    assert ("fine.b3dm",) in found.contents
    assert found.broken.sum() == 1
    (line,) = found.problems
    assert line.startswith(("sub/inner.json", "tileset.json: names itself"))
    assert words in line


def test_only_the_outermost_file_refuses_all(write_tileset: Write, tmp_path: Path) -> None:
    path = write_tileset(tile("a.b3dm"))
    for data, words in (
        (b"", "the file is empty"),
        (b"[]", "no object"),
        (inner(asset={"version": "2.0"}), "3D Tiles '2.0'"),
    ):
        path.write_bytes(data)
        with pytest.raises(ForeignFileError, match=words) as caught:
            open_tileset(path)
        assert str(caught.value).startswith(str(path))


def test_a_tileset_without_a_version_is_read_with_a_word(write_tileset: Write) -> None:
    found = open_tileset(write_tileset(tile("a.b3dm"), version=None))
    assert found.problems == ("tileset.json: does not say its version: read as 3D Tiles 1.0",)


def test_many_alike_are_counted(write_tileset: Write) -> None:
    bad = [tile(f"{k}.b3dm", refine="ALL") for k in range(50)]
    (line,) = open_tileset(write_tileset(tile("a.b3dm", 8, children=bad))).problems
    assert line.startswith("tileset.json, root.children[0] (0.b3dm) and 49 more: its refine is neither")


def test_names_are_found_as_they_are_meant(write_tileset: Write) -> None:
    names = ["A%20B.B3DM", "sub\\c.b3dm?v=1", "sub/../d.b3dm#part", "./e.b3dm", "%E7%93%A6.b3dm", "1#楼.b3dm"]
    files = dict.fromkeys(("a b.b3dm", "sub/c.b3dm", "d.b3dm", "e.b3dm", "瓦.b3dm", "1#楼.b3dm"), HOUSE)
    root = tile("e.b3dm", 8, children=[{**tile(), "content": {"url": name}} for name in names])
    found = open_tileset(write_tileset(root, files))
    assert found.contents[1:] == tuple((name,) for name in files)
    assert found.problems == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
def test_the_text_of_a_tileset_is_read_in_its_encoding(write_tileset: Write, encoding: str) -> None:
    path = write_tileset(tile("瓦片/甲.b3dm"), {"瓦片/甲.b3dm": HOUSE})
    told = json.loads(path.read_text())
    path.write_text(json.dumps(told, ensure_ascii=False), encoding=encoding)
    found = open_tileset(path)
    assert found.contents == (("瓦片/甲.b3dm",),)
    doubt = ("tileset.json: its text is not UTF-8: read as GB 18030",)
    assert found.problems == (doubt if encoding == "gb18030" else ())


@pytest.mark.parametrize("name", ["sub/level", "sub/tiles.tileset", "sub/inner.json.gz"])
def test_an_inner_tileset_is_known_by_what_it_holds(write_tileset: Write, name: str) -> None:
    data = inner() if not name.endswith("gz") else gzip.compress(inner())
    found = open_tileset(write_tileset(tile(name, 8), {name: data, "x.b3dm": HOUSE}))
    assert found.contents == ((), ("x.b3dm",))


def test_errors_without_end_say_always_refine(write_tileset: Write) -> None:
    path = write_tileset(tile("a.b3dm", 1e308, children=[tile("b.b3dm", 1e300)]))
    assert open_tileset(path).error_m.tolist() == [1e9, 1e9]
    told: Any = json.loads(path.read_text())
    del told["root"]["geometricError"], told["geometricError"]
    path.write_text(json.dumps(told))
    assert open_tileset(path).error_m[0] == pytest.approx(np.linalg.norm([10, 8, 6]) / 16)


def test_an_error_of_0_does_not_hide_what_is_under_it(write_tileset: Write) -> None:
    found = open_tileset(write_tileset(tile("a.b3dm", 0, children=[tile("b.b3dm", 0)])))
    assert found.error_m.tolist() == [pytest.approx(np.linalg.norm([10, 8, 6]) / 16), 0]
    (line,) = found.problems
    assert line.startswith("tileset.json, root: has a geometricError of 0, which hides")
    whole = open_tileset(write_tileset(tile(None, 0, children=[tile("b.b3dm", 0)])))
    assert whole.problems == ()
    assert open_tileset(write_tileset(tile("a.b3dm", 0, children=[tile("b.b3dm", 2)]))).problems == ()


def test_a_tile_for_views_from_inside_is_told(write_tileset: Write) -> None:
    path = write_tileset(tile("a.b3dm", viewerRequestVolume={"sphere": [0, 0, 0, 5]}))
    (line,) = open_tileset(path).problems
    assert "is for views from inside (viewerRequestVolume)" in line


ODD = [None, True, -1, 0, 5.0, 1e308, 10**400, "", "x", "../..", "\0", [], [None], [1] * 16, {}, {"uri": 3}]
WHOLE: dict[str, Any] = {
    "asset": {"version": "1.1", "gltfUpAxis": "Z"},
    "geometricError": 100,
    "extensionsRequired": ["3DTILES_content_gltf"],
    "root": {
        "boundingVolume": {"region": [0.1, 0.2, 0.3, 0.4, 0, 10]},
        "geometricError": 8,
        "refine": "ADD",
        "transform": IDENTITY,
        "contents": [{"uri": "a.b3dm"}, {"uri": "inner.json"}],
        "children": [
            tile("b.b3dm", viewerRequestVolume={"sphere": [0, 0, 0, 1]}, children=[tile("a.b3dm")]),
            tile("s{level}{x}{y}.b3dm", 4)
            | {"implicitTiling": {"subdivisionScheme": "QUADTREE", "subtreeLevels": 1, "availableLevels": 1}}
            | {"boundingVolume": {"extensions": {"3DTILES_bounding_volume_S2": {"token": "35f1"}}}},
            tile(None, extensions={"3DTILES_multiple_contents": {"contents": [{"uri": "b.b3dm"}]}}),
        ],
    },
}
SUBTREE = {"tileAvailability": {"constant": 1}, "contentAvailability": [{"constant": 1}], "buffers": []}


def places(told: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """All values in a document."""
    items: list[tuple[object, object]] = []
    if isinstance(told, dict):
        items = list(told.items())
    elif isinstance(told, list) and len(told) < 16:
        items = list(enumerate(told))
    return [place for key, value in items for place in ((*path, key), *places(value, (*path, key)))]


PYTHONS = re.compile(
    r"\b[A-Z]\w*Error|Traceback|None|argument|object has|unpack|list index|int\(\)|float\(\)|/tmp|b'"
)


@settings(max_examples=40)
@given(data=st.data())
def test_any_value_in_any_place_has_a_verdict_in_our_words(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp()
    for name in ("a.b3dm", "b.b3dm", "s000.b3dm"):
        (folder / name).touch()
    whole = {"t.json": WHOLE, "inner.json": {**WHOLE, "root": tile("b.b3dm")}, "sub": SUBTREE}
    whole["t.json"]["root"]["children"][1]["implicitTiling"]["subtrees"] = {"uri": "sub"}
    whole = json.loads(json.dumps(whole))
    for _ in range(data.draw(st.integers(1, 2))):
        *path, last = data.draw(st.sampled_from([place for place in places(whole) if len(place) > 1]))
        inside: Any = whole
        try:
            for key in path:
                inside = inside[key]
            inside[last] = data.draw(st.sampled_from(ODD))
        except (TypeError, KeyError, IndexError):
            continue  # the first change took the second's place away
    for name, told in whole.items():
        (folder / name).write_text(json.dumps(told))
    try:
        lines = tileset.read(folder / "t.json", out=folder)["problems"]
    except ForeignFileError as error:
        lines = [error.message]
    assert isinstance(lines, list)
    for line in lines:
        assert not PYTHONS.search(line), line
        assert "\n" not in line
