"""Link a Shapefile's parts, and check that they match.

Whatever the case of their names. OGR looks for the parts by the case of the .shp's ending alone, believes an
index that is not of this set, and writes a missing .shx beside the file. Here the parts are linked into a
folder of our own first.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from pathlib import Path

import pyogrio

from twin.ingest.errors import EmptyFileError, FormatError
from twin.ingest.sandbox.dbf import AsText, with_texts
from twin.ingest.sandbox.encodings import Told, decoded, marked, named

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".cst")
_PAGES = {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "big5", 0x78: "big5", 0x03: "cp1252", 0x58: "cp1252"}
_PAGES |= {0x13: "cp932", 0x7B: "cp932", 0x4E: "cp949", 0x79: "cp949", 0xC9: "cp1251", 0x02: "cp850"}
"""Encodings by a .dbf's language byte. 0x57 (ANSI) and 0 say none."""


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """Linked Shapefile.

    The .shp, the declared encoding, columns read as text, notes, and what is wrong with its .prj.
    """

    path: Path
    told: Told | None
    as_text: AsText
    notes: list[str]
    unknown_crs: str


def gathered(path: Path, out: Path) -> Gathered:
    """Link the parts of a set into a folder beneath ``out``.

    Raises FormatError, EmptyFileError.
    """
    parts = _parts(path)
    if ".dbf" not in parts:
        raise FormatError("has no .dbf beside it, which holds a Shapefile's attributes: copy the whole set")
    stem = path.stem if path.stem.isprintable() else "shapefile"  # OGR wants a name in UTF-8
    folder = out / "shapefile"
    folder.mkdir()
    for ending, part in parts.items():
        if ending in (".shp", ".shx"):
            (folder / f"{stem}{ending}").symlink_to(part)
    notes = _checked(parts)
    as_text = with_texts(parts[".dbf"], folder / f"{stem}.dbf")
    unknown = ""
    if ".prj" in parts:
        text = _text(parts[".prj"])
        if not (unknown := _unknown(text)):
            (folder / f"{stem}.prj").write_text(_wkt(text), encoding="utf-8")
    pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": "NO" if ".shx" in parts else "YES"})
    return Gathered(
        path=folder / f"{stem}.shp", told=_told(parts), as_text=as_text, unknown_crs=unknown, notes=notes
    )


def _parts(path: Path) -> dict[str, Path]:
    """The files of the set by their endings in lower case; one with the .shp's own spelling comes first."""
    found: dict[str, Path] = {}
    with os.scandir(path.parent) as entries:
        files = sorted(Path(entry.path) for entry in entries if entry.is_file())
    for file in sorted(files, key=lambda file: file.stem != path.stem):
        if file.stem.lower() == path.stem.lower() and file.suffix.lower() in PARTS:
            found.setdefault(file.suffix.lower(), file)
    return found | {".shp": path}


def _checked(parts: dict[str, Path]) -> list[str]:
    """Compare the parts' own lengths and counts. Raises FormatError for a set that is none."""
    with parts[".shp"].open("rb") as file:
        head = file.read(100)
    if len(head) < 100:
        raise FormatError(f"its .shp is cut off: it has {len(head)} bytes, its head alone has 100")
    _not_cut(".shp", parts[".shp"], 2 * struct.unpack(">i", head[24:28])[0])
    with parts[".dbf"].open("rb") as file:
        table = file.read(32)
    if len(table) < 32:
        raise FormatError("its .dbf is cut off or no .dbf: copy the whole set again")
    rows, begin, width = struct.unpack("<IHH", table[4:12])
    _not_cut(".dbf", parts[".dbf"], begin + rows * width)
    if ".shx" not in parts:
        return ["has no .shx beside it: its shapes are taken as they follow each other in the .shp"]
    with parts[".shx"].open("rb") as file:
        index = file.read(100)
    shapes = (parts[".shx"].stat().st_size - 100) // 8
    if len(index) < 100 or index[:4] != head[:4]:
        raise FormatError("its .shx is damaged: take it away (it is made anew), or copy the whole set again")
    if shapes != rows:
        raise FormatError(
            f"its .shx holds {shapes:,} shapes, its .dbf {rows:,} rows: they are of two sets; copy one again"
        )
    if not shapes:
        raise EmptyFileError("holds no feature with a geometry")
    return []


def _not_cut(name: str, part: Path, wanted: int) -> None:
    size = part.stat().st_size
    if size < wanted:
        raise FormatError(f"its {name} is cut off: {size:,} of {wanted:,} bytes are there; copy it again")


def _told(parts: dict[str, Path]) -> Told | None:
    """The encoding by the .cpg, else by the .dbf's language byte; None where they say none that is known."""
    beside = parts.get(".cpg") or parts.get(".cst")
    if beside is not None and (name := named(_text(beside)[:64])):
        return Told(encoding=name, by=f"its {beside.suffix.lower()}")
    with parts[".dbf"].open("rb") as file:
        page = _PAGES.get(file.read(30)[-1])
    return None if page is None else Told(encoding=page, by="its .dbf")


def _unknown(text: str) -> str:
    """What is wrong with a .prj, which the catalog cannot be compared with then; '' where nothing is."""
    from pyproj.exceptions import CRSError  # noqa: PLC0415

    from twin.ingest.sandbox.prj import system_of  # noqa: PLC0415

    if not text:
        return "its .prj is empty"
    try:
        system_of(text)
    except CRSError:
        return f"its .prj ({' '.join(text.split())[:40]}) names no coordinate system that is known"
    return ""


def _wkt(text: str) -> str:
    """A system as OGR reads it: others write a number (EPSG:4548) or PROJ's own text into a .prj."""
    from twin.ingest.sandbox.prj import system_of  # noqa: PLC0415

    return text if "[" in text else str(system_of(text).to_wkt("WKT1_GDAL"))


def _text(part: Path) -> str:
    """A small text beside a file, in whatever encoding, without its byte order mark."""
    encoding, raw = marked(part.read_bytes()[:100_000])
    text = (
        decoded([raw], told=None).texts[0] if encoding in (None, "utf-8") else raw.decode(encoding, "replace")
    )
    return text.strip("\0 \r\n\t")
