"""Recognise raster formats by first bytes; name unread ones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from twin.ingest.errors import EmptyFileError, FormatError, UnsupportedError


@dataclass(frozen=True, kw_only=True)
class Format:
    """Format that is read: GDAL's driver, and its name."""

    driver: str
    name: str


GEOTIFF: Final = Format(driver="GTiff", name="GeoTIFF")
_READ: Final[tuple[tuple[bytes, Format], ...]] = (
    *((start, GEOTIFF) for start in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
    (b"EHFA_HEADER_TAG", Format(driver="HFA", name="ERDAS Imagine file")),
    (b"\x89PNG\r\n\x1a\n", Format(driver="PNG", name="PNG")),
    (b"\xff\xd8\xff", Format(driver="JPEG", name="JPEG")),
    (b"\0\0\0\x0cjP  \r\n\x87\n", Format(driver="JP2OpenJPEG", name="JPEG 2000")),
    (b"\xff\x4f\xff\x51", Format(driver="JP2OpenJPEG", name="JPEG 2000")),
)
_ASCII_GRID: Final = Format(driver="AAIGrid", name="ASCII grid")
_ASCII_START: Final = re.compile(
    rb"\s*(ncols|nrows|[xy]ll(corner|center)|cellsize|nodata_value)\s", re.IGNORECASE
)
_HGT: Final = Format(driver="SRTMHGT", name="SRTM tile")
_HGT_NAME: Final = re.compile(r"[NS]\d\d[EW]\d{3}\.hgt", re.IGNORECASE)
_HGT_BYTES: Final = {2 * side * side for side in (1201, 3601)}

_RAW: Final = "a raw raster beside a header file (ENVI, BIL)"
_POINTS: Final = re.compile(rb"(\s*[-+]?\d[\d.]*[ \t,;]+[-+]?\d[\d.]*[ \t,;]+[-+]?\d[\d.]*[ \t]*\r?\n){2}")
_CONVERT: Final = "make a GeoTIFF of it (gdal_translate)"
_UNPACK: Final = "unpack it and name the file inside"
_NOT_READ: Final[tuple[tuple[bytes, str, str], ...]] = (
    (b"<VRTDataset", "a GDAL VRT", "name the GeoTIFF that it points at"),
    (b"PK\x03\x04", "a ZIP archive", _UNPACK),
    (b"\x1f\x8b", "a gzip archive", _UNPACK),
    (b"Rar!", "a RAR archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"version https://git-lfs", "a Git LFS pointer", "fetch the file itself (git lfs pull)"),
    (b"<!DOCTYPE", "a web page", "fetch the file itself anew"),
    (b"<html", "a web page", "fetch the file itself anew"),
    (b"SQLite format 3", "a GeoPackage or MBTiles", _CONVERT),
    (b"\x89HDF\r\n\x1a\n", "HDF5 or netCDF", _CONVERT),
    (b"\x0e\x03\x13\x01", "HDF4", _CONVERT),
    (b"CDF", "netCDF", _CONVERT),
    (b"GRIB", "GRIB", _CONVERT),
    (b"DSAA", "a Surfer grid", _CONVERT),
    (b"DSBB", "a Surfer grid", _CONVERT),
    (b"DSRB", "a Surfer grid", _CONVERT),
    (b"UHL1", "DTED", _CONVERT),
    (b"HDR1UHL1", "DTED", _CONVERT),
    (b"GRID1.", "an ArcInfo grid", _CONVERT),
    (b"EXP ", "an ArcInfo export (E00)", _CONVERT),
    (b"north:", "a GRASS ASCII grid", _CONVERT),
    (b"binterr", "a VTP terrain (BT)", _CONVERT),
    (b"NITF", "NITF", _CONVERT),
    (b"NSIF", "NITF", _CONVERT),
    (b"PCIDSK", "PCIDSK", _CONVERT),
    (b"msid", "MrSID", "make a GeoTIFF of it with the program that it came with"),
    (b"%PDF", "a PDF", _CONVERT),
    (b"BM", "a BMP", _CONVERT),
    (b"GIF8", "a GIF", _CONVERT),
    (b"RIFF", "WebP", _CONVERT),
)
_BY_ENDING: Final = {
    ".ecw": ("ECW", "make a GeoTIFF of it with the program that it came with"),
    ".sid": ("MrSID", "make a GeoTIFF of it with the program that it came with"),
    ".hgt": ("an SRTM tile of another size or name than N40E116.hgt", _CONVERT),
    ".flt": ("a GridFloat file", _CONVERT),
    ".dem": ("a USGS DEM", _CONVERT),
    ".adf": ("an ArcInfo grid", _CONVERT),
    ".grd": ("a grid file", _CONVERT),
    ".sdat": ("a SAGA grid", _CONVERT),
    ".sgrd": ("a SAGA grid", _CONVERT),
    ".rst": ("an Idrisi raster", _CONVERT),
    ".xyz": ("a list of points", "make a grid of them (gdal_grid, gdal_translate)"),
    ".vrt": ("a GDAL VRT", "name the GeoTIFF that it points at"),
    **dict.fromkeys((".bil", ".bip", ".bsq", ".raw"), (_RAW, _CONVERT)),
    ".ers": ("an ER Mapper raster", _CONVERT),
    ".mpr": ("an ILWIS raster", _CONVERT),
    ".zmap": ("a ZMap grid", _CONVERT),
    ".jxl": ("JPEG XL", _CONVERT),
    ".las": ("a point cloud", "name it as kind: model"),
    ".laz": ("a point cloud", "name it as kind: model"),
}  # fmt: skip


def format_of(path: Path) -> Format:
    """Return a raster's format by content, whatever its name.

    Raises EmptyFileError, UnsupportedError for a format that is known and not read, FormatError for others.
    """
    with path.open("rb") as file:
        start = file.read(256)
        size = file.seek(0, 2)
    if not start:
        raise EmptyFileError("the file is empty")
    for signature, found in _READ:
        if start.startswith(signature):
            return found
    if _ASCII_START.match(start):
        return _ASCII_GRID
    if _HGT_NAME.fullmatch(path.name) and size in _HGT_BYTES:
        return _HGT
    text = start.lstrip(b"\xef\xbb\xbf \r\n\t")
    for signature, name, remedy in _NOT_READ:
        if start.startswith(signature) or (
            signature[:1] == b"<" and text.lower().startswith(signature.lower())
        ):
            raise UnsupportedError(f"is {name}, which is not read here: {remedy}")
    if (ending := path.suffix.lower()) in _BY_ENDING:
        name, remedy = _BY_ENDING[ending]
        raise UnsupportedError(f"is {name}, which is not read here: {remedy}")
    if start[:3] == b"\xef\xbb\xbf" and _ASCII_START.match(start[3:]):
        raise UnsupportedError(
            "is an ASCII grid with a byte order mark, which is not read here: save it without one"
        )
    if _POINTS.match(start):
        name, remedy = _BY_ENDING[".xyz"]
        raise UnsupportedError(f"is {name}, which is not read here: {remedy}")
    if any(header.is_file() for header in (path.with_suffix(".hdr"), path.with_name(f"{path.name}.hdr"))):
        raise UnsupportedError(f"is {_RAW}, which is not read here: {_CONVERT}")
    if not start.strip(b"\0"):
        raise FormatError("is not a GeoTIFF: it begins with nothing but zeros, as a broken copy does")
    raise FormatError("is not a GeoTIFF, whatever its name says, nor another raster that is read")
