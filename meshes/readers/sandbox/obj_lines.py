"""Parse numbers of an OBJ's lines.

Vertices, texture coordinates and the corners of faces.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshes.errors import DamagedError
from meshes.readers.sandbox.decimal_text import counts, many, number
from twin.arrays import F64, I64

_LARGEST = (1 << 31) - 2


class ObjRows:
    """Growing array of rows of numbers, without copies.

    In one piece of memory that grows where it lies: a village of 2 GB would not fit beside a copy of itself.
    """

    def __init__(self, wide: int, kind: type[np.generic]) -> None:
        self._wide, self._kind = wide, np.dtype(kind)
        self._data = bytearray()

    def __len__(self) -> int:
        return len(self._data) // (self._wide * self._kind.itemsize)

    def take(self, values: NDArray[Any]) -> None:
        """Append rows.

        Those that lack columns get zeros there; further ones are left out.
        """
        if not len(values):
            return
        rows = np.zeros((len(values), self._wide), self._kind)
        most = min(self._wide, values.shape[1])
        rows[:, :most] = values[:, :most]
        self._data += rows.data.cast("B")

    def array(self) -> NDArray[Any]:
        """Return all rows, (n, wide), without a copy.

        None may be added after this.
        """
        return np.frombuffer(self._data, self._kind).reshape(-1, self._wide)


def vertices(run: list[bytes]) -> tuple[F64, F64 | None, int]:
    """Parse places, colours, and how many have a weight.

    Places (n, 3), colours (n, 3) or None with NaN where a line has none. ``x y z``, then ``w`` or ``r g b``
    or both, or ``r g b a``. Raises DamagedError.
    """
    table = numbers(run, "v", least=3)
    wide = table.shape[1]
    if wide == 3:
        return table, None, 0
    told = wide - np.isnan(table).sum(axis=1) if np.isnan(table).any() else np.full(len(table), wide)
    weight = ((told == 4) | (told == 8)) & (table[:, 3] != 1)
    if wide < 6:
        return table[:, :3], None, int(weight.sum())
    first = np.full(len(table), 3)
    # Seven: a weight before the colour is 1, where red need not be; opacity behind it is mostly 1 as well.
    seven = told == 7
    weighed = wide > 6 and bool((table[seven, 3] == 1).all() and (table[seven, 6] != 1).any())
    first[(told == 8) | (seven & weighed)] = 4
    rgb = np.take_along_axis(table, np.minimum(first[:, None] + np.arange(3), wide - 1), axis=1)
    return table[:, :3], np.where((told >= 6)[:, None], rgb, np.nan), int(weight.sum())


def numbers(run: list[bytes], kind: str, *, least: int = 1) -> F64:
    """Return (n, k) numbers of lines.

    NaN where a line has fewer than others. Raises DamagedError.
    """
    text = _joined(run)
    words, _ = counts(text)
    if words.min() < least:
        raise DamagedError(f"a '{kind}' line has {int(words.min())} numbers")
    values = many(text, np.float64)
    if len(values) != words.sum():
        values = np.array([number(word, f"a '{kind}' line") for word in text.split()])
    wide = int(words.max())
    if words.min() == wide:
        return values.reshape(-1, wide)
    table = np.full((len(run), wide), np.nan)
    table[np.arange(wide) < words[:, None]] = values
    return table


def faces(run: list[bytes], vertices: int, tcoords: int) -> Iterator[tuple[int, I64]]:
    """Parse corners of the faces of each size, (m, size, 2).

    Vertex and texture number from 0, -1 for no texture. Negative numbers count back from the ``vertices`` and
    ``tcoords`` that were read before. Raises DamagedError.
    """
    text = _joined(run)
    corners, slashes = counts(text)
    # Faces with and without texture or normal stand mixed in some files: each form is cut out on its own.
    each, odd = np.divmod(slashes, np.maximum(corners, 1))
    values = many(text.replace(b"//", b"/0/").replace(b"/", b" "), np.int64)
    if odd.any() or each.max() > 2 or len(values) != (wide := corners * (each + 1)).sum():
        pairs = [one for corner in text.split() for one in _pair(corner)]
        values = np.clip(np.array(pairs, object), -_LARGEST - 2, _LARGEST + 1).astype(np.int64)
        each, wide = np.ones_like(corners), 2 * corners
    start = np.cumsum(wide) - wide
    form = corners * 4 + each
    for one in np.unique(form[corners > 0]).tolist():
        size, columns = one // 4, one % 4 + 1
        at = start[form == one]
        found = np.zeros((len(at), size, 2), np.int64)
        own = values if len(at) == len(form) else values[(at[:, None] + np.arange(size * columns)).ravel()]
        found[:, :, : min(columns, 2)] = own.reshape(-1, size, columns)[:, :, :2]
        for column, known in ((0, vertices), (1, tcoords)):
            told = found[:, :, column]
            if told.min() < -known:
                what = ("vertex", "texture coordinate")[column]
                raise DamagedError(f"a face names {what} {int(told.min())}, which is not there")
            found[:, :, column] = np.where(told > 0, told - 1, np.where(told < 0, told + known, -1))
        if (found[:, :, 0] < 0).any():
            raise DamagedError("a face names vertex 0, which is not there: they are counted from 1")
        if found.max() > _LARGEST:
            raise DamagedError(f"a face names vertex {int(found.max()) + 1}, and no file has so many")
        yield size, found


def _pair(corner: bytes) -> tuple[int, int]:
    """The first two numbers of ``7``, ``7/``, ``7/3``, ``7//2`` or ``7/3/2``; 0 where there is none."""
    words = corner.split(b"/")
    try:
        return _whole(words[0]), _whole(words[1]) if len(words) > 1 and words[1] else 0
    except ValueError:
        raise DamagedError(f"a face names no vertex: {corner[:40].decode('utf-8', 'replace')!r}") from None


def _whole(word: bytes) -> int:
    """A whole number, also one written as 7.0. Raises ValueError."""
    try:
        return int(word)
    except ValueError:
        if float(word).is_integer() and abs(float(word)) < _LARGEST:
            return int(float(word))
        raise


def _joined(run: list[bytes]) -> bytes:
    """Lines without what follows a ``#``."""
    text = b"\n".join(run)
    return b"\n".join(line.partition(b"#")[0] for line in run) if b"#" in text else text
