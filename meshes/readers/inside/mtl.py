"""Materials of an OBJ (MTL): their colours and pictures, with names in UTF-8 or GBK."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from pathlib import Path

from meshes.errors import MissingForeignError
from meshes.readers.inside import pictures
from meshes.readers.inside.parts import WHITE
from meshes.readers.inside.uris import found


class Look:
    """A material: its colour, the name of its picture, and where that stands among the pictures used."""

    def __init__(self, material: str) -> None:
        self.material = material
        self.base: tuple[int, int, int, int] = WHITE
        self.map = ""
        self.picture = -1


class Library:
    """Materials by the bytes of their names, and the pictures that are used."""

    def __init__(self, *, folder: Path, root: Path, given: Mapping[str, bytes] | None) -> None:
        self.folder, self.root, self._given = folder, root, given
        self.pictures: list[bytes] = []
        self.notes: list[str] = []
        self._looks: dict[str, Look] = {}
        self._loaded: dict[str, int] = {}

    def take(self, name: bytes) -> None:
        """Read an MTL file; one that is not there is noted, for the shape is good without."""
        try:
            path = found(text(name), folder=self.folder, root=self.root, uri=False)
        except MissingForeignError as error:
            self.notes.append(error.message)
            return
        look = Look("")
        for line in text(path.read_bytes()).splitlines():
            word, _, rest = line.strip().partition(" ")
            rest = rest.strip()
            if word.lower() == "newmtl":
                look = self._looks[rest] = Look(rest)
            elif word.lower() == "kd":
                look.base = _bytes(rest.split()[:3], look.base)
            elif word.lower() == "map_kd":
                look.map = _without_options(rest)

    def look(self, name: bytes) -> Look:
        """A material with its picture loaded."""
        look = self._looks.get(text(name)) or Look(text(name))
        if look.map and look.picture < 0:
            try:
                look.picture = self._picture(look.map)
                look.base = WHITE  # most exporters mean the picture as it is
            except MissingForeignError as error:
                self.notes.append(error.message)
                look.map = ""
        return look

    def _picture(self, name: str) -> int:
        """Its place among the pictures; loaded once."""
        if self._given is not None:
            key, data = name, self._given.get(name)
            if data is None:
                raise MissingForeignError(f"names the picture {name[:80]!r} and does not hold it")
        else:
            path = found(name, folder=self.folder, root=self.root, uri=False)
            key, data = str(path), None
        if key not in self._loaded:
            self.pictures.append(data if data is not None else pictures.checked(path.read_bytes(), path.name))
            self._loaded[key] = len(self.pictures) - 1
        return self._loaded[key]


def text(data: bytes) -> str:
    """UTF-8, else GB 18030 (of which GBK is a part), else whatever can be had."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return codecs.decode(data, "utf-8", "replace")


def _bytes(words: list[str], otherwise: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    try:
        red, green, blue = (max(0, min(255, round(float(word) * 255))) for word in words)
    except (ValueError, OverflowError):
        return otherwise
    return (red, green, blue, 255)


def _without_options(rest: str) -> str:
    """The file name of ``map_Kd -s 1 1 1 -clamp on name with spaces.jpg``."""
    many = {
        "-blendu": 1,
        "-blendv": 1,
        "-clamp": 1,
        "-bm": 1,
        "-mm": 2,
        "-texres": 1,
        "-imfchan": 1,
        "-boost": 1,
    }
    words = rest.split()
    while words and words[0].startswith("-") and len(words) > 1:
        option = words.pop(0)
        if option in ("-o", "-s", "-t"):
            while len(words) > 1 and re.fullmatch(r"[-+]?[0-9.]+(e[-+]?\d+)?", words[0]):
                words.pop(0)
        else:
            del words[: min(many.get(option, 0), len(words) - 1)]
    return rest[rest.find(words[0]) :] if words and words[0] in rest else " ".join(words)
