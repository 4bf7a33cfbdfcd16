"""The files beside a raster: where they place it, and what a broken one costs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from pyproj import CRS
from rasterio.transform import Affine

from tests.twin.ingest.field_rasters import HILL, SURVEY_FOOT_M, Entry, WriteTif, pam
from twin.ingest import (
    CrsError,
    FormatError,
    IngestError,
    TooLargeError,
    TurnedError,
    read_heights,
)
from twin.ingest.beside import companions
from twin.ingest.read import probe_raster

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")


# -- place ------------------------------------------------------------------------------------------------

WORLD = "10.0\n0\n0\n-10.0\n480005\n4489995\n"


@pytest.mark.parametrize(("world", "prj"), [("a.tfw", "a.prj"), ("A.TFW", "A.PRJ"), ("a.tifw", "a.prj")])
def test_a_world_file_and_a_prj_say_the_place(
    entry: Entry, write_tif: WriteTif, tmp_path: Path, world: str, prj: str
) -> None:
    path = write_tif(HILL, crs=None, transform=Affine.identity())
    (tmp_path / world).write_text(WORLD, encoding="ascii")
    (tmp_path / prj).write_text(CRS.from_epsg(4548).to_wkt("WKT1_ESRI"), encoding="ascii")
    read = read_heights(path, entry("terrain", crs="EPSG:4548"))
    assert read.grid.bounds == (480_000, 4_489_600, 480_600, 4_490_000)
    assert {f"place from {world}", f"place from {prj}"} <= set(read.found)
    assert read.doubts == ()


def test_pam_says_the_place_of_land_cover_and_pictures(entry: Entry, write_tif: WriteTif) -> None:
    place = "<SRS>EPSG:4548</SRS><GeoTransform> 480000, 10, 0, 4490000, 0, -10</GeoTransform>"
    path = write_tif(np.ones((3, 4, 5), np.uint8), crs=None, transform=Affine.identity())
    pam(path, dataset=place)
    for kind in ("imagery",):
        grid = probe_raster(path, entry(kind))[1]
        assert (grid.crs, grid.west, grid.north) == ("EPSG:4548", 480_000, 4_490_000)


def test_a_place_that_contradicts_the_file_is_told_and_not_used(
    entry: Entry, write_tif: WriteTif, tmp_path: Path
) -> None:
    path = write_tif(HILL)
    (tmp_path / "a.tfw").write_text(WORLD, encoding="ascii")
    (tmp_path / "a.prj").write_text(CRS.from_epsg(4548).to_wkt("WKT1_ESRI"), encoding="ascii")
    assert read_heights(path, entry("terrain")).doubts == ()
    (tmp_path / "a.tfw").write_text(WORLD.replace("480005", "480505"), encoding="ascii")
    (tmp_path / "a.prj").write_text(CRS.from_epsg(32650).to_wkt("WKT1_ESRI"), encoding="ascii")
    read = read_heights(path, entry("terrain"))
    assert read.grid.west == 480_000
    assert any("a.tfw puts it 50 cells away" in words for words in read.doubts)
    assert any("a.prj says the coordinate system is WGS" in words for words in read.doubts)


def test_the_unit_of_a_vertical_system_that_only_a_sidecar_names_counts(
    entry: Entry, write_tif: WriteTif, tmp_path: Path
) -> None:
    path = write_tif(HILL)
    both = CRS.from_epsg(4548).to_wkt("WKT1_ESRI") + "," + CRS.from_epsg(6360).to_wkt("WKT1_ESRI")
    (tmp_path / "a.prj").write_text(both, encoding="ascii")
    read = read_heights(path, entry("terrain"))
    np.testing.assert_allclose(read.heights_m, HILL.astype(np.float64) * SURVEY_FOOT_M, rtol=1e-12)
    assert (read.grid.crs, read.doubts) == ("EPSG:4548", ())


def test_a_system_of_three_axes_is_a_place_and_ellipsoidal_heights(entry: Entry, write_tif: WriteTif) -> None:
    path = write_tif(HILL, crs="EPSG:4979", transform=Affine(1e-4, 0, 116.9, 0, -1e-4, 40.5))
    read = read_heights(path, entry("terrain"))
    assert read.grid.crs == "EPSG:4326"
    assert any("ellipsoid" in words for words in read.found)


@pytest.mark.parametrize(
    ("code", "reference", "doubted"),
    [
        *[(5737, "1985", False), (5737, "local", False), (5737, "unknown", False), (5737, "EGM2008", True)],
        *[(5736, "1985", True), (5703, "1985", True), (5773, "EGM96", False), (3855, "Dagu", True)],
    ],
)
def test_a_vertical_system_that_contradicts_the_catalog_is_told(
    entry: Entry, write_tif: WriteTif, code: int, reference: str, doubted: bool
) -> None:
    both = CRS.from_user_input(f"EPSG:4548+{code}").to_wkt("WKT1_GDAL")
    read = read_heights(write_tif(HILL, crs=both), entry("terrain", vertical={"reference": reference}))
    assert any(words.startswith("heights of") for words in read.found)
    assert any("which is believed" in words for words in read.doubts) == doubted


def test_control_points_alone_are_named(entry: Entry, write_tif: WriteTif) -> None:
    from rasterio.control import GroundControlPoint

    path = write_tif(HILL, crs=None, transform=Affine.identity())
    points = [GroundControlPoint(r, c, 480_000 + 10 * c, 4e6 - 10 * r) for r, c in ((0, 0), (0, 9), (9, 0))]
    with rasterio.open(path, "r+") as file:
        file.gcps = (points, rasterio.crs.CRS.from_epsg(4548))
    pam(path, dataset="<SRS>EPSG:4548</SRS>")
    with pytest.raises(CrsError, match="control points alone: warp it"):
        read_heights(path, entry("terrain"))


def test_a_turn_that_moves_no_corner_is_rounding(entry: Entry, write_tif: WriteTif) -> None:
    turned = Affine(10, 1e-12, 480_000, -1e-12, -10, 4_490_000)
    assert read_heights(write_tif(HILL, transform=turned), entry("terrain")).grid.dx == 10
    with pytest.raises(TurnedError):
        read_heights(write_tif(HILL, transform=turned * Affine.rotation(0.1)), entry("terrain"))


def test_eastings_with_a_zone_s_number_are_not_of_a_system_without(entry: Entry, write_tif: WriteTif) -> None:
    path = write_tif(HILL, transform=Affine(10, 0, 39_480_000, 0, -10, 4_490_000))
    with pytest.raises(CrsError, match=r"begin with the number of a zone, 39.*EPSG:4527"):
        read_heights(path, entry("terrain"))


def test_points_for_pixels_lie_in_the_cells_middles(
    entry: Entry, write_tif: WriteTif, tmp_path: Path
) -> None:
    path = write_tif(HILL)
    with rasterio.open(path, "r+") as file:
        file.update_tags(AREA_OR_POINT="Point")
    assert read_heights(path, entry("terrain")).grid.bounds == (480_000, 4_489_600, 480_600, 4_490_000)


# -- files that are not what they should be ---------------------------------------------------------------

BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]><PAMDataset>&b;</PAMDataset>'
)


@pytest.mark.parametrize(
    ("name", "content", "error", "words"),
    [
        ("a.tif.aux.xml", b"<PAMDataset>", FormatError, "a.tif.aux.xml beside it is not XML"),
        ("a.tif.aux.xml", BOMB.encode(), FormatError, "declares entities"),
        ("a.tif.aux.xml", BOMB.encode("utf-16"), FormatError, "declares entities"),
        ("a.tif.aux.xml", b" " * (17 << 20), TooLargeError, "more than 16384 KiB"),
        ("a.tfw", b"10 0 0 -10 x y", FormatError, "does not hold six numbers"),
        ("a.tfw", b"10 0 0 -10 nan 1", FormatError, "does not hold six numbers"),
        ("a.tfw", b"1" * 5000, TooLargeError, "a.tfw"),
        ("a.prj", b"\xff\xfe\x00", FormatError, "a.prj beside it is not text"),
        ("a.prj", b"+init=/etc/passwd:1 +type=crs", CrsError, "a.prj beside it names a coordinate system"),
        ("a.prj", b"nonsense", CrsError, "a.prj beside it names a coordinate system that PROJ does not know"),
        ("a.tif.msk", b"<VRTDataset/>", FormatError, "a.tif.msk beside it is no mask"),
    ],
)
def test_a_broken_sidecar_is_one_line_with_its_name(
    *,
    entry: Entry,
    write_tif: WriteTif,
    tmp_path: Path,
    name: str,
    content: bytes,
    error: type[IngestError],
    words: str,
) -> None:
    path = write_tif(HILL)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(error, match=words) as caught:
        read_heights(path, entry("terrain"))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("band", ["<NoDataValue>none</NoDataValue>", "<Scale/>", "<Offset>1 2</Offset>"])
def test_numbers_of_pam_that_are_none_are_refused(entry: Entry, write_tif: WriteTif, band: str) -> None:
    path = write_tif(HILL)
    pam(path, band)
    with pytest.raises(FormatError, match="for a number"):
        read_heights(path, entry("terrain"))


def test_a_mask_of_another_size_is_refused(entry: Entry, write_tif: WriteTif) -> None:
    path = write_tif(HILL)
    write_tif(np.ones((4, 4), np.uint8), "a.tif.msk")
    with pytest.raises(FormatError, match="other rows or columns"):
        read_heights(path, entry("terrain"))


def test_what_is_not_read_beside_a_raster_is_named(entry: Entry, write_tif: WriteTif, tmp_path: Path) -> None:
    path = write_tif(HILL)
    for name in ("a.aux", "a.tab", "a.aux.xml", "a.tif.ovr", "a.tif.xml", "a.tif.vat.dbf"):
        (tmp_path / name).write_bytes(b"x")
    pam(path, dataset="<GCPList><GCP/></GCPList>")
    doubts = " | ".join(read_heights(path, entry("terrain")).doubts)
    for name in ("a.aux is", "a.tab", "a.aux.xml", "control points in a.tif.aux.xml"):
        assert name in doubts
    for harmless in ("ovr", "tif.xml", "vat"):
        assert harmless not in doubts


def test_a_pam_file_opens_no_other_file(entry: Entry, write_tif: WriteTif, tmp_path: Path) -> None:
    """GDAL's own reader would take overviews from any file or address that PAM names."""
    path = write_tif(HILL)
    other = write_tif(np.zeros((20, 30), np.float32), "other.tif")
    words = f"<Metadata domain='OVERVIEWS'><MDI key='OVERVIEW_FILE'>{other}</MDI></Metadata>"
    pam(path, dataset=words)
    np.testing.assert_array_equal(read_heights(path, entry("terrain")).heights_m, HILL)


def test_every_file_that_counts_is_a_companion(write_tif: WriteTif, tmp_path: Path) -> None:
    path = write_tif(HILL)
    for name in ("a.tif.aux.xml", "a.TFW", "a.prj", "a.tif.msk", "ab.tfw", "a.tif.ovr", "b.prj"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "a.wld").mkdir()
    assert sorted(file.name for file in companions(path)) == ["a.TFW", "a.prj", "a.tif.aux.xml", "a.tif.msk"]
    assert companions(tmp_path / "nowhere" / "a.tif") == []
