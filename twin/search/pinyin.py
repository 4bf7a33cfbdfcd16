"""Match Latin letters against Chinese names by pinyin and its initials."""

from __future__ import annotations

import os
import unicodedata
from functools import cache, lru_cache
from typing import Any, Literal

Syllables = tuple[tuple[str, ...], ...]
"""Readings of each sign of a name, without tones; a Latin letter or digit reads as itself."""

Spelling = Literal["whole", "start", "initials", "mixed", "inside"]
"""How letters spell a name: all of it, its beginning, the first letter of each sign, some of each, from
another sign on."""


@cache
def _library() -> Any:
    # Its dictionary of phrases costs 44 MB in the hub; every reading of a sign is tried here instead.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    import pypinyin  # noqa: PLC0415

    return pypinyin


@lru_cache(maxsize=20_000)
def syllables(name: str) -> Syllables:
    """Return the readings of each sign of a name."""
    library = _library()
    found = library.pinyin(name, style=library.Style.NORMAL, heteronym=True, errors=list)
    return tuple(
        tuple(dict.fromkeys(plain_letters(reading) for reading in readings if plain_letters(reading)))
        for readings in found
        if any(plain_letters(reading) for reading in readings)
    )


def plain_letters(text: str) -> str:
    """Return lower-case Latin letters, digits and Chinese signs of a text.

    Tones, spaces and punctuation are left out, full-width signs are halved; ``ü`` is ``v``, as it is typed.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ü", "v")
    bare = unicodedata.normalize("NFD", folded)
    return "".join(sign for sign in bare if sign.isalnum())


def spelling(letters: str, name: Syllables) -> Spelling | None:
    """Return how letters spell a name, or None."""
    if not letters or not name:
        return None
    if letters in {"".join(readings) for readings in _firsts(name)}:
        return "initials"
    if (found := _from(letters, name)) is not None:
        return found
    inside = any(_from(letters, name[start:]) is not None for start in range(1, len(name)))
    return "inside" if inside else None


def _firsts(name: Syllables) -> list[tuple[str, ...]]:
    """First letters of each sign; of one with several readings by each of them, at most 64 in all."""
    out: list[tuple[str, ...]] = [()]
    for readings in name:
        letters = dict.fromkeys(reading[0] for reading in readings)
        out = [(*before, letter) for before in out for letter in letters][:64]
    return out


def _from(letters: str, name: Syllables) -> Spelling | None:
    """How letters spell a name from its first sign on: whole syllables, or some of them by their initials."""
    if _whole(letters, name):
        return "whole"
    if _starts(letters, name):
        return "start"
    return "mixed" if len(letters) > 1 and _mixed(letters, name) else None


def _whole(letters: str, name: Syllables) -> bool:
    if not name:
        return not letters
    return any(letters.startswith(r) and _whole(letters[len(r) :], name[1:]) for r in name[0])


def _starts(letters: str, name: Syllables) -> bool:
    """Whole syllables, the last of them perhaps not written to its end."""
    if not letters:
        return True
    if not name:
        return False
    return any(
        r.startswith(letters) or (letters.startswith(r) and _starts(letters[len(r) :], name[1:]))
        for r in name[0]
    )


def _mixed(letters: str, name: Syllables) -> bool:
    """Of each sign its syllable, the beginning of it, or its first letter."""
    if not letters:
        return True
    if not name:
        return False
    for reading in name[0]:
        for size in range(min(len(reading), len(letters)), 0, -1):
            if letters[:size] == reading[:size] and _mixed(letters[size:], name[1:]):
                return True
    return False
