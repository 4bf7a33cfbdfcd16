"""Rasters as people of the trade send them: packed, in feet, with no data told beside them."""

from __future__ import annotations

import re
import struct
from typing import Any

import numpy as np
import pytest
import rasterio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import CRS
from rasterio.enums import ColorInterp

from tests.twin.ingest.field_rasters import FOOT_M, HILL, SURVEY_FOOT_M, Entry, WriteTif, describe, pam
from twin.ingest import (
    FormatError,
    ValuesError,
    read_heights,
)

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")


# -- scale, offset, unit ----------------------------------------------------------------------------------


def test_packed_heights_are_unpacked_and_no_data_is_what_was_stored(
    entry: Entry, write_tif: WriteTif
) -> None:
    packed = np.round((HILL.astype(np.float64) + 100) * 10).astype(np.uint16)
    packed[3, 4] = 65535
    packed[5, 6] = 1000  # 0 m: a height, not the no data of the unpacked numbers
    path = describe(write_tif(packed, nodata=65535), scales=0.1, offsets=-100.0)
    read = read_heights(path, entry("terrain"))
    assert np.isnan(read.heights_m[3, 4])
    assert read.heights_m[5, 6] == 0.0
    known = ~np.isnan(read.heights_m)
    np.testing.assert_array_equal(read.heights_m[known], packed[known] * 0.1 - 100.0)
    assert "scale 0.1, offset -100" in read.found


@pytest.mark.parametrize(
    ("unit", "metres"),
    [
        *[("ft", FOOT_M), ("feet", FOOT_M), ("US survey foot", SURVEY_FOOT_M), ("us-ft", SURVEY_FOOT_M)],
        *[("Foot_US", SURVEY_FOOT_M), ("m", 1.0), ("metre", 1.0), ("dm", 0.1), ("cm", 0.01), ("mm", 0.001)],
        ("厘米", 0.01),
    ],
)
def test_a_band_s_unit_becomes_metres(entry: Entry, write_tif: WriteTif, unit: str, metres: float) -> None:
    stored = (HILL / metres).astype(np.float64)
    read = read_heights(describe(write_tif(stored), units=unit), entry("terrain"))
    np.testing.assert_array_equal(read.heights_m, stored * metres)
    assert metres == 1.0 or any(unit in words for words in read.found)


@pytest.mark.parametrize(("code", "metres"), [(6360, SURVEY_FOOT_M), (8228, FOOT_M), (5737, 1.0)])
def test_a_vertical_system_s_unit_becomes_metres_and_the_horizontal_one_stays(
    entry: Entry, write_tif: WriteTif, code: int, metres: float
) -> None:
    both = CRS.from_user_input(f"EPSG:4548+{code}").to_wkt("WKT1_GDAL")
    stored = (HILL / metres).astype(np.float64)
    read = read_heights(write_tif(stored, crs=both), entry("terrain", crs="EPSG:4548"))
    assert read.grid.crs == "EPSG:4548"
    np.testing.assert_allclose(read.heights_m, stored * metres, rtol=1e-15)


def test_depths_are_no_heights(entry: Entry, write_tif: WriteTif) -> None:
    """Black Sea depth: the deepest place would be the highest mountain."""
    both = CRS.from_user_input("EPSG:4548+5336").to_wkt()
    with pytest.raises(FormatError, match=r"depths, counted downwards \(Black Sea depth\)"):
        read_heights(write_tif(HILL, crs=both), entry("terrain"))


@given(st.lists(st.floats(1, 25_000, width=32), min_size=4, max_size=4))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_feet_are_rounded_once(entry: Entry, write_tif: WriteTif, feet: list[float]) -> None:
    stored = np.array([feet], np.float32)
    read = read_heights(write_tif(stored), entry("terrain", unit_mult=FOOT_M))
    np.testing.assert_array_equal(read.heights_m, stored.astype(np.float64) * FOOT_M)


def test_what_is_not_converted_stays_as_it_is(entry: Entry, write_tif: WriteTif) -> None:
    path = describe(write_tif(HILL), units="m", scales=1.0, offsets=0.0)
    read = read_heights(path, entry("terrain"))
    assert read.heights_m.dtype == np.float32
    np.testing.assert_array_equal(read.heights_m, HILL)
    assert (read.found, read.doubts) == ((), ())


@pytest.mark.parametrize(
    ("facts", "keys", "words"),
    [
        ({"units": "furlong"}, {}, r"'furlong', which is no unit known.*unit_mult"),
        (
            {"units": "US survey foot"},
            {"unit_mult": 0.01},
            r"US survey foot \(0.3048006.* unit_mult says 0.01",
        ),
        ({"units": "ft"}, {"unit_mult": 1.0}, "one is wrong; leave unit_mult out"),
        ({"scales": 0.01}, {"unit_mult": 0.01}, "apply it twice: leave unit_mult out"),
        ({"scales": 0.0}, {}, "a scale of 0"),
        ({"scales": float("nan")}, {}, "a scale of nan"),
        ({"offsets": float("inf")}, {}, "an offset of inf"),
    ],
)
def test_a_unit_that_cannot_be_is_refused(
    *, entry: Entry, write_tif: WriteTif, facts: dict[str, Any], keys: dict[str, Any], words: str
) -> None:
    path = describe(write_tif(HILL), **facts)
    with pytest.raises(FormatError, match=words):
        read_heights(path, entry("terrain", **keys))


