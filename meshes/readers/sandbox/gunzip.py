"""Read a file's bytes, gunzipped where needed, within a limit."""

from __future__ import annotations

import zlib
from pathlib import Path

from meshes.errors import DamagedError, OverLimitError


def opened(path: Path, *, most: int) -> bytes:
    """Read a file's bytes.

    Raises OverLimitError over ``most``, packed or unpacked; DamagedError if empty.
    """
    if path.stat().st_size > most:
        raise OverLimitError(f"has more than {most >> 20} MiB")
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        unpacker = zlib.decompressobj(wbits=31)
        try:
            data = unpacker.decompress(data, most)
        except zlib.error:
            raise DamagedError("is damaged gzip") from None
        if unpacker.unconsumed_tail:
            raise OverLimitError(f"unpacks to more than {most >> 20} MiB")
        if not unpacker.eof:
            raise DamagedError("is cut off: its gzip data does not end")
    if not data:
        raise DamagedError("the file is empty")
    return data


def begins(path: Path, many: int) -> bytes:
    """Return a file's first bytes after white space, gunzipped.

    Fewer where there are none.
    """
    with path.open("rb") as file:
        data = file.read(4096)
    if data[:2] == b"\x1f\x8b":
        try:
            data = zlib.decompressobj(wbits=31).decompress(data, 4096)
        except zlib.error:
            return b""
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()[:many]


def shown(data: bytes) -> str:
    """Format a file's beginning for a person.

    Its text, else its bytes in hexadecimal.
    """
    start = data[:12]
    plain = all(32 <= byte < 127 or byte in b"\r\n\t" for byte in start)
    return repr(start.decode("ascii")) if plain else f"the bytes {start.hex(' ')}"
