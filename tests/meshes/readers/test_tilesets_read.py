"""Tilesets as others write them: where every tile lies, how they hang together, and what they hold."""

from __future__ import annotations

import gzip
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshes.readers.sandbox.volumes import cell, corners
from meshes.readers.tileset import open_tileset, read_tile
from tests.meshes.readers.foreign import HOUSE, b3dm, draco_house, house, tile

Write = Callable[..., Path]
UPRIGHT = HOUSE[:, [0, 2, 1]] * [1, -1, 1]
HOUSE_GLB = house().bytes()
MOVE = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 100, 200, 300, 1]
DOUBLE = [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1]


def test_a_tree_stands_with_parents_first_and_children_together(write_tileset: Write) -> None:
    leaves = [tile("a.b3dm"), tile("b.b3dm", 1, children=[tile("d.b3dm")]), tile("c.b3dm")]
    tileset = open_tileset(
        write_tileset(
            tile("r.b3dm", 8, children=[tile("x.b3dm", 4, children=leaves), tile()], refine="REPLACE")
        )
    )
    assert tileset.parent.tolist() == [-1, 0, 0, 1, 1, 1, 4]
    assert tileset.first_child.tolist() == [1, 3, -1, -1, 6, -1, -1]
    assert tileset.child_count.tolist() == [2, 3, 0, 0, 1, 0, 0]
    assert tileset.contents[1:4] == (("x.b3dm",), (), ("a.b3dm",))
    assert tileset.error_m.tolist() == [8, 4, 0, 0, 1, 0, 0]


def test_refinement_is_inherited(write_tileset: Write) -> None:
    told = tile(refine="ADD", children=[tile(children=[tile(refine="replace", children=[tile()])])])
    assert open_tileset(write_tileset(told)).add.tolist() == [True, True, False, False]


def test_transforms_accumulate_and_scale_the_error(write_tileset: Write) -> None:
    told = tile(error=8, transform=MOVE, children=[tile("a.glb", 4, transform=DOUBLE)])
    tileset = open_tileset(write_tileset(told, {"a.glb": HOUSE_GLB}))
    assert tileset.error_m.tolist() == [8, 8]
    assert tileset.corners[1].min(axis=0).tolist() == [100, 200, 300]
    assert tileset.corners[1].max(axis=0).tolist() == [120, 216, 312]
    (part,) = tileset.read(1).parts
    assert part.position == pytest.approx(2 * UPRIGHT + [100, 200, 300])


def test_an_external_tileset_hangs_under_its_tile(write_tileset: Write) -> None:
    inner = {"asset": {"version": "1.0", "gltfUpAxis": "Z"}, "geometricError": 2}
    inner["root"] = tile("b.b3dm", 1, transform=MOVE, children=[tile("../c.glb")])
    files = {"sub/inner.json": json.dumps(inner).encode(), "sub/b.b3dm": b"", "c.glb": HOUSE_GLB}
    tileset = open_tileset(write_tileset(tile("sub/inner.json", 4, transform=DOUBLE), files))
    assert tileset.parent.tolist() == [-1, 0, 1]
    assert tileset.contents == ((), ("sub/b.b3dm",), ("c.glb",))
    assert tileset.up == "YZZ"
    (part,) = tileset.read(2).parts
    assert part.position == pytest.approx(2 * HOUSE + [200, 400, 600])


def test_gzip_is_unpacked(tmp_path: Path, write_tileset: Write) -> None:
    path = write_tileset(tile("a.b3dm"), {"a.b3dm": gzip.compress(b3dm(HOUSE_GLB))})
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert open_tileset(path).read(0).triangles == 4


@pytest.mark.parametrize(
    ("up", "expected"), [("Y", UPRIGHT), ("Z", HOUSE), ("X", HOUSE[:, [2, 1, 0]] * [-1, 1, 1])]
)
def test_the_axis_that_points_up_is_the_assets(write_tileset: Write, up: str, expected: Any) -> None:
    path = write_tileset(tile("a.b3dm"), {"a.b3dm": b3dm(HOUSE_GLB)}, gltfUpAxis=up)
    assert open_tileset(path).read(0).parts[0].position == pytest.approx(expected)


