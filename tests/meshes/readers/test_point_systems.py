"""The systems and units that clouds say themselves, by WKT and by GeoTIFF's keys."""

from __future__ import annotations

from pathlib import Path

import laspy
import pytest
from laspy.vlrs.vlr import VLR
from laspy.vlrs.vlrlist import VLRList
from pyproj import CRS
from pyproj.enums import WktVersion

from meshes.errors import PlacementError, UnsupportedForeignError
from meshes.readers.points import read_points
from tests.meshes.readers.clouds import EAST, NORTH, read, write_cloud

FOOT, SURVEY_FOOT = 0.3048, 1200 / 3937
HEIGHTS = [160.0, 161.0, 162.0]
VERT_CS = 'VERT_CS["some heights",VERT_DATUM["somewhere",2005],UNIT["{unit}",{metres}],AXIS["Up",UP]]'


def compound(unit: str, metres: float) -> str:
    """EPSG:4548 with a vertical system that has no code."""
    flat = CRS("EPSG:4548").to_wkt(WktVersion.WKT1_GDAL)
    return f'COMPD_CS["both",{flat},{VERT_CS.format(unit=unit, metres=metres)}]'


def esri(horizontal: str, unit: str, metres: float) -> str:
    """As ArcGIS writes both parts, one after the other."""
    vertical = (
        'VERTCS["x",VDATUM["x"],PARAMETER["Vertical_Shift",0.0],PARAMETER["Direction",1.0],UNIT["{}",{}]]'
    )
    return CRS(horizontal).to_wkt(WktVersion.WKT1_ESRI) + "," + vertical.format(unit, metres)


@pytest.mark.parametrize(
    ("wkt", "keys", "metres"),
    [
        ("EPSG:4548", {}, 1.0),
        ("EPSG:4548+5737", {}, 1.0),
        ("EPSG:4548+6360", {}, SURVEY_FOOT),
        ("EPSG:4548+8228", {}, FOOT),
        ("EPSG:4326+6360", {}, SURVEY_FOOT),
        ("EPSG:4979", {}, 1.0),
        (compound("US survey foot", SURVEY_FOOT), {}, SURVEY_FOOT),
        (compound("foot", FOOT), {}, FOOT),
        (compound("centimetre", 0.01), {}, 0.01),
        (esri("EPSG:4548", "Foot_US", SURVEY_FOOT), {}, SURVEY_FOOT),
        ("", {1024: 1, 3072: 4548}, 1.0),
        ("", {1024: 1, 3072: 4548, 4099: 9001}, 1.0),
        ("", {1024: 1, 3072: 4548, 4099: 9003}, SURVEY_FOOT),
        ("", {1024: 1, 3072: 4548, 4099: 9002}, FOOT),
        ("", {1024: 1, 3072: 4548, 4096: 6360}, SURVEY_FOOT),
        ("", {1024: 2, 2048: 4326, 4099: 9003}, SURVEY_FOOT),
        ("", {1024: 1, 3072: 2277, 4099: 9001}, 1.0),  # a plane in feet under heights in metres
        ("EPSG:2277+5703", {}, 1.0),
    ],
)
def test_heights_become_metres_by_what_the_file_says(
    tmp_path: Path, wkt: str, keys: dict[int, int], metres: float
) -> None:
    text = CRS(wkt).to_wkt() if wkt.startswith("EPSG") else wkt
    version, format_ = ("1.4", 6) if wkt else ("1.2", 1)
    found = read(
        write_cloud(tmp_path / "a.las", version=version, format_=format_, wkt=text, keys=keys),
        tmp_path / "out",
    )
    assert found["position"][:, 2] == pytest.approx([h * metres for h in HEIGHTS], rel=1e-9)
    assert found["position"][0, :2].tolist() == [EAST, NORTH]
    assert found["notes"] == []
    assert len(found["found"]) == (metres != 1.0)


def test_heights_over_a_plane_in_feet_are_taken_as_feet_and_doubted(tmp_path: Path) -> None:
    path = write_cloud(tmp_path / "a.las", wkt=CRS("EPSG:2277").to_wkt())
    found = read(path, tmp_path / "out")
    assert found["position"][:, 2] == pytest.approx([h * SURVEY_FOOT for h in HEIGHTS])
    assert "set unit_mult in the catalog" in found["notes"][0]
    found = read(path, tmp_path / "out", unit_mult=1.0)
    assert found["position"][:, 2].tolist() == HEIGHTS
    assert found["notes"] == []


def test_a_key_for_units_beside_another_vertical_system_counts_and_is_told(tmp_path: Path) -> None:
    keys = {1024: 1, 3072: 4548, 4096: 5703, 4099: 9003}
    found = read(write_cloud(tmp_path / "a.las", version="1.2", format_=1, keys=keys), tmp_path / "out")
    assert found["position"][:, 2] == pytest.approx([h * SURVEY_FOOT for h in HEIGHTS])
    assert "US survey foot (key for units) and in metre" in found["notes"][0]


