"""The header of a LAS file, read by us before laspy opens it: its counts must fit the file's size."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from meshes.errors import DamagedError, OverLimitError, UnsupportedError

MOST_POINTS = 1_000_000_000
_SHORTEST_RECORD = (20, 28, 26, 34, 57, 63, 30, 36, 38, 59, 67)
"""Bytes of a point, by format (ASPRS LAS 1.4 R15)."""
_VLR, _EVLR = 54, 60
_PACKED_MOST = 4096
"""No LAZ file holds more points a byte: a cloud of one place over and over comes to 150."""


@dataclass(frozen=True, kw_only=True)
class LasHeader:
    """``minor`` of version 1.x, the point ``format``, whether ``packed`` (LAZ), and how many points."""

    minor: int
    format: int
    packed: bool
    count: int


def checked(path: Path) -> LasHeader:
    """The header, where everything that it announces can be in the file.

    Raises DamagedError, UnsupportedError, OverLimitError.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        data = file.read(375)
    if not data:
        raise DamagedError("the file is empty")
    if data[:4] != b"LASF":
        raise DamagedError(f"is not a LAS file; it begins with {data[:12]!r}")
    if len(data) < 227:
        raise DamagedError("is cut off in its header")
    major, minor = data[24], data[25]
    if major != 1 or not 1 <= minor <= 4:
        raise UnsupportedError(f"is LAS {major}.{minor}: 1.1 to 1.4 are read")
    header, points_at, vlrs = struct.unpack_from("<HII", data, 94)
    format_, record = data[104] & 0x3F, struct.unpack_from("<H", data, 105)[0]
    packed = bool(data[104] & 0xC0)
    count = struct.unpack_from("<I", data, 107)[0]
    if header < (375 if minor == 4 else 235 if minor == 3 else 227) or len(data) < min(header, 375):
        raise DamagedError(f"is damaged: LAS 1.{minor} with a header of {header} bytes")
    if format_ >= len(_SHORTEST_RECORD) or record < _SHORTEST_RECORD[format_]:
        raise DamagedError(f"is damaged: points of format {format_} with {record} bytes each")
    if header > points_at or points_at > size or vlrs * _VLR > points_at - header:
        raise DamagedError(
            f"announces {vlrs:,} variable-length records, and points from byte {points_at:,}; "
            f"it has {size:,} bytes"
        )
    if minor == 4:
        _extended(data, size)
        count = struct.unpack_from("<Q", data, 247)[0] or count
    _counted(count, record, room=size - points_at, packed=packed)
    _scaled(data)
    return LasHeader(minor=minor, format=format_, packed=packed, count=count)


def _extended(data: bytes, size: int) -> None:
    start, many = struct.unpack_from("<QI", data, 235)
    if many and (start > size or many * _EVLR > size - start):
        raise DamagedError(f"announces {many:,} extended records: its size is {size:,}")


def _counted(count: int, record: int, *, room: int, packed: bool) -> None:
    most = room * _PACKED_MOST if packed else room // record
    if count > most:
        raise DamagedError(f"announces {count:,} points and has room for {most:,}: it is cut off or damaged")
    if count > MOST_POINTS:
        raise OverLimitError(f"has {count:,} points; at most {MOST_POINTS:,} are read: cut it into files")
    if not count:
        raise DamagedError("holds no point")


def _scaled(data: bytes) -> None:
    numbers = np.array(struct.unpack_from("<6d", data, 131))
    if not np.isfinite(numbers).all() or (numbers[:3] == 0).any():
        raise DamagedError("has a scale or offset that is no number, or a scale of 0")