def test_a_centre_is_added_after_the_turn(tmp_path: Path) -> None:
    centre = [-2_187_000.25, 4_380_000.5, 4_070_000.125]
    (tmp_path / "a.b3dm").write_bytes(b3dm(HOUSE_GLB, RTC_CENTER=centre))
    (part,) = read_tile(tmp_path / "a.b3dm").parts
    assert part.position == pytest.approx(UPRIGHT + centre, abs=1e-6)
    glb = house()
    glb.json["extensions"] = {"CESIUM_RTC": {"center": centre}}
    (tmp_path / "a.glb").write_bytes(glb.bytes())
    assert read_tile(tmp_path / "a.glb").parts[0].position == pytest.approx(UPRIGHT + centre, abs=1e-6)


def test_several_contents_of_a_tile_are_read_together(write_tileset: Write) -> None:
    files = {"a.glb": HOUSE_GLB, "b.glb": draco_house().bytes()}
    told = tile(contents=[{"uri": "a.glb"}, {"uri": "b.glb"}])
    tileset = open_tileset(write_tileset(told, files, version="1.1"))
    assert len(tileset.read(0).parts) == 2
    old = tile(extensions={"3DTILES_multiple_contents": {"content": told["contents"]}})
    assert open_tileset(write_tileset(old, files)).contents == tileset.contents


def subtree(tiles: str, contents: str, below: str) -> bytes:
    """A subtree of bits, written as text of 0 and 1."""
    packed = [
        np.packbits(np.array([int(bit) for bit in bits], np.uint8), bitorder="little").tobytes()
        for bits in (tiles, contents, below)
    ]
    data = b"".join(one + bytes(-len(one) % 8) for one in packed)
    told = {
        "buffers": [{"byteLength": len(data)}],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 8 * i, "byteLength": len(one)} for i, one in enumerate(packed)
        ],
        "tileAvailability": {"bitstream": 0},
        "contentAvailability": [{"bitstream": 1}],
        "childSubtreeAvailability": {"bitstream": 2},
    }
    text = json.dumps(told).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<4sIQQ", b"subt", 1, len(text), len(data)) + text + data


@pytest.mark.parametrize("one", [1, 1.0])
def test_an_implicit_quadtree_is_cut_in_four_and_four_again(write_tileset: Write, one: float) -> None:
    told = tile("{level}/{x}/{y}.glb", 8, refine="ADD") | {
        "boundingVolume": {"box": [8, 8, 1, 8, 0, 0, 0, 8, 0, 0, 0, 1]},
        "transform": MOVE,
        "implicitTiling": {
            "subdivisionScheme": "QUADTREE",
            "subtreeLevels": 2 * one,
            "availableLevels": 4 * one,
            "subtrees": {"uri": "s/{level}.{x}.{y}.subtree"},
        },
    }
    # Under the root the tiles in the south-west and, content only there, the north-east; under that, of the
    # sixteen places of the next subtrees, the one at x = 3, y = 2.
    files = {
        "s/0.0.0.subtree": subtree("11001", "00001", "0" * 13 + "100"),
    }
    files["s/2.3.2.subtree"] = subtree("10100", "00100", "0" * 16)
    files |= dict.fromkeys(("1/1/1.glb", "3/7/4.glb"), b"")
    tileset = open_tileset(write_tileset(told, files, version="1.1"))
    assert tileset.parent.tolist() == [-1, 0, 0, 2, 3]
    assert tileset.contents == ((), (), ("1/1/1.glb",), (), ("3/7/4.glb",))
    assert tileset.error_m.tolist() == [8, 4, 4, 2, 1]
    assert tileset.corners[3].min(axis=0).tolist() == [112, 208, 300]
    assert tileset.corners[3].max(axis=0).tolist() == [116, 212, 302]
    assert tileset.corners[4].min(axis=0).tolist() == [114, 208, 300]
    assert tileset.add.all()


