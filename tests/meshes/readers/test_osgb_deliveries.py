"""How OSGB deliveries say where they lie, and which of their files come first."""

from __future__ import annotations

from pathlib import Path

import pytest

from meshes.errors import DamagedError, MissingForeignError, UnsupportedForeignError
from meshes.readers.osgb import open_osgb

METADATA = '<?xml version="1.0" encoding="{}"?>\n<ModelMetadata version="1">{}</ModelMetadata>'


def deliver(folder: Path, *files: str, srs: str | None = "EPSG:4548", origin: str = "1,2,3") -> Path:
    """A delivery of empty files."""
    for name in files or ("Data/Tile_1/Tile_1.osgb",):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    if srs is not None:
        text = f"<SRS>{srs}</SRS><SRSOrigin>{origin}</SRSOrigin>"
        (folder / "metadata.xml").write_text(METADATA.format("utf-8", text), encoding="utf-8")
    return folder


@pytest.mark.parametrize("encoding", ["gb2312", "GBK", "gb18030", "utf-8", "utf-8-sig", "utf-16", "big5"])
def test_metadata_in_any_encoding_that_it_names(tmp_path: Path, encoding: str) -> None:
    deliver(tmp_path, srs=None)
    declared = {"utf-8-sig": "utf-8"}.get(encoding, encoding)
    text = METADATA.format(declared, "<!--中--><SRS>ENU:40.5,116.9</SRS><SRSOrigin>1,2,3</SRSOrigin>")
    (tmp_path / "metadata.xml").write_bytes(text.encode(encoding))
    tree = open_osgb(tmp_path / "metadata.xml")
    assert (tree.tangent, tree.origin) == ((40.5, 116.9), (1, 2, 3))


def test_metadata_that_names_no_encoding_and_is_in_gbk(tmp_path: Path) -> None:
    deliver(tmp_path, srs=None)
    text = "<ModelMetadata><!--坐标系--><SRS>EPSG:4548</SRS></ModelMetadata>"
    (tmp_path / "metadata.xml").write_bytes(text.encode("gbk"))
    assert open_osgb(tmp_path / "metadata.xml").crs == "EPSG:4548"


@pytest.mark.parametrize(
    ("srs", "crs"),
    [
        ("EPSG:4548", "EPSG:4548"),
        (" epsg: 4548 ", "EPSG:4548"),
        ("4548", "EPSG:4548"),
        ("EPSG::4548", "EPSG:4548"),
        ("urn:ogc:def:crs:EPSG::4548", "EPSG:4548"),
        ("EPSG:4548+5737", "EPSG:4548+5737"),
        ("EPSG:4548 + EPSG:5737", "EPSG:4548+5737"),
        ("GCJ02", "GCJ-02"),
        ("Local", None),
        ('LOCAL_CS["none"]', None),
        ("", None),
    ],
)
def test_the_forms_of_an_srs(tmp_path: Path, srs: str, crs: str | None) -> None:
    assert open_osgb(deliver(tmp_path, srs=srs) / "metadata.xml").crs == crs


@pytest.mark.parametrize("srs", ["ENU:40.5,116.9", "ENU: 40.5 , 116.9", "enu:40.5，116.9", "ENU 40.5 116.9"])
def test_the_forms_of_a_tangent_plane(tmp_path: Path, srs: str) -> None:
    assert open_osgb(deliver(tmp_path, srs=srs)).tangent == (40.5, 116.9)


@pytest.mark.parametrize("origin", ["1,2,3", " 1.0 , 2.0 , 3.0 ", "1 2 3", "1，2，3", "1;2;3", "1e0,2,3"])
def test_the_forms_of_an_origin(tmp_path: Path, origin: str) -> None:
    assert open_osgb(deliver(tmp_path, origin=origin)).origin == (1, 2, 3)


def test_an_origin_without_a_height_is_told(tmp_path: Path) -> None:
    tree = open_osgb(deliver(tmp_path, origin="1,2"))
    assert tree.origin == (1, 2, 0)
    assert "SRSOrigin has no height" in tree.notes[0]
    with pytest.raises(DamagedError, match="'1,two,3', which is not three numbers"):
        open_osgb(deliver(tmp_path, origin="1,two,3"))


@pytest.mark.parametrize("name", ["metadata.xml", "Metadata.xml", "METADATA.XML"])
@pytest.mark.parametrize("uri", ["", "Data"])
def test_a_folder_serves_as_well_as_its_metadata(tmp_path: Path, name: str, uri: str) -> None:
    deliver(tmp_path)
    (tmp_path / "metadata.xml").rename(tmp_path / name)
    tree = open_osgb(tmp_path / uri)
    assert (tree.crs, tree.roots) == ("EPSG:4548", ("Data/Tile_1/Tile_1.osgb",))


