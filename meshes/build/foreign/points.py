"""A point cloud made by others (LAS, LAZ, COPC) into an octree of tiles of points."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meshes.build.foreign.assembling import Made
from meshes.build.foreign.contents import Extent, write_parts
from meshes.build.foreign.octree import octree
from meshes.build.foreign.placing import Place
from meshes.build.foreign.trees import sound_tree
from meshes.errors import DamagedError
from meshes.readers.points import BLOCK, PointsData, read_points
from meshes.tiles import Part

F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]

DARKEST, BRIGHTEST = 70.0, 235.0


def build_points(folder: Path, path: Path, *, place: Place, crs: str, tell: Callable[[float], None]) -> Made:
    """Writes the tiles of a point cloud into a folder; every point is in one of them.

    Children are drawn beside their parents (ADD). ``crs`` keeps the reader from asking the file for its own;
    where the points lie ``place`` alone says. Raises ForeignFileError, PlacingError.
    """
    data = read_points(path, crs=crs)
    if not len(data):
        raise DamagedError(f"{path}: holds no point", path=path)
    tell(0.2)
    position = np.empty((len(data), 3))
    for start in range(0, len(data), BLOCK):
        position[start : start + BLOCK] = place(data.position[start : start + BLOCK])
    tell(0.3)
    grey = (*np.quantile(position[:: max(1, len(data) // BLOCK), 2], [0.02, 0.98]).tolist(),)
    parents, spacing, made, done = [], [], [], 0
    for number, node in enumerate(octree(position)):
        made.append(_write(folder / f"{number}.glb", data, position, node.points, grey=grey))
        parents.append(node.parent)
        spacing.append(node.spacing_m)
        done += len(node.points)
        tell(0.3 + 0.7 * done / len(data))
    tree = sound_tree(
        parent=np.array(parents, np.int32),
        error_m=np.array(spacing),
        low=np.array([tile.low for tile in made]),
        high=np.array([tile.high for tile in made]),
        add=np.ones(len(made), bool),
        content=tuple(f"{number}.glb" for number in range(len(made))),
        nbytes=np.array([tile.nbytes for tile in made]),
    )
    return Made(tree=tree)


def _write(
    path: Path, data: PointsData, position: F64, rows: NDArray[np.int64], *, grey: tuple[float, ...]
) -> Extent:
    own = position[rows]
    centre = np.round((own.min(axis=0) + own.max(axis=0)) / 2, 2)
    colour = np.full((len(rows), 4), 255, np.uint8)
    colour[:, :3] = _greys(own[:, 2], grey)[:, None] if data.colour is None else data.colour[rows]
    part = Part(position=(own - centre).astype(np.float32), triangles=None, colour=colour)
    return write_parts(path, [part], centre=centre)


def _greys(height_m: F64, ends: tuple[float, ...]) -> U8:
    """The higher the brighter."""
    low, high = ends
    share = np.clip((height_m - low) / max(high - low, 1e-3), 0.0, 1.0)
    return (DARKEST + share * (BRIGHTEST - DARKEST)).astype(np.uint8)
