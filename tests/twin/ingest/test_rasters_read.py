"""GeoTIFFs: what comes back is what stands in the file, and a bad file is one clear line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasterio.transform import Affine

from twin.catalog.landcover_classes import COVER
from twin.ingest import (
    CrsError,
    EmptyFileError,
    FormatError,
    IngestError,
    LimitError,
    Limits,
    MissingFileError,
    TooLargeError,
    TurnedError,
    UnsupportedError,
    ValuesError,
    read_landcover,
    read_picture,
    read_raster,
)

HILL = (100 + np.hypot(*np.mgrid[-20:20, -30:30])).astype(np.float32)
Entry = Callable[..., Any]
WriteTif = Callable[..., Path]


def test_heights_come_back_exactly_with_their_place(entry: Entry, write_tif: WriteTif) -> None:
    values, grid = read_raster(write_tif(HILL), entry("terrain"))
    assert values.dtype == np.float32
    assert np.array_equal(values, HILL)
    assert (grid.crs, grid.shape) == ("EPSG:4548", (40, 60))
    assert grid.bounds == (480_000, 4_489_600, 480_600, 4_490_000)


def test_nodata_and_nan_are_nan_and_units_become_metres(entry: Entry, write_tif: WriteTif) -> None:
    centimetres = (HILL * 100).astype(np.int32)
    centimetres[3, 4] = -9999
    path = write_tif(centimetres, nodata=-9999)
    values, _ = read_raster(path, entry("terrain", unit_mult=0.01))
    assert values.dtype == np.float64  # int32 does not fit float32
    assert np.isnan(values[3, 4])
    assert np.nansum(np.abs(values - centimetres / 100)) < 1e-6
    holes = HILL.copy()
    holes[0, :5] = np.nan
    assert np.isnan(read_raster(write_tif(holes), entry("terrain"))[0]).sum() == 5


def test_nodata_that_the_file_forgot_is_declared_in_the_catalog(entry: Entry, write_tif: WriteTif) -> None:
    holes = HILL.copy()
    holes[7, 8] = -32768
    path = write_tif(holes)
    with pytest.raises(ValuesError, match=r"-32768 m \(row 7, column 8\).*set nodata"):
        read_raster(path, entry("terrain"))
    assert np.isnan(read_raster(path, entry("terrain", nodata=-32768.0))[0][7, 8])


def test_a_file_from_south_to_north_is_turned_over(entry: Entry, write_tif: WriteTif) -> None:
    path = write_tif(HILL[::-1], transform=Affine(10, 0, 480_000, 0, 10, 4_489_600))
    values, grid = read_raster(path, entry("terrain"))
    assert np.array_equal(values, HILL)
    assert grid.north == 4_490_000


def test_a_band_may_be_chosen(entry: Entry, write_tif: WriteTif) -> None:
    path = write_tif(np.stack([HILL, HILL + 1]))
    assert np.array_equal(read_raster(path, entry("terrain", band=2))[0], HILL + 1)
    with pytest.raises(FormatError, match="has 2 bands"):
        read_raster(path, entry("terrain", band=3))


def test_a_tiled_compressed_file_larger_than_a_strip_is_whole(entry: Entry, write_tif: WriteTif) -> None:
    values = np.random.default_rng(3).uniform(0, 2000, (2100, 2300)).astype(np.float32)
    path = write_tif(values, tiled=True, compress="deflate", predictor=3)
    assert np.array_equal(read_raster(path, entry("terrain"))[0], values)


def test_a_picture_is_four_bytes_a_cell(entry: Entry, write_tif: WriteTif) -> None:
    bands = np.random.default_rng(1).integers(0, 255, (4, 20, 30)).astype(np.uint8)
    read = read_picture(write_tif(bands, photometric="RGB", alpha="yes"), entry("imagery"))
    values, grid = read.values, read.grid
    assert np.array_equal(values, np.moveaxis(bands, 0, -1))
    assert grid.shape == (20, 30)


def test_land_cover_comes_in_the_program_s_numbers(entry: Entry, write_tif: WriteTif) -> None:
    worldcover = np.array([[10, 40, 50], [80, 0, 99]], np.uint8)
    path = write_tif(worldcover, nodata=0)
    names = {"10": "broadleaf", "40": "field", "50": "settlement", "80": "river"}
    read = read_landcover(path, entry("landcover", classes=names))
    values, grid = read.values, read.grid
    wanted = [[COVER["broadleaf"], COVER["field"], COVER["settlement"]], [COVER["river"], 0, 0]]
    assert values.tolist() == wanted
    assert grid.shape == (2, 3)
    with pytest.raises(ValuesError, match=r"holds the class 40.*'classes'"):
        read_landcover(path, entry("landcover"))
    with pytest.raises(ValuesError, match=r"101.414, which is no class"):
        read_landcover(write_tif(HILL), entry("landcover"))
    with pytest.raises(EmptyFileError, match="every cell is no data"):
        read_landcover(write_tif(np.zeros((4, 4), np.uint8)), entry("landcover"))


def test_the_program_s_numbers_are_the_sample_s() -> None:
    from twin.sample.landcover import SampleCover

    assert {cover.name.lower(): int(cover) for cover in SampleCover} == COVER


INFINITE = HILL.copy()
INFINITE[5, 6] = -np.inf


@pytest.mark.parametrize(
    ("values", "profile", "error", "words"),
    [
        (INFINITE, {}, ValuesError, r"infinite heights \(the first in row 5, column 6\)"),
        (np.full((4, 5), np.nan, np.float32), {}, EmptyFileError, "every cell is no data"),
        (np.full((4, 5), -9999, np.int16), {"nodata": -9999}, EmptyFileError, "every cell is no data"),
        (HILL, {"crs": 'LOCAL_CS["site",UNIT["metre",1]]'}, CrsError, "site says no place.*gdal_edit"),
        (HILL, {"crs": "EPSG:32650"}, CrsError, "says it is in EPSG:32650, the catalog says EPSG:4548"),
        (HILL, {"transform": Affine.identity()}, CrsError, "no geotransform"),
        (HILL, {"transform": Affine.rotation(10) @ Affine(10, 0, 48e4, 0, -10, 4e6)}, TurnedError, "north"),
        (HILL, {"transform": Affine(-10, 0, 48e4, 0, -10, 4e6)}, TurnedError, "east to west"),
        (HILL.astype(np.complex64), {}, FormatError, "complex64"),
        (HILL * 100, {}, ValuesError, "unit_mult"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_raster_that_cannot_be_used_says_why(
    *,
    entry: Entry,
    write_tif: WriteTif,
    values: Any,
    profile: dict[str, object],
    error: type[IngestError],
    words: str,
) -> None:
    path = write_tif(values, **profile)
    with pytest.raises(error, match=words) as caught:
        read_raster(path, entry("terrain", crs="EPSG:4548"))
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (None, MissingFileError, "there is no such file"),
        (b"", EmptyFileError, "the file is empty"),
        (b"ncols 10\nnrows 10\n", FormatError, "damaged or cut-off ASCII grid"),
        (b"nothing of note", FormatError, "not a GeoTIFF, whatever its name says"),
        (b"<VRTDataset rasterXSize='1' rasterYSize='1'></VRTDataset>", UnsupportedError, "is a GDAL VRT"),
        (b"II*\0" + b"\xff" * 200, FormatError, "damaged or cut-off"),
    ],
)
def test_a_file_that_is_no_geotiff_says_so(
    entry: Entry, tmp_path: Path, content: bytes | None, error: type[IngestError], words: str
) -> None:
    path = tmp_path / "a.tif"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(error, match=words):
        read_raster(path, entry("terrain"))


def test_a_cut_off_file_says_so(entry: Entry, write_tif: WriteTif) -> None:
    path = write_tif(np.random.default_rng(1).uniform(0, 9, (300, 300)).astype(np.float32))
    path.write_bytes(path.read_bytes()[:200_000])
    with pytest.raises(FormatError, match="damaged or cut-off"):
        read_raster(path, entry("terrain"))


def test_an_absurd_size_is_refused_from_the_header(entry: Entry, write_tif: WriteTif) -> None:
    options = {"width": 200_000, "height": 200_000, "sparse_ok": True, "BIGTIFF": "YES"}
    options |= {"tiled": True, "blockxsize": 512, "blockysize": 512}
    import rasterio
    from rasterio.windows import Window

    path = write_tif(HILL)
    with rasterio.open(path) as file:
        profile = {**file.profile, **options, "compress": "deflate"}
    with rasterio.open(path, "w", **profile) as file:
        file.write(HILL[:16, :16], 1, window=Window(0, 0, 16, 16))
    with pytest.raises(TooLargeError, match="200000 × 200000 cells"):
        read_raster(path, entry("terrain"))


def test_a_file_that_wants_more_memory_than_it_may_have_is_stopped(entry: Entry, write_tif: WriteTif) -> None:
    path = write_tif(np.zeros((4000, 4000), np.float64), compress="deflate", blockysize=4000)
    with pytest.raises(LimitError, match="24 MiB"):
        read_raster(path, entry("terrain"), limits=Limits(memory_mib=24))


def test_a_file_that_unpacks_to_more_than_it_may_is_stopped(entry: Entry, write_tif: WriteTif) -> None:
    path = write_tif(np.zeros((1000, 1000), np.float32), compress="deflate")
    with pytest.raises(LimitError, match="holds more than 1 MiB"):
        read_raster(path, entry("terrain"), limits=Limits(output_mib=1))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.integers(0, 2599), what=st.integers(0, 255), cut=st.integers(100, 2600))
def test_damaged_bytes_never_do_worse_than_one_line(
    *, entry: Entry, write_tif: WriteTif, tmp_path: Path, where: int, what: int, cut: int
) -> None:
    (tmp_path / "a.tif").unlink(missing_ok=True)
    path = write_tif(HILL[:20, :30], compress="deflate")
    damaged = bytearray(path.read_bytes())
    damaged[where % len(damaged)] = what
    path.write_bytes(bytes(damaged[:cut]))
    try:
        values, grid = read_raster(path, entry("terrain"))
    except IngestError as error:
        assert "\n" not in str(error)
    else:
        assert values.shape == grid.shape
        assert not np.isinf(values).any()
