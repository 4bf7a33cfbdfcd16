"""Read TIFF tags that GDAL does not expose.

Of the first directory.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO, Final

ORIENTATION: Final = 274
EXTRA_SAMPLES: Final = 338
PREMULTIPLIED: Final = 1
"""A value of ``EXTRA_SAMPLES``: colours are stored multiplied by their opacity (TIFF 6.0, section 18)."""
_MOST_ENTRIES, _MOST_VALUES = 4096, 64
_SHORT: Final = 3


def shorts(path: Path, tag: int) -> tuple[int, ...]:
    """Read a tag of 16-bit numbers, classic TIFF or BigTIFF.

    () where there is none. Only what GDAL has opened is asked: what does not fit together is answered with
    ().
    """
    try:
        with path.open("rb") as file:
            return _shorts(file, tag)
    except struct.error:
        return ()


def _shorts(file: BinaryIO, tag: int) -> tuple[int, ...]:
    head = file.read(16)
    order = "<" if head[:2] == b"II" else ">"
    big = struct.unpack(f"{order}H", head[2:4])[0] == 43
    word, count_code, size = ("Q", "Q", 20) if big else ("I", "H", 12)
    (first,) = struct.unpack(f"{order}{word}", head[8:16] if big else head[4:8])
    file.seek(first)
    (entries,) = struct.unpack(f"{order}{count_code}", file.read(struct.calcsize(count_code)))
    for _ in range(min(entries, _MOST_ENTRIES)):
        entry = file.read(size)
        name, kind, count = struct.unpack(f"{order}HH{word}", entry[: 4 + struct.calcsize(word)])
        if name != tag:
            continue
        if kind != _SHORT or not 0 < count <= _MOST_VALUES:
            return ()
        values = entry[4 + struct.calcsize(word) :]
        if 2 * count > len(values):
            file.seek(struct.unpack(f"{order}{word}", values)[0])
            values = file.read(2 * count)
        return struct.unpack(f"{order}{count}H", values[: 2 * count])
    return ()