def test_the_catalog_s_unit_goes_before_a_metre_and_says_so(entry: Entry, write_tif: WriteTif) -> None:
    path = describe(write_tif((HILL * 10).astype(np.float64)), units="metre")
    read = read_heights(path, entry("terrain", unit_mult=0.1))
    np.testing.assert_allclose(read.heights_m, HILL, rtol=1e-6)
    assert any("in metre; unit_mult 0.1 of the catalog is believed" in words for words in read.doubts)
    unknown = describe(write_tif(HILL, "b.tif"), units="m above the weir")
    assert read_heights(unknown, entry("terrain", unit_mult=1.0)).heights_m[0, 0] == HILL[0, 0]


def test_a_band_in_another_unit_than_its_system_is_refused(entry: Entry, write_tif: WriteTif) -> None:
    both = CRS.from_user_input("EPSG:4548+6360").to_wkt("WKT1_GDAL")
    with pytest.raises(FormatError, match="in US survey foot and in m: one is wrong"):
        read_heights(describe(write_tif(HILL, crs=both), units="m"), entry("terrain"))


def test_only_the_band_s_own_words_count(entry: Entry, write_tif: WriteTif) -> None:
    path = write_tif(np.stack([HILL, HILL * 10]))
    with rasterio.open(path, "r+") as file:
        file.scales, file.offsets, file.units = (0.5, 0.1), (7.0, 0.0), ("ft", "m")
    np.testing.assert_allclose(read_heights(path, entry("terrain", band=2)).heights_m, HILL, rtol=1e-6)


# -- no data ----------------------------------------------------------------------------------------------


def test_no_data_that_only_pam_knows_is_no_data(entry: Entry, write_tif: WriteTif) -> None:
    holes = HILL.copy()
    holes[3, :5] = 0.0
    path = write_tif(holes)
    pam(path, "<NoDataValue>0</NoDataValue><Metadata><MDI key='STATISTICS_MEAN'>9</MDI></Metadata>")
    read = read_heights(path, entry("terrain"))
    assert np.isnan(read.heights_m).sum() == 5
    assert "no data 0 from a.tif.aux.xml" in read.found


def test_pam_of_a_chinese_program_is_read(entry: Entry, write_tif: WriteTif) -> None:
    path = write_tif(HILL)
    words = '<?xml version="1.0" encoding="GB2312"?>\n<PAMDataset><!-- 无效值 --><PAMRasterBand band="1">'
    words += f"<NoDataValue>{float(HILL[0, 0])!r}</NoDataValue></PAMRasterBand></PAMDataset>"
    pam(path).write_bytes(words.encode("gb2312"))
    assert np.isnan(read_heights(path, entry("terrain")).heights_m[0, 0])


def test_pam_s_exact_bytes_go_before_its_decimals(entry: Entry, write_tif: WriteTif) -> None:
    lowest = float(np.finfo(np.float32).min)
    holes = HILL.copy()
    holes[0, 0] = lowest
    path = write_tif(holes)
    exact = struct.pack("<d", lowest).hex()
    pam(path, f'<NoDataValue le_hex_equiv="{exact}">-3.4e+38</NoDataValue>')
    assert np.isnan(read_heights(path, entry("terrain")).heights_m[0, 0])
    pam(path, "<NoDataValue>-3.40282346638529e+38</NoDataValue>")  # a little beyond float32
    assert np.isnan(read_heights(path, entry("terrain")).heights_m[0, 0])


def test_pam_s_scale_and_unit_are_used_and_contradictions_refused(entry: Entry, write_tif: WriteTif) -> None:
    path = write_tif((HILL * 10).astype(np.int32))
    pam(path, "<Scale>0.1</Scale><Offset>2</Offset><UnitType>m</UnitType>")
    read = read_heights(path, entry("terrain"))
    np.testing.assert_allclose(read.heights_m, HILL + 2, atol=0.11)
    other = describe(write_tif((HILL * 10).astype(np.int32), "b.tif"), scales=0.1)
    pam(other, "<Scale>0.01</Scale>")
    with pytest.raises(FormatError, match=r"scale 0.1, and b.tif.aux.xml says 0.01: one is wrong"):
        read_heights(other, entry("terrain"))
    pam(other, "<Scale>0.1</Scale><UnitType>ft</UnitType>")
    read = read_heights(other, entry("terrain"))
    np.testing.assert_allclose(read.heights_m, HILL * FOOT_M, atol=0.04)


