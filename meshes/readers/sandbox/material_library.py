"""Load an OBJ's material libraries; each picture once, losses noted."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from meshes.errors import ForeignFileError
from meshes.readers.sandbox import text_lines
from meshes.readers.sandbox.map_line import Map
from meshes.readers.sandbox.mtl import MtlMaterial, MtlMaterials, Rgba
from meshes.readers.sandbox.parts import WHITE
from meshes.readers.sandbox.picture_files import PictureFiles, file_of
from meshes.tiles.finish import REPEATED, Alpha, Finish, Wrap
from twin.arrays import F32

BLACK = (0, 0, 0)
_SEVERAL = re.compile(rb"(?<=\.mtl)[\"']?\s+", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Worn:
    """Material of faces.

    ``base`` without the picture, ``under`` with it; ``picture`` is -1 for none.
    """

    name: str
    finish: Finish = REPEATED
    base: Rgba = WHITE
    told: bool = False
    under: Rgba = WHITE
    picture: int = -1
    map: Map | None = None

    @property
    def bare(self) -> Finish:
        """Same material without the picture."""
        return Finish(alpha=_alpha(self.base))

    def tcoord(self, written: F32) -> F32:
        """Return texture coordinates from the upper edge, (n, 2), in place.

        The given ones are from the picture's lower edge.
        """
        if self.map is not None and (self.map.scale, self.map.offset) != ((1, 1), (0, 0)):
            written *= np.array(self.map.scale, np.float32)
            written += np.array(self.map.offset, np.float32)
        written[:, 1] = 1 - written[:, 1]
        return written


def _alpha(base: Rgba, clear: bool = False) -> Alpha:
    """A picture's clear parts are holes; a material that is clear as a whole lets things shine through."""
    return "blend" if base[3] < 255 else "mask" if clear else "opaque"


class Library:
    """Materials that are used, and their pictures."""

    def __init__(self, *, folder: Path, root: Path) -> None:
        self.folder, self.root = folder, root
        self._files = PictureFiles(folder=folder, root=root)
        self._notes: list[str] = []
        self._materials = MtlMaterials()
        self._named = False

    @property
    def pictures(self) -> list[bytes]:
        """JPEG or PNG files, each that is used."""
        return self._files.pictures

    @property
    def notes(self) -> list[str]:
        """Notes on what is lost or doubtful."""
        return self._materials.notes + self._notes

    def take(self, names: bytes) -> None:
        """Read the files of a ``mtllib`` line.

        One that is not there is noted: the shape is good without.
        """
        self._named = True
        whole = names.strip(b"\"' ")
        try:
            self._materials.take(file_of(whole, folder=self.folder, root=self.root))
            return
        except ForeignFileError:
            pass  # several names, or no file
        for name in _SEVERAL.split(whole):
            try:
                path = file_of(name.strip(b"\"' "), folder=self.folder, root=self.root)
                self._materials.take(path)
            except ForeignFileError as error:
                self._notes.append(f"{error.message}: its materials are drawn without their colours")

    def look(self, name: bytes) -> Worn:
        """Return a material with its picture loaded.

        Without a colour where no library has it.
        """
        look = self._materials.get(name)
        if look is None:
            if name and (len(self._materials) or not self._named):
                self._notes.append(
                    f"the material {text_lines.text(name)[:80]!r} is in no library: drawn without its colour"
                )
            return Worn(name=text_lines.text(name))
        base = look.base
        if look.map is not None and base[:3] == BLACK:  # unset: exporters write it where there is a picture
            base = (*WHITE[:3], base[3])
        plain = Worn(name=look.name, base=base, told=look.told)
        if look.map is None:
            return plain
        try:
            picture = self._files.load(look.map.name)
        except ForeignFileError as error:
            self._notes.append(f"{error.message}: the material {look.name[:80]!r} keeps its colour")
            return plain
        self._doubt(look, look.map)
        # Most exporters mean the picture as it is, whatever colour is written beside it.
        under = (*WHITE[:3], base[3])
        wrap: Wrap = "clamp" if look.map.clamp else "repeat"
        alpha = _alpha(base, self._files.clear[picture])
        finish = Finish(wrap=(wrap, wrap), alpha=alpha)
        return replace(plain, under=under, picture=picture, map=look.map, finish=finish)

    def _doubt(self, look: MtlMaterial, used: Map) -> None:
        said = [f"the option {option!r}" for option in used.unread]
        own = look.maps.get(b"map_d")
        if own is not None and own.name != used.name:
            said.append(f"the picture of its transparency ({text_lines.text(own.name)[:80]})")
        for what in said:
            self._notes.append(f"{what} of the material {look.name[:80]!r} is not read")
