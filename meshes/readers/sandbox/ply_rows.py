"""Split PLY rows into columns and lists.

As text or bytes, without a loop where that can be.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshes.errors import DamagedError
from meshes.readers.sandbox.decimal_text import counts, many, number
from twin.arrays import F64, I32, I64, U8

BLOCK = 4 << 20
_CODES = {
    "i1": "b",
    "u1": "B",
    "i2": "h",
    "u2": "H",
    "i4": "i",
    "u4": "I",
    "f4": "f",
    "f8": "d",
    "i8": "q",
    "u8": "Q",
}


@dataclass(frozen=True, kw_only=True)
class PlyProperty:
    """Property of an element.

    ``kind`` of its values as numpy has it; ``counted`` of a list's length, "" for one value.
    """

    name: str
    kind: str
    counted: str = ""


@dataclass(kw_only=True)
class Element:
    """Rows of one kind.

    ``columns`` (rows,); ``lists``: values one after another, and how many a row has.
    """

    name: str
    rows: int
    properties: list[PlyProperty] = field(default_factory=list)
    columns: dict[str, NDArray[Any]] = field(default_factory=dict)
    lists: dict[str, tuple[NDArray[Any], I32]] = field(default_factory=dict)

    @property
    def kinds(self) -> dict[str, str]:
        """numpy's kind of each property's values, by name."""
        return {own.name: own.kind for own in self.properties}


def text(data: U8, elements: list[Element]) -> None:
    """Fill elements from text, one row a line.

    Raises DamagedError.
    """
    lines, numbers = [np.zeros(0, np.int64)], [np.zeros(0)]
    for block in _blocks(data):
        words, _ = counts(block)
        values = many(block, np.float64)
        if len(values) != words.sum():
            values = np.array([number(word, "a row") for word in block.split()])
        lines.append(words[words > 0].astype(np.int64))
        numbers.append(values)
    words, values = np.concatenate(lines), np.concatenate(numbers)
    ends = np.cumsum(words, dtype=np.int64)
    at = 0
    for one in elements:
        own = slice(at, at + one.rows)
        at = own.stop
        _enough(one, at <= len(words))
        _fill(one, values, ends[own] - words[own], ends[own])


def _blocks(data: U8) -> Iterator[bytes]:
    """Whole lines, some megabytes at a time, all of them ended by LF."""
    rest = b""
    for start in range(0, len(data), BLOCK):
        block = rest + bytes(data[start : start + BLOCK])
        cut = max(block.rfind(b"\n"), block.rfind(b"\r")) + 1
        rest = block[cut:]
        yield block[:cut].replace(b"\r", b"\n")
    yield rest


def _fill(one: Element, values: F64, cursor: I64, end: I64) -> None:
    """Cut rows that begin at ``cursor`` (rows,) of all ``values``, property by property."""
    for own in one.properties:
        if not own.counted:
            _enough(one, bool((cursor < end).all()))
            one.columns[own.name] = values[cursor]
            cursor = cursor + 1
            continue
        _enough(one, bool((cursor < end).all()))
        lengths = values[cursor].astype(np.int64)
        _enough(one, bool(((lengths >= 0) & (cursor + 1 + lengths <= end)).all()))
        first = np.repeat(cursor + 1 - (np.cumsum(lengths) - lengths), lengths)
        one.lists[own.name] = (values[first + np.arange(len(first))], lengths.astype(np.int32))
        cursor = cursor + 1 + lengths


def binary(data: U8, order: str, elements: list[Element]) -> None:
    """Fill elements from bytes in an order, ``<`` or ``>``.

    Raises DamagedError.
    """
    at = 0
    for one in elements:
        if not one.rows:
            continue
        lengths = _first_lengths(one, data, at, order)
        row = _row(one, order, lengths)
        fits = at + one.rows * row.itemsize <= len(data)
        if fits:
            table = np.frombuffer(data, row, one.rows, at)
            listed = [f"n{k}" for k, own in enumerate(one.properties) if own.counted]
            fits = all((table[name] == length).all() for name, length in zip(listed, lengths, strict=True))
        if fits:
            _take(one, table, np.arange(one.rows), None)
            at += one.rows * row.itemsize
        else:
            _enough(one, any(own.counted for own in one.properties))
            at = _mixed(one, data, at, order)


def _row(one: Element, order: str, lengths: list[int]) -> np.dtype[np.void]:
    """A row whose lists have these lengths: ``n0`` is the first property's length, ``p0`` its values."""
    left = iter(lengths)
    fields: list[tuple[str, str] | tuple[str, str, tuple[int]]] = []
    for k, own in enumerate(one.properties):
        if own.counted:
            fields += [(f"n{k}", order + own.counted), (f"p{k}", order + own.kind, (next(left),))]
        else:
            fields.append((f"p{k}", order + own.kind))
    return np.dtype(fields)


