"""Convert foreign point clouds into an octree of point tiles.

LAS, LAZ, COPC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from meshes.build.foreign.assembly import Made
from meshes.build.foreign.contents import Extent, write_parts
from meshes.build.foreign.height_ramp import ends_of, greys
from meshes.build.foreign.octree import octree
from meshes.build.foreign.placement import Placement
from meshes.build.foreign.tree_repair import sound_tree
from meshes.readers.points import BLOCK, PointsData, read_points
from meshes.tiles import Primitive
from twin.arrays import F64, I64
from twin.catalog import Catalog, ModelEntry
from twin.counting import counted
from twin.crs import crs_name
from twin.vertical import reference_doubts

CLASSES = {
    0: "never classified",
    1: "unclassified",
    2: "ground",
    3: "low vegetation",
    4: "medium vegetation",
    5: "high vegetation",
    6: "building",
    8: "key point",
    9: "water",
    10: "rail",
    11: "road",
    12: "overlap",
    13: "wire guard",
    14: "wire conductor",
    15: "transmission tower",
    16: "wire connector",
    17: "bridge deck",
    19: "overhead structure",
    20: "ignored ground",
    21: "snow",
    22: "temporal exclusion",
}
"""Names of ASPRS's classes (LAS 1.4 R15, table 17; 8 and 12 as in LAS 1.1)."""


def cloud_of(catalog: Catalog, entry: ModelEntry) -> PointsData:
    """Read the cloud of an entry.

    Where file and catalog disagree, its notes have it. Raises ForeignFileError, PlacementError.
    """
    data = read_points(
        catalog.path_of(entry),
        crs=entry.crs,
        unit_mult=entry.unit_mult,
        scale=None if entry.anchor is None else entry.anchor.scale,
    )
    doubts = () if data.vertical is None else reference_doubts(data.vertical, entry.vertical)
    return replace(data, notes=(*data.notes, *doubts))


def placed(data: PointsData, place: Placement) -> tuple[F64, I64]:
    """Place points in the frame, (k, 3) float64.

    And return their rows in the cloud, (k,). Those without a place are left out (``strays``).

    Raises PlacementError where that is half of them or more.
    """
    position, rows, end = np.empty((len(data), 3)), np.empty(len(data), np.int64), 0
    for start, block, own in _blocks(data, place):
        position[end : end + len(own)], rows[end : end + len(own)] = block[own], own + start
        end += len(own)
    return position[:end], rows[:end]


def strays(data: PointsData, place: Placement) -> tuple[str, ...]:
    """Count points without a place in the frame, in words.

    Raises PlacementError for half of them or more.
    """
    return stray_words(len(data) - sum(len(own) for _, _, own in _blocks(data, place)))


def stray_words(lost: int) -> tuple[str, ...]:
    """Format how many points were omitted for their place."""
    return (
        (f"points far from the reservoir, or without a place in the frame, left out: {lost:,}",)
        if lost
        else ()
    )


def _blocks(data: PointsData, place: Placement) -> Iterator[tuple[int, F64, I64]]:
    """Blocks of a cloud: the row where each starts, all its points placed, and which of them are sound."""
    lost = 0
    for start in range(0, len(data), BLOCK):
        block, sound = place.sound(data.position[start : start + BLOCK])
        own = np.flatnonzero(sound)
        lost += len(block) - len(own)
        yield start, block, own
    if lost * 2 >= len(data):
        place(data.position)


def build_points(
    folder: Path, data: PointsData, *, place: Placement, progress: Callable[[float], None]
) -> Made:
    """Write the tiles of a point cloud into a folder.

    Every point that has a place is in one of them. Children are drawn beside their parents (ADD). Raises
    PlacementError.
    """
    progress(0.2)
    position, row = placed(data, place)
    progress(0.3)
    grey = ends_of(position[:: max(1, len(position) // BLOCK), 2])
    parents, spacing, made, done = [], [], [], 0
    for number, node in enumerate(octree(position)):
        made.append(
            _write(folder / f"{number}.glb", data, row[node.points], position[node.points], grey=grey)
        )
        parents.append(node.parent)
        spacing.append(node.spacing_m)
        done += len(node.points)
        progress(0.3 + 0.7 * done / len(position))
    tree = sound_tree(
        parent=np.array(parents, np.int32),
        error_m=np.array(spacing),
        low=np.array([tile.low for tile in made]),
        high=np.array([tile.high for tile in made]),
        add=np.ones(len(made), bool),
        content=tuple(f"{number}.glb" for number in range(len(made))),
        nbytes=np.array([tile.nbytes for tile in made]),
    )
    return Made(tree=tree, notes=(*data.notes, *stray_words(len(data) - len(row))))


def _write(path: Path, data: PointsData, rows: I64, own: F64, *, grey: tuple[float, float]) -> Extent:
    centre = np.round((own.min(axis=0) + own.max(axis=0)) / 2, 2)
    colour = np.full((len(rows), 4), 255, np.uint8)
    colour[:, :3] = greys(own[:, 2], grey)[:, None]
    if data.colour is not None and data.coloured is not None:
        colour[:, :3] = np.where(data.coloured[rows][:, None], data.colour[rows], colour[:, :3])
    part = Primitive(position=(own - centre).astype(np.float32), triangles=None, colour=colour)
    return write_parts(path, [part], centre=centre)


def cloud_facts(data: PointsData) -> list[str]:
    """Summarise a cloud: points, form, system, units, colours, classes."""
    facts = [counted(len(data), "point"), f"LAS {data.version} format {data.format}"]
    facts.append("no coordinate system of its own" if data.told is None else f"says {crs_name(data.told)}")
    if data.vertical is not None:
        facts.append(f"heights of {data.vertical}")
    facts += data.found
    facts.append("coloured" if data.colour is not None else "grey by height")
    most = sorted(data.classes.items(), key=lambda item: -item[1])
    facts += [f"{many:,} {CLASSES.get(number, f'of class {number}')}" for number, many in most]
    return facts
