"""Read foreign tilesets as arrays.

3D Tiles 1.0 and 1.1. A tile is read when it is needed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from meshes.errors import DamagedError, ForeignFileError, OverLimitError
from meshes.guard import DEFAULT, TILE, Limits, guarded, stored
from meshes.readers.surface import SurfaceData, unpacked
from twin.arrays import F64, I32, Bools

UPRIGHT: F64 = np.eye(4)


@dataclass(frozen=True, kw_only=True)
class ForeignTileset:
    """Tileset of n tiles.

    A parent comes before its children, which are adjacent. Everything lies in the root's space, as it is
    outside of the root's transform: ECEF for most tilesets that have a place on earth. ``parent`` (n,) int32,
    -1 for the root; ``first_child`` and ``child_count`` (n,). ``error_m`` (n,) float64, as told and scaled;
    it need not shrink from parent to child. ``add`` (n,) bool. ``transform`` (n, 4, 4) float64, accumulated.
    ``corners`` (n, 8, 3) float64: a box around the tile's volume, NaN where none is told that is one.
    ``contents``: names under ``folder``, none, one or several a tile. ``broken`` (n,) bool: something that
    the files name for the tile or under it is not read. ``up``: a letter a tile, the axis of its glTF that
    points up. ``problems``: what is missing, not read or doubtful, a line each, with its file and tile.
    """

    folder: Path
    parent: I32
    first_child: I32
    child_count: I32
    error_m: F64
    add: Bools
    transform: F64
    corners: F64
    contents: tuple[tuple[str, ...], ...]
    broken: Bools
    up: str
    problems: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.parent)

    def read(self, index: int, *, limits: Limits = TILE) -> SurfaceData:
        """Read all contents of a tile in the root's space.

        Where one of several cannot be read, a note has it. Raises ForeignFileError where none can be read.
        """
        found, wrong = [], []
        for name in self.contents[index]:
            path = self.folder / name
            try:
                data = read_tile(
                    path, self.transform[index], root=self.folder, up=self.up[index], limits=limits
                )
            except ForeignFileError as error:
                wrong.append(error)
                continue
            found.append(replace(data, notes=tuple(f"{path}: {note}" for note in data.notes)))
        if wrong and not found:
            raise wrong[0]
        return SurfaceData(
            parts=tuple(part for data in found for part in data.parts),
            clouds=tuple(cloud for data in found for cloud in data.clouds),
            notes=(*(str(error) for error in wrong), *(note for data in found for note in data.notes)),
        )


def open_tileset(path: Path, *, limits: Limits = DEFAULT) -> ForeignTileset:
    """Open a ``tileset.json`` with external tilesets and subtrees.

    The tiles are not read yet. Raises ForeignFileError: among others for a name that leads out of the
    tileset's folder, for more than 200,000 tiles, or 64 tiles in each other.
    """
    path = path.absolute()
    with guarded("tileset", path, {}, limits=limits) as (answer, folder):
        try:
            return _checked(answer, folder, path.parent)
        except (KeyError, TypeError, ValueError, OverLimitError):
            raise OverLimitError(f"{path}: the reader's answer does not fit together", path=path) from None


def read_tile(
    path: Path,
    transform: F64 = UPRIGHT,
    *,
    root: Path | None = None,
    up: str = "Y",
    limits: Limits = TILE,
) -> SurfaceData:
    """Read a tile's parts after ``transform`` (4, 4), Z up.

    b3dm, i3dm, pnts, cmpt, GLB or glTF; float64. ``up`` is the axis of the glTF that points up. Files that
    the tile names must lie under ``root`` (its own folder by default). Raises ForeignFileError.
    """
    numbers = np.asarray(transform, np.float64)
    if numbers.shape != (4, 4) or not np.isfinite(numbers).all():
        raise DamagedError(f"{path}: a tile's transform is not 16 numbers", path=path)
    arguments = {
        "root": str((root or path.parent).absolute()),
        "transform": numbers.ravel().tolist(),
        "up": up,
    }
    with guarded("tile", path, arguments, limits=limits) as (answer, folder):
        return unpacked(answer, folder, path)


def _checked(answer: dict[str, Any], folder: Path, root: Path) -> ForeignTileset:
    parent = stored(folder, "parent", dtype="int32", shape=(None,))
    many = len(parent)
    contents = tuple(tuple(str(name) for name in names) for names in answer["contents"])
    rows = np.arange(many)
    first = np.searchsorted(parent, rows, "left")
    count = np.searchsorted(parent, rows, "right") - first
    tileset = ForeignTileset(
        folder=root,
        parent=parent,
        first_child=np.where(count > 0, first, -1).astype(np.int32),
        child_count=count.astype(np.int32),
        error_m=stored(folder, "error", dtype="float64", shape=(many,)),
        add=stored(folder, "add", dtype="bool", shape=(many,)),
        transform=stored(folder, "transform", dtype="float64", shape=(many, 4, 4)),
        corners=stored(folder, "corners", dtype="float64", shape=(many, 8, 3)),
        contents=contents,
        broken=stored(folder, "broken", dtype="bool", shape=(many,)),
        up=str(answer["up"]),
        problems=tuple(str(problem) for problem in answer["problems"]),
    )
    ordered = many > 0 and parent[0] == -1 and (parent[1:] >= 0).all() and (np.diff(parent) >= 0).all()
    numbers = (tileset.error_m, tileset.transform)
    if (
        not ordered
        or (parent >= rows).any()
        or len(contents) != many
        or len(tileset.up) != many
        or not all(np.isfinite(array).all() for array in numbers)
        or np.isinf(tileset.corners).any()
    ):
        raise ValueError("tileset")
    return tileset
