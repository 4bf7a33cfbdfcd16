"""Read a surface in a PLY file.

Polygons and strips, colours, and pictures by vertex or by corner.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshes.errors import DamagedError, ForeignFileError, UnsupportedForeignError
from meshes.readers.sandbox import ply, polygons
from meshes.readers.sandbox.obj import BESIDE_PICTURE
from meshes.readers.sandbox.parts import RawPart, coarse
from meshes.readers.sandbox.picture_files import PictureFiles
from meshes.readers.sandbox.ply_rows import Element
from meshes.tiles.finish import Alpha, Finish
from twin.arrays import F32, F64, I32, I64, U8

_INDICES = ("vertex_indices", "vertex_index")
_PLACES = (
    ("s", "t"),
    ("u", "v"),
    ("texture_u", "texture_v"),
    ("texture_s", "texture_t"),
    ("s0", "t0"),
    ("u0", "v0"),
)
_COLOURS = (("red", "green", "blue"), ("diffuse_red", "diffuse_green", "diffuse_blue"), ("r", "g", "b"))
_ALPHAS = ("alpha", "diffuse_alpha", "a")
_KNOWN = ("vertex", "face", "tristrips")


def read(path: Path, *, root: Path) -> tuple[list[RawPart], list[bytes], list[str]]:
    """Return parts, pictures and notes.

    Raises DamagedError; UnsupportedForeignError for points without faces.
    """
    file = ply.read(path)
    vertex = file.elements.get("vertex")
    if vertex is None or not vertex.rows:
        raise DamagedError("holds no vertex")
    if not {"x", "y", "z"} <= vertex.columns.keys():
        raise DamagedError("its vertices have no x, y and z")
    left: Counter[str] = Counter()
    place = np.stack([vertex.columns[axis].astype(np.float64) for axis in "xyz"], axis=1)
    corners = _triangles(file.elements, place, left)
    notes = [what.format(many) for what, many in left.items() if many]
    unread = sorted(name for name, one in file.elements.items() if name not in _KNOWN and one.rows)
    if not len(corners):
        if unread and not file.elements.get("face"):
            raise UnsupportedForeignError(
                f"has no faces but {', '.join(unread)[:80]}, which is not read: export faces"
            )
        if "f_dc_0" in vertex.columns:
            raise UnsupportedForeignError("is a cloud of Gaussian splats, which is not read: export a mesh")
        raise UnsupportedForeignError(
            f"is a point cloud: it has {len(place):,} points and no faces; write it as LAS (driver: points)"
        )
    if any(name.startswith("multi_texture") for name in unread):
        notes.append("its texture coordinates (multi_texture) are not read: export OBJ or texcoord lists")
    face = file.elements.get("face") or Element(name="face", rows=0)
    if vertex.kinds["x"] == "f4":
        notes += coarse(place)
    colour, by_face = _colours(vertex), _colours(face)
    if colour is not None and by_face is not None:
        notes.append("colours of its faces are not read, those of its vertices are")
        by_face = None
    files = PictureFiles(folder=path.parent, root=root)
    uv, which = _placed(file.pictures, vertex, face, corners, notes)
    by_corner = by_face is not None or "texcoord" in face.lists
    parts = []
    for number in np.unique(which).tolist():
        own = which == number
        picture = _loaded(file.pictures, number, files, notes)
        seen = None if picture < 0 or uv is None else uv[own]
        rgba = _worn(corners[own], colour, by_face) if seen is None else None
        if seen is not None and (colour is not None or by_face is not None):
            notes.append(BESIDE_PICTURE)
        clear = picture >= 0 and files.clear[picture]
        parts.append(_part(corners[own], place, seen, rgba, picture, by_corner=by_corner, clear=clear))
    return parts, files.pictures, notes


def _triangles(elements: dict[str, Element], place: F64, left: Counter[str]) -> I32:
    """(t, 3, 3): vertex, row of the face (-1 for a strip's) and number of the corner within the face."""
    found = [np.zeros((0, 3, 3), np.int32)]
    for index, lengths in _lists(elements.get("face")):
        start = np.cumsum(lengths, dtype=np.int64) - lengths
        for size in np.unique(lengths).tolist():
            rows = np.flatnonzero(lengths == size)
            if size < 3:
                left["faces of fewer than three corners are left out ({:,})"] += len(rows)
                continue
            at = start[rows][:, None] + np.arange(size)
            corner = np.broadcast_to(np.arange(size), at.shape)
            cut = np.stack([index[at], np.broadcast_to(rows[:, None], at.shape), corner], axis=2)
            _within(cut[:, :, 0], len(place))
            triangles, crossed = polygons.cut(cut.astype(np.int32), place)
            left[polygons.CROSSED] += crossed
            found.append(triangles)
    for index, _ in _lists(elements.get("tristrips")):
        strip = _strips(index.astype(np.int64))
        _within(strip, len(place))
        found.append(
            np.stack([strip, np.full_like(strip, -1), np.zeros_like(strip)], axis=2).astype(np.int32)
        )
    return np.concatenate(found)


def _lists(element: Element | None) -> list[tuple[I64, I32]]:
    """The corners' vertices of all rows, and how many a row has; none where there is no such list."""
    if element is None or not element.rows:
        return []
    kinds = element.kinds
    whole = [name for name in element.lists if not kinds[name].startswith("f")]
    names = [name for name in _INDICES if name in element.lists] or whole
    return [(element.lists[name][0].astype(np.int64), element.lists[name][1]) for name in names[:1]]


def _strips(index: I64) -> I64:
    """(t, 3): triangles of strips that -1 parts from each other; each second one is turned."""
    parts, at = [np.zeros((0, 3), np.int64)], 0
    for stop in [*np.flatnonzero(index < 0).tolist(), len(index)]:
        own = index[at:stop]
        at = stop + 1
        if len(own) > 2:
            one = np.stack([own[:-2], own[1:-1], own[2:]], axis=1)
            one[1::2] = one[1::2, [1, 0, 2]]
            parts.append(one)
    return np.concatenate(parts)


def _within(index: NDArray[Any], many: int) -> None:
    if index.size and (index.min() < 0 or index.max() >= many):
        worst = index.min() if index.min() < 0 else index.max()
        raise DamagedError(f"a face names vertex {int(worst)}, counted from 0, of {many:,}")


def _placed(
    names: tuple[bytes, ...], vertex: Element, face: Element, corners: I32, notes: list[str]
) -> tuple[F32 | None, I64]:
    """Places in the picture (t, 3, 2) from its upper left, and the number of the picture (t,); -1: none."""
    bare = np.full(len(corners), -1, np.int64)
    pair = next((pair for pair in _PLACES if {*pair} <= vertex.columns.keys()), None)
    lists = _lists(face)
    told = face.lists.get("texcoord") if lists else None
    if not names:
        if told is not None:
            notes.append("has texture coordinates and names no picture (comment TextureFile)")
        return None, bare
    if told is None and pair is None:
        notes.append("names a picture and has no texture coordinates: it is drawn without")
        return None, bare
    which = np.zeros(len(corners), np.int64)
    if told is not None:
        values, lengths = told
        start = np.cumsum(lengths, dtype=np.int64) - lengths
        sizes = lists[0][1]
        row = corners[:, 0, 1]
        which[(row < 0) | (lengths[row] != 2 * sizes[row])] = -1
        at = np.where(which[:, None] < 0, 0, start[corners[:, :, 1]] + 2 * corners[:, :, 2])
        uv = np.stack([values[at], values[at + 1]], axis=2).astype(np.float32) if len(values) > 1 else None
    else:
        assert pair is not None
        uv = np.stack([vertex.columns[name][corners[:, :, 0]] for name in pair], axis=2).astype(np.float32)
    number = face.columns.get("texnumber")
    if number is not None:
        given = number.astype(np.int64)[corners[:, 0, 1]]
        which = np.where((which < 0) | (given < 0) | (given >= len(names)), -1, given)
    elif len(names) > 1:
        notes.append(f"names {len(names)} pictures and does not say which face has which: the first is taken")
    if uv is not None:
        which[~np.isfinite(uv).all(axis=(1, 2))] = -1
        uv[:, :, 1] = 1 - uv[:, :, 1]
    lost = int((which < 0).sum())
    if lost:
        notes.append(
            f"{lost:,} of {len(which):,} triangles have no texture coordinates: they keep their colour"
        )
    return uv, which


def _loaded(names: tuple[bytes, ...], number: int, files: PictureFiles, notes: list[str]) -> int:
    """Its place among the pictures; -1, and a note, where it cannot be had."""
    if number < 0:
        return -1
    try:
        return files.load(names[number])
    except ForeignFileError as error:
        notes.append(f"{error.message}: its faces are drawn without")
        return -1


def _colours(element: Element) -> U8 | None:
    """(rows, 4) RGBA from bytes, 16 bits or fractions; None without colours."""
    names = next((names for names in _COLOURS if {*names} <= element.columns.keys()), None)
    if names is None:
        return None
    kinds = element.kinds
    alpha = next((name for name in _ALPHAS if name in element.columns), None)
    found = np.full((element.rows, 4), 255, np.uint8)
    for k, name in enumerate([*names, *([alpha] if alpha else [])]):
        values = np.nan_to_num(element.columns[name].astype(np.float64))
        if kinds[name] in ("u2", "i2") and values.max(initial=0) > 255:
            values = values / 257
        elif kinds[name].startswith("f") and values.max(initial=0) <= 1:
            values = values * 255
        found[:, k] = np.clip(np.rint(values), 0, 255)
    if not found[:, 3].any():  # written, and never set
        found[:, 3] = 255
    return found


def _worn(corners: I32, colour: U8 | None, by_face: U8 | None) -> U8 | None:
    """(t, 3, 4) RGBA of each corner, white for what has none."""
    if by_face is None:
        return None if colour is None else colour[corners[:, :, 0]]
    rows = corners[:, :, 1]
    return np.where((rows < 0)[:, :, None], 255, by_face[rows]).astype(np.uint8)


def _part(
    corners: I32,
    place: F64,
    uv: F32 | None,
    rgba: U8 | None,
    picture: int,
    *,
    by_corner: bool,
    clear: bool,
) -> RawPart:
    """Triangles of one picture. Corners get points of their own where faces tell how they look."""
    flat = corners[:, :, 0].reshape(-1)
    if by_corner:
        first, index = np.arange(len(flat)), np.arange(len(flat))
    else:
        last = np.full(len(place), -1, np.int64)
        last[flat] = np.arange(len(flat))
        first = last[last >= 0]
        index = (np.cumsum(last >= 0) - 1)[flat]
    vertex = flat[first]
    own = None if rgba is None else rgba.reshape(-1, 4)[first]
    alpha: Alpha = "blend" if own is not None and own[:, 3].min() < 255 else "mask" if clear else "opaque"
    return RawPart(
        position=place[vertex],
        triangles=index.reshape(-1, 3),
        tcoord=None if uv is None else uv.reshape(-1, 2)[first],
        colour=own,
        picture=-1 if uv is None else picture,
        finish=Finish(alpha=alpha),
    )
