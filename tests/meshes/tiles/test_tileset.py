"""Tilesets on disk: exact for this system, right on the globe for others, and checked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from meshes.errors import BadTileError, BadTilesetError
from meshes.tiles import TileTree, forest, map_glb, read_tree, tree_faults, write_root, write_tileset
from meshes.tiles.check import check_tileset
from meshes.tiles.model import Tile, read_model
from tests.meshes.tiles.tiling import FRAME, box, pair, put, put_tree, trees
from twin.arrays import F64

TO_DEGREES = Transformer.from_crs("EPSG:4548", "EPSG:4326", always_xy=True)
TO_ECEF = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)


MUTATIONS = 20_000 if os.environ.get("TWIN_ENDURANCE") == "1" else 500


def rows(tree: TileTree) -> list[tuple[Any, ...]]:
    """What a tree says, whatever the order of its tiles."""
    below = [
        tree.content[first : first + count]
        for first, count in zip(tree.first_child, tree.child_count, strict=True)
    ]
    values = zip(
        tree.content, tree.error_m, tree.low.tolist(), tree.high.tolist(), tree.add, tree.nbytes, strict=True
    )
    return sorted((*value, children) for value, children in zip(values, below, strict=True))


def on_the_globe(tile: Tile, to_ecef: F64 | None = None) -> list[tuple[Tile, F64]]:
    """Every tile with its transforms multiplied, as a viewer does."""
    own = np.eye(4) if tile.transform is None else np.array(tile.transform).reshape(4, 4).T
    matrix = own if to_ecef is None else to_ecef @ own
    return [(tile, matrix), *(pair for child in tile.children or () for pair in on_the_globe(child, matrix))]


def true_place(points: F64) -> F64:
    lon, lat = TO_DEGREES.transform(*points[:, :2].T)
    return np.stack(TO_ECEF.transform(lon, lat, points[:, 2] - 7.35), axis=1)


@given(tree=trees())
def test_a_tree_comes_back_as_it_was_and_keeps_every_rule(tree: TileTree) -> None:
    with tempfile.TemporaryDirectory() as folder:
        put_tree(Path(folder), tree)
        found = read_tree(Path(folder))
        assert rows(found) == rows(tree)
        assert tree_faults(found) == []
        check_tileset(Path(folder))


@given(tree=trees(most=8), seed=st.integers(0, 9))
def test_every_point_of_every_tile_is_on_the_globe_as_near_as_its_error_says(
    tree: TileTree, seed: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        put_tree(Path(folder), tree)
        tiles = on_the_globe(read_model(Path(folder) / "tileset.json").root)
    assert len(tiles) == len(tree)
    for tile, matrix in tiles:
        extras = tile.extras
        points = np.random.default_rng(seed).uniform(extras["low"], extras["high"], (50, 3))
        placed = (points - extras["centre"]) @ matrix[:3, :3].T + matrix[:3, 3]
        off = np.linalg.norm(placed - true_place(points), axis=1).max()
        assert off <= (tile.geometricError - extras["error_m"]) * 1.001 + 1e-5


@given(tree=trees(most=12))
def test_children_are_inside_their_parents_on_the_globe(tree: TileTree) -> None:
    with tempfile.TemporaryDirectory() as folder:
        put_tree(Path(folder), tree)
        root = read_model(Path(folder) / "tileset.json").root
    matrices = {id(tile): matrix for tile, matrix in on_the_globe(root)}
    for parent, matrix in on_the_globe(root):
        outer = np.array(parent.boundingVolume.box).reshape(4, 3)
        for child in parent.children or ():
            assert child.geometricError < parent.geometricError
            inner = np.array(child.boundingVolume.box).reshape(4, 3)
            for signs in np.ndindex(2, 2, 2):
                corner = inner[0] + (2 * np.array(signs) - 1) @ inner[1:]
                seen = np.linalg.solve(matrix, matrices[id(child)] @ [*corner, 1])[:3]
                assert (np.abs(seen - outer[0]) <= np.diag(outer[1:]) + 1e-5).all()


@pytest.mark.parametrize(("side_m", "added_m"), [(1000.0, 0.02), (5000.0, 0.5)])
def test_the_fit_is_in_the_error(tmp_path: Path, side_m: float, added_m: float) -> None:
    put_tree(tmp_path, pair(side_m=side_m))
    root = json.loads((tmp_path / "tileset.json").read_text())["root"]
    assert root["geometricError"] - 8.0 == pytest.approx(added_m, rel=0.2)


def test_the_separation_lifts_the_tileset(tmp_path: Path) -> None:
    put_tree(tmp_path / "low", pair())
    put_tree(tmp_path / "high", pair(), ellipsoid_minus_working_m=2.65)
    places = [read_model(tmp_path / name / "tileset.json").root.transform for name in ("low", "high")]
    assert places[0] is not None
    assert places[1] is not None
    assert np.linalg.norm(np.subtract(places[1], places[0])[12:15]) == pytest.approx(10, abs=1e-4)
    assert rows(read_tree(tmp_path / "low")) == rows(read_tree(tmp_path / "high"))


def test_several_tilesets_under_one_root(tmp_path: Path) -> None:
    trees_by_name = {f"village-{k}": pair(east=490_000.0 + 3000 * k) for k in range(3)}
    for name, tree in trees_by_name.items():
        put_tree(tmp_path / name, tree)
    write_root(tmp_path, [*trees_by_name])
    check_tileset(tmp_path)
    found = read_tree(tmp_path)
    assert np.flatnonzero(found.parent < 0).tolist() == [0, 3, 6]
    assert found.content[3:6] == ("village-1/root.glb", "village-1/west.glb", "village-1/east.glb")
    assert tree_faults(found) == []
    for name in found.content:
        map_glb(tmp_path / name)
    root = read_model(tmp_path / "tileset.json").root
    assert root.refine == "ADD"
    assert root.children is not None
    assert [tile.links[0].uri for tile in root.children] == [f"{name}/tileset.json" for name in trees_by_name]


def test_the_root_grows_as_tilesets_are_built(tmp_path: Path) -> None:
    for k in range(2):
        put_tree(tmp_path / f"v{k}", pair(east=490_000.0 + 3000 * k))
        write_root(tmp_path, [f"v{n}" for n in range(k + 1)])
        assert len(read_tree(tmp_path)) == 3 * (k + 1)


def test_a_root_is_refused_where_its_tilesets_do_not_fit_together(tmp_path: Path) -> None:
    put_tree(tmp_path / "a", pair())
    put_tree(tmp_path / "b", pair(), ellipsoid_minus_working_m=0.0)
    (tmp_path / "c").mkdir()
    write_root(tmp_path, ["a"])
    cases = [
        (["a", "b"], "its frame"),
        (["a", "c"], "cannot be read"),
        (["a", "a"], "each once"),
        ([], "needs names"),
        (["../a"], "no plain, relative name"),
    ]
    for names, says in cases:
        with pytest.raises(BadTilesetError, match=says):
            write_root(tmp_path, names)
    assert len(read_tree(tmp_path)) == 3


def test_roots_are_not_nested(tmp_path: Path) -> None:
    put_tree(tmp_path / "outer" / "inner", pair())
    write_root(tmp_path / "outer", ["inner"])
    with pytest.raises(BadTilesetError, match="only the outermost"):
        write_root(tmp_path, ["outer"])
    put_tree(tmp_path / "plain", pair())
    write_root(tmp_path, ["plain"])
    path = tmp_path / "tileset.json"
    path.write_text(path.read_text().replace('"tilesets":["plain"]', '"tilesets":["outer"]'))
    with pytest.raises(BadTilesetError, match="only the outermost"):
        read_tree(tmp_path)


def two_roots(tree: TileTree) -> TileTree:
    return replace(tree, parent=np.array([-1, -1, 0], np.int32), child_count=np.array([1, 0, 0], np.int32),
                   first_child=np.array([2, -1, -1], np.int32))  # fmt: skip


BROKEN = [
    (lambda t: replace(t, error_m=np.array([8.0, 8.0, 1.0])), "no smaller error"),
    (lambda t: replace(t, error_m=np.array([8.0, -1.0, 1.0])), "error below 0"),
    (lambda t: replace(t, low=t.low - [[0, 0, 0], [0, 0, 1], [0, 0, 0]]), "tile 1 is not inside its parent"),
    (lambda t: replace(t, low=t.low * np.nan), "not a number"),
    (lambda t: replace(t, low=t.high, high=t.low), "upside down"),
    (lambda t: replace(t, low=t.low[:2]), "low has the shape"),
    (lambda t: replace(t, content=("a.glb",)), "content names 1 tiles of 3"),
    (lambda t: replace(t, content=("../a.glb", "b.glb", "c.glb")), "plain, relative"),
    (lambda t: replace(t, content=("/a.glb", "b.glb", "c.glb")), "plain, relative"),
    (lambda t: replace(t, content=("a.glb?x", "b.glb", "c.glb")), "plain, relative"),
    (lambda t: replace(t, content=("", "west.glb", "east.glb")), "bytes without content"),
    (lambda t: replace(t, nbytes=np.array([-1, 0, 0])), "less than no bytes"),
    (lambda t: replace(t, parent=np.array([-1, 0, 1], np.int32)), "before its parent"),
    (lambda t: replace(t, parent=np.array([-1, 1, 0], np.int32)), "before its parent"),
    (lambda t: replace(t, parent=np.array([-2, 0, 0], np.int32)), "before its parent"),
    (lambda t: replace(t, child_count=np.array([1, 0, 0], np.int32)), "before its parent"),
    (lambda t: replace(t, child_count=np.array([3, 0, 0], np.int32)), "before its parent"),
    (lambda t: replace(t, child_count=np.array([9, 0, 0], np.int32)), "before its parent"),
    (lambda t: replace(t, first_child=np.array([0, -1, -1], np.int32)), "before its parent"),
    (lambda t: replace(t, first_child=np.array([2, -1, -1], np.int32)), "before its parent"),
    (two_roots, "one root, not 2"),
]


@pytest.mark.parametrize(("change", "says"), BROKEN)
def test_a_tree_that_breaks_a_rule_is_not_written(tmp_path: Path, change: Any, says: str) -> None:
    put_tree(tmp_path / "sound", pair())
    with pytest.raises(BadTilesetError, match=says):
        write_tileset(tmp_path / "sound", change(pair()), frame=FRAME)
    check_tileset(tmp_path / "sound")


def test_a_tree_that_is_too_deep_is_not_written(tmp_path: Path) -> None:
    n = 65
    chain = TileTree(
        parent=np.arange(-1, n - 1, dtype=np.int32),
        first_child=np.array([*range(1, n), -1], np.int32),
        child_count=np.array([1] * (n - 1) + [0], np.int32),
        error_m=np.arange(n, 0, -1.0),
        low=np.tile(pair().low[0], (n, 1)),
        high=np.tile(pair().high[0], (n, 1)),
        add=np.zeros(n, bool),
        content=("",) * n,
        nbytes=np.zeros(n, np.int64),
    )
    with pytest.raises(BadTilesetError, match="65 levels"):
        write_tileset(tmp_path, chain, frame=FRAME)


def test_a_missing_content_is_told_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(BadTileError, match=r"root\.glb"):
        write_tileset(tmp_path, pair(), frame=FRAME)
    assert [*tmp_path.iterdir()] == []


def altered(folder: Path, *way: Any, value: Any) -> None:
    """Changes one value in tileset.json."""
    path = folder / "tileset.json"
    document = json.loads(path.read_text())
    place = document
    for step in way[:-1]:
        place = place[step]
    place[way[-1]] = value
    path.write_text(json.dumps(document))


WEST = ("root", "children", 0)
ALTERED = [
    ((*WEST, "geometricError"), 1000, "no smaller than its parent's"),
    (("geometricError",), 0.1, "no larger geometricError than its root"),
    ((*WEST, "boundingVolume"), {"sphere": [0, 0, 0, 1]}, "not a box"),
    ((*WEST, "boundingVolume", "box", 0), 500, "outside its parent's"),
    ((*WEST, "transform", 12), 900, "outside its parent's"),
    ((*WEST, "content", "uri"), "missing.glb", "missing.glb"),
    ((*WEST, "content", "uri"), "east.glb", "outside its tile's box"),
    ((*WEST, "content", "uri"), "../west.glb", "plain, relative"),
    ((*WEST, "content", "uri"), "http://example.com/west.glb", "plain, relative"),
    ((*WEST, "content", "uri"), "tileset.json", ""),
    ((*WEST, "extras", "high", 2), 101, "outside its tile's box"),
    ((*WEST, "extras", "low", 0), "496000", "lacks"),
    ((*WEST, "extras", "nbytes"), 1.5, "lacks"),
    ((*WEST, "extras"), None, "lacks"),
    ((*WEST, "colour"), "red", "colour"),
]


@pytest.mark.parametrize(("way", "value", "says"), ALTERED)
def test_the_check_finds_what_is_wrong(tmp_path: Path, way: Any, value: Any, says: str) -> None:
    put_tree(tmp_path, pair())
    check_tileset(tmp_path)
    altered(tmp_path, *way, value=value)
    with pytest.raises(BadTilesetError) as caught:
        check_tileset(tmp_path)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_check_finds_a_tile_of_several_contents(tmp_path: Path) -> None:
    put_tree(tmp_path, pair())
    text = (tmp_path / "tileset.json").read_text()
    several = text.replace('"content":{"uri":"west.glb"}', '"contents":[{"uri":"west.glb"}]')
    several = several.replace('"nbytes":20', '"nbytes":0')
    (tmp_path / "tileset.json").write_text(several)
    with pytest.raises(BadTilesetError, match="several contents"):
        check_tileset(tmp_path)


def test_the_check_tells_the_first_few_of_many(tmp_path: Path) -> None:
    put_tree(tmp_path, pair())
    for name in ("root", "west", "east"):
        (tmp_path / f"{name}.glb").unlink()
    with pytest.raises(BadTilesetError) as caught:
        check_tileset(tmp_path, most=2)
    assert len(caught.value.data["faults"]) == 2


def test_the_check_follows_into_the_tilesets_that_a_root_names(tmp_path: Path) -> None:
    for k in range(2):
        put_tree(tmp_path / f"v{k}", pair(east=490_000.0 + 3000 * k))
    write_root(tmp_path, ["v0", "v1"])
    check_tileset(tmp_path)
    put(tmp_path, "v1/west.glb", box((490_000.0, 4_484_000.0, 100.0), (490_800.0, 4_484_800.0, 180.0)))
    with pytest.raises(BadTilesetError, match=r"v1/west\.glb: a vertex is .* outside"):
        check_tileset(tmp_path)
    put_tree(tmp_path / "v1", pair(east=540_000.0))
    with pytest.raises(
        BadTilesetError, match=r"v1/tileset\.json root: its volume is .* outside its parent's"
    ):
        check_tileset(tmp_path)


def test_the_check_compares_a_root_with_the_names_it_gives(tmp_path: Path) -> None:
    for k in range(2):
        put_tree(tmp_path / f"v{k}", pair(east=490_000.0 + 3000 * k))
    for way, value in (
        (("root", "children", 0, "content", "uri"), "v1/west.glb"),
        (("extras", "tilesets"), ["v1", "v0"]),
        (("root", "children", 1), {"boundingVolume": {"sphere": [0, 0, 0, 1]}, "geometricError": 1}),
    ):
        write_root(tmp_path, ["v0", "v1"])
        altered(tmp_path, *way, value=value)
        with pytest.raises(BadTilesetError, match="its tiles are not the tilesets"):
            check_tileset(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        *("", "null", "[]", "{}", '{"extras":{}}', '{"extras":{},"root":{}}'),
        '{"extras":{"tilesets":["../x"]}}',
        '{"extras":{"tilesets":7}}',
        '{"extras":{"a":NaN}}',
        '{"extras":{"a":1e999}}',
        '{"extras":{},"extras":{}}',
        '{"root":' * 20_000 + "1" + "}" * 20_000,
    ],
)
def test_what_is_no_tileset_of_ours_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "tileset.json").write_text(text)
    with pytest.raises(BadTilesetError, match="build the tiles again"):
        read_tree(tmp_path)
    with pytest.raises(BadTilesetError, match="cannot be read"):
        read_tree(tmp_path / "missing")


def test_mutated_tilesets_are_refused_or_still_keep_the_rules(tmp_path: Path) -> None:
    put_tree(tmp_path, pair())
    path = tmp_path / "tileset.json"
    whole = np.frombuffer(path.read_bytes(), np.uint8)
    random = np.random.default_rng(5)
    verdicts = [0, 0]
    for _ in range(MUTATIONS):
        data = whole.copy()
        places = random.integers(0, len(data), random.integers(1, 4))
        data[places] = random.choice([*b'0123456789-.eE"{}[],:tfnul'], len(places))
        path.write_bytes(data.tobytes())
        try:
            tree = read_tree(tmp_path)
        except BadTilesetError:
            verdicts[0] += 1
        else:
            verdicts[1] += 1
            assert tree_faults(tree) == []
    assert min(verdicts) > 0


def test_no_trees_are_a_sound_forest_and_no_tileset(tmp_path: Path) -> None:
    assert tree_faults(forest([])) == []
    with pytest.raises(BadTilesetError, match="one root, not 0"):
        write_tileset(tmp_path, forest([]), frame=FRAME)


def test_a_forest_keeps_the_rules() -> None:
    assert tree_faults(forest([pair(), pair(east=500_000.0), pair(east=510_000.0)])) == []


def test_who_only_streams_loads_neither_pydantic_nor_proj() -> None:
    code = "import meshes.tiles, sys; print({'pydantic', 'pyproj', 'yaml', 'vtkmodules'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
