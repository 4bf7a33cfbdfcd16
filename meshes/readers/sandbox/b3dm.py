"""Read batched 3D models.

The GLB behind their tables, with the two older headers.
"""

from __future__ import annotations

import struct

from meshes.errors import DamagedError
from meshes.readers.sandbox.feature_table import tables
from meshes.readers.sandbox.scene import moved
from twin.arrays import F64

_HEAD = 28
_TEXT = 570_425_344
"""No table is so long; the four bytes are a quotation mark, or glTF, of what follows a shorter header."""


def unwrapped(data: bytes, placed: F64) -> tuple[bytes, F64]:
    """Return a b3dm's glTF, and ``placed`` (4, 4) after its RTC_CENTER.

    Raises DamagedError. Headers of 20 and 24 bytes, of before the feature table, are known by their numbers,
    as Cesium does.
    """
    if len(data) >= _HEAD and (old := _old(data)) is not None:
        start, end = old, struct.unpack_from("<I", data, 8)[0]
        if end > len(data) or start > end:
            raise DamagedError(f"is cut off: {len(data):,} bytes of {max(end, start):,}")
    else:
        table, start, end = tables(data, head=_HEAD, name="a b3dm")
        centre = table.centre()
        if centre is not None:
            placed = moved(placed, centre)
    if start >= end:
        raise DamagedError("is cut off: nothing follows its tables")
    if data[start : start + 4] != b"glTF" and data[start:end].lstrip()[:1] != b"{":
        raise DamagedError("is a damaged b3dm: its tables do not end at a glTF")
    return data[start:end], placed


def _old(data: bytes) -> int | None:
    """Where the glTF begins behind an old header; None behind one of today.

    20 bytes: number of batches, length of the batch table. 24 bytes: lengths of the batch table and of its
    binary part, number of batches.
    """
    first, second, third, fourth = struct.unpack_from("<IIII", data, 12)
    if third >= _TEXT:
        return 20 + int(second)
    if fourth >= _TEXT:
        return 24 + int(first) + int(second)
    return None
