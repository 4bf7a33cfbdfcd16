"""What a model's files say of its place beside what the catalog says: checked and built alike."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pyproj import CRS

from meshes.build.foreign.agreement import height_mult, place_doubts
from meshes.build.foreign.build import build_foreign
from meshes.build.foreign.model_check import inspect_model
from meshes.build.foreign.placement import place_of
from meshes.errors import MeshError, PlacementError
from meshes.readers.osgb import OsgbTree
from tests.meshes.build_foreign.making import (
    ANCHOR,
    CORNERS,
    model,
    to_frame,
    vertices,
    write_catalog,
    write_ecef_tileset,
    write_obj,
)
from tests.meshes.readers.clouds import write_cloud
from twin.catalog import Catalog, CatalogError, ModelEntry, frame_of, load_catalog
from twin.notes import read_notes


def entry_of(catalog: Catalog, name: str = "house") -> ModelEntry:
    entry = catalog.entries[name]
    assert isinstance(entry, ModelEntry)
    return entry


def house(folder: Path, *more: str, beside: dict[str, str] | None = None) -> Catalog:
    """The catalog of a house in EPSG:4548, with files beside it."""
    write_obj(folder / "house" / "house.obj", to_frame(CORNERS))
    for name, text in (beside or {}).items():
        (folder / "house" / name).write_text(text)
    return load_catalog(write_catalog(folder, model("house", "surface", "house/house.obj", *more)))


@pytest.mark.parametrize(
    ("name", "crs", "place", "words"),
    [
        ("house.prj", "EPSG:4548", "crs: EPSG:4548", None),
        ("HOUSE.PRJ", "EPSG:4509", "crs: EPSG:4548", None),
        ("house.obj.prj", "EPSG:4548+5737", "crs: EPSG:4548", None),
        ("house.prj", 'LOCAL_CS["x",UNIT["metre",1]]', ANCHOR, None),
        ("house_wkt.prj", "EPSG:4548", ANCHOR, "house_wkt.prj beside it says .*anchor is believed"),
        (
            "house.prj",
            "nonsense",
            "crs: EPSG:4548",
            "house.prj beside it names a coordinate system that PROJ",
        ),
        ("house_offset.xyz", "", ANCHOR, "house_offset.xyz beside it is not read"),
        ("metadata.xml", "<SRSOrigin>0,0,0</SRSOrigin>", ANCHOR, "metadata.xml beside it is not read"),
        ("metadata.xml", "<author>somebody</author>", ANCHOR, None),
    ],
)
def test_files_beside_a_surface_are_used_or_told(
    tmp_path: Path, name: str, crs: str, place: str, words: str | None
) -> None:
    text = CRS(crs).to_wkt("WKT1_GDAL") if crs.startswith("EPSG") else crs
    catalog = house(tmp_path, place, beside={name: text})
    doubts = place_doubts(catalog, entry_of(catalog))
    assert len(doubts) == (words is not None)
    assert words is None or re.search(words, doubts[0])


def test_another_system_beside_a_surface_is_refused_by_check_and_build(tmp_path: Path) -> None:
    catalog = house(tmp_path, "crs: EPSG:4548", beside={"house.prj": CRS("EPSG:32650").to_wkt("WKT1_ESRI")})
    out = tmp_path / "out"
    out.mkdir()
    wrong = (
        r"house\.obj: house\.prj beside it says it is in .*UTM.* the catalog says EPSG:4548, 1,\d\d\d m away"
    )
    with pytest.raises(MeshError, match=wrong):
        inspect_model(catalog, entry_of(catalog))
    with pytest.raises(MeshError, match=wrong):
        build_foreign(out, catalog, entry_of(catalog), progress=lambda part: None)


def test_heights_over_a_plane_in_feet_are_feet_unless_the_catalog_says_otherwise(tmp_path: Path) -> None:
    catalog = house(tmp_path, "crs: EPSG:4548")
    frame = frame_of(catalog.head)
    entry = entry_of(catalog)
    texas = entry.model_copy(update={"crs": "EPSG:2277"})
    x, y = (float(value) for value in frame.to_crs("EPSG:4326", *frame.place(catalog.head.reservoir.seed)))
    assert place_doubts(catalog, entry) == []
    assert ") is in US survey foot, and nothing says" in place_doubts(catalog, texas)[0]
    metres = texas.model_copy(update={"unit_mult": 1.0})
    assert place_doubts(catalog, metres) == []
    for other, unit_m in ((texas, 1200 / 3937), (metres, 1.0)):
        raw, _ = place_of(catalog, other).sound(np.array([[3e6, 1e7, 100.0], [3e6, 1e7, 0.0]]))
        assert raw[0, 2] - raw[1, 2] == pytest.approx(100 * unit_m)
    degrees = entry.model_copy(update={"crs": "EPSG:4326", "unit_mult": 0.01})
    low, high = place_of(catalog, degrees)(np.array([[x, y, 0.0], [x, y, 100.0]]))
    assert high[2] - low[2] == pytest.approx(1.0)


def test_a_prj_beside_a_cloud_is_compared_too(tmp_path: Path) -> None:
    write_cloud(tmp_path / "a.las")
    (tmp_path / "a.prj").write_text(CRS("EPSG:32650").to_wkt("WKT1_ESRI"))
    catalog = load_catalog(write_catalog(tmp_path, model("house", "points", "a.las", "crs: EPSG:4548")))
    with pytest.raises(
        MeshError, match=r"a\.las: a\.prj beside it says it is in .* EPSG:4548, 1,\d\d\d m away"
    ):
        inspect_model(catalog, entry_of(catalog))


def test_eastings_with_the_number_of_their_zone_are_named(tmp_path: Path) -> None:
    catalog = house(tmp_path, "crs: EPSG:4548")
    with pytest.raises(
        PlacementError, match="begin with the number of zone 39: name the system of that zone"
    ):
        place_of(catalog, entry_of(catalog))(to_frame(CORNERS) + np.array([39e6, 0, 0]))


@pytest.mark.parametrize(
    ("srs", "unit_m", "words"),
    [
        ("EPSG:4548+6360", 1200 / 3937, "heights count from NAVD88"),
        ("EPSG:4548+5737", 1.0, "heights count from Yellow Sea 1985"),
        ("EPSG:2277", 1200 / 3937, "set unit_mult in the catalog"),
        ("EPSG:4548", 1.0, ""),
    ],
)
def test_the_system_of_an_osgb_tree_says_the_unit_of_its_heights(
    tmp_path: Path, srs: str, unit_m: float, words: str
) -> None:
    (tmp_path / "metadata.xml").touch()
    catalog = load_catalog(write_catalog(tmp_path, model("house", "osgb", "metadata.xml")))
    tree = OsgbTree(folder=tmp_path, crs=srs, tangent=None, origin=(0, 0, 0), roots=())
    entry = entry_of(catalog)
    assert height_mult(entry, tree)[0] == pytest.approx(unit_m)
    doubts = place_doubts(catalog, entry, tree)
    assert any(words in doubt for doubt in doubts) if words else doubts == []


@pytest.mark.parametrize("crs", ["EPSG:2436", "EPSG:2384"])
def test_an_old_datum_is_doubted_as_in_vectors(tmp_path: Path, crs: str) -> None:
    catalog = house(tmp_path, f"crs: {crs}")
    (doubt,) = place_doubts(catalog, entry_of(catalog))
    assert "without parameters" in doubt


def test_a_system_of_no_place_on_the_ground_is_not_called_unknown(tmp_path: Path) -> None:
    (tmp_path / "metadata.xml").touch()
    catalog = load_catalog(write_catalog(tmp_path, model("house", "osgb", "metadata.xml")))
    tree = OsgbTree(folder=tmp_path, crs="EPSG:4978", tangent=None, origin=(0, 0, 0), roots=())
    with pytest.raises(PlacementError, match=r"EPSG:4978 .*, which is no system of places on the ground"):
        place_of(catalog, entry_of(catalog), own=tree)


def test_a_tree_in_another_system_than_the_catalogs_is_refused_as_rasters_are(tmp_path: Path) -> None:
    (tmp_path / "metadata.xml").touch()
    catalog = load_catalog(write_catalog(tmp_path, model("house", "osgb", "metadata.xml", "crs: EPSG:4548")))
    tree = OsgbTree(folder=tmp_path, crs="EPSG:32650", tangent=None, origin=(0, 0, 0), roots=())
    with pytest.raises(
        PlacementError, match=r"its metadata\.xml says it is in EPSG:32650.*1,\d\d\d m away: one is wrong"
    ):
        place_doubts(catalog, entry_of(catalog), tree)
    assert place_doubts(catalog, entry_of(catalog), replace(tree, crs="EPSG:4509")) == []


def test_degrees_of_a_web_map_may_be_called_wgs_84_beside_a_surface_and_in_a_cloud(tmp_path: Path) -> None:
    catalog = house(tmp_path, "crs: GCJ-02", beside={"house.prj": CRS("EPSG:4326").to_wkt("WKT1_ESRI")})
    assert place_doubts(catalog, entry_of(catalog)) == []
    cloud = tmp_path / "house.las"
    wkt = CRS("EPSG:4326").to_wkt("WKT1_GDAL")
    write_cloud(cloud, position=[[0, 0, 160]], origin=(116.9, 40.5, 0), scale=1e-7, wkt=wkt)
    catalog = load_catalog(write_catalog(tmp_path, model("house", "points", "house.las", "crs: GCJ-02")))
    facts, doubts = inspect_model(catalog, entry_of(catalog))
    assert (facts.split(",")[0], doubts) == ("1 point", [])


def test_what_lies_beside_a_model_is_told_where_it_stands_elsewhere(tmp_path: Path) -> None:
    catalog = house(tmp_path, "crs: EPSG:4548", beside={"house_offset.xyz": "442000 4480000 155"})
    (tmp_path / "house" / "house.obj").write_text("v 0 0 0\nv 9 0 0\nv 0 9 0\nf 1 2 3\n")
    with pytest.raises(
        PlacementError, match=r"house\.obj: stands .* km from .*; besides, house_offset\.xyz beside it is not"
    ):
        inspect_model(catalog, entry_of(catalog))


@pytest.mark.parametrize(
    ("driver", "uri", "mend"),
    [
        ("surface", "a.las", "write driver: points"),
        ("surface", "a.fbx", "save other surfaces as GLB or OBJ"),
        ("tileset", "a.b3dm", "name its tileset.json"),
        ("points", "a.osgb", "write driver: osgb"),
        ("osgb", "a.ive", "export other models as OSGB"),
    ],
)
def test_a_file_of_another_driver_is_told_with_what_to_do(
    tmp_path: Path, driver: str, uri: str, mend: str
) -> None:
    with pytest.raises(CatalogError, match=mend):
        load_catalog(write_catalog(tmp_path, model("house", driver, uri, "crs: EPSG:4548")))


def test_unit_mult_needs_a_crs(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="an anchor has its scale"):
        house(tmp_path, ANCHOR, "unit_mult: 0.3048")


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("crs: EPSG:4548", "count from the earth's centre: write ecef: true"),
        ("crs: EPSG:4326", "count from the earth's centre: write ecef: true"),
        (ANCHOR, "count from the earth's centre: write ecef: true"),
    ],
)
def test_a_tileset_on_the_globe_with_another_place_says_what_to_write(
    tmp_path: Path, place: str, words: str
) -> None:
    write_ecef_tileset(tmp_path / "globe" / "tileset.json")
    catalog = load_catalog(write_catalog(tmp_path, model("house", "tileset", "globe/tileset.json", place)))
    with pytest.raises(MeshError, match=words):
        inspect_model(catalog, entry_of(catalog))


def test_a_tileset_in_a_frame_of_its_own_is_none_on_the_globe(tmp_path: Path) -> None:
    write_ecef_tileset(tmp_path / "globe" / "tileset.json")
    given = model("house", "tileset", "globe/tileset.json", "ecef: true", reference="ellipsoidal")
    catalog = load_catalog(write_catalog(tmp_path, given))
    with pytest.raises(PlacementError, match="do not count from the earth's centre: give crs or anchor"):
        place_of(catalog, entry_of(catalog))(CORNERS)


def test_stray_points_of_a_cloud_are_left_out_and_a_cloud_of_them_is_refused(tmp_path: Path) -> None:
    near = [(1000.0 + k, 0.0, 160.0) for k in range(9)]
    write_cloud(tmp_path / "a.las", position=[*near, (1_900_000.0, 0.0, 160.0), (0.0, 0.0, 2_000_000.0)])
    write_cloud(tmp_path / "b.las", position=[(1_900_000.0 + k, 0.0, 160.0) for k in range(9)])
    catalog = load_catalog(
        write_catalog(
            tmp_path,
            model("a", "points", "a.las", "crs: EPSG:4548"),
            model("b", "points", "b.las", "crs: EPSG:4548"),
        )
    )
    out = tmp_path / "out"
    out.mkdir()
    build_foreign(out, catalog, entry_of(catalog, "a"), progress=lambda part: None)
    assert len(vertices(out / "a")) == 9
    lines = read_notes(out)["a"].lines
    assert lines[1:] == ("points far from the reservoir, or without a place in the frame, left out: 2",)
    assert tuple(inspect_model(catalog, entry_of(catalog, "a"))[1]) == lines
    with pytest.raises(MeshError, match=r"b\.las: stands 1,\d\d\d km from the reservoir"):
        inspect_model(catalog, entry_of(catalog, "b"))


def test_another_vertical_system_than_the_catalogs_is_a_doubt_of_a_cloud(tmp_path: Path) -> None:
    write_cloud(tmp_path / "a.las", wkt=CRS("EPSG:4548+5737").to_wkt())
    catalog = load_catalog(write_catalog(tmp_path, model("a", "points", "a.las", "crs: EPSG:4548")))
    facts, doubts = inspect_model(catalog, entry_of(catalog, "a"))
    assert facts == (
        "3 points, LAS 1.4 format 7, says EPSG:4548, heights of Yellow Sea 1985 height, grey by height, "
        "3 never classified"
    )
    assert doubts == [
        "says that its heights count from Yellow Sea 1985 height, the catalog says EGM2008, which is believed"
    ]
