"""Wavefront OBJ, read block by block: a village of millions of lines fits in memory."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from meshes.errors import DamagedError
from meshes.readers.inside.mtl import Library
from meshes.readers.inside.parts import F64, I32, RawPart

BLOCK = 4 << 20
LONGEST_LINE = 1 << 20
_LARGEST = (1 << 31) - 2
_WORDS = frozenset((b"v", b"vt", b"f", b"usemtl", b"mtllib"))


def read(
    path: Path, *, root: Path, given: Mapping[str, bytes] | None = None
) -> tuple[list[RawPart], list[bytes], list[str]]:
    """Parts, pictures and notes; with ``given``, pictures are not files but these, by name.

    Raises DamagedError, UnsafeUriError, OverLimitError.
    """
    shape = _Shape()
    with path.open("rb") as file:
        for block in _blocks(file):
            shape.take(block)
    library = Library(folder=path.parent, root=root, given=given)
    for name in shape.libraries:
        library.take(name)
    return shape.parts(library), library.pictures, library.notes


def _blocks(file: BinaryIO) -> Iterator[list[bytes]]:
    """Lines, some megabytes at a time; a backslash at a line's end joins it with the next."""
    rest = b""
    while data := file.read(BLOCK):
        data = rest + data
        cut = data.rfind(b"\n") + 1
        while cut and data[:cut].rstrip(b"\r\n").endswith(b"\\"):
            cut = data.rfind(b"\n", 0, cut - 1) + 1
        if not cut and len(data) > LONGEST_LINE + BLOCK:
            raise DamagedError("is no OBJ file: a line of it is longer than a megabyte")
        rest = data[cut:]
        yield _lines(data[:cut])
    yield _lines(rest)


def _lines(data: bytes) -> list[bytes]:
    return re.sub(rb"\\\r?\n", b" ", data).splitlines() if b"\\" in data else data.splitlines()


class _Shape:
    """Vertices, and faces by material, as they come."""

    def __init__(self) -> None:
        self.libraries: list[bytes] = []
        self._v: list[F64] = []
        self._vt: list[NDArray[Any]] = []
        self._counts = {b"v": 0, b"vt": 0}
        self._faces: dict[bytes, list[I32]] = {}
        self._material = b""

    def take(self, lines: list[bytes]) -> None:
        """Lines of one kind that follow each other are converted together."""
        kind, run = b"", list[bytes]()
        for line in lines:
            words = line.split(None, 1)
            if len(words) < 2 or words[0] not in _WORDS:
                continue
            word, rest = words
            if word != kind and run:
                self._convert(kind, run)
                run = []
            kind = word
            if word == b"usemtl":
                self._material = rest.strip()
            elif word == b"mtllib":
                self.libraries.append(rest.strip())
            else:
                run.append(rest)
        if run:
            self._convert(kind, run)

    def _convert(self, kind: bytes, run: list[bytes]) -> None:
        if kind == b"f":
            for corners in _corners(run, self._counts[b"v"], self._counts[b"vt"]):
                self._faces.setdefault(self._material, []).append(corners.reshape(-1, 2).astype(np.int32))
            return
        values = _table(run, {b"v": (3, 4, 6, 7), b"vt": (2, 3, 1)}[kind], kind.decode())
        self._counts[kind] += len(values)
        (self._v if kind == b"v" else self._vt).append(values if kind == b"v" else values.astype(np.float32))

    def parts(self, library: Library) -> list[RawPart]:
        """One part a material. Raises DamagedError for corners that are not there."""
        colour = _colours(self._v)
        place = _joined(self._v, 3, np.float64)
        tcoord = _joined(self._vt, 2, np.float32)
        tcoord[:, 1] = 1 - tcoord[:, 1]
        parts = []
        while self._faces:
            name = next(iter(self._faces))
            corners = _joined(self._faces.pop(name), 2, np.int32)
            _within(corners[:, 0], len(place), "vertex")
            look = library.look(name)
            wants = look.picture >= 0 and bool((corners[:, 1] >= 0).all())
            if wants:
                _within(corners[:, 1], len(tcoord), "texture coordinate")
            vertex, where, index = _shared(corners, len(place), len(tcoord) if wants else 0)
            del corners
            parts.append(
                RawPart(
                    position=place[vertex],
                    triangles=index.reshape(-1, 3),
                    tcoord=tcoord[where] if wants else None,
                    colour=None if colour is None else colour[vertex],
                    base=look.base,
                    material=look.material,
                    picture=look.picture if wants else -1,
                )
            )
        return parts


