"""Check a LAS header before laspy opens the file.

Its counts must fit the file's size.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np

from meshes.errors import DamagedError, OverLimitError, UnsupportedForeignError
from meshes.readers.sandbox.signatures import kind_of
from twin.arrays import F64

MOST_POINTS = 1_000_000_000
_SHORTEST_RECORD = (20, 28, 26, 34, 57, 63, 30, 36, 38, 59, 67)
"""Bytes of a point, by format (ASPRS LAS 1.4 R15)."""
_VLR, _EVLR = 54, 60
_PACKED_EMPTY = 32
"""Bytes of packed points that are none: where the table of chunks is, and an empty one."""
_PACKED_MOST = 4096
"""No LAZ file holds more points a byte: a cloud of one place over and over comes to 150."""
_PROJECTION, _LASZIP = b"LASF_Projection", b"laszip encoded"
_MOST_RECORDS = 10_000
_MOST_BYTES = 1 << 20


@dataclass(frozen=True, kw_only=True)
class LasHeader:
    """Header of a LAS file.

    ``minor`` of version 1.x, the point ``format``, whether ``packed`` (LAZ), and how many points. ``low``,
    ``high``: the box (3,) that it announces. ``crs``: the records that say the CRS, by their number (2112 for
    WKT, 34735 to 34737 for GeoTIFF's keys); ``laszip``: the one that says how points are packed. ``foreign``:
    where (first byte, end) names of records' owners are not ASCII. ``doubts``: what contradicts itself, in
    words.
    """

    minor: int
    format: int
    packed: bool
    count: int
    low: F64
    high: F64
    scale: F64
    crs: dict[int, bytes] = field(default_factory=dict)
    laszip: bytes = b""
    foreign: tuple[tuple[int, int], ...] = ()
    doubts: tuple[str, ...] = ()


def checked(path: Path) -> LasHeader:
    """Return the header, if all that it announces can exist.

    Raises DamagedError, UnsupportedForeignError, OverLimitError.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        data = file.read(375)
        _signed(data)
        major, minor = data[24], data[25]
        if major != 1 or minor > 4:
            raise UnsupportedForeignError(f"is LAS {major}.{minor}: 1.0 to 1.4 are read")
        header, points_at, vlrs = struct.unpack_from("<HII", data, 94)
        format_, record = data[104] & 0x3F, struct.unpack_from("<H", data, 105)[0]
        packed = bool(data[104] & 0xC0)
        if header < (375 if minor == 4 else 235 if minor == 3 else 227) or len(data) < min(header, 375):
            raise DamagedError(f"is damaged: LAS 1.{minor} with a header of {header} bytes")
        if format_ >= len(_SHORTEST_RECORD) or record < _SHORTEST_RECORD[format_]:
            raise DamagedError(f"is damaged: points of format {format_} with {record} bytes each")
        if header > points_at or points_at > size or vlrs * _VLR > points_at - header:
            raise DamagedError(
                f"announces {vlrs:,} variable-length records, and points from byte {points_at:,}; "
                f"it has {size:,} bytes"
            )
        extended_at, extended = _extended(data, size) if minor == 4 else (_waveforms_at(data, minor, size), 0)
        count, doubts = _count(data, minor)
        room = (extended_at if extended_at >= points_at else size) - points_at
        _room(count, record, room=room, packed=packed)
        if not packed and (more := room // record - count) > 0:
            doubts.append(
                f"its header announces {count:,} points, and there is room for {more:,} more behind them, "
                "which are not read"
            )
        foreign: list[tuple[int, int]] = []
        records = _records(file, header, vlrs, end=points_at, head=_VLR, foreign=foreign)
        records = _records(file, extended_at, extended, end=size, head=_EVLR, foreign=foreign) | records
    numbers = _scaled(data)
    box = np.array(struct.unpack_from("<6d", data, 179)).reshape(3, 2)
    return LasHeader(
        minor=minor,
        format=format_,
        packed=packed,
        count=count,
        low=box[:, 1],
        high=box[:, 0],
        scale=numbers[:3],
        crs={number: data for (owner, number), data in records.items() if owner == _PROJECTION},
        foreign=tuple(foreign),
        laszip=records.get((_LASZIP, 22204), b""),
        doubts=tuple(doubts),
    )


def _signed(data: bytes) -> None:
    if not data:
        raise DamagedError("the file is empty")
    if data[:4] != b"LASF":
        if other := kind_of(data):
            raise UnsupportedForeignError(f"is {other}, which is not read as a cloud: save it as LAS or LAZ")
        raise DamagedError("is not a LAS file: it does not begin with LASF")
    if len(data) < 227:
        raise DamagedError("is cut off in its header")


def _extended(data: bytes, size: int) -> tuple[int, int]:
    """Where the extended records begin (the file's end without any), and how many there are."""
    start, many = struct.unpack_from("<QI", data, 235)
    if many and (start > size or many * _EVLR > size - start):
        raise DamagedError(f"announces {many:,} extended records: its size is {size:,}")
    return (start, many) if many else (size, 0)


def _waveforms_at(data: bytes, minor: int, size: int) -> int:
    """Where waveforms inside a file of LAS 1.3 begin, else the file's end."""
    at = struct.unpack_from("<Q", data, 227)[0] if minor == 3 else 0
    return int(at) if 0 < at < size else size


def _count(data: bytes, minor: int) -> tuple[int, list[str]]:
    """LAS 1.4 has two counts; the old one is 0 where it would be too small, and must be equal otherwise."""
    old = struct.unpack_from("<I", data, 107)[0]
    if minor < 4:
        return old, []
    new = struct.unpack_from("<Q", data, 247)[0]
    if not new or not old or new == old:
        return new or old, []
    return new, [f"its header has two counts of points, {new:,} and {old:,}: the first is believed"]


def _room(count: int, record: int, *, room: int, packed: bool) -> None:
    most = max(0, room - _PACKED_EMPTY) * _PACKED_MOST if packed else room // record
    if count > most:
        raise DamagedError(f"announces {count:,} points and has room for {most:,}: it is cut off or damaged")
    if count > MOST_POINTS:
        raise OverLimitError(f"has {count:,} points; at most {MOST_POINTS:,} are read: cut it into files")
    if not count and most:
        raise DamagedError(
            "announces no point and holds some: its writer did not finish; repair its header "
            "(lasinfo -repair)"
        )
    if not count:
        raise UnsupportedForeignError("holds no point: there is nothing to show")


def _scaled(data: bytes) -> F64:
    numbers = np.array(struct.unpack_from("<6d", data, 131))
    if not np.isfinite(numbers).all() or (numbers[:3] == 0).any():
        raise DamagedError("has a scale or offset that is no number, or a scale of 0")
    return numbers


def _records(
    file: BinaryIO, at: int, many: int, *, end: int, head: int, foreign: list[tuple[int, int]]
) -> dict[tuple[bytes, int], bytes]:
    """What the records that are used hold, by owner and number, the first of each; ``head`` bytes before.

    ``foreign`` gets the spans of names that are not ASCII.
    """
    found: dict[tuple[bytes, int], bytes] = {}
    for _ in range(min(many, _MOST_RECORDS)):
        file.seek(at)
        if len(begin := file.read(head)) < head:
            break
        number, length = struct.unpack_from("<HH" if head == _VLR else "<HQ", begin, 18)
        if at + head + length > end:
            break
        if not begin[2:18].isascii():
            foreign.append((at + 2, at + 18))
        owner = begin[2:18].split(b"\0", 1)[0].rstrip()
        if owner in (_PROJECTION, _LASZIP) and length <= _MOST_BYTES:
            found.setdefault((owner, number), file.read(length))
        at += head + length
    return found
