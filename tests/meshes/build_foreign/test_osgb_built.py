"""OSGB trees, as oblique photography is delivered, with the place and the levels that they say themselves."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from meshes.build.foreign.build import build_foreign
from meshes.build.foreign.model_check import inspect_model
from meshes.errors import MeshError, PlacementError
from meshes.tiles import map_glb, read_tree
from meshes.tiles.check import check_tileset
from tests.meshes.build_foreign.making import LAT, LON, model, nearest, to_frame, vertices, write_catalog
from tests.meshes.readers.osgb_text import convert, group, needs_tool
from tests.meshes.readers.test_osgb_trees_read import write_tree
from twin.build.sources import marks_beneath
from twin.catalog import ModelEntry, load_catalog
from twin.notes import Notes, read_notes


def built(
    tmp_path: Path, *more: str, reference: str = "local, offset_m: 2", uri: str = "town/metadata.xml"
) -> tuple[Path, list[str]]:
    """The tree in ``tmp_path/town`` after its build, and what was left out of it."""
    entry = model("town", "osgb", uri, *more, reference=reference)
    read = load_catalog(write_catalog(tmp_path, entry))
    town = read.entries["town"]
    assert isinstance(town, ModelEntry)
    out = tmp_path / "out"
    out.mkdir()
    build_foreign(out, read, town, progress=lambda part: None)
    check_tileset(out / "town")
    return out / "town", list(read_notes(out).get("town", Notes()).lines)


def with_a_second_level(folder: Path) -> None:
    """The finer file is a copy of the coarser one, and so names itself."""
    tile = folder / "Data" / "Tile_1"
    shutil.copy(tile / "Tile_1.osgb", tile / "Tile_1_L18_0.osgb")


@needs_tool
def test_a_tree_keeps_its_levels_its_pictures_and_its_own_place(tmp_path: Path) -> None:
    write_tree(tmp_path / "town")
    with_a_second_level(tmp_path / "town")
    folder, faults = built(tmp_path)
    assert faults == []
    tree = read_tree(folder)
    assert tree.parent.tolist() == [-1, 0, 1]
    assert [name != "" for name in tree.content] == [False, True, True]
    assert tree.error_m[1] == pytest.approx(32 * 6.5 / 400, rel=0.01)
    (part,) = map_glb(folder / tree.content[2]).primitives
    assert part.image is not None
    wanted = np.array([442_010, 4_480_008.0625, 155 + 6 + 2])
    assert nearest(vertices(folder), wanted) == pytest.approx(wanted, abs=1e-3)


@needs_tool
def test_a_tree_in_a_tangent_plane_stands_where_it_says(tmp_path: Path) -> None:
    path = write_tree(tmp_path / "town", srs=f"ENU:{LAT},{LON}")
    path.write_text(path.read_text().replace("442000,4480000,155", "100,200,155"))
    with_a_second_level(tmp_path / "town")
    folder, _ = built(tmp_path)
    wanted = to_frame(np.array([[110.0, 208.0625, 161.0]]), 0.0)[0] + [0, 0, 2]
    assert nearest(vertices(folder), wanted) == pytest.approx(wanted, abs=2e-3)


@needs_tool
def test_the_catalog_says_where_it_is_and_a_missing_file_leaves_the_coarser_one(tmp_path: Path) -> None:
    write_tree(tmp_path / "town", srs="")
    folder, faults = built(tmp_path, "crs: EPSG:4548")
    assert len(faults) == 1
    assert faults[0].startswith("Data/Tile_1/Tile_1_L18_0.osgb: there is no such file")
    assert read_tree(folder).parent.tolist() == [-1, 0]


@needs_tool
def test_a_tree_of_which_nothing_can_be_read_is_refused_in_one_line(tmp_path: Path) -> None:
    write_tree(tmp_path / "town")
    (tmp_path / "town" / "Data" / "Tile_1" / "Tile_1.osgb").write_bytes(b"nothing")
    with pytest.raises(MeshError, match="none of its files can be read: Data/Tile_1/Tile_1") as told:
        built(tmp_path)
    assert "\n" not in str(told.value)


@needs_tool
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            b"PK\3\4" + bytes(20),
            r"can be read: .*Tile_1\.osgb: is a packed file \(zip\), which is not read: export it",
        ),
        (b"\x1f\x8b\x08\0" + bytes(20), r"can be read: .*is a packed file \(gzip\)"),
        (None, "holds a triangle$"),
    ],
)
def test_why_nothing_of_a_tree_is_shown_is_said(tmp_path: Path, data: bytes | None, words: str) -> None:
    write_tree(tmp_path / "town")
    tile = tmp_path / "town" / "Data" / "Tile_1" / "Tile_1.osgb"
    if data is None:
        convert(group(), tile)
    else:
        tile.write_bytes(data)
    with pytest.raises(MeshError, match=rf"/town/metadata\.xml: none of its files {words}"):
        built(tmp_path)


@needs_tool
@pytest.mark.parametrize(
    ("origin", "words"),
    [
        ("4480000,442000,155", r"stands 5,\d\d\d km from the reservoir; mend"),
        ("39442000,4480000,155", "stands nowhere on earth; its eastings begin with the number of zone 39"),
    ],
)
def test_a_tree_that_stands_elsewhere_is_not_called_unreadable(
    tmp_path: Path, origin: str, words: str
) -> None:
    path = write_tree(tmp_path / "town")
    path.write_text(path.read_text().replace("442000,4480000,155", origin))
    with pytest.raises(PlacementError, match=rf"/town/metadata\.xml: {words}"):
        built(tmp_path)


@needs_tool
def test_a_place_that_proj_does_not_know_is_said_with_what_to_mend(tmp_path: Path) -> None:
    write_tree(tmp_path / "town", srs="LOCAL_CS nobody knows")
    with pytest.raises(MeshError, match=r"metadata\.xml: .*mend the entry's crs") as told:
        built(tmp_path)
    assert "\n" not in str(told.value)


def test_a_missing_tool_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    tile = tmp_path / "town" / "Data" / "Tile_1"
    tile.mkdir(parents=True)
    (tile / "Tile_1.osgb").write_bytes(b"\xa1\x0e\x91\x6c\x45\x45\xfb\x1a")
    text = "<ModelMetadata><SRS>EPSG:4548</SRS><SRSOrigin>442000,4480000,155</SRSOrigin></ModelMetadata>"
    (tmp_path / "town" / "metadata.xml").write_text(text)
    with pytest.raises(MeshError, match="install OpenSceneGraph"):
        built(tmp_path)


@needs_tool
@pytest.mark.parametrize(
    ("srs", "told"),
    [("EPSG:4544", "it is in EPSG:4544"), ("ENU:40.5,116.9", r"a plane at ENU:40\.5,116\.9")],
)
def test_a_place_that_contradicts_the_catalog_is_refused(tmp_path: Path, srs: str, told: str) -> None:
    write_tree(tmp_path / "town", srs=srs)
    with pytest.raises(MeshError, match=f"says {told}, the catalog says EPSG:4548.*: one is wrong"):
        built(tmp_path, "crs: EPSG:4548")


@needs_tool
def test_a_tree_without_a_place_stands_on_the_catalog_s_anchor_or_is_refused(tmp_path: Path) -> None:
    path = write_tree(tmp_path / "town", srs="")
    path.unlink()
    anchor = f"anchor: {{lon: {LON}, lat: {LAT}, height_m: 150}}"
    folder, notes = built(tmp_path, anchor, uri="town/Data")
    assert notes == ["Tile_1/Tile_1_L18_0.osgb: there is no such file: left out"]
    wanted = to_frame(np.array([[10.0, 8.0625, 6.0]]), 0.0)[0] + [0, 0, 152]
    assert nearest(vertices(folder), wanted) == pytest.approx(wanted, abs=2e-3)
    (tmp_path / "out").rename(tmp_path / "first")
    with pytest.raises(MeshError, match=r"town: nothing says where it stands.*give the entry crs or anchor"):
        built(tmp_path, uri="town")


@needs_tool
def test_heights_of_another_system_than_the_catalog_s_are_doubted(tmp_path: Path) -> None:
    write_tree(tmp_path / "town", srs="EPSG:4548+5773")
    with_a_second_level(tmp_path / "town")
    _, notes = built(tmp_path, reference="ellipsoidal")
    assert notes == [
        "metadata.xml says that its heights count from EGM96 height, the catalog says ellipsoidal, "
        "which is believed"
    ]


@needs_tool
def test_names_in_gbk_on_the_disk_are_read_and_told(tmp_path: Path) -> None:
    write_tree(tmp_path / "town")
    data = tmp_path / "town" / "Data"
    for name in ("区一", "区二"):
        block = os.fsencode(data) + b"/" + name.encode("gbk")
        Path(os.fsdecode(block)).mkdir()
        shutil.copy(data / "Tile_1" / "Tile_1.osgb", block + b"/" + f"{name}.osgb".encode("gbk"))
    Path(os.fsdecode(block), os.fsdecode("区二.osgb".encode("gbk"))).write_bytes(b"xx")
    folder, notes = built(tmp_path)
    assert "Data/区二/区二.osgb: is not an OSGB file; it begins with 'xx': left out" in notes
    assert "Data/区一/Tile_1_L18_0.osgb: there is no such file: left out" in notes
    assert len([name for name in read_tree(folder).content if name]) == 2
    assert len(marks_beneath(data)) == 16


@needs_tool
def test_in_one_folder_a_file_that_none_names_is_left_out_and_told(tmp_path: Path) -> None:
    path = write_tree(tmp_path / "town", child="lod_1.osgb")
    block = path.parent / "Data" / "Tile_1"
    for name in ("lod.osgb", "lod_2.osgb"):
        shutil.copy(block / "Tile_1.osgb", path.parent / "Data" / name)
    shutil.rmtree(block)
    _, notes = built(tmp_path)
    assert notes == [
        "Data/lod_1.osgb: there is no such file: left out",
        "Data/lod_2.osgb: no file that was read names it: left out (a block of its own goes into a folder of "
        "its own)",
    ]
    town = load_catalog(tmp_path / "data_catalog.yaml")
    entry = town.entries["town"]
    assert isinstance(entry, ModelEntry)
    assert inspect_model(town, entry)[1] == ["lacks 2 of 3 tiles", *notes]