def _shared(corners: I32, vertices: int, tcoords: int) -> tuple[I32, I32, I32]:
    """Which vertex and texture coordinate each point of a part has, and the corners as such points.

    In most files a texture coordinate belongs to one vertex: then nothing needs to be sorted, which a village
    of millions of faces would feel. ``tcoords`` is 0 where they do not count.
    """
    vertex, where = corners[:, 0], corners[:, 1]
    if not tcoords:
        kept, index = _compact(vertex, vertices)
        return kept, kept, index
    owner = np.zeros(tcoords, np.int32)
    owner[where] = vertex
    if (owner[where] == vertex).all():
        kept, index = _compact(where, tcoords)
        return owner[kept], kept, index
    key, index = np.unique(vertex.astype(np.int64) * tcoords + where, return_inverse=True)
    return (key // tcoords).astype(np.int32), (key % tcoords).astype(np.int32), index.astype(np.int32)


def _compact(index: I32, many: int) -> tuple[I32, I32]:
    """The numbers that are used, and ``index`` counted among them."""
    used = np.zeros(many, bool)
    used[index] = True
    kept = np.flatnonzero(used).astype(np.int32)
    fresh = np.cumsum(used, dtype=np.int32) - 1
    return kept, fresh[index]


def _table(run: list[bytes], widths: tuple[int, ...], kind: str) -> F64:
    """(n, k) numbers of lines that have as many each."""
    text = b" ".join(run)
    if b"#" in text:
        run = [line.partition(b"#")[0] for line in run]
        text = b" ".join(run)
    values = _many(text, np.float64)
    wide = len(run[0].split())
    if wide not in widths or len(values) != wide * len(run):
        # Lines that differ give what all of them have.
        wide = min(max(widths), *(len(line.split()) for line in run), wide)
        if wide < min(widths):
            raise DamagedError(f"a '{kind}' line has {wide} numbers")
        try:
            return np.array([[float(word) for word in line.split()[:wide]] for line in run])
        except ValueError as error:
            raise DamagedError(f"a '{kind}' line holds no number: {str(error)[-60:]}") from None
    return values.reshape(-1, wide)


def _corners(run: list[bytes], vertices: int, tcoords: int) -> Iterator[NDArray[np.int64]]:
    """(m, 3, 2) vertex and texture numbers from 0, -1 for no texture, of faces cut into fans."""
    by_size: dict[int, list[bytes]] = {}
    for line in run:
        corners = line.partition(b"#")[0].split()
        if len(corners) < 3:
            continue  # a point or an edge
        by_size.setdefault(len(corners), []).extend(corners)
    for size, corners in by_size.items():
        numbers = _numbers(corners).reshape(-1, size, 2)
        for column, many in ((0, vertices), (1, tcoords)):
            told = numbers[:, :, column]
            numbers[:, :, column] = np.where(told > 0, told - 1, np.where(told < 0, told + many, -1))
        if (numbers[:, :, 0] < 0).any():
            raise DamagedError("a face names a vertex that is not there")
        if numbers.max() > _LARGEST:
            raise DamagedError(f"a face names vertex {int(numbers.max()) + 1}, and no file has so many")
        for k in range(1, size - 1):
            yield numbers[:, [0, k, k + 1]]


def _numbers(corners: list[bytes]) -> NDArray[np.int64]:
    """(n, 2): the first two numbers of ``7``, ``7/3``, ``7//2`` or ``7/3/2``; 0 where there is none."""
    slashes = corners[0].count(b"/")
    text = b" ".join(corners)
    try:
        if text.count(b"/") == slashes * len(corners) and b"//" not in text:
            values = _many(text.replace(b"/", b" "), np.int64)
            if len(values) == len(corners) * (slashes + 1):
                pair = np.zeros((len(corners), 2), np.int64)
                pair[:, : min(2, slashes + 1)] = values.reshape(len(corners), -1)[:, :2]
                return pair
        split = [corner.split(b"/") for corner in corners]
        return np.array(
            [[int(one[0]), int(one[1]) if len(one) > 1 and one[1] else 0] for one in split], np.int64
        )
    except (ValueError, OverflowError):
        raise DamagedError(f"a face names no vertex: {corners[0][:40]!r}") from None


def _many(text: bytes, kind: type) -> NDArray[Any]:
    """All numbers of a text; fewer, or none, where something is no number: whoever calls counts."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            return np.fromstring(text, kind, sep=" ")
    except ValueError:
        return np.zeros(0, kind)


def _within(index: I32, many: int, what: str) -> None:
    if len(index) and int(index.max()) >= many:
        raise DamagedError(f"a face names {what} {int(index.max()) + 1} of {many}")


def _joined(blocks: list[NDArray[Any]], wide: int, kind: type) -> NDArray[Any]:
    """The first ``wide`` columns of all blocks, which are used up; missing ones are 0."""
    joined: NDArray[Any] = np.zeros((sum(map(len, blocks)), wide), kind)
    at = 0
    blocks.reverse()
    while blocks:
        block = blocks.pop()
        most = min(wide, block.shape[1])
        joined[at : at + len(block), :most] = block[:, :most]
        at += len(block)
    return joined


def _colours(blocks: list[F64]) -> NDArray[np.uint8] | None:
    """RGBA of lines ``v x y z r g b``, from fractions or bytes."""
    if not blocks or not all(block.shape[1] >= 6 for block in blocks):
        return None
    rgb = np.concatenate([block[:, -3:] for block in blocks])
    rgb = np.nan_to_num(rgb) * (255 if rgb.max() <= 1 else 1)
    alpha = np.full((len(rgb), 1), 255.0)
    return np.asarray(np.clip(np.rint(np.hstack([rgb, alpha])), 0, 255), np.uint8)
