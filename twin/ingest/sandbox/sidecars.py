"""Read a raster's sidecars without GDAL: PAM (.aux.xml), world file, .prj.

GDAL itself is kept from opening anything beside the raster, for a PAM file may name any other file or address
(its OVERVIEW_FILE). What counts is read here, from capped files; what is not read is named.
"""

from __future__ import annotations

import math
import re
import struct
import xml.etree.ElementTree as ET
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from twin.ingest.beside import UNUSED, beside
from twin.ingest.errors import FormatError, TooLargeError

MOST_XML, MOST_PRJ, MOST_WORLD = 16 << 20, 64 << 10, 4 << 10

Six = tuple[float, float, float, float, float, float]
"""A geotransform as GDAL has it: west, dx, turn, north, turn, dy (negative where rows go south)."""

_COLOUR_USAGES: Final = frozenset({"6", "7", "8"})
"""Columns of a GDALRasterAttributeTable that are red, green, blue."""
_NOT_READ: Final = {"GCPList": "control points", "GeodataXform": "a transformation of ArcGIS"}


@dataclass(frozen=True, kw_only=True)
class BandWords:
    """Declarations of a PAM file on one band.

    None for what it lacks. ``coloured`` where an attribute table has colours, which are not read.
    """

    nodata: tuple[float, ...] = ()
    scale: float | None = None
    offset: float | None = None
    unit: str | None = None
    colour: str | None = None
    palette: tuple[tuple[int, ...], ...] = ()
    coloured: bool = False


@dataclass(frozen=True, kw_only=True)
class Sidecars:
    """Declarations of the files beside a raster.

    ``names`` are the files by use, ``unread`` words for what is not read of them, ``overviews`` files of
    coarser copies, which nothing needs.
    """

    names: dict[str, str] = field(default_factory=dict)
    bands: dict[int, BandWords] = field(default_factory=dict)
    pam_crs: str | None = None
    pam_place: Six | None = None
    world: Six | None = None
    prj: str | None = None
    mask: Path | None = None
    unread: tuple[str, ...] = ()
    overviews: tuple[str, ...] = ()

    def band(self, number: int) -> BandWords:
        return self.bands.get(number, BandWords())


@dataclass(frozen=True, kw_only=True)
class Words:
    """Remarks on a raster: what was ``found``, and ``doubts``."""

    found: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def read_sidecars(path: Path) -> Sidecars:
    """Read what lies beside a raster.

    Raises FormatError or TooLargeError with the file's name.
    """
    files = beside(path)
    unread = [f"{file.name} is not read" for file in files.get("unread", [])]
    unread += [
        f"{file.name} is not read, beside {group[0].name}" for group in _doubles(files) for file in group[1:]
    ]
    first = {use: group[0] for use, group in files.items() if use != "unread"}
    overviews = [file.name for file in files.get("overviews", [])]
    names = {use: file.name for use, file in first.items()}
    bands: dict[int, BandWords] = {}
    pam_crs, pam_place = None, None
    if (pam := first.get("pam")) is not None:
        bands, pam_crs, pam_place, more = _pam(pam)
        unread += more
        if any(band.coloured for band in bands.values()):
            names.setdefault("colours", pam.name)
    return Sidecars(
        names=names,
        bands=bands,
        pam_crs=pam_crs,
        pam_place=pam_place,
        world=_world(first["world"]) if "world" in first else None,
        prj=_text(first["prj"], MOST_PRJ).strip() or None if "prj" in first else None,
        mask=first.get("mask"),
        unread=tuple(unread),
        overviews=tuple(overviews),
    )


def _doubles(files: dict[str, list[Path]]) -> list[list[Path]]:
    return [group for use, group in files.items() if use not in {"unread", *UNUSED} and len(group) > 1]


def _capped(file: Path, most: int) -> bytes:
    with file.open("rb") as stream:
        data = stream.read(most + 1)
    if len(data) > most:
        raise TooLargeError(f"has a {file.name} of more than {most >> 10} KiB beside it, which is not read")
    return data


def _text(file: Path, most: int) -> str:
    data = _capped(file, most)
    utf_16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if utf_16 else ("utf-8-sig", "gb18030"):  # names of systems in Chinese
        with suppress(UnicodeDecodeError):
            return data.decode(encoding)
    raise FormatError(f"{file.name} beside it is not text: mend or remove it")


