"""Land cover in any whole numbers becomes the program's classes; what nobody named is counted and told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.enums import ColorInterp

from tests.twin.ingest.field_rasters import Entry, WriteTif, describe, pam
from twin.catalog.landcover_classes import COVER
from twin.ingest import EmptyFileError, FormatError, ValuesError, read_landcover
from twin.ingest.read import probe_raster

NAMES = {"11": "river", "41": "broadleaf", "82": "field"}
CODES = np.array([[11, 41], [82, 82]])
WANTED = [[COVER["river"], COVER["broadleaf"]], [COVER["field"], COVER["field"]]]


@pytest.mark.parametrize(
    "kind", [np.uint8, np.int8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.float32, np.float64]
)
def test_whole_numbers_of_any_type_are_classes(entry: Entry, write_tif: WriteTif, kind: Any) -> None:
    read = read_landcover(write_tif(CODES.astype(kind)), entry("landcover", classes=NAMES))
    assert read.values.tolist() == WANTED
    assert read.values.dtype == np.uint8
    assert read.doubts == ()


@pytest.mark.parametrize(
    ("code", "kind"), [(523, np.int16), (-7, np.int8), (110228, np.int32), (0, np.uint8), (-7, np.float32)]
)
def test_codes_beyond_a_byte_have_their_meaning(
    entry: Entry, write_tif: WriteTif, code: int, kind: Any
) -> None:
    path = write_tif(np.array([[code, 1], [code, 1]], kind))
    read = read_landcover(path, entry("landcover", classes={str(code): "rock", "1": "grass"}))
    assert read.values.tolist() == [[COVER["rock"], COVER["grass"]]] * 2


def test_no_data_is_unknown_even_where_its_number_is_a_class(entry: Entry, write_tif: WriteTif) -> None:
    path = write_tif(np.array([[0, 11], [41, 0]], np.int16), nodata=41)
    read = read_landcover(path, entry("landcover", classes={"0": "rock", "11": "river", "41": "field"}))
    assert read.values.tolist() == [[COVER["rock"], COVER["river"]], [0, COVER["rock"]]]
    read = read_landcover(path, entry("landcover", classes={"0": "rock", "11": "river"}, nodata=0))
    assert read.values.tolist() == [[0, COVER["river"]], [0, 0]]
    holes = np.array([[np.nan, 11.0]], np.float32)
    assert read_landcover(write_tif(holes), entry("landcover", classes=NAMES)).values[0, 0] == 0


def test_classes_that_nobody_named_are_counted_and_named(entry: Entry, write_tif: WriteTif) -> None:
    codes = np.full((30, 40), 41, np.int16)
    codes[0], codes[1, :3], codes[2, 0] = 95, -1, 0
    path = write_tif(codes)
    (doubt,) = read_landcover(path, entry("landcover", classes=NAMES)).doubts
    assert doubt.startswith(
        "holds 2 classes that 'classes' does not name: -1 (3 cells), 95 (40 cells); there"
    )
    assert probe_raster(path, entry("landcover", classes=NAMES))[0]["doubts"] == [doubt]
    many = np.arange(100, 140, dtype=np.uint8).reshape(1, 40)
    (doubt,) = read_landcover(write_tif(many), entry("landcover", classes=NAMES)).doubts
    assert "holds 40 classes" in doubt
    assert "105 (1 cell) and 34 more" in doubt


def test_a_palette_is_no_colour_of_land_cover(entry: Entry, write_tif: WriteTif) -> None:
    path = write_tif(CODES.astype(np.uint8), photometric="PALETTE")
    with rasterio.open(path, "r+") as file:
        file.write_colormap(1, {11: (0, 0, 255, 255), 41: (0, 128, 0, 255), 82: (255, 255, 0, 255)})
    read = read_landcover(path, entry("landcover", classes=NAMES))
    assert (read.values.tolist(), read.doubts) == (WANTED, ())
    own = write_tif(np.array([[1, 2]], np.uint8), photometric="PALETTE")
    with rasterio.open(own, "r+") as file:
        file.write_colormap(1, {1: (0, 0, 255, 255), 2: (0, 128, 0, 255)})
    assert "for the program's own" in read_landcover(own, entry("landcover")).doubts[0]


@pytest.mark.parametrize(
    ("values", "error", "words"),
    [
        (
            np.array([[11.5, 41]], np.float32),
            ValuesError,
            "11.5, which is no class: classes are whole numbers",
        ),
        (np.arange(1600, dtype=np.int32).reshape(40, 40), ValuesError, "more than 1,000 different numbers"),
        (np.ones((3, 4), np.complex64), FormatError, "complex64, which are no classes"),
        (np.zeros((3, 4), np.int16), EmptyFileError, "every cell is no data"),
    ],
)
def test_what_is_no_land_cover_says_why(
    *, entry: Entry, write_tif: WriteTif, values: Any, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        read_landcover(write_tif(values), entry("landcover", classes=NAMES))


def test_a_picture_of_land_cover_is_doubted(entry: Entry, write_tif: WriteTif) -> None:
    path = write_tif(np.stack([CODES.astype(np.uint8)] * 3), photometric="RGB")
    assert (
        "marked as the red of a picture" in read_landcover(path, entry("landcover", classes=NAMES)).doubts[0]
    )
    with rasterio.open(path, "r+") as file:
        file.colorinterp = (ColorInterp.gray, ColorInterp.undefined, ColorInterp.undefined)
    assert read_landcover(path, entry("landcover", classes=NAMES, band=2)).doubts == ()


def test_what_lies_beside_land_cover_counts(entry: Entry, write_tif: WriteTif, tmp_path: Path) -> None:
    cover = np.array([[1, 2, 3], [4, 5, 5]], np.uint8)
    path = describe(write_tif(cover))
    pam(path, "<NoDataValue>5</NoDataValue><Scale>2</Scale>")
    write_tif(np.array([[0, 1, 1], [1, 1, 1]], np.uint8), "a.tif.msk")
    (tmp_path / "a.tif.vat.dbf").write_bytes(b"x")
    read = read_landcover(path, entry("landcover"))
    assert read.values.tolist() == [[0, 2, 3], [4, 0, 0]]
    assert "names of classes in a.tif.vat.dbf not read" in read.found
    assert any("scale" in words for words in read.doubts)