def test_a_folder_may_hold_one_delivery_and_not_two(tmp_path: Path) -> None:
    deliver(tmp_path / "Production_1")
    tree = open_osgb(tmp_path)
    assert (tree.crs, tree.roots) == ("EPSG:4548", ("Data/Tile_1/Tile_1.osgb",))
    deliver(tmp_path / "Production_2")
    with pytest.raises(
        UnsupportedForeignError, match=r"2 deliveries \(Production_1, Production_2\): name one"
    ):
        open_osgb(tmp_path)


def test_metadata_is_found_from_a_tile(tmp_path: Path) -> None:
    deliver(tmp_path)
    tree = open_osgb(tmp_path / "Data" / "Tile_1" / "Tile_1.osgb")
    assert (tree.crs, tree.roots) == ("EPSG:4548", ("Tile_1.osgb",))


def test_without_metadata_a_tree_has_no_place_of_its_own(tmp_path: Path) -> None:
    deliver(tmp_path, srs=None)
    for path, root in (
        (tmp_path, "Data/Tile_1/Tile_1.osgb"),
        (tmp_path / "Data", "Tile_1/Tile_1.osgb"),
        (tmp_path / "Data" / "Tile_1" / "Tile_1.osgb", "Tile_1.osgb"),
    ):
        tree = open_osgb(path)
        assert (tree.crs, tree.tangent, tree.origin, tree.roots) == (None, None, (0, 0, 0), (root,))
    with pytest.raises(MissingForeignError, match="no such file or folder"):
        open_osgb(tmp_path / "nothing")


def test_an_offset_beside_a_tree_without_metadata_is_added_and_told(tmp_path: Path) -> None:
    deliver(tmp_path, srs=None)
    (tmp_path / "job_offset.xyz").write_text("442000.5 4480000 155\n", encoding="ascii")
    tree = open_osgb(tmp_path)
    assert tree.origin == (442000.5, 4480000, 155)
    assert tree.notes == ("job_offset.xyz: its offset 442000.5, 4480000, 155 is added",)
    assert open_osgb(tmp_path, anchored=True).origin == (0, 0, 0)
    (tmp_path / "job_offset.xyz").write_text("none\n", encoding="ascii")
    assert open_osgb(tmp_path).notes == ("job_offset.xyz: holds no three numbers and is not read",)


@pytest.mark.parametrize(
    ("files", "roots"),
    [
        (("Data/Tile_1/TILE_1.OSGB", "Data/Tile_1/Tile_1_L16_0.osgb"), ["Data/Tile_1/TILE_1.OSGB"]),
        (("Data/A/T_1/T_1.osgb", "Data/B/T_2/T_2.osgb"), ["Data/A/T_1/T_1.osgb", "Data/B/T_2/T_2.osgb"]),
        (("Tile_1/Tile_1.osgb", "Tile_2/Tile_2.osgb"), ["Tile_1/Tile_1.osgb", "Tile_2/Tile_2.osgb"]),
        (("Data/区块_1/区块_1.osgb",), ["Data/区块_1/区块_1.osgb"]),
        (("Data/Tile_1/top.osgb", "Data/Tile_1/top_L17_0.osgb"), ["Data/Tile_1/top.osgb"]),
        (("Data/a.osgb", "Data/a_L17_0.osgb"), ["Data/a.osgb"]),
        (("lod_0.osgb", "lod_0_1.osgb", "lod_0_1_2.osgb", "lod_1.osgb"), ["lod_0.osgb", "lod_1.osgb"]),
    ],
)  # fmt: skip
def test_the_coarsest_files_are_found_under_any_name(
    tmp_path: Path, files: tuple[str, ...], roots: list[str]
) -> None:
    assert list(open_osgb(deliver(tmp_path, *files)).roots) == roots


def test_of_files_in_one_folder_those_that_others_name_are_no_roots(tmp_path: Path) -> None:
    deliver(tmp_path, "lod_0.osgb", "lod_1.osgb", "lod_2.osgb", srs=None)
    (tmp_path / "lod_0.osgb").write_bytes(b"\x0a\0\0\0lod_1.osgb\x0a\0\0\0lod_2.osgb")
    assert open_osgb(tmp_path).roots == ("lod_0.osgb",)


def test_a_block_without_its_coarsest_file_is_named(tmp_path: Path) -> None:
    deliver(tmp_path, "Data/Tile_1/Tile_1.osgb", "Data/Tile_2/Tile_2_L16_0.osgb", "Data/Tile_3/a.ive")
    (tmp_path / "Data" / "Tile_4").mkdir()
    tree = open_osgb(tmp_path)
    assert tree.roots == ("Data/Tile_1/Tile_1.osgb",)
    assert tree.notes == (
        "Data/Tile_2: its coarsest file Tile_2.osgb is missing; the block is left out",
        "Data/Tile_3: holds .ive, which is not read: export it as .osgb",
        "Data/Tile_4: holds no .osgb file; the block is left out",
    )
    assert tree.lost == 3
