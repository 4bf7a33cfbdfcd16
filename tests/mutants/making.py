"""Change good files as disks, transfers, editors and ill will do."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

COUNTS = (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f", b"\0\0\xc0\x7f", b"9999")
VALUES = (
    b"null",
    b"-1",
    b"1e999",
    b"NaN",
    b'"x"',
    b"[]",
    b"{}",
    b"5.0",
    b"99999999999999999999",
    b"",
    b"true",
)
_TOKEN = re.compile(rb'"[^"\\\n]{0,60}"|[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?')

Dice = np.random.Generator


def byte(data: bytearray, dice: Dice) -> None:
    """One byte becomes any other."""
    data[int(dice.integers(len(data)))] = int(dice.integers(256))


def count(data: bytearray, dice: Dice) -> None:
    """Four bytes become what counts and offsets dislike."""
    at = int(dice.integers(len(data)))
    data[at : at + 4] = COUNTS[int(dice.integers(len(COUNTS)))]


def loss(data: bytearray, dice: Dice) -> None:
    """Some bytes are lost."""
    at = int(dice.integers(len(data)))
    del data[at : at + int(dice.integers(1, 40))]


def echo(data: bytearray, dice: Dice) -> None:
    """Some bytes come twice."""
    at = int(dice.integers(len(data)))
    data[at:at] = data[at : at + int(dice.integers(1, 40))]


def swap(data: bytearray, dice: Dice) -> None:
    """Two words of four bytes change places, among the first ones more often than not."""
    end = min(len(data), 400) if dice.random() < 0.6 else len(data)
    if end >= 8:
        a, b = (4 * int(dice.integers(end // 4)) for _ in range(2))
        data[a : a + 4], data[b : b + 4] = data[b : b + 4], data[a : a + 4]


def cut(data: bytearray, dice: Dice) -> None:
    """The end is missing."""
    del data[int(dice.integers(len(data))) :]


def word(data: bytearray, dice: Dice) -> None:
    """A number or a text of a text file becomes another kind of value."""
    found = list(_TOKEN.finditer(bytes(data[: 1 << 16])))
    if found:
        token = found[int(dice.integers(len(found)))]
        data[token.start() : token.end()] = VALUES[int(dice.integers(len(VALUES)))]


MUTATIONS: tuple[Callable[[bytearray, Dice], None], ...] = (byte, count, loss, echo, swap, cut, word, word)


def mutant(data: bytes, dice: Dice) -> bytes:
    """A file after one to five mishaps."""
    wild = bytearray(data)
    for _ in range(int(dice.integers(1, 6))):
        if wild:
            MUTATIONS[int(dice.integers(len(MUTATIONS)))](wild, dice)
    return bytes(wild)
