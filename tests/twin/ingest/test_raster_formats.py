"""Rasters of other formats are read by what they hold, or named truly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import rasterio.shutil
from PIL import Image
from rasterio.transform import Affine

from tests.twin.ingest.field_rasters import HILL, Entry, WriteTif, pam
from twin.ingest import CrsError, FormatError, UnsupportedError, read_heights, read_picture
from twin.ingest.beside import companions

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")

METRES = np.round(HILL).astype(np.int16)
HEAD = "ncols 3\nnrows 2\nxllcorner 480000\nyllcorner 4489980\ncellsize 10\nNODATA_value -9999\n"
PLACE = "10\n0\n0\n-10\n480005\n4489995\n"


@pytest.mark.parametrize(
    ("name", "driver", "options"),
    [
        ("a.asc", "AAIGrid", {}),
        ("a.img", "HFA", {"COMPRESSED": "YES"}),
        ("a.jp2", "JP2OpenJPEG", {"QUALITY": "100", "REVERSIBLE": "YES"}),
        ("wrong.tif", "HFA", {}),
    ],
)
def test_heights_of_other_formats_are_the_same(
    entry: Entry, write_tif: WriteTif, tmp_path: Path, name: str, driver: str, options: dict[str, str]
) -> None:
    source = write_tif(METRES, "source.tif")
    rasterio.shutil.copy(source, tmp_path / name, driver=driver, **options)
    read = read_heights(tmp_path / name, entry("terrain", uri=name))
    np.testing.assert_array_equal(read.heights_m, METRES)
    assert read.grid == read_heights(source, entry("terrain")).grid
    assert any(words.startswith("from ") for words in read.found)


def test_an_srtm_tile_has_its_place_by_its_name(entry: Entry, tmp_path: Path) -> None:
    heights = np.full((1201, 1201), 150, ">i2")
    heights[0, 0] = -32768
    heights[600:, 600:] = np.arange(601)
    (tmp_path / "N40E116.hgt").write_bytes(heights.tobytes())
    read = read_heights(tmp_path / "N40E116.hgt", entry("terrain", uri="N40E116.hgt"))
    assert np.isnan(read.heights_m).sum() == 1
    assert read.heights_m[-1, -1] == 600
    assert read.grid.crs == "EPSG:4326"
    np.testing.assert_allclose(
        read.grid.bounds, (116 - 1 / 2400, 40 - 1 / 2400, 117 + 1 / 2400, 41 + 1 / 2400)
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 2 3\n4 5\n", "holds 5 numbers, and its head says 2 rows of 3"),
        ("1 2 3\n4 5 6\n7 8 9\n", "holds 9 numbers"),
        ("1 2 3\n4 none 6\n", "holds 'none' in row 1, column 1, where a number belongs"),
        ("1 2 3\n4 5 N/A\n", "'N/A' in row 1, column 2"),
    ],
)
def test_the_numbers_of_an_ascii_grid_are_counted(
    entry: Entry, tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "a.asc"
    path.write_text(HEAD + text, encoding="ascii")
    with pytest.raises(FormatError, match=words):
        read_heights(path, entry("terrain", crs="EPSG:4548"))


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_an_ascii_grid_of_any_line_ends_and_the_catalog_s_system(
    entry: Entry, tmp_path: Path, ends: str
) -> None:
    path = tmp_path / "a.asc"
    text = HEAD.replace("corner", "center") + "101.5 102 -9999\n104,25 1.05e2 nan"
    path.write_bytes(text.replace("\n", ends).encode())
    read = read_heights(path, entry("terrain", crs="EPSG:4548"))
    wanted = [[101.5, 102, np.nan], [104.25, 105, np.nan]]
    np.testing.assert_array_equal(read.heights_m, np.array(wanted, np.float32))
    assert (read.grid.west, read.grid.north) == (479_995, 4_489_995)
    with pytest.raises(CrsError, match="set crs in the catalog"):
        read_heights(path, entry("terrain"))


def test_whole_numbers_of_an_ascii_grid_have_gaps_and_fractions_too(entry: Entry, tmp_path: Path) -> None:
    path = tmp_path / "a.asc"
    for last, wanted in (("nan", np.nan), ("6.123456789", 6.123456789)):
        path.write_text(f"{HEAD}1 2 3\n4 5 {last}\n", encoding="ascii")
        heights = read_heights(path, entry("terrain", crs="EPSG:4548")).heights_m
        np.testing.assert_array_equal(heights, [[1, 2, 3], [4, 5, wanted]])


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.tif", b"PK\x03\x04zipped", "is a ZIP archive, which is not read here: unpack it"),
        ("a.tif", b"\n<!doctype html><html>404", "is a web page"),
        ("a.tif", b"version https://git-lfs.github.com/spec/v1", "is a Git LFS pointer"),
        ("a.nc", b"\x89HDF\r\n\x1a\n", "is HDF5 or netCDF"),
        ("a.txt", b"480000 4490000 100.5\n480010 4490000 101.25\n", "is a list of points"),
        ("a.ers", b"DatasetHeader Begin\n", "is an ER Mapper raster"),
        ("a.ecw", b"e\x01\x01\x00", "is ECW"),
        ("a.flt", b"\0\0\x80\x3f" * 4, "is a GridFloat file"),
        ("a.dem", b"QUABBIN", "is a USGS DEM"),
        ("a.grd", b"DSBB\x01", "is a Surfer grid"),
        ("N40E116.hgt", b"\0\x01" * 100, "is an SRTM tile of another size"),
        ("a.asc", b"\xef\xbb\xbf" + HEAD.encode(), "byte order mark"),
        ("a.bil", b"\x01\x02", "is a raw raster beside a header"),
    ],
)
def test_a_sound_file_of_another_format_is_named(
    entry: Entry, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnsupportedError, match=words) as caught:
        read_heights(path, entry("terrain"))
    assert "damaged" not in str(caught.value)
    assert "\\x" not in str(caught.value)


@pytest.mark.parametrize(("code", "name"), [(50002, "JXL"), (34712, "JP2000"), (34715, "34715")])
def test_a_compression_that_is_not_read_is_named(
    entry: Entry, write_tif: WriteTif, code: int, name: str
) -> None:
    path = write_tif(HILL, compress="deflate")
    data = path.read_bytes()
    field = b"\x03\x01\x03\x00\x01\x00\x00\x00"  # tag 259, SHORT, one of them
    at = data.index(field) + len(field)
    path.write_bytes(data[:at] + code.to_bytes(2, "little") + data[at + 2 :])
    with pytest.raises(UnsupportedError, match=f"is compressed with {name}, which is not read here"):
        read_heights(path, entry("terrain"))


def test_a_raw_raster_is_known_by_the_header_beside_it(
    entry: Entry, write_tif: WriteTif, tmp_path: Path
) -> None:
    rasterio.shutil.copy(write_tif(METRES), tmp_path / "b.dat", driver="ENVI")
    with pytest.raises(UnsupportedError, match="is a raw raster beside a header file"):
        read_heights(tmp_path / "b.dat", entry("terrain", uri="b.dat"))


def test_an_imagine_file_whose_cells_lie_elsewhere_is_not_read(
    entry: Entry, write_tif: WriteTif, tmp_path: Path
) -> None:
    rasterio.shutil.copy(write_tif(HILL), tmp_path / "a.img", driver="HFA", USE_SPILL="YES")
    with pytest.raises(UnsupportedError, match="keeps its cells in another file"):
        read_heights(tmp_path / "a.img", entry("terrain", uri="a.img"))


@pytest.mark.parametrize(("driver", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("JP2OpenJPEG", "a.jp2")])
def test_a_cut_off_picture_is_told_and_not_grey_below(
    entry: Entry, write_tif: WriteTif, tmp_path: Path, driver: str, name: str
) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (3, 200, 200)).astype(np.uint8)
    rasterio.shutil.copy(write_tif(noise), tmp_path / name, driver=driver)
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    (tmp_path / f"a.{name[2]}{name[-1]}w").write_text(PLACE, encoding="ascii")
    with pytest.raises(FormatError, match="damaged or cut-off"):
        read_picture(path, entry("imagery", uri=name, crs="EPSG:4548"))


def test_of_several_pages_the_first_is_read_and_that_is_told(entry: Entry, tmp_path: Path) -> None:
    pages = [Image.new("RGB", (30, 20), colour) for colour in ((200, 120, 60), (1, 2, 3))]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    (tmp_path / "a.tfw").write_text(PLACE, encoding="ascii")
    read = read_picture(tmp_path / "a.tif", entry("imagery", crs="EPSG:4548"))
    assert read.values[0, 0].tolist() == [200, 120, 60, 255]
    assert read.doubts == ("holds 2 pictures: the first is read",)


def test_a_place_by_rpc_alone_is_named(entry: Entry, write_tif: WriteTif, tmp_path: Path) -> None:
    path = write_tif(HILL, crs=None, transform=Affine.identity())
    (tmp_path / "a_RPC.TXT").write_text("LINE_OFF: 1\n", encoding="ascii")
    with pytest.raises(CrsError, match=r"a_RPC.TXT beside it holds control points or RPC"):
        read_heights(path, entry("terrain", crs="EPSG:4548"))
    some = {"err_bias": None, "err_rand": None}
    scales = dict.fromkeys(("height_scale", "lat_scale", "line_scale", "long_scale", "samp_scale"), 1.0)
    offs = dict.fromkeys(("height_off", "lat_off", "line_off", "long_off", "samp_off"), 1.0)
    coefficients = {
        f"{part}_{kind}_coeff": [1.0] * 20 for part in ("line", "samp") for kind in ("num", "den")
    }
    with rasterio.open(path, "r+") as file:
        file.rpcs = rasterio.rpc.RPC(**some, **scales, **offs, **coefficients)
    with pytest.raises(CrsError, match="by RPC coefficients alone: orthorectify it"):
        read_heights(path, entry("terrain", crs="EPSG:4548"))


def test_overviews_beside_are_not_needed_and_a_colour_file_is_missed(
    entry: Entry, write_tif: WriteTif, tmp_path: Path
) -> None:
    path = write_tif(np.full((4, 5), 7, np.uint8))
    for name in ("a.tif.ovr", "a.rrd", "a.clr"):
        (tmp_path / name).write_bytes(b"x")
    read = read_picture(path, entry("imagery"))
    assert "a.tif.ovr, a.rrd not needed" in read.found
    assert "the colours in a.clr are not read" in read.doubts[0]
    assert companions(path) == []
    (tmp_path / "a.clr").unlink()
    rat = "".join(f"<FieldDefn index='{n}'><Usage>{n + 5}</Usage></FieldDefn>" for n in range(4))
    pam(path, f"<GDALRasterAttributeTable>{rat}</GDALRasterAttributeTable>")
    assert "the colours in a.tif.aux.xml are not read" in read_picture(path, entry("imagery")).doubts[0]


@pytest.mark.parametrize("kind", ["red", "palette"])
def test_heights_that_look_like_a_picture_are_doubted(entry: Entry, write_tif: WriteTif, kind: str) -> None:
    metres = METRES.astype(np.uint8)
    path = write_tif(np.stack([metres] * 3)) if kind == "red" else write_tif(metres, photometric="PALETTE")
    if kind == "palette":
        with rasterio.open(path, "r+") as file:
            file.write_colormap(1, {100: (1, 2, 3, 255)})
    doubts: Any = read_heights(path, entry("terrain")).doubts
    assert "are these heights?" in doubts[0]


def test_names_of_systems_in_chinese_are_read_beside(
    entry: Entry, write_tif: WriteTif, tmp_path: Path
) -> None:
    from pyproj import CRS

    path = write_tif(HILL, crs=None)
    wkt = (
        CRS.from_epsg(4548).to_wkt("WKT1_GDAL").replace("CGCS2000 / 3-degree Gauss-Kruger CM 117E", "三度带")
    )
    for encoding in ("gbk", "utf-8-sig", "utf-16"):
        (tmp_path / "a.prj").write_bytes(wkt.encode(encoding))
        assert read_heights(path, entry("terrain", crs="EPSG:4548")).grid.crs == "EPSG:4548"
