"""Pictures of the ground: their own colours, and clear where any of the file says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from PIL import Image
from rasterio.enums import ColorInterp
from rasterio.transform import Affine

from tests.twin.ingest.field_rasters import Entry, WriteTif, pam
from twin.ingest import EmptyFileError, FormatError, read_picture

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")

RED, GREEN, BLUE = ColorInterp.red, ColorInterp.green, ColorInterp.blue
SHAPE = (20, 30)
RGB = np.stack([np.full(SHAPE, tone, np.uint8) for tone in (200, 120, 60)])
RGB[:, :, 16:] = np.array([20, 40, 250], np.uint8)[:, None, None]
SEEN = np.full(SHAPE, 255, np.uint8)
SEEN[:5] = 0


def named(path: Path, *colours: ColorInterp) -> Path:
    with rasterio.open(path, "r+") as file:
        file.colorinterp = colours
    return path


def first_and_last(path: Path, entry: Any) -> tuple[list[int], list[int], Any]:
    """The colours of the upper left and the lower right cell, and what was read."""
    read = read_picture(path, entry)
    assert read.values.shape == (*SHAPE, 4)
    return read.values[0, 0].tolist(), read.values[-1, -1].tolist(), read


# -- colours ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "colours"),
    [
        ([2, 1, 0], (BLUE, GREEN, RED)),
        ([1, 0, 2, 1], (ColorInterp.nir, RED, BLUE, GREEN)),
        ([0, 1, 2, 1], (RED, GREEN, BLUE, ColorInterp.nir)),
        ([0, 1, 2, 1, 1], (RED, GREEN, BLUE, ColorInterp.undefined, ColorInterp.rededge)),
    ],
)
def test_bands_are_colours_by_their_names(
    entry: Entry, write_tif: WriteTif, order: list[int], colours: tuple[ColorInterp, ...]
) -> None:
    rows = {RED: 0, GREEN: 1, BLUE: 2}
    bands = np.stack([RGB[rows.get(kind, 1)] for kind in colours])
    path = named(write_tif(bands, photometric="MINISBLACK"), *colours)
    first, last, read = first_and_last(path, entry("imagery"))
    assert (first, last) == ([200, 120, 60, 255], [20, 40, 250, 255])
    assert read.doubts == ()
    assert any(words.startswith("red, green, blue in bands") for words in read.found)
    assert len(order) == len(colours)


def test_pam_names_bands_where_the_file_does_not(entry: Entry, write_tif: WriteTif) -> None:
    path = write_tif(RGB[::-1].astype(np.uint16))
    names = "".join(
        f'<PAMRasterBand band="{n}"><ColorInterp>{name}</ColorInterp></PAMRasterBand>'
        for n, name in ((1, "Blue"), (2, "Green"), (3, "Red"))
    )
    path.with_name("a.tif.aux.xml").write_text(f"<PAMDataset>{names}</PAMDataset>", encoding="utf-8")
    first, last, _ = first_and_last(path, entry("imagery"))
    assert (first[:3], last[:3]) == ([200, 120, 60], [20, 40, 250])


def test_descriptions_name_bands_where_nothing_else_does(entry: Entry, write_tif: WriteTif) -> None:
    path = write_tif(np.stack([RGB[2], RGB[1], RGB[0], RGB[1]]), photometric="MINISBLACK")
    with rasterio.open(path, "r+") as file:
        file.descriptions = ("Blue", "Green", "红", "NIR")
    first, _, read = first_and_last(path, entry("imagery"))
    assert (first, read.doubts) == ([200, 120, 60, 255], ())


@pytest.mark.parametrize(
    "names", [("Blue", "Green", "Red", "NIR"), ("blue (B2)", "band_green", "红波段", "RedEdge")]
)
def test_names_of_bands_are_believed_where_a_program_marked_any_four_as_colours_and_transparency(
    entry: Entry, write_tif: WriteTif, names: tuple[str, ...]
) -> None:
    path = write_tif(np.stack([*RGB[::-1], RGB[0] // 2]), photometric="RGB", alpha="YES")
    first, _, read = first_and_last(path, entry("imagery"))
    assert first == [60, 120, 200, 100]
    assert "100 % of it is half clear by its band 4: if that is no transparency but near" in read.doubts[0]
    with rasterio.open(path, "r+") as file:
        file.descriptions = names
    first, _, read = first_and_last(path, entry("imagery"))
    assert first == [200, 120, 60, 255]
    assert "marked as red, green, blue, alpha: the names are believed" in read.doubts[0]


@pytest.mark.parametrize(
    ("kind", "opaque"), [(np.uint8, 1), (np.uint16, 255), (np.uint16, 65535), (np.int16, 1)]
)
def test_opaque_is_the_number_that_a_program_wrote_for_it(
    entry: Entry, write_tif: WriteTif, kind: Any, opaque: int
) -> None:
    bands = np.stack([*RGB.astype(kind), np.where(SEEN == 0, 0, opaque).astype(kind)])
    path = named(write_tif(bands, photometric="MINISBLACK"), RED, GREEN, BLUE, ColorInterp.alpha)
    np.testing.assert_array_equal(read_picture(path, entry("imagery")).values[..., 3], SEEN)


def test_four_bands_without_names_are_doubted_and_the_catalog_says_which(
    entry: Entry, write_tif: WriteTif
) -> None:
    path = write_tif(np.stack([RGB[2], RGB[1], RGB[0], RGB[0] // 2]), photometric="MINISBLACK")
    first, _, read = first_and_last(path, entry("imagery"))
    assert first == [60, 120, 200, 255]
    assert "set bands: [red, green, blue]" in read.doubts[0]
    first, _, read = first_and_last(path, entry("imagery", bands=[3, 2, 1]))
    assert (first, read.doubts) == ([200, 120, 60, 255], ())
    assert first_and_last(path, entry("imagery", bands=[4]))[0] == [100, 100, 100, 255]
    with pytest.raises(FormatError, match="has 4 bands, and band 5 was asked for"):
        read_picture(path, entry("imagery", bands=[5, 2, 1]))


def test_near_infrared_is_no_transparency(entry: Entry, write_tif: WriteTif) -> None:
    infrared = np.stack([*RGB, SEEN])
    path = write_tif(infrared, photometric="RGB", alpha="unspecified")
    assert first_and_last(path, entry("imagery"))[0] == [200, 120, 60, 255]


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_a_palette_s_indices_become_its_colours(entry: Entry, write_tif: WriteTif, kind: Any) -> None:
    index = np.where(SEEN == 0, 7, 2).astype(kind)
    path = write_tif(index, photometric="PALETTE")
    with rasterio.open(path, "r+") as file:
        file.write_colormap(1, {2: (200, 30, 40, 255), 7: (30, 160, 40, 255)})
    assert first_and_last(path, entry("imagery"))[:2] == ([30, 160, 40, 255], [200, 30, 40, 255])


def test_a_palette_that_pam_holds_is_one_too(entry: Entry, write_tif: WriteTif) -> None:
    path = write_tif(np.where(SEEN == 0, 1, 0).astype(np.uint8))
    colours = '<Entry c1="200" c2="30" c3="40" c4="255"/><Entry c1="30" c2="160" c3="40" c4="0"/>'
    pam(path, f"<ColorInterp>Palette</ColorInterp><ColorTable>{colours}</ColorTable>")
    first, last, _ = first_and_last(path, entry("imagery"))
    assert (first[3], last) == (0, [200, 30, 40, 255])


def test_a_picture_that_says_it_is_turned_is_doubted(
    entry: Entry, write_tif: WriteTif, tmp_path: Path
) -> None:
    Image.fromarray(np.moveaxis(RGB, 0, -1)).save(tmp_path / "a.tif", tiffinfo={274: 6})
    (tmp_path / "a.tfw").write_text("10\n0\n0\n-10\n480005\n4489995\n", encoding="ascii")
    read = read_picture(tmp_path / "a.tif", entry("imagery", crs="EPSG:4548"))
    assert "turned (orientation 6)" in read.doubts[0]


@pytest.mark.parametrize(
    ("profile", "tone"),
    [
        ({}, 200),
        ({"photometric": "MINISWHITE"}, 55),
        ({"nbits": 4}, 136),
    ],
)
def test_grey_is_grey(entry: Entry, write_tif: WriteTif, profile: dict[str, object], tone: int) -> None:
    stored = np.full(SHAPE, 8 if "nbits" in profile else 200, np.uint8)
    path = write_tif(stored, **profile)
    assert first_and_last(path, entry("imagery"))[0] == [tone, tone, tone, 255]


@pytest.mark.parametrize(
    ("profile", "most_off"),
    [
        ({"photometric": "YCBCR", "compress": "jpeg"}, 12),
        ({"compress": "jpeg"}, 12),
        ({"compress": "webp", "webp_lossless": True}, 0),
        ({"compress": "zstd", "tiled": True, "blockxsize": 16, "blockysize": 16}, 0),
        ({"compress": "lerc"}, 0),
        ({"compress": "lzw", "predictor": 2, "BIGTIFF": "YES"}, 0),
        ({"interleave": "band", "compress": "packbits"}, 0),
    ],
)
def test_however_it_is_compressed(
    entry: Entry, write_tif: WriteTif, profile: dict[str, object], most_off: int
) -> None:
    read = read_picture(write_tif(RGB, **profile), entry("imagery"))
    off = read.values[..., :3].astype(int) - np.moveaxis(RGB, 0, -1)
    assert np.abs(off).max() <= most_off
    assert (read.values[..., 3] == 255).all()


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_ink_becomes_light(entry: Entry, write_tif: WriteTif, kind: Any) -> None:
    ink = np.zeros((4, *SHAPE), kind)
    ink[0] = np.iinfo(kind).max  # cyan
    path = write_tif(ink, photometric="CMYK")
    assert first_and_last(path, entry("imagery"))[0] == [0, 255, 255, 255]


# -- depth ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [np.uint16, np.int16, np.int32, np.float32, np.int64])
def test_deep_pictures_are_scaled_by_their_own_statistics(
    entry: Entry, write_tif: WriteTif, kind: Any
) -> None:
    ramp = np.linspace(300, 3300, SHAPE[0] * SHAPE[1]).reshape(SHAPE)
    bands = np.stack([ramp, ramp[::-1], np.full(SHAPE, 1800.0)]).astype(kind)
    first, last, read = first_and_last(write_tif(bands), entry("imagery"))
    assert first[:3] == pytest.approx([0, 250, 128], abs=1)
    assert last[:3] == pytest.approx([255, 5, 128], abs=1)
    assert any("drawn from black to white" in words for words in read.found)


def test_bytes_in_a_wider_type_stay_as_they_are(entry: Entry, write_tif: WriteTif) -> None:
    assert first_and_last(write_tif(RGB.astype(np.uint16)), entry("imagery"))[0] == [200, 120, 60, 255]


def test_one_tone_alone_is_never_black(entry: Entry, write_tif: WriteTif) -> None:
    flat = np.full((3, *SHAPE), 0.2, np.float32)
    assert 100 < first_and_last(write_tif(flat), entry("imagery"))[0][0] < 156


def test_no_data_and_nan_do_not_count_as_tones(entry: Entry, write_tif: WriteTif) -> None:
    ramp = np.linspace(0.1, 0.3, SHAPE[0] * SHAPE[1], dtype=np.float32).reshape(SHAPE)
    bands = np.stack([ramp, ramp, ramp])
    bands[:, :5] = -9999
    bands[:, 5, 0] = np.nan
    read = read_picture(write_tif(bands, nodata=-9999), entry("imagery"))
    assert (read.values[:5, :, 3] == 0).all()
    assert read.values[5, 0, 3] == 0
    assert read.values[5, 1, 0] < 60
    assert read.values[-1, -1, 0] == 255


def test_complex_numbers_are_no_colours(entry: Entry, write_tif: WriteTif) -> None:
    with pytest.raises(FormatError, match="complex64, which are no colours"):
        read_picture(write_tif(np.ones(SHAPE, np.complex64)), entry("imagery"))


# -- clear parts ------------------------------------------------------------------------------------------


def alpha(write_tif: WriteTif) -> Path:
    return write_tif(np.stack([*RGB, SEEN]), photometric="RGB", alpha="yes")


def deep_alpha(write_tif: WriteTif) -> Path:
    bands = np.stack([*RGB, SEEN]).astype(np.uint16)
    bands[3] *= 257
    return named(write_tif(bands), RED, GREEN, BLUE, ColorInterp.alpha)


def alpha_first(write_tif: WriteTif) -> Path:
    return named(write_tif(np.stack([SEEN, *RGB])), ColorInterp.alpha, RED, GREEN, BLUE)


def beside(write_tif: WriteTif) -> Path:
    write_tif(SEEN // 255, "a.tif.msk")
    return write_tif(RGB)


def inside(write_tif: WriteTif) -> Path:
    path = write_tif(RGB)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as file:
        file.write_mask(SEEN)
    return path


def no_data(write_tif: WriteTif) -> Path:
    return write_tif(np.where(SEEN == 0, 0, RGB).astype(np.uint8), nodata=0)


def no_data_of_pam(write_tif: WriteTif) -> Path:
    path = write_tif(np.where(SEEN == 0, 255, RGB).astype(np.uint8))
    pam(path, "<NoDataValue>255</NoDataValue>")
    return path


def grey_alpha(write_tif: WriteTif) -> Path:
    return write_tif(np.stack([RGB[0], SEEN]), photometric="MINISBLACK", alpha="yes")


def palette(write_tif: WriteTif) -> Path:
    path = write_tif(np.where(SEEN == 0, 9, 2).astype(np.uint8), photometric="PALETTE", nodata=9)
    with rasterio.open(path, "r+") as file:
        file.write_colormap(1, {2: (200, 120, 60, 255), 9: (0, 0, 0, 255)})
    return path


@pytest.mark.parametrize(
    "make", [alpha, deep_alpha, alpha_first, beside, inside, no_data, no_data_of_pam, grey_alpha, palette]
)
def test_clear_parts_are_clear(entry: Entry, write_tif: WriteTif, make: Any) -> None:
    read = read_picture(make(write_tif), entry("imagery"))
    np.testing.assert_array_equal(read.values[..., 3], SEEN)
    assert read.values[10, 0, 0] == 200
    assert "25 % clear" in read.found
    assert read.doubts == ()


def test_no_data_counts_where_all_colours_have_it(entry: Entry, write_tif: WriteTif) -> None:
    bands = RGB.copy()
    bands[0, 0, 0] = 0  # a cyan cell is none
    bands[:, 1, 1] = 0
    values = read_picture(write_tif(bands, nodata=0), entry("imagery")).values
    assert (values[0, 0, 3], values[1, 1, 3]) == (255, 0)


def test_stored_with_their_opacity_colours_are_divided_by_it(entry: Entry, write_tif: WriteTif) -> None:
    half = np.full(SHAPE, 128, np.uint8)
    bands = np.stack([*(RGB.astype(np.uint16) * 128 // 255).astype(np.uint8), half])
    values = read_picture(write_tif(bands, photometric="RGB", alpha="premultiplied"), entry("imagery")).values
    np.testing.assert_allclose(values[0, 0].astype(int), [200, 120, 60, 128], atol=2)


@pytest.mark.parametrize(
    ("kind", "fill"), [(np.uint8, 0), (np.uint8, 255), (np.uint16, 0), (np.int16, -9999)]
)
def test_a_frame_that_nobody_declared_is_told(
    entry: Entry, write_tif: WriteTif, kind: Any, fill: int
) -> None:
    bands = np.where(SEEN == 0, fill, RGB.astype(kind)).astype(kind)
    path = write_tif(bands)
    doubts = read_picture(path, entry("imagery")).doubts
    assert f"25 % of it holds {fill} in all colours" in doubts[0]
    assert f"set nodata: {fill}" in doubts[0]
    read = read_picture(path, entry("imagery", nodata=float(fill)))
    np.testing.assert_array_equal(read.values[..., 3], SEEN)
    assert read.doubts == ()


def test_a_black_frame_is_told_though_jpeg_blurred_it(entry: Entry, write_tif: WriteTif) -> None:
    framed = np.where(SEEN == 0, np.random.default_rng(1).integers(0, 4, RGB.shape), RGB).astype(np.uint8)
    path = write_tif(framed, compress="jpeg", jpeg_quality=95)
    (doubt,) = read_picture(path, entry("imagery")).doubts
    assert "of it holds nearly 0 in all colours and nothing declares that clear" in doubt


def test_no_data_of_one_band_alone_is_no_tone(entry: Entry, write_tif: WriteTif) -> None:
    bands = RGB.astype(np.int16) * 10
    bands[1, :5] = -9999
    (told,) = read_picture(write_tif(bands, nodata=-9999), entry("imagery")).found
    assert told == "int16: 200 to 2500 drawn from black to white"


def test_a_picture_that_is_all_clear_is_none(entry: Entry, write_tif: WriteTif) -> None:
    with pytest.raises(EmptyFileError, match="nothing to draw"):
        read_picture(write_tif(np.zeros((3, 4, 5), np.uint8), nodata=0), entry("imagery"))
    with pytest.raises(EmptyFileError, match="nothing to draw"):
        read_picture(write_tif(np.full((3, 4, 5), np.nan, np.float32)), entry("imagery"))


# -- place ------------------------------------------------------------------------------------------------


def test_a_picture_from_south_to_north_is_turned_over(entry: Entry, write_tif: WriteTif) -> None:
    path = write_tif(RGB[:, ::-1], transform=Affine(10, 0, 480_000, 0, 10, 4_489_800))
    read = read_picture(path, entry("imagery"))
    np.testing.assert_array_equal(read.values[..., :3], np.moveaxis(RGB, 0, -1))
    assert read.grid.north == 4_490_000


@pytest.mark.parametrize(("name", "driver", "world"), [("a.png", "PNG", "a.pgw"), ("a.jpg", "JPEG", "a.jgw")])
def test_a_plain_picture_with_a_world_file_and_the_catalog_s_system(
    entry: Entry, write_tif: WriteTif, tmp_path: Path, name: str, driver: str, world: str
) -> None:
    write_tif(RGB, name, driver=driver, crs=None, transform=Affine.identity())
    (tmp_path / f"{name}.aux.xml").unlink(missing_ok=True)
    (tmp_path / world).write_text("10\n0\n0\n-10\n480005\n4489995\n", encoding="ascii")
    read = read_picture(tmp_path / name, entry("imagery", uri=name, crs="EPSG:4548"))
    assert (read.grid.crs, read.grid.west, read.grid.north) == ("EPSG:4548", 480_000, 4_490_000)
    np.testing.assert_allclose(read.values[0, 0, :3].astype(int), [200, 120, 60], atol=6)
    assert {f"from {driver}", f"place from {world}"} <= set(read.found)
