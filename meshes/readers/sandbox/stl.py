"""Read STL files, binary and text.

With the colours that VisCAM and Magics put into spare bits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from meshes.errors import DamagedError
from meshes.readers.sandbox.decimal_text import many, number
from meshes.readers.sandbox.parts import RawPart, coarse
from twin.arrays import U8

_HEAD = 84
_FACET = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("colour", "<u2")])
_NAMES = re.compile(rb"(end)?solid[^\r\n]*")
BLOCK = 4 << 20
_MAGICS = b"COLOR="
_OWN = 0x8000
"""The highest bit: VisCAM sets it where a facet has a colour, Magics where it has the object's."""


def read(path: Path) -> tuple[list[RawPart], list[str]]:
    """Return triangles and notes.

    Raises DamagedError.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_HEAD)
    announced = int.from_bytes(head[80:84], "little") if len(head) == _HEAD else 0
    whole = _HEAD + announced * _FACET.itemsize
    # Many binary files begin with "solid" too: it is text only where the length does not fit.
    is_text = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:5].lower() == b"solid"
    if (announced and size == whole) or not is_text:
        return _binary(path, head, announced, size - whole)
    return _text(path)


def _binary(path: Path, head: bytes, announced: int, beyond: int) -> tuple[list[RawPart], list[str]]:
    if len(head) < _HEAD:
        raise DamagedError("is no STL file: it is shorter than a header and does not begin with 'solid'")
    if beyond < 0:
        room = announced + beyond // _FACET.itemsize
        raise DamagedError(f"is cut off: it announces {announced:,} triangles and has {max(room, 0):,}")
    notes = [f"{beyond:,} bytes after its last triangle are passed over"] if beyond else []
    facets = np.memmap(path, _FACET, mode="r", offset=_HEAD, shape=(announced,)) if announced else None
    if facets is None:
        raise DamagedError("holds no triangle")
    place = np.asarray(facets["corners"].reshape(-1, 3), np.float64)
    facet = _colours(facets["colour"], head)
    if facet is None and facets["colour"].any():
        notes.append("spare bytes of its triangles hold numbers that are no colours")
    return [_part(place, facet)], notes + coarse(place)


def _colours(bits: np.ndarray[tuple[int], np.dtype[np.uint16]], head: bytes) -> U8 | None:
    """(m, 4) RGBA by facet; None where no facet has a colour of its own."""
    five = np.stack([(bits >> shift) & 31 for shift in (10, 5, 0)], axis=1)  # red, green, blue of VisCAM
    at = head.find(_MAGICS)
    if at < 0:
        own = (bits & _OWN) > 0
        # Some programs keep other things there: a facet without a colour has to be zero.
        if not own.any() or bits[~own].any():
            return None
        base = [255, 255, 255, 255]
    else:
        own = (bits & _OWN) == 0
        five = five[:, ::-1]
        base = list(head[at + len(_MAGICS) : at + len(_MAGICS) + 4].ljust(4, b"\xff"))
        base[3] = base[3] or 255
    found = np.tile(np.array(base, np.uint8), (len(bits), 1))
    found[own, :3] = (five[own] * 255 + 15) // 31
    found[own, 3] = 255
    return found


def _text(path: Path) -> tuple[list[RawPart], list[str]]:
    found, facets, ended = [np.zeros((0, 3))], 0, False
    for block in _blocks(path):
        ended = b"endsolid" in block or (ended and not block.strip())
        plain = _NAMES.sub(b"", block) if b"solid" in block else block
        corners = [b" ".join(text.split(None, 3)[:3]) for text in plain.split(b"vertex")[1:]]
        values = many(b" ".join(corners), np.float64)
        if len(values) != 3 * len(corners):
            words = b" ".join(corners).split()
            values = np.array([number(word, "a vertex") for word in words])
        found.append(values[: len(values) // 3 * 3].reshape(-1, 3))
        facets += plain.count(b"endfacet")
    place = np.concatenate(found)
    whole = min(facets, len(place) // 3)
    if not whole:
        raise DamagedError("holds no triangle")
    notes = []
    if len(place) != 3 * facets or not ended:
        notes.append(f"is cut off, or a facet has not three corners: {whole:,} triangles of it are read")
    return [_part(place[: 3 * whole], None)], notes


def _blocks(path: Path) -> Iterator[bytes]:
    """Text in small letters, some megabytes at a time, cut after a facet."""
    rest = b""
    with path.open("rb") as file:
        while data := file.read(BLOCK):
            data = rest + data.lower()
            cut = data.rfind(b"endfacet")
            cut = cut + len(b"endfacet") if cut >= 0 else 0
            rest = data[cut:]
            if cut:
                yield data[:cut]
            elif len(rest) > 4 * BLOCK:
                raise DamagedError("is no STL file: megabytes of it hold no facet")
    yield rest


def _part(place: np.ndarray[tuple[int, int], np.dtype[np.floating]], facet: U8 | None) -> RawPart:
    return RawPart(
        position=np.asarray(place, np.float64),
        triangles=np.arange(len(place), dtype=np.int32).reshape(-1, 3),
        colour=None if facet is None else np.repeat(facet, 3, axis=0),
    )