def test_masks_inside_beside_and_transparency_empty_their_cells(entry: Entry, write_tif: WriteTif) -> None:
    seen = np.full(HILL.shape, 255, np.uint8)
    seen[:4] = 0
    inside = write_tif(HILL, "inside.tif", nodata=-9999)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(inside, "r+") as file:
        values = HILL.copy()
        values[9] = -9999  # GDAL's mask hides this no data: both count
        file.write(values, 1)
        file.write_mask(seen)
    alpha = write_tif(np.stack([HILL, seen.astype(np.float32)]), "alpha.tif", nodata=-1)
    with rasterio.open(alpha, "r+") as file:
        file.colorinterp = (ColorInterp.gray, ColorInterp.alpha)
    beside = write_tif(HILL, "beside.tif")
    write_tif(seen // 255, "beside.tif.msk")
    assert np.isnan(read_heights(inside, entry("terrain")).heights_m).sum() == 5 * 60
    assert np.isnan(read_heights(alpha, entry("terrain")).heights_m).sum() == 4 * 60
    read = read_heights(beside, entry("terrain"))
    assert np.isnan(read.heights_m).sum() == 4 * 60
    assert "mask beside.tif.msk" in read.found


def test_several_no_data_values_all_count_and_are_told(entry: Entry, write_tif: WriteTif) -> None:
    holes = HILL.copy()
    holes[0, 0], holes[0, 1], holes[0, 2] = -9999, 0, -32768
    path = write_tif(holes, nodata=-9999)
    pam(path, "<NoDataValue>0</NoDataValue>")
    read = read_heights(path, entry("terrain", nodata=-32768.0))
    assert np.isnan(read.heights_m).sum() == 3
    assert "no data -9999 and 0 and -32768, as file and catalog say" in read.found
    assert read.doubts == (
        "declares -9999 as no data, and a.tif.aux.xml 0: all of them are left out; remove what is wrong",
    )


@pytest.mark.parametrize(
    ("fill", "facts", "words"),
    [
        (0, {}, "holds 0 m in 7 cells and nothing between that and 100 m"),
        (-99.99, {"scales": 0.01}, "holds -99.99 m, stored as -9999 in 7 cells"),
        (
            655.35,
            {"scales": 0.01},
            "655.35 m, stored as 65535 in 7 cells and nothing between that and 136",
        ),
        (-99.99, {"units": "cm"}, "stored as -9999 in 7 cells"),
        (32.75, {"scales": 0.01, "offsets": 42.75}, "stored as -1000 in 7 cells"),
    ],
)
def test_fill_that_nobody_declared_is_doubted_where_it_looks_like_a_height(
    entry: Entry, write_tif: WriteTif, fill: float, facts: dict[str, Any], words: str
) -> None:
    """Undeclared no data is refused where no mountain is so high; packed, or 0, it would pass for ground."""
    heights = HILL.astype(np.float64)
    heights[10, 10:17] = fill
    step = 0.01 if facts else 1.0
    path = write_tif(np.round((heights - facts.get("offsets", 0)) / step).astype(np.int32))
    (doubt,) = read_heights(describe(path, **facts), entry("terrain")).doubts
    assert words in doubt
    assert "set nodata" in doubt
    stored = float(re.findall(r"stored as (\S+) in", doubt)[0]) if facts else fill
    read = read_heights(path, entry("terrain", nodata=stored))
    assert np.isnan(read.heights_m).sum() == 7
    assert read.doubts == ()


def test_ground_without_a_gap_is_not_doubted(entry: Entry, write_tif: WriteTif) -> None:
    steep = np.linspace(-400, 8800, 40)[:, None] * np.ones(3)  # steps of 236 m, but everywhere
    assert read_heights(write_tif(steep), entry("terrain")).doubts == ()
    pit = np.round(HILL)
    pit[0, 0] = HILL.min() - 19
    assert read_heights(write_tif(pit), entry("terrain")).doubts == ()
    assert read_heights(write_tif(np.full((40, 60), 7.0)), entry("terrain")).doubts == ()


@pytest.mark.parametrize("fill", [np.finfo(np.float32).min, -1.234567e10, 1e20])
def test_the_no_data_that_an_error_names_can_be_copied(
    entry: Entry, write_tif: WriteTif, fill: float
) -> None:
    holes = HILL.copy()
    holes[3, 4] = fill
    path = write_tif(holes)
    with pytest.raises(ValuesError, match="no height on earth") as caught:
        read_heights(path, entry("terrain"))
    named = float(re.findall(r"set nodata to (\S+),", str(caught.value))[0])
    assert np.isnan(read_heights(path, entry("terrain", nodata=named)).heights_m).sum() == 1


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.uint16])
def test_no_data_that_the_type_cannot_hold_is_told(entry: Entry, write_tif: WriteTif, kind: Any) -> None:
    path = write_tif(np.full((4, 4), 200, kind))
    pam(path, "<NoDataValue>-99999</NoDataValue>")
    read = read_heights(path, entry("terrain"))
    assert not np.isnan(read.heights_m).any()
    assert "-99999 as no data" in read.doubts[0]
    assert np.dtype(kind).name in read.doubts[0]
