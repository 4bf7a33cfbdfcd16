"""Name a sound file of another format by its first bytes."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from twin.catalog.unread import UNREAD, words
from twin.ingest.errors import UnsupportedError

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0", ".xls"),
    (b"%PDF", ".pdf"),
    (b"Rar!", ".rar"),
    (b"7z\xbc\xaf", ".7z"),
    (b"\x1f\x8b", ".gz"),
    (b"fgb\x03", ".fgb"),
    (b"PAR1", ".parquet"),
    (b"SQLite format 3\0", ".sqlite"),
    (b"\0\x01\0\0Standard Jet", ".mdb"),
    (b"\0\x01\0\0Standard ACE", ".accdb"),
    (b"AC10", ".dwg"),
    (b"II*\0", ".tif"),
    (b"II+\0", ".tif"),
    (b"MM\0*", ".tif"),
    (b"glTF", ".glb"),
    (b"LASF", ".las"),
    (b"!table", ".tab"),
)
_TEXTS: tuple[tuple[bytes, str], ...] = (
    (rb"version https://git-lfs", "is a pointer of Git LFS in place of the file: fetch it (git lfs pull)"),
    (rb"(?i)<!doctype html|<html", "is a web page, perhaps an error's, in place of the file: fetch it again"),
    (rb"\{\\rtf", ".rtf"),
    (rb"(?i)MIME-Version:", ".mht"),
    (rb"ID;P", ".slk"),
    (rb"<.*<kml\b|<kml\b", ".kml"),
    (rb"<.*<gpx\b|<gpx\b", ".gpx"),
    (rb"<.*<osm\b|<osm\b", ".osm"),
    (rb"<.*(opengis\.net/gml|<gml:)", ".gml"),
    (rb"<.*urn:schemas-microsoft-com:office:spreadsheet", ".xls"),
    (rb"0\r?\n *SECTION|AutoCAD Binary DXF", ".dxf"),
    (rb"(?i)version +\d+\s+charset", ".mif"),
)
"""How texts of other formats begin, blanks left out."""

_INSIDE = (("xl/workbook", ".xlsx"), ("content.xml", ".ods"))
_SHAPES = (".shp", ".gpkg", ".geojson", ".kml", ".gdb/", ".dbf", ".csv", ".xls", ".xlsx", ".tif")


def check_read(path: Path, start: bytes) -> None:
    """Raise for a known other format by first bytes.

    Nothing for what is not known here. Raises UnsupportedError with the format's name and what to do.
    """
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        found = _archive(path)
    else:
        binary = (ending for magic, ending in _MAGIC if start.startswith(magic))
        written = (ending for mark, ending in _TEXTS if re.match(mark, text, re.DOTALL))
        found = next(binary, None) or next(written, "")
    if found:
        raise UnsupportedError(words(found) if found in UNREAD else found)


def _archive(path: Path) -> str:
    """A workbook, or an archive with what lies in it by name; only its list is read."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist()[:10_000]]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return ".zip"
    for mark, ending in _INSIDE:
        if any(name.startswith(mark) for name in names):
            return ending
    inside = next((name for wanted in _SHAPES for name in names if wanted in name.lower()), "")
    if inside.lower().endswith(".kml"):
        return ".kmz"
    shown = re.sub(r"[^\w.()\- /]", "?", inside)[-60:]
    named = f" (it holds {shown})" if shown else ""
    return f"is a ZIP archive{named}, which is not read: {UNREAD['.zip'][1]}"