def test_a_unit_of_heights_that_is_not_known_is_told(tmp_path: Path) -> None:
    keys = {1024: 1, 3072: 4548, 4099: 32767}
    path = write_cloud(tmp_path / "a.las", version="1.2", format_=1, keys=keys)
    (note,) = read(path, tmp_path / "out")["notes"]  # type: ignore[misc]
    assert "a unit of heights that is not known (code 32767)" in note
    assert read(path, tmp_path / "out", unit_mult=1.0)["notes"] == []


def test_the_catalogs_unit_beside_the_files(tmp_path: Path) -> None:
    feet = write_cloud(tmp_path / "feet.las", wkt=CRS("EPSG:4548+6360").to_wkt())
    metres = write_cloud(tmp_path / "metres.las", wkt=CRS("EPSG:4548+5737").to_wkt())
    none = write_cloud(tmp_path / "none.las")
    assert read(feet, tmp_path / "o", unit_mult=FOOT)["position"][0, 2] == pytest.approx(160 * FOOT)
    with pytest.raises(
        UnsupportedForeignError, match=r"in US survey foot .*unit_mult says 0\.01: one is wrong"
    ):
        read(feet, tmp_path / "o", unit_mult=0.01)
    told = read(metres, tmp_path / "o", unit_mult=0.01)
    assert told["position"][0, 2] == pytest.approx(1.6)
    assert "unit_mult 0.01 of the catalog is believed" in told["notes"][0]
    assert read(none, tmp_path / "o", unit_mult=0.01)["notes"] == []


def test_an_anchors_scale_is_of_all_three_axes(tmp_path: Path) -> None:
    feet = write_cloud(tmp_path / "a.las", wkt=CRS("EPSG:2277+6360").to_wkt())
    found = read(feet, tmp_path / "o", scale=SURVEY_FOOT)
    assert found["position"][:, 2].tolist() == HEIGHTS  # the anchor scales them with the plane
    assert found["notes"] == [
        "says it is in EPSG:2277 (NAD83 / Texas Central (ftUS)): the catalog's anchor is believed"
    ]
    assert any(
        "scale is 1, which is believed" in line for line in read(feet, tmp_path / "o", scale=1.0)["notes"]
    )
    mixed = write_cloud(tmp_path / "b.las", wkt=CRS("EPSG:4548+6360").to_wkt())
    assert read(mixed, tmp_path / "o", scale=1.0)["position"][0, 2] == pytest.approx(160 * SURVEY_FOOT)


def test_depths_are_refused(tmp_path: Path) -> None:
    path = write_cloud(tmp_path / "a.las", wkt=CRS("EPSG:4548+5715").to_wkt())
    with pytest.raises(UnsupportedForeignError, match="counted downwards"):
        read(path, tmp_path / "out")


@pytest.mark.parametrize("wkt", ["nonsense", 'LOCAL_CS["mine",UNIT["metre",1]]', CRS("EPSG:4978").to_wkt()])
def test_a_system_that_says_no_place_is_told_and_the_catalogs_counts(tmp_path: Path, wkt: str) -> None:
    points = read_points(write_cloud(tmp_path / "a.las", wkt=wkt), crs="EPSG:4548")
    assert points.crs == "EPSG:4548"
    assert "the catalog is believed" in points.notes[0]


def test_a_system_in_an_extended_record_counts(tmp_path: Path) -> None:
    path = write_cloud(tmp_path / "a.las")
    cloud = laspy.read(path)
    wkt = CRS("EPSG:4548+6360").to_wkt().encode() + b"\0"
    cloud.evlrs = VLRList([VLR("LASF_Projection", 2112, "", wkt)])
    cloud.write(str(path))
    found = read(path, tmp_path / "out")
    assert found["crs"] == "EPSG:4548"
    assert found["position"][:, 2] == pytest.approx([h * SURVEY_FOOT for h in HEIGHTS])
    assert found["notes"] == []


def test_wkt_and_keys_that_differ_are_told(tmp_path: Path) -> None:
    path = write_cloud(tmp_path / "a.las", wkt=CRS("EPSG:4548").to_wkt(), keys={1024: 1, 3072: 32650})
    found = read(path, tmp_path / "out")
    assert found["crs"] in ("EPSG:4548", "EPSG:4509")
    assert "(GeoTIFF keys): the first counts" in found["notes"][0]


def test_a_cloud_in_another_system_than_the_catalogs_is_refused(tmp_path: Path) -> None:
    path = write_cloud(tmp_path / "a.las", wkt=CRS("EPSG:32650").to_wkt())
    with pytest.raises(PlacementError, match=r"a\.las: says it is in EPSG:32650.* EPSG:4548, 1,\d{3} m away"):
        read_points(path, crs="EPSG:4548")
    assert read_points(path, crs="EPSG:32650").notes == ()
    assert read_points(path).crs == "EPSG:32650"
