"""Implicit trees: quadtrees and octrees, of 1.1 and of the extension to 1.0, with subtrees that are bad."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshes.errors import DamagedError
from meshes.readers.sandbox.s2 import grid
from meshes.readers.sandbox.volumes import cell, corners
from meshes.readers.tileset import open_tileset
from tests.meshes.readers.foreign import tile
from tests.meshes.readers.test_tilesets_read import subtree

Write = Callable[..., Path]
BOX = {"box": [8, 8, 8, 8, 0, 0, 0, 8, 0, 0, 0, 8]}


def tree(scheme: str, levels: int, deep: int = 1, **more: object) -> dict[str, Any]:
    """The root of an implicit tree whose tiles are named by their places."""
    z = ".{z}" if scheme == "OCTREE" else ""
    told = {
        "subdivisionScheme": scheme,
        "subtreeLevels": deep,
        "availableLevels": levels,
        "subtrees": {"uri": f"s{{level}}.{{x}}.{{y}}{z}"},
    }
    root = tile(f"{{level}}.{{x}}.{{y}}{z}.b3dm", 8, refine="REPLACE")
    return root | {"boundingVolume": BOX, "implicitTiling": told | more}


def full(ways: int, below: str) -> bytes:
    """A subtree of one level whose children have subtrees where ``below`` is 1."""
    assert len(below) == ways
    return subtree("1", "1", below)


def test_an_octree_is_cut_in_eight(write_tileset: Write) -> None:
    files = {"s0.0.0.0": full(8, "00000101"), "s1.1.0.1": full(8, "0" * 8), "s1.1.1.1": full(8, "0" * 8)}
    names = ["0.0.0.0.b3dm", "1.1.0.1.b3dm", "1.1.1.1.b3dm"]
    path = write_tileset(tree("OCTREE", 2), files | dict.fromkeys(names, b""))
    tileset = open_tileset(path)
    assert [names for (names,) in tileset.contents] == names
    assert tileset.parent.tolist() == [-1, 0, 0]
    assert tileset.error_m.tolist() == [8, 4, 4]
    assert tileset.corners[1].min(axis=0).tolist() == [8, 0, 8]
    assert tileset.corners[1].max(axis=0).tolist() == [16, 8, 16]


def test_the_extension_to_1_0_is_read_as_1_1_is(write_tileset: Write) -> None:
    new = tree("QUADTREE", 2)
    told = dict(new.pop("implicitTiling"))
    told["maximumLevel"] = told.pop("availableLevels") - 1
    old = new | {"extensions": {"3DTILES_implicit_tiling": told}}
    files = {"s0.0.0": full(4, "0100"), "s1.1.0": full(4, "0000"), "0.0.0.b3dm": b"", "1.1.0.b3dm": b""}
    tileset = open_tileset(write_tileset(old, files))
    assert tileset.contents == (("0.0.0.b3dm",), ("1.1.0.b3dm",))
    assert tileset.problems == ()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "names 's1.1.0', and there is no such file"),
        (b"", "the file is empty"),
        (b"subt" + bytes(8), "is cut off"),
        (b"{", "is not JSON"),
        (subtree("1", "1", "0000")[:-8], "is cut off"),
        (subtree("0", "1", "0000"), "has no tile at its root"),
        (b'{"tileAvailability": {"bitstream": 4}}', "names bufferViews[4], and has 0"),
    ],
)
def test_a_bad_subtree_costs_what_is_under_it_and_is_named(
    write_tileset: Write, data: bytes | None, words: str
) -> None:
    files = {"s0.0.0": full(4, "0110"), "s1.0.1": full(4, "0000")} | (
        {} if data is None else {"s1.1.0": data}
    )
    files |= dict.fromkeys(("0.0.0.b3dm", "1.0.1.b3dm"), b"")
    tileset = open_tileset(write_tileset(tree("QUADTREE", 2), files))
    assert tileset.contents == (("0.0.0.b3dm",), (), ("1.0.1.b3dm",))
    assert tileset.broken.tolist() == [False, True, False]
    (line,) = tileset.problems
    assert "its subtree s1.1.0: " in line
    assert words in line
    assert line.endswith("left out, with what is under it")


def test_an_implicit_tree_in_a_bad_state_costs_itself(write_tileset: Write) -> None:
    children = [tree("QUADTREE", 2) | {"content": {"uri": "x"}}, tile("good.b3dm")]
    tileset = open_tileset(write_tileset(tile("r.b3dm", 9, children=children)))
    assert tileset.contents == (("r.b3dm",), (), ("good.b3dm",))
    (line,) = tileset.problems
    assert line.startswith("tileset.json, root.children[0]: its subtree s0.0.0: names 's0.0.0'")


def test_levels_beyond_the_last_are_not_asked_for(write_tileset: Write) -> None:
    files = {"s0.0.0": full(4, "1111"), "0.0.0.b3dm": b""}
    assert open_tileset(write_tileset(tree("QUADTREE", 1), files)).problems == ()


@given(level=st.integers(0, 4), data=st.data())
def test_eight_cells_fill_the_one_above(level: int, data: st.DataObject) -> None:
    place = [data.draw(st.integers(0, 2**level - 1)) for _ in range(3)]
    volume = {"box": [5, -3, 2, 4, 1, 0, -1, 4, 0, 0, 0, 2]}
    (whole,), _ = corners([cell(volume, (level, *place), ways=8)], np.eye(4)[None])  # type: ignore[arg-type]
    below = [
        cell(volume, (level + 1, *(2 * p + d for p, d in zip(place, step, strict=True))), ways=8)  # type: ignore[arg-type]
        for step in np.ndindex(2, 2, 2)
    ]
    eight, _ = corners(below, np.broadcast_to(np.eye(4), (8, 4, 4)))
    assert eight.mean(axis=(0, 1)) == pytest.approx(whole.mean(axis=0))
    assert np.concatenate(eight).min(axis=0) == pytest.approx(whole.min(axis=0))
    assert np.concatenate(eight).max(axis=0) == pytest.approx(whole.max(axis=0))


def tokens(face: int, level: int) -> Iterator[str]:
    """All cells of a face at a level, in their order along the curve."""
    for position in range(4**level):
        number = face << 61 | (2 * position + 1) << (60 - 2 * level)
        yield f"{number:016x}".rstrip("0")


def test_s2_cells_follow_the_hilbert_curve_and_fill_the_sphere() -> None:
    assert np.degrees([value[4, 4] for value in grid("89c25", steps=8)[:2]]) == pytest.approx(
        [-74.03, 40.64], abs=0.01
    )
    ends = []
    for face in range(6):
        middles = []
        for token in tokens(face, 3):
            lon, lat, _ = grid(token, steps=2)
            middles.append([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
        points = np.array(middles)[:, :, 1, 1]
        steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
        assert steps.max() < 0.35  # neighbours share a side: no more than two cells' width
        ends.append(points)
    everywhere = np.concatenate(ends)
    assert len(np.unique(everywhere.round(6), axis=0)) == 6 * 64
    assert everywhere.mean(axis=0) == pytest.approx(np.zeros(3), abs=1e-9)
    with pytest.raises(DamagedError, match="which is none"):
        grid("zz", steps=2)


def test_an_s2_cell_is_a_volume_on_earth(write_tileset: Write) -> None:
    told = {"token": "35f1", "minimumHeight": 0, "maximumHeight": 100}
    volume = {"boundingVolume": {"extensions": {"3DTILES_bounding_volume_S2": told}}}
    path = write_tileset(tile("a.b3dm") | volume)
    tileset = open_tileset(path)
    assert tileset.problems == ()
    centre = tileset.corners[0].mean(axis=0)
    assert np.linalg.norm(centre) == pytest.approx(6.37e6, rel=0.002)
    assert np.degrees(np.arctan2(centre[1], centre[0])) == pytest.approx(116.42, abs=0.05)


def test_a_subtree_may_be_json_with_its_bits_beside(write_tileset: Write) -> None:
    told = {
        "buffers": [{"uri": "bits.bin", "byteLength": 1}],
        "bufferViews": [{"buffer": 0, "byteOffset": 0, "byteLength": 1}],
        "tileAvailability": {"constant": 1},
        "contentAvailability": {"bufferView": 0},
        "childSubtreeAvailability": {"constant": 0},
    }
    files = {"s0.0.0": json.dumps(told).encode(), "bits.bin": struct.pack("B", 1), "0.0.0.b3dm": b""}
    assert open_tileset(write_tileset(tree("QUADTREE", 1), files)).contents == (("0.0.0.b3dm",),)


def test_whole_numbers_may_be_written_with_a_point(write_tileset: Write) -> None:
    told = {
        "buffers": [{"uri": "bits.bin", "byteLength": 1.0}],
        "bufferViews": [{"buffer": 0.0, "byteOffset": 0.0, "byteLength": 1.0}],
        "tileAvailability": {"constant": 1.0},
        "contentAvailability": {"bitstream": 0.0},
    }
    files = {"s0.0.0": json.dumps(told).encode(), "bits.bin": struct.pack("B", 1), "0.0.0.b3dm": b""}
    root = tree("QUADTREE", 1, subtreeLevels=1.0, availableLevels=1.0)
    tileset = open_tileset(write_tileset(root, files))
    assert tileset.contents == (("0.0.0.b3dm",),)
    assert tileset.problems == ()
