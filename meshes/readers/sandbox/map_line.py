"""Parse a ``map_…`` line of an MTL.

Its options, and the picture's name, which may hold blanks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_WORDS_OF = {
    b"-blendu": 1,
    b"-blendv": 1,
    b"-bm": 1,
    b"-boost": 1,
    b"-cc": 1,
    b"-clamp": 1,
    b"-imfchan": 1,
    b"-mm": 2,
    b"-texres": 1,
    b"-type": 1,
}
_VECTORS = (b"-o", b"-s", b"-t")
_NUMBER = re.compile(rb"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_CHANGES = {
    b"-t": ("0", "0", "0"),
    b"-boost": ("0",),
    b"-mm": ("0", "1"),
    b"-clamp": ("off",),
    b"-cc": ("off",),
}
"""Options that change the picture, with what they say where they do not."""


@dataclass(kw_only=True)
class Map:
    """Picture of an MTL line.

    ``name`` as written; ``scale`` and ``offset`` (2,) of the texture coordinates; options ``unread``.
    """

    name: bytes
    scale: tuple[float, float] = (1.0, 1.0)
    offset: tuple[float, float] = (0.0, 0.0)
    clamp: bool = False
    unread: list[str] = field(default_factory=list)


def read(rest: bytes) -> Map:
    """Parse what follows the keyword.

    ``-s 2 2 1 -clamp on name with blanks.jpg``, perhaps in quotes. u' = u · scale + offset, as three.js and
    Blender have it.
    """
    found = Map(name=b"")
    while True:
        word, _, after = _parted(rest)
        option = word.lower()
        if not after or (option not in _VECTORS and option not in _WORDS_OF):
            found.name = rest.strip().strip(b"\"'")
            return found
        values: list[bytes] = []
        most = 3 if option in _VECTORS else _WORDS_OF[option]
        while len(values) < most:
            word, _, further = _parted(after)
            if not further or (option in _VECTORS and not _NUMBER.fullmatch(word)):
                break
            values.append(word)
            after = further
        _take(found, option, values)
        rest = after


def _parted(rest: bytes) -> tuple[bytes, bytes, bytes]:
    """The first word and what follows it."""
    words = rest.split(None, 1)
    return (words[0] if words else b""), b" ", (words[1] if len(words) > 1 else b"")


def _take(found: Map, option: bytes, values: list[bytes]) -> None:
    if option in (b"-s", b"-o") and values:
        first = float(values[0])
        # The second number may be missing: a scale of 1, an offset of 0.
        second = float(values[1]) if len(values) > 1 else float(option == b"-s")
        if option == b"-s":
            found.scale = (first, second)
        else:
            found.offset = (first, second)
        return
    if option == b"-clamp":
        found.clamp = values[:1] in ([b"on"], [b"ON"], [b"1"])
        return
    plain = _CHANGES.get(option, ())
    if any(not _same(value, said) for value, said in zip(values, plain, strict=False)):
        found.unread.append(b" ".join([option, *values]).decode("ascii", "replace")[:40])


def _same(value: bytes, plain: str) -> bool:
    if _NUMBER.fullmatch(value):
        return float(value) == float(plain) if plain not in ("on", "off") else False
    return value.lower() == plain.encode()
