"""Tilesets made by others: their levels of detail are kept, and a broken tile opens no hole."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshes.build.foreign.assembly import naming
from meshes.build.foreign.build import build_foreign
from meshes.build.foreign.model_check import inspect_model
from meshes.build.foreign.tree_repair import kept, sound_tree, without
from meshes.errors import ForeignFileError, MeshError
from meshes.readers.tileset import open_tileset
from meshes.tiles import TileTree, map_glb, read_tree, tree_faults
from meshes.tiles.check import check_tileset
from tests.meshes.build_foreign.making import ANCHOR, model, write_catalog, write_tileset
from tests.meshes.readers.foreign import b3dm, house, jpeg, tile
from tests.meshes.readers.old_tiles import cmpt, i3dm, pnts
from twin.catalog import ModelEntry, load_catalog
from twin.notes import Notes, read_notes

HOUSE = b3dm(house(picture=jpeg()).bytes())


def built(tmp_path: Path, root: dict[str, object], files: dict[str, bytes]) -> tuple[TileTree, list[str]]:
    """A tileset after its build, and what was left out of it."""
    write_tileset(tmp_path / "tiles" / "tileset.json", root, files)
    read = load_catalog(write_catalog(tmp_path, model("town", "tileset", "tiles/tileset.json", ANCHOR)))
    entry = read.entries["town"]
    assert isinstance(entry, ModelEntry)
    out = tmp_path / "out"
    out.mkdir()
    build_foreign(out, read, entry, progress=lambda part: None)
    check_tileset(out / "town")
    assert json.loads((out / "town" / "cover.json").read_text()) == []
    tree = read_tree(out / "town")
    assert {path.name for path in (out / "town").glob("*.glb")} == set(tree.content) - {""}
    return tree, list(read_notes(out).get("town", Notes()).lines)


def test_levels_errors_refinement_and_pictures_are_kept(tmp_path: Path) -> None:
    leaves = [tile("a.b3dm"), tile("b.b3dm")]
    root = tile("r.b3dm", 8, refine="ADD", children=[tile(None, 3, refine="REPLACE", children=leaves)])
    tree, faults = built(tmp_path, root, dict.fromkeys(("r.b3dm", "a.b3dm", "b.b3dm"), HOUSE))
    assert faults == []
    assert tree.parent.tolist() == [-1, 0, 1, 1]
    assert tree.add.tolist()[:2] == [True, False]
    assert tree.error_m == pytest.approx([8, 3, 0, 0], abs=1e-3)
    assert [name != "" for name in tree.content] == [True, False, True, True]
    (part,) = map_glb(tmp_path / "out" / "town" / tree.content[0]).primitives
    assert part.image == jpeg()
    assert tree.nbytes[0] == part.nbytes + 4 * 8 * 8


def test_errors_that_do_not_shrink_are_raised_from_below(tmp_path: Path) -> None:
    root = tile("r.b3dm", 1, refine="REPLACE", children=[tile("a.b3dm", 4, children=[tile("b.b3dm", 4)])])
    tree, _ = built(tmp_path, root, dict.fromkeys(("r.b3dm", "a.b3dm", "b.b3dm"), HOUSE))
    assert tree.error_m == pytest.approx([4, 4, 4], rel=0.01)


def placed(east: float, uri: str | None, error: float = 0, **more: object) -> dict[str, object]:
    """A house that stands ``east`` of the others, with its own volume."""
    moved = np.eye(4)
    moved[3, 0] = east
    return tile(uri, error, transform=moved.ravel().tolist(), **more)


def two_houses() -> bytes:
    """The house at 0 and at 20 m east, as one coarse tile."""
    glb = house()
    glb.json["nodes"] = [{"mesh": 0}, {"mesh": 0, "translation": [20, 0, 0]}]
    glb.json["scenes"] = [{"nodes": [0, 1]}]
    return b3dm(glb.bytes())


WIDE = {"boundingVolume": {"box": [15, 4, 3, 15, 0, 0, 0, 4, 0, 0, 0, 3]}}


@pytest.mark.parametrize("bad", ["broken", "missing", "external"])
def test_the_tile_above_is_shown_in_the_place_of_a_broken_one(tmp_path: Path, bad: str) -> None:
    name = {"broken": "broken.b3dm", "missing": "gone.b3dm", "external": "inner.json"}[bad]
    below = [placed(0, "whole.b3dm", 2, children=[tile("fine.b3dm")]), placed(20, name)]
    files = dict.fromkeys(("whole.b3dm", "fine.b3dm"), HOUSE) | {"root.b3dm": two_houses()}
    files |= {"broken.b3dm": HOUSE[: len(HOUSE) // 2], "inner.json": b""}
    root = tile("root.b3dm", 8, refine="REPLACE", children=below) | WIDE
    tree, faults = built(tmp_path, root, files)
    assert name in faults[0]
    assert faults[1] == "1 of the tiles left out: the coarser tile above is shown in their place"
    assert tree.parent.tolist() == [-1, 0, 0, 1]
    sound, instead = (map_glb(tmp_path / "out" / "town" / tree.content[k]) for k in (1, 2))
    assert sound.primitives[0].image == jpeg()
    (part,) = instead.primitives
    assert part.image is None
    assert np.ptp(part.position[:, 0]) == pytest.approx(10, abs=0.5)
    assert instead.centre[0] - sound.centre[0] == pytest.approx(20, abs=0.5)


def test_where_the_volumes_are_not_true_the_tile_above_stays_whole(tmp_path: Path) -> None:
    left = tile("l.b3dm", 4, children=[tile("whole.b3dm"), tile("broken.b3dm")])
    left["boundingVolume"] = {"sphere": [500, 500, 500, 1]}
    right = tile("r.b3dm", 4, children=[tile("fine.b3dm")])
    files = dict.fromkeys(("root.b3dm", "l.b3dm", "whole.b3dm", "r.b3dm", "fine.b3dm"), HOUSE)
    tree, faults = built(
        tmp_path,
        tile("root.b3dm", 8, refine="REPLACE", children=[left, right]),
        files | {"broken.b3dm": HOUSE[: len(HOUSE) // 2]},
    )
    assert faults[0].startswith("broken.b3dm: is cut off")
    assert faults[1].startswith("1 sound tile: left out beside")
    assert tree.parent.tolist() == [-1, 0, 0, 2]


def test_beside_a_broken_tile_that_only_adds_nothing_else_goes(tmp_path: Path) -> None:
    root = tile("root.b3dm", 8, refine="ADD", children=[tile("broken.b3dm"), tile("whole.b3dm")])
    tree, faults = built(tmp_path, root, {"root.b3dm": HOUSE, "whole.b3dm": HOUSE, "broken.b3dm": b"b3dm"})
    assert len(faults) == 1
    assert [name != "" for name in tree.content] == [True, False, True]


def test_a_broken_tile_that_its_children_cover_goes_alone(tmp_path: Path) -> None:
    middle = tile("broken.b3dm", 4, children=[tile("a.b3dm"), tile("b.b3dm")])
    files = dict.fromkeys(("root.b3dm", "a.b3dm", "b.b3dm"), HOUSE) | {"broken.b3dm": b""}
    tree, faults = built(tmp_path, tile("root.b3dm", 8, refine="REPLACE", children=[middle]), files)
    assert len(faults) == 1
    assert [name != "" for name in tree.content] == [True, False, True, True]


def test_points_and_instances_stand_in_tiles_of_ours(tmp_path: Path) -> None:
    places = np.array([[0, 0, 0], [30, 0, 0]], np.float32)
    model = i3dm(house(picture=jpeg()).bytes(), 2, POSITION=places)
    cloud = pnts(2, POSITION=places, RGB=np.array([[255, 0, 0], [0, 0, 255]], np.uint8))
    root = tile("a.cmpt", 8, refine="ADD", children=[tile("b.pnts")])
    plain = pnts(2, POSITION=np.array([[0, 0, 0], [30, 0, 6]], np.float32))
    tree, notes = built(tmp_path, root, {"a.cmpt": cmpt(model, cloud), "b.pnts": plain})
    assert notes == []
    surface, points = map_glb(tmp_path / "out" / "town" / tree.content[0]).primitives
    assert surface.triangles is not None
    assert np.ptp(surface.position[:, 0]) == pytest.approx(40, abs=0.5)
    assert surface.image == jpeg()
    assert points.triangles is None
    assert points.colour is not None
    assert points.colour.tolist() == [[255, 0, 0, 255], [0, 0, 255, 255]]
    (grey,) = map_glb(tmp_path / "out" / "town" / tree.content[1]).primitives
    assert grey.triangles is None
    assert grey.colour is not None
    assert grey.colour.tolist() == [[70, 70, 70, 255], [235, 235, 235, 255]]


def test_a_tile_that_stands_elsewhere_costs_itself_and_check_says_what_the_build_says(tmp_path: Path) -> None:
    root = tile("a.b3dm", 8, refine="ADD", children=[placed(2e7, "b.b3dm"), tile("c.b3dm")])
    files = {"a.b3dm": HOUSE, "b.b3dm": HOUSE, "c.b3dm": b"nothing"}
    tree, notes = built(tmp_path, root, files)
    assert [name != "" for name in tree.content] == [True, False, False]
    assert notes[0].startswith("b.b3dm: ")
    assert notes[1].startswith("c.b3dm: is neither a b3dm")
    catalog = load_catalog(tmp_path / "data_catalog.yaml")
    entry = catalog.entries["town"]
    assert isinstance(entry, ModelEntry)
    assert inspect_model(catalog, entry) == ("3 tiles with content", ["lacks 2 of 3 tiles", *notes])


def test_check_finds_every_tile_that_is_empty_or_cut_off_among_many(tmp_path: Path) -> None:
    names = [f"{k}.b3dm" for k in range(240)]
    files = dict.fromkeys(names, HOUSE) | {"131.b3dm": b"", "147.b3dm": HOUSE[:-200]}
    root = tile(None, 8, refine="ADD", children=[tile(name) for name in names])
    write_tileset(tmp_path / "tiles" / "tileset.json", root, files)
    catalog = load_catalog(write_catalog(tmp_path, model("town", "tileset", "tiles/tileset.json", ANCHOR)))
    entry = catalog.entries["town"]
    assert isinstance(entry, ModelEntry)
    facts, lines = inspect_model(catalog, entry)
    assert facts == "240 tiles with content, 24 of them read"
    assert sorted(lines) == [
        "131.b3dm: the file is empty: left out",
        f"147.b3dm: is cut off: {len(HOUSE) - 200:,} bytes of {len(HOUSE):,}: left out",
    ]


def test_a_tileset_without_a_tile_that_can_be_read_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(MeshError, match=r"tileset\.json: none of its tiles can be read: r\.b3dm: ") as told:
        built(tmp_path, tile("r.b3dm", 8), {"r.b3dm": b"nothing"})
    assert "\n" not in str(told.value)


@st.composite
def forests(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Parents in order, which tiles should have content, and which of these are broken."""
    count = draw(st.integers(1, 30))
    parent = np.array([-1, *sorted(draw(st.integers(0, k)) for k in range(count - 1))], np.int32)
    parent[1:] = np.sort(np.minimum(parent[1:], np.arange(count - 1)))
    flags = st.lists(st.booleans(), min_size=count, max_size=count)
    named = np.array(draw(flags))
    return parent, named, named & np.array(draw(flags))


