"""Read the CRS from GeoTIFF's keys in a LAS file.

GDAL does it, from a TIFF of one pixel that gets the keys: it knows user-defined systems and units.
"""

from __future__ import annotations

import struct

import rasterio
from rasterio.io import MemoryFile

DIRECTORY, DOUBLES, TEXTS = 34735, 34736, 34737
"""Numbers of the TIFF tags, and of LAS's records, that hold the keys."""
VERTICAL_UNITS = 4099
_SHORT, _LONG, _DOUBLE, _ASCII = 3, 4, 12, 2


def crs_wkt(records: dict[int, bytes]) -> str | None:
    """Return the WKT of a LAS file's records.

    None where they hold no key. Raises ValueError where GDAL finds no system in them.
    """
    if len(records[DIRECTORY]) <= 8:
        return None
    tiff = _tiff(records)
    options = {"GTIFF_REPORT_COMPD_CS": True, "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR"}
    with rasterio.Env(**options), MemoryFile(tiff) as memory, memory.open(driver="GTiff") as source:
        if not source.crs:
            raise ValueError("no system")
        return str(source.crs.to_wkt())


def key(records: dict[int, bytes], number: int) -> int | None:
    """Return the value of a numeric key, or None."""
    directory = records.get(DIRECTORY, b"")
    for at in range(8, len(directory) - 7, 8):
        found, where, _, value = struct.unpack_from("<4H", directory, at)
        if found == number and not where:
            return int(value)
    return None


def _tiff(records: dict[int, bytes]) -> bytes:
    data = bytearray(b"II*\0\0\0\0\0")
    tags: list[tuple[int, int, int, bytes]] = [
        (tag, _SHORT, 1, struct.pack("<HH", value, 0))
        for tag, value in ((256, 1), (257, 1), (258, 8), (259, 1), (262, 1), (277, 1), (278, 1))
    ]

    def put(tag: int, kind: int, size: int, content: bytes) -> None:
        data.extend(bytes(-len(data) % 8))
        value = content.ljust(4, b"\0") if len(content) <= 4 else struct.pack("<I", len(data))
        if len(content) > 4:
            data.extend(content)
        tags.append((tag, kind, len(content) // size, value))

    tags.append((273, _LONG, 1, struct.pack("<I", 4)))  # the pixel: any byte will do
    tags.append((279, _LONG, 1, struct.pack("<I", 1)))
    put(33550, _DOUBLE, 8, struct.pack("<3d", 1, 1, 0))
    put(33922, _DOUBLE, 8, bytes(48))
    put(DIRECTORY, _SHORT, 2, records[DIRECTORY])
    if doubles := records.get(DOUBLES):
        put(DOUBLES, _DOUBLE, 8, doubles[: len(doubles) // 8 * 8])
    if texts := records.get(TEXTS):
        put(TEXTS, _ASCII, 1, texts)
    data.extend(bytes(-len(data) % 8))
    struct.pack_into("<I", data, 4, len(data))
    data.extend(struct.pack("<H", len(tags)))
    for tag in sorted(tags):
        data.extend(struct.pack("<HHI", *tag[:3]) + tag[3])
    return bytes(data + bytes(4))
