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
from meshes.readers.inside.parts import F32, F64, I32, RawPart

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


class _Rows:
    """Rows of numbers as they come, in one piece of memory that grows where it lies: a village of 2 GB would
    not fit beside a copy of itself."""

    def __init__(self, wide: int, kind: type[np.generic]) -> None:
        self._wide, self._kind = wide, np.dtype(kind)
        self._data = bytearray()

    def __len__(self) -> int:
        return len(self._data) // (self._wide * self._kind.itemsize)

    def take(self, values: NDArray[Any]) -> None:
        """Rows that lack columns get zeros there; further ones are left out."""
        rows = np.zeros((len(values), self._wide), self._kind)
        most = min(self._wide, values.shape[1])
        rows[:, :most] = values[:, :most]
        self._data += rows.data.cast("B")

    def array(self) -> NDArray[Any]:
        """All rows, (n, wide), without a copy; none may be added after this."""
        return np.frombuffer(self._data, self._kind).reshape(-1, self._wide)


class _Shape:
    """Vertices, and faces by material, as they come."""

    def __init__(self) -> None:
        self.libraries: list[bytes] = []
        self._v = _Rows(3, np.float64)
        self._rgb: _Rows | None = _Rows(3, np.float32)
        self._vt = _Rows(2, np.float32)
        self._faces: dict[bytes, _Rows] = {}
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
            faces = self._faces.setdefault(self._material, _Rows(2, np.int32))
            for corners in _corners(run, len(self._v), len(self._vt)):
                faces.take(corners.reshape(-1, 2))
        elif kind == b"vt":
            self._vt.take(_table(run, (2, 3, 1), "vt"))
        else:
            values = _table(run, (3, 4, 6, 7), "v")
            self._v.take(values)
            if values.shape[1] < 6:
                self._rgb = None
            elif self._rgb is not None:
                self._rgb.take(values[:, -3:])

    def parts(self, library: Library) -> list[RawPart]:
        """One part a material. Raises DamagedError for corners that are not there."""
        place, tcoord = self._v.array(), self._vt.array()
        colour = None if self._rgb is None else _colours(self._rgb.array())
        parts = []
        while self._faces:
            name = next(iter(self._faces))
            corners = self._faces.pop(name).array()
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
                    tcoord=_from_above(tcoord[where]) if wants else None,
                    colour=None if colour is None else colour[vertex],
                    base=look.base,
                    material=look.material,
                    picture=look.picture if wants else -1,
                )
            )
        return parts


def _from_above(tcoord: F32) -> F32:
    """OBJ counts from the picture's lower edge."""
    tcoord[:, 1] = 1 - tcoord[:, 1]
    return tcoord


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
    blocks = range(0, len(corners), BLOCK)
    if all((owner[where[k : k + BLOCK]] == vertex[k : k + BLOCK]).all() for k in blocks):
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


def _colours(rgb: F32) -> NDArray[np.uint8] | None:
    """RGBA of lines ``v x y z r g b``, from fractions or bytes."""
    if not len(rgb):
        return None
    values = np.nan_to_num(rgb) * (255 if rgb.max() <= 1 else 1)
    alpha = np.full((len(rgb), 1), 255.0)
    return np.asarray(np.clip(np.rint(np.hstack([values, alpha])), 0, 255), np.uint8)
