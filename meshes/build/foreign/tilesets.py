"""A tileset made by others (3D Tiles 1.0, 1.1) tile by tile into one of ours, its levels of detail kept."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from meshes.build.foreign.assembling import Made, assembled, readers, short
from meshes.build.foreign.contents import Extent, written
from meshes.build.foreign.placing import Place
from meshes.errors import DamagedError, MeshError
from meshes.readers.tileset import ForeignTileset, open_tileset
from twin.errors import TwinError


def build_tileset(folder: Path, path: Path, *, place: Place, tell: Callable[[float], None]) -> Made:
    """Writes the tiles of a tileset into a folder, read by several guarded readers at a time.

    A tile that cannot be read, or has no place, is left out: the tile above it, where it has a content,
    stays the finest there. Raises ForeignFileError where the tileset itself cannot be read, or none of its
    tiles.
    """
    foreign = open_tileset(path)
    notes = list(foreign.problems)
    made: list[Extent | None] = []
    broken = np.zeros(len(foreign), bool)

    def one(k: int) -> tuple[Extent | None, tuple[str, ...]] | str:
        if not foreign.contents[k]:
            return None, ()
        try:
            data = foreign.read(k)
            return written(folder / f"{k}.glb", data, place), data.notes
        except TwinError as error:
            return short(error, beneath=foreign.folder)

    with ThreadPoolExecutor(max_workers=readers()) as pool:
        for k, found in enumerate(pool.map(one, range(len(foreign)))):
            if isinstance(found, str):
                broken[k] = True
                notes.append(found)
                made.append(None)
            else:
                made.append(found[0])
                notes += [f"{', '.join(foreign.contents[k])}: {note}" for note in found[1]]
            tell((k + 1) / len(foreign))
    if not any(made):
        raise DamagedError(
            f"{path}: none of its tiles can be read: {(notes or ['it has none'])[0]}", path=path
        )
    tree = assembled(
        folder,
        made,
        parent=foreign.parent,
        error_m=foreign.error_m * _metres(foreign, place),
        add=foreign.add,
        broken=broken,
    )
    filled = sum(1 for names in foreign.contents if names)
    return Made(tree=tree, notes=tuple(notes), missing=int(broken.sum()), tiles=filled)


def _metres(foreign: ForeignTileset, place: Place) -> float:
    """How many metres in the frame a unit of the tileset's space is, along its root's longest side."""
    corners = foreign.corners[0]
    low, high = corners.min(axis=0), corners.max(axis=0)
    axis = int(np.argmax(high - low))
    ends = np.array([(low + high) / 2] * 2)
    ends[0, axis], ends[1, axis] = low[axis], high[axis]
    length = float(high[axis] - low[axis])
    try:
        return float(np.linalg.norm(np.diff(place(ends), axis=0))) / length if length > 0 else 1.0
    except MeshError:
        return 1.0  # a volume far larger than its tiles