def _world(file: Path) -> Six:
    """Six numbers: dx, turns, dy, and the centre of the first cell."""
    words = _text(file, MOST_WORLD).replace(",", ".").split()
    try:
        a, d, b, e, x, y = (float(word) for word in words)
    except ValueError:
        raise FormatError(f"{file.name} beside it does not hold six numbers: mend or remove it") from None
    if not all(map(math.isfinite, (a, b, d, e, x, y))):
        raise FormatError(f"{file.name} beside it does not hold six numbers: mend or remove it")
    return x - a / 2 - b / 2, a, b, y - d / 2 - e / 2, d, e


def _pam(file: Path) -> tuple[dict[int, BandWords], str | None, Six | None, list[str]]:
    """Bands, CRS, place, and words for what is not read."""
    data = _capped(file, MOST_XML)
    if any(word in data or word.decode().encode("utf-16-le") in data for word in (b"<!ENTITY", b"<!DOCTYPE")):
        raise FormatError(f"{file.name} beside it declares entities, which no such file needs: remove it")
    try:
        root = ET.fromstring(_unicode(data))
    except (ET.ParseError, ValueError, LookupError):
        raise FormatError(f"{file.name} beside it is not XML: mend or remove it") from None
    if root.tag != "PAMDataset":
        return {}, None, None, [f"{file.name} is not read: it is no PAM file"]
    bands: dict[int, BandWords] = {}
    for number, band in enumerate(root.iterfind("PAMRasterBand"), 1):
        told = band.get("band", str(number))
        if not told.isdecimal():
            raise FormatError(f"{file.name} beside it names a band {told[:20]!r}: mend or remove it")
        bands[int(told)] = _band(band, file)
    place = root.findtext("GeoTransform")
    crs = (root.findtext("SRS") or "").strip() or None
    return bands, crs, None if place is None else _six(place, file), _left(root, file)


def _unicode(xml: bytes) -> bytes | str:
    """XML in a Chinese encoding as text, which expat does not know; any other as it is."""
    if re.match(rb"""<\?xml[^>]*encoding=["']gb""", xml, re.IGNORECASE) is None:
        return xml
    return re.sub(r"^<\?xml[^>]*\?>", "", xml.decode("gb18030"))


def _left(root: ET.Element, file: Path) -> list[str]:
    """What a PAM file says of the place in forms that are not read."""
    left = [
        f"{words} in {file.name} are not read"
        for tag, words in _NOT_READ.items()
        for found in root.iter(tag)
        if not any("IdentityXform" in value for value in found.attrib.values())
    ]
    return list(dict.fromkeys(left))


def _six(text: str, file: Path) -> Six:
    numbers = [_number(word, file) for word in text.split(",")]
    if len(numbers) != 6 or not all(map(math.isfinite, numbers)):
        raise FormatError(f"{file.name} beside it has a GeoTransform that is not six numbers")
    west, dx, turn_x, north, turn_y, dy = numbers
    return west, dx, turn_x, north, turn_y, dy


def _band(band: ET.Element, file: Path) -> BandWords:
    nodata = []
    for tag in ("NoDataValue", "NoDataValueAsInt64", "NoDataValueAsUInt64"):
        for found in band.iterfind(tag):
            exact = found.get("le_hex_equiv", "")
            try:
                nodata.append(struct.unpack("<d", bytes.fromhex(exact))[0])
            except (ValueError, struct.error):
                nodata.append(_number(found.text, file))
    unit = (band.findtext("UnitType") or "").strip() or None
    scale, offset = band.findtext("Scale"), band.findtext("Offset")
    return BandWords(
        nodata=tuple(nodata),
        scale=None if scale is None else _number(scale, file),
        offset=None if offset is None else _number(offset, file),
        unit=unit,
        colour=(band.findtext("ColorInterp") or "").strip() or None,
        palette=_palette(band, file),
        coloured=any(
            field.findtext("Usage") in _COLOUR_USAGES
            for field in band.iterfind("GDALRasterAttributeTable/FieldDefn")
        ),
    )


def _palette(band: ET.Element, file: Path) -> tuple[tuple[int, ...], ...]:
    """Red, green, blue and opacity of each index, 0 to 255; () where there is no colour table."""
    entries = [] if (table := band.find("ColorTable")) is None else table.findall("Entry")
    return tuple(
        tuple(int(min(max(_number(entry.get(key, "255"), file), 0), 255)) for key in ("c1", "c2", "c3", "c4"))
        for entry in entries[:65536]
    )


def _number(text: str | None, file: Path) -> float:
    try:
        return float((text or "").strip())
    except ValueError:
        raise FormatError(
            f"{file.name} beside it has {(text or '')[:20]!r} for a number: mend or remove it"
        ) from None
