"""Read PLY files as columns.

The header, then text or binary rows, with lists of any length.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from meshes.errors import DamagedError
from meshes.readers.sandbox import ply_rows, text_lines
from meshes.readers.sandbox.gunzip import shown
from meshes.readers.sandbox.ply_rows import Element, PlyProperty

_TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1",
    "short": "i2", "int16": "i2", "ushort": "u2", "uint16": "u2",
    "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4", "int64": "i8", "uint64": "u8",
    "float": "f4", "float32": "f4", "double": "f8", "float64": "f8",
}  # fmt: skip
_ORDERS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}
_LONGEST_HEADER = 1 << 20
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, kw_only=True)
class Ply:
    """Elements by name, and pictures of comments, in order.

    Comments ``TextureFile``.
    """

    elements: dict[str, Element]
    pictures: tuple[bytes, ...]


def read(path: Path) -> Ply:
    """Read all elements of a file.

    Raises DamagedError, also where it has fewer rows than it announces.
    """
    data = np.memmap(path, np.uint8, mode="r")
    order, elements, pictures, start = _header(bytes(data[:_LONGEST_HEADER]))
    if order:
        ply_rows.binary(data[start:], order, elements)
    else:
        ply_rows.text(data[start:], elements)
    return Ply(elements={one.name: one for one in elements}, pictures=tuple(pictures))


def _header(data: bytes) -> tuple[str, list[Element], list[bytes], int]:
    """Byte order ("" for text), elements without rows, pictures, and where the rows begin."""
    first = len(_MARK) if data.startswith(_MARK) else 0
    if not data.startswith(b"ply", first):
        raise DamagedError(f"is not a PLY file; it begins with {shown(data)}")
    end = data.find(b"end_header")
    if end < 0:
        raise DamagedError("is cut off: its header does not end")
    stop = end + len(b"end_header")
    stop += 2 if data[stop : stop + 2] == b"\r\n" else 1
    order: str | None = None
    elements: list[Element] = []
    pictures: list[bytes] = []
    for line in data[first:end].splitlines()[1:]:
        words = text_lines.text(line).split()
        try:
            match words:
                case ["format", name, *_]:
                    order = _ORDERS[name]
                case ["element", name, rows, *_]:
                    elements.append(Element(name=name, rows=int(rows)))
                case ["property", "list", counted, kind, name, *_]:
                    own = PlyProperty(name=name, kind=_TYPES[kind], counted=_TYPES[counted])
                    elements[-1].properties.append(own)
                case ["property", kind, name, *_]:
                    elements[-1].properties.append(PlyProperty(name=name, kind=_TYPES[kind]))
                case ["comment" | "obj_info", word, *_] if word.lower() == "texturefile":
                    at = line.lower().index(b"texturefile") + len(b"texturefile")
                    pictures.append(line[at:].strip(b" \t\"'"))
        except (KeyError, IndexError, ValueError):
            told = text_lines.text(line)[:60]
            raise DamagedError(f"its header has a line that PLY does not know: {told!r}") from None
    if order is None:
        raise DamagedError("its header names no format (ascii, binary_little_endian or binary_big_endian)")
    if any(one.rows < 0 for one in elements):
        raise DamagedError("its header announces fewer than no rows")
    for names in (
        [one.name for one in elements],
        *([own.name for own in one.properties] for one in elements),
    ):
        if len({*names}) != len(names):
            raise DamagedError(f"its header has a name twice among {', '.join(names)[:80]}")
    return order, elements, pictures, stop
