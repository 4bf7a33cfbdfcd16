"""Read Wavefront OBJ block by block.

A village of millions of lines fits in memory.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from meshes.errors import DamagedError, UnsupportedForeignError
from meshes.readers.sandbox import polygons, text_lines
from meshes.readers.sandbox.material_library import Library, Worn
from meshes.readers.sandbox.obj_lines import ObjRows, faces, numbers, vertices
from meshes.readers.sandbox.parts import WHITE, RawPart, whites
from twin.arrays import F32, F64, I32, U8, Bools

BLOCK = 4 << 20
_WORDS = frozenset((b"v", b"vt", b"f", b"usemtl", b"mtllib"))
_PLAIN = frozenset((b"vn", b"o", b"g", b"s", b"mg", b"#"))
"""Words that change nothing of what is drawn."""
_UNREAD = {
    b"l": "lines",
    b"p": "points",
    b"curv": "curves",
    b"curv2": "curves",
    b"surf": "free-form surfaces",
    b"call": "files called",
}

BESIDE_PICTURE = "colours of vertices are not drawn where there is a picture, which shows them"


def read(path: Path, *, root: Path) -> tuple[list[RawPart], list[bytes], list[str]]:
    """Return parts, pictures and notes.

    A library or picture that cannot be had is a note: the shape keeps its colour. Raises DamagedError.
    """
    shape = _Shape()
    with path.open("rb") as file:
        for lines in text_lines.blocks(file):
            shape.take(lines)
    library = Library(folder=path.parent, root=root)
    for names in shape.libraries:
        library.take(names)
    parts = shape.parts(library)
    return parts, library.pictures, shape.notes + library.notes


class _Shape:
    """Vertices, and faces by material and size, as they come."""

    def __init__(self) -> None:
        self.libraries: list[bytes] = []
        self._v = ObjRows(3, np.float64)
        self._rgb: ObjRows | None = None
        self._vt = ObjRows(2, np.float32)
        self._faces: dict[bytes, dict[int, ObjRows]] = {}
        self._material = b""
        self._left: Counter[str] = Counter()

    @property
    def notes(self) -> list[str]:
        """What was left out, counted."""
        return [what.format(many) for what, many in self._left.items() if many]

    def take(self, lines: list[bytes]) -> None:
        """Lines of one kind that follow each other are converted together."""
        kind, run = b"", list[bytes]()
        for line in lines:
            words = line.split(None, 1)
            if len(words) < 2:
                continue
            word, rest = words
            if word not in _WORDS and (word in _PLAIN or (word := word.lower()) not in _WORDS):
                if word in _UNREAD:
                    self._left[f"{_UNREAD[word]} are not read, only faces ({{:,}} left out)"] += 1
                continue
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
            own = self._faces.setdefault(self._material, {})
            for size, corners in faces(run, len(self._v), len(self._vt)):
                if size < 3:
                    self._left["faces of one or two corners are left out ({:,})"] += len(corners)
                else:
                    own.setdefault(size, ObjRows(2, np.int32)).take(corners.reshape(-1, 2))
        elif kind == b"vt":
            self._vt.take(numbers(run, "vt"))
        else:
            place, rgb, weights = vertices(run)
            if rgb is not None and self._rgb is None:
                self._rgb = ObjRows(3, np.float32)
                self._rgb.take(np.full((len(self._v), 3), np.nan))
            if self._rgb is not None:
                self._rgb.take(np.full((len(run), 3), np.nan) if rgb is None else rgb)
            self._v.take(place)
            self._left["weights of vertices count for curves only and are ignored ({:,} are not 1)"] += (
                weights
            )

    def parts(self, library: Library) -> list[RawPart]:
        """One part a material, two where some of its faces are not in its picture.

        Raises DamagedError for corners that are not there, UnsupportedForeignError where there is no face.
        """
        if len(self._v) and not self._faces:
            raise UnsupportedForeignError(
                f"has {len(self._v):,} vertices and no faces; points are read as LAS (driver: points), "
                "lines as vectors (driver: vector)"
            )
        place, tcoord = self._v.array(), self._vt.array()
        colour = None if self._rgb is None else self._colours(self._rgb.array())
        parts = []
        while self._faces:
            name = next(iter(self._faces))
            corners = self._triangles(self._faces.pop(name), place)
            look = library.look(name)
            if look.picture < 0:
                parts.append(_plain(corners, place, colour, look))
                continue
            _within(corners[:, :, 1], len(tcoord), "texture coordinate")
            if colour is not None:
                self._left[BESIDE_PICTURE] = 1
            painted: Bools = np.all(corners[:, :, 1] >= 0, axis=1)
            if len(tcoord) and not np.isfinite(tcoord).all():
                painted &= np.isfinite(tcoord[corners[:, :, 1]]).all(axis=(1, 2))
            bare = int((~painted).sum())
            if not bare:
                parts.append(_pictured(corners, place, tcoord, look))
                continue
            self._left[
                f"{{:,}} of {len(corners):,} triangles of the material {look.name[:80]!r} have no texture "
                "coordinates: they keep its colour"
            ] += bare
            if bare < len(corners):
                parts.append(_pictured(corners[painted], place, tcoord, look))
            parts.append(_plain(corners[~painted], place, colour, look))
        return parts

    def _triangles(self, by_size: dict[int, ObjRows], place: F64) -> I32:
        """(t, 3, 2) corners of a material's faces. Raises DamagedError."""
        found = []
        for size, rows in by_size.items():
            corners = rows.array().reshape(-1, size, 2)
            _within(corners[:, :, 0], len(place), "vertex")
            triangles, crossed = polygons.cut(corners, place)
            self._left[polygons.CROSSED] += crossed
            found.append(triangles)
        by_size.clear()
        return found[0] if len(found) == 1 else np.concatenate([*found, np.zeros((0, 3, 2), np.int32)])

    def _colours(self, rgb: F32) -> U8:
        """RGBA of lines ``v x y z r g b``, from fractions or bytes; white where a line has none."""
        none = np.isnan(rgb[:, 0] + rgb[:, 1] + rgb[:, 2])
        self._left[f"{{:,}} of {len(rgb):,} vertices have no colour and are white"] += int(none.sum())
        most = float(rgb[~none].max(initial=0))
        values = np.where(none[:, None], 255, rgb * (255 if most <= 1 else 1))
        alpha = np.full((len(rgb), 1), 255.0)
        return np.asarray(np.clip(np.rint(np.hstack([values, alpha])), 0, 255), np.uint8)


def _plain(corners: I32, place: F64, colour: U8 | None, look: Worn) -> RawPart:
    vertex, _, index = _shared(corners.reshape(-1, 2), len(place), 0)
    own = None if colour is None else colour[vertex]
    if own is None and look.told and look.base == WHITE:
        own = whites(len(vertex))
    return RawPart(
        position=place[vertex],
        triangles=index.reshape(-1, 3),
        colour=own,
        base=look.base,
        material=look.name,
        finish=look.bare,
    )


def _pictured(corners: I32, place: F64, tcoord: F32, look: Worn) -> RawPart:
    vertex, where, index = _shared(corners.reshape(-1, 2), len(place), len(tcoord))
    return RawPart(
        position=place[vertex],
        triangles=index.reshape(-1, 3),
        tcoord=look.tcoord(tcoord[where]),
        base=look.under,
        material=look.name,
        picture=look.picture,
        finish=look.finish,
    )


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


def _within(index: I32, many: int, what: str) -> None:
    if index.size and int(index.max()) >= many:
        raise DamagedError(f"a face names {what} {int(index.max()) + 1} of {many}")