def _first_lengths(one: Element, data: U8, at: int, order: str) -> list[int]:
    """How long the lists of the row at ``at`` are."""
    found = []
    for own in one.properties:
        if own.counted:
            coded = struct.Struct(order + _CODES[own.counted])
            _enough(one, at + coded.size <= len(data))
            length = int(coded.unpack_from(data.data, at)[0])
            _enough(one, 0 <= length <= len(data))
            found.append(length)
            at += coded.size + length * np.dtype(own.kind).itemsize
        else:
            at += np.dtype(own.kind).itemsize
    return found


def _mixed(one: Element, data: U8, at: int, order: str) -> int:
    """Rows whose lists differ in length: each row is looked for, then rows of one form are cut together."""
    starts = np.zeros(one.rows, np.int64)
    lengths = np.zeros((one.rows, sum(bool(own.counted) for own in one.properties)), np.int64)
    steps = [
        (struct.Struct(order + _CODES[own.counted]) if own.counted else None, np.dtype(own.kind).itemsize)
        for own in one.properties
    ]
    buffer = data.data
    try:
        for row in range(one.rows):
            starts[row] = at
            k = 0
            for coded, size in steps:
                if coded is None:
                    at += size
                    continue
                (length,) = coded.unpack_from(buffer, at)
                lengths[row, k] = length
                k += 1
                at += coded.size + int(length) * size
                _enough(one, length >= 0 and at <= len(data))
    except struct.error:
        _enough(one, False)
    _enough(one, at <= len(data))
    forms, which = np.unique(lengths, axis=0, return_inverse=True)
    for k, form in enumerate(forms.tolist()):
        rows = np.flatnonzero(which.reshape(-1) == k)
        kind = _row(one, order, form)
        cut = data[starts[rows][:, None] + np.arange(kind.itemsize)]
        _take(one, np.ascontiguousarray(cut).view(kind).reshape(-1), rows, lengths)
    return at


def _take(one: Element, table: NDArray[Any], rows: I64, lengths: I64 | None) -> None:
    """Put rows of one form in their place; ``lengths`` (all rows, lists) where forms differ."""
    listed = 0
    for k, own in enumerate(one.properties):
        values = table[f"p{k}"].astype(own.kind)  # in this machine's order
        if not own.counted:
            if lengths is None:
                one.columns[own.name] = values
            else:
                one.columns.setdefault(own.name, np.zeros(one.rows, own.kind))[rows] = values
            continue
        if lengths is None:
            one.lists[own.name] = (values.reshape(-1), np.full(one.rows, values.shape[1], np.int32))
        else:
            length = lengths[:, listed]
            flat = one.lists.setdefault(
                own.name, (np.zeros(int(length.sum()), own.kind), length.astype(np.int32))
            )[0]
            first = (np.cumsum(length) - length)[rows]
            flat[first[:, None] + np.arange(values.shape[1])] = values
        listed += 1


def _enough(one: Element, whole: bool) -> None:
    if not whole:
        raise DamagedError(
            f"is cut off, or its lists are damaged: it announces {one.rows:,} rows of {one.name!r}"
        )
