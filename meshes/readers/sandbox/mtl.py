"""Read materials of an OBJ (MTL files).

Their colours, and the pictures that they name.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from meshes.readers.sandbox import map_line, text_lines
from meshes.readers.sandbox.map_line import Map
from meshes.readers.sandbox.parts import WHITE

Rgba = tuple[int, int, int, int]

_MAPS = (b"map_kd", b"map_ke", b"map_ka")
"""The first of these is the picture: some exporters have it as light or as ambience only."""


class MtlMaterial:
    """Material of an MTL file.

    ``name``, its colour ``base``, whether it was ``told``, and ``maps`` by their keywords.
    """

    def __init__(self, name: bytes) -> None:
        self.name = text_lines.text(name)
        self.base: Rgba = WHITE
        self.told = False
        self.maps: dict[bytes, Map] = {}

    @property
    def map(self) -> Map | None:
        """Picture of its faces; None for a plain colour."""
        return next((self.maps[word] for word in _MAPS if word in self.maps), None)


class MtlMaterials:
    """Materials of all libraries by name.

    Names as bytes and as each text that the bytes may be.
    """

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._looks: dict[bytes | str, MtlMaterial] = {}
        self._look = MtlMaterial(b"")

    def __len__(self) -> int:
        return len(self._looks)

    def get(self, name: bytes) -> MtlMaterial | None:
        """Return the material of a name, in any encoding.

        It may be written in another encoding than in its library.
        """
        return next((self._looks[key] for key in _keys(name) if key in self._looks), None)

    def take(self, path: Path) -> None:
        """Read a library.

        What was defined before keeps its first definition, as the format has it.
        """
        self._look = MtlMaterial(b"")
        with path.open("rb") as file:
            for lines in text_lines.blocks(file):
                for line in lines:
                    words = line.split(None, 1)
                    if len(words) == 2:
                        self._line(words[0].lower(), words[1].strip())

    def _line(self, word: bytes, rest: bytes) -> None:
        look = self._look
        if word == b"newmtl":
            self._look = look = MtlMaterial(rest)
            if rest in self._looks:
                self.notes.append(f"the material {look.name[:80]!r} is defined twice: the first counts")
            for key in _keys(rest):
                self._looks.setdefault(key, look)
        elif word == b"kd":
            look.base = (*self._colour(rest, look), look.base[3])
        elif word in (b"d", b"tr"):
            look.base = (*look.base[:3], self._alpha(rest, look, clear=word == b"tr"))
        elif word in _MAPS or word == b"map_d":
            look.maps[word] = map_line.read(rest)

    def _colour(self, rest: bytes, look: MtlMaterial) -> tuple[int, int, int]:
        values = _numbers(rest)
        if len(values) not in (1, 3):
            self._doubt(look, b"Kd " + rest, "is not read: write three numbers from 0 to 1")
            return look.base[:3]
        if values.min() < 0 or values.max() > 1:
            self._doubt(look, b"Kd " + rest, "goes beyond 0 to 1 and is cut there")
        look.told = True
        red, green, blue = np.broadcast_to(np.rint(np.clip(values, 0, 1) * 255).astype(int), 3).tolist()
        return (red, green, blue)

    def _alpha(self, rest: bytes, look: MtlMaterial, *, clear: bool) -> int:
        """0 to 255 from ``d`` (dissolve: 1 is opaque), or from ``Tr`` (transparency: 0 is)."""
        values = _numbers(rest.removeprefix(b"-halo"))
        if len(values) != 1:
            self._doubt(look, rest, "is not read as its transparency: write one number from 0 to 1")
            return look.base[3]
        opaque = float(np.clip(1 - values[0] if clear else values[0], 0, 1))
        # Nothing is delivered to be invisible: Metashape and others write Tr 1 for opaque.
        return round(opaque * 255) or 255

    def _doubt(self, look: MtlMaterial, said: bytes, what: str) -> None:
        self.notes.append(f"{text_lines.text(said)[:60]!r} of the material {look.name[:80]!r} {what}")


def _keys(name: bytes) -> list[bytes | str]:
    """The name as it is written, then as each text that it may be; last without a remark behind it."""
    found: list[bytes | str] = []
    for written in dict.fromkeys((name, name.partition(b" #")[0].strip())):
        found += [written, *text_lines.readings(written)]
    return found


def _numbers(rest: bytes) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """(n,) finite numbers of a line, none where one of them is no number."""
    try:
        values = np.array([float(word) for word in rest.partition(b"#")[0].split()])
    except ValueError:
        return np.zeros(0)
    return values if np.isfinite(values).all() else np.zeros(0)
