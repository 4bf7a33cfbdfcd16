"""Convert a walked scene's surfaces to parts.

One for each look, with the pictures that they use.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from meshes.errors import ForeignFileError, OverLimitError, UnsafeUriError
from meshes.readers.sandbox import osg_geometry as geometry
from meshes.readers.sandbox import osg_picture, osg_state
from meshes.readers.sandbox.osg_scene import Walk
from meshes.readers.sandbox.osgt import Block
from meshes.readers.sandbox.parts import WHITE, RawPart, whites
from meshes.tiles.finish import Finish

MOST_VERTICES = 20_000_000


@dataclass(frozen=True, kw_only=True)
class OsgMaterial:
    """Material common to the surfaces of one part."""

    picture: int
    base: tuple[int, int, int, int]
    finish: Finish
    coloured: bool


class Pictures:
    """Pictures of one file.

    Decoded once, and noted where they are lost.
    """

    def __init__(self, *, work: Path, linked: Collection[str]) -> None:
        self._work, self._linked = work, linked
        self.files: list[bytes] = []
        self.notes: Counter[str] = Counter()
        self._known: dict[tuple[int, bool], int] = {}

    def number(self, image: Block, *, alpha: bool) -> int:
        """Return a picture's number among the files.

        -1 where it cannot be used, which is noted.
        """
        key = (id(image), alpha)
        if key not in self._known:
            try:
                self.files.append(self._file(image, alpha=alpha))
                self._known[key] = len(self.files) - 1
            except ForeignFileError as error:
                name = osg_picture.name_of(image)
                self.notes[f"the picture {name[-80:]!r} {error.message}; the shape is kept without it"] += 1
                self._known[key] = -1
        return self._known[key]

    def _file(self, image: Block, *, alpha: bool) -> bytes:
        name = osg_picture.name_of(image)
        if name and name not in self._linked and (self._work / name).exists():  # the tool may have read it
            raise UnsafeUriError("is of a folder of this machine, which is not read")
        return osg_picture.encoded(image, alpha=alpha)


def parts_of(
    walk: Walk, *, work: Path, linked: Collection[str]
) -> tuple[list[RawPart], list[bytes], list[str]]:
    """Return parts, pictures, and what was lost, in words.

    Raises DamagedError, OverLimitError. ``linked``: the pictures that were put into ``work``, where the tool
    ran.
    """
    held = Pictures(work=work, linked=linked)
    rows: dict[OsgMaterial, list[RawPart]] = defaultdict(list)
    vertices = 0
    for told, matrix, state in walk.scene.drawn:
        part, look = _part(walk, told, state, held)
        if part is None or look is None:
            continue
        vertices += len(part.position)
        if vertices > MOST_VERTICES:
            raise OverLimitError(f"holds more than {MOST_VERTICES:,} vertices")
        placed = part.position @ matrix[:3, :3] + matrix[3, :3]
        turned = part.triangles if np.linalg.det(matrix[:3, :3]) >= 0 else part.triangles[:, ::-1]
        rows[look].append(RawPart(**{**vars(part), "position": placed, "triangles": turned}))
    notes = [text if many == 1 else f"{text} ({many:,} times)" for text, many in held.notes.items()]
    return [_joined(parts) for parts in rows.values()], held.files, notes


def _part(
    walk: Walk, told: Block, state: osg_state.StateSet, held: Pictures
) -> tuple[RawPart, OsgMaterial] | tuple[None, None]:
    """One geometry in its own coordinates; None where it has no triangle."""
    position = geometry.positions(told, walk.of)
    if position is None:
        walk.scene.left_out["surfaces without plain vertices"] += 1
        return None, None
    walk.scene.left_out.update(state.unread)
    many = len(position)
    triangles = geometry.triangles(told, walk.of, vertices=many, left_out=walk.scene.left_out)
    if not len(triangles):
        return None, None
    picture, finish = -1, osg_state.finish(state, None)
    places = geometry.texture_places(told, walk.of, vertices=many)
    textures = [texture for texture in state.drawn() if texture.block("Image")]
    if textures and places is None:
        walk.scene.left_out["pictures of surfaces without texture coordinates"] += 1
    elif textures:
        image = textures[0].block("Image")
        picture = -1 if image is None else held.number(walk.of(image), alpha=finish.alpha != "opaque")
        finish = osg_state.finish(state, textures[0])
        walk.scene.left_out["second textures of surfaces"] += len(textures) > 1
    colour = geometry.colours(told, walk.of, vertices=many) if osg_state.vertex_colours(state) else None
    base = osg_state.base(state, textured=picture >= 0)
    if colour is None and picture < 0 and state.material is not None and base == WHITE:
        colour = whites(many)
    used, index = np.unique(triangles, return_inverse=True)
    look = OsgMaterial(
        picture=picture,
        base=base,
        finish=finish,
        coloured=colour is not None,
    )
    part = RawPart(
        position=position[used],
        triangles=index.reshape(-1, 3),
        tcoord=places[used] if places is not None and picture >= 0 else None,
        colour=None if colour is None else colour[used],
        base=look.base,
        picture=picture,
        finish=finish,
    )
    return part, look


def _joined(parts: list[RawPart]) -> RawPart:
    """Parts of one look as one."""
    if len(parts) == 1:
        return parts[0]
    starts = np.cumsum([0, *(len(part.position) for part in parts[:-1])])
    first = parts[0]
    return RawPart(
        **{
            **vars(first),
            "position": np.concatenate([part.position for part in parts]),
            "triangles": np.concatenate([p.triangles + k for p, k in zip(parts, starts, strict=True)]),
            "tcoord": None if first.tcoord is None else np.concatenate([p.tcoord for p in parts]),
            "colour": None if first.colour is None else np.concatenate([p.colour for p in parts]),
        }
    )
