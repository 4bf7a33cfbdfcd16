"""A built village keeps the rules of glTF and of 3D Tiles 1.1."""

from __future__ import annotations

from meshes.tiles import read_tree
from meshes.tiles.check import check_tileset
from tests.interop.villages import Built
from tests.meshes.tiles.conftest import Validate


def test_the_tileset_and_those_it_names_keep_every_rule(built: Built) -> None:
    check_tileset(built.folder)
    assert len(read_tree(built.folder)) == sum(len(tree) for tree in built.trees)
    assert all(tree.child_count.max() > 1 for tree in built.trees)


def test_gltf_validator_finds_nothing_to_say_of_any_tile(built: Built, validate: Validate) -> None:
    paths = sorted(built.folder.rglob("*.glb"))
    assert len(paths) == sum(len(tree) for tree in built.trees)
    for path, report in zip(paths, validate(*paths), strict=True):
        assert [issue for issue in report["issues"] if issue["severity"] < 2] == [], path
        assert report["info"]["totalTriangleCount"] > 0