@given(forests())
def test_no_hole_opens_where_anything_above_can_be_drawn(forest: tuple[np.ndarray, ...]) -> None:
    parent, named, broken = forest
    held = named & ~broken
    stays = kept(parent, held=held, broken=broken, add=np.zeros(len(parent), bool))
    leaves = np.setdiff1d(np.arange(len(parent)), parent)
    for leaf in leaves.tolist():
        path = [leaf]
        while path[-1] > 0:
            path.append(int(parent[path[-1]]))
        shown = next(tile for tile in path if stays[tile])
        # What is drawn at the finest is a tile with content, or as empty as its file says, or nothing helps.
        assert held[shown] or not (broken[shown] and held[path].any())
    assert stays[0]
    if not broken.any():
        assert stays.all()


@given(forests(), st.data())
def test_whatever_is_told_of_errors_and_boxes_the_tree_keeps_the_rules(
    forest: tuple[np.ndarray, ...], data: st.DataObject
) -> None:
    parent, named, broken = forest
    stays = kept(parent, held=named & ~broken, broken=broken, add=np.zeros(len(parent), bool))
    n = int(stays.sum())
    numbers = st.lists(st.floats(-10, 100), min_size=n, max_size=n)
    low = np.column_stack([data.draw(numbers) for _ in range(3)]).reshape(n, 3)
    tree = sound_tree(
        parent=without(parent, stays),
        error_m=np.array(data.draw(numbers)),
        low=low,
        high=low + 1,
        add=np.zeros(n, bool),
        content=("",) * n,
        nbytes=np.zeros(n, np.int64),
    )
    assert tree_faults(tree) == []


def test_a_refused_tileset_is_named_as_its_catalog_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("city/tileset.json")
    path.parent.mkdir()
    path.write_bytes(b"")
    with pytest.raises(ForeignFileError) as caught:
        open_tileset(path)
    assert str(naming(caught.value, path)) == "city/tileset.json: the file is empty"