@given(
    lon=st.floats(-179, 179),
    lat=st.floats(-85, 85),
    wide=st.floats(1e-6, 0.5),
    share=st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)),
)
def test_a_region_lies_in_its_box(
    lon: float, lat: float, wide: float, share: tuple[float, float, float]
) -> None:
    west, south = np.radians([lon, lat])
    region = [west, south, west + wide, min(south + wide, np.pi / 2), 100.0, 250.0]
    (box,), faults = corners([{"region": region}], np.eye(4)[None])
    assert not faults
    place = [
        np.degrees(region[0] + share[0] * (region[2] - region[0])),
        np.degrees(region[1] + share[1] * (region[3] - region[1])),
        100 + 150 * share[2],
    ]
    to_ecef = pyproj.Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
    point = np.array(to_ecef.transform(*place)) - box[0]
    edges = box[[1, 2, 4]] - box[0]
    along = edges @ point / np.einsum("ij,ij->i", edges, edges)
    assert (along > -1e-6).all()
    assert (along < 1 + 1e-6).all()


@given(level=st.integers(0, 5), data=st.data())
def test_four_cells_fill_the_one_above(level: int, data: st.DataObject) -> None:
    x, y = (data.draw(st.integers(0, 2**level - 1)) for _ in range(2))
    volume = {"box": [5, -3, 2, 4, 1, 0, -1, 4, 0, 0, 0, 2]}
    (whole,), _ = corners([cell(volume, (level, x, y, 0), ways=4)], np.eye(4)[None])
    places = [(2 * x + dx, 2 * y + dy) for dx in (0, 1) for dy in (0, 1)]
    cells = [cell(volume, (level + 1, *place, 0), ways=4) for place in places]
    four, _ = corners(cells, np.broadcast_to(np.eye(4), (4, 4, 4)))
    assert np.mean(four, axis=0).mean(axis=0) == pytest.approx(whole.mean(axis=0))
    assert np.concatenate(four).min(axis=0) == pytest.approx(whole.min(axis=0))
    assert np.concatenate(four).max(axis=0) == pytest.approx(whole.max(axis=0))


def test_a_sphere_is_the_box_around_it() -> None:
    (box,), _ = corners([{"sphere": [1, 2, 3, 4]}], np.eye(4)[None])
    assert box.min(axis=0).tolist() == [-3, -2, -1]
    assert box.max(axis=0).tolist() == [5, 6, 7]


@pytest.mark.real
def test_the_gap_on_mars_stands_where_its_boxes_say(shared: Path) -> None:
    tileset = open_tileset(shared / "meshes" / "dingo_gap" / "tileset.json")
    assert len(tileset) == 293
    assert tileset.problems == ()
    for index in (0, 7, 292):
        data = tileset.read(index)
        assert data.triangles > 0
        for part in data.parts:
            assert part.image is not None
            assert (part.position >= tileset.corners[index].min(axis=0) - 1e-4).all()
            assert (part.position <= tileset.corners[index].max(axis=0) + 1e-4).all()


@pytest.mark.real
def test_the_sparse_quadtree_has_its_tiles(shared: Path) -> None:
    tileset = open_tileset(shared / "meshes" / "sparse_implicit_quadtree" / "tileset.json")
    files = {
        f"content/{path.name}"
        for path in (shared / "meshes" / "sparse_implicit_quadtree" / "content").iterdir()
    }
    assert {name for names in tileset.contents for name in names} == files
    deepest = [index for index in range(len(tileset)) if tileset.contents[index]]
    part = tileset.read(deepest[0]).parts[0]
    assert (part.position >= tileset.corners[deepest[0]].min(axis=0) - 1e-6).all()
    assert (part.position <= tileset.corners[deepest[0]].max(axis=0) + 1e-6).all()
