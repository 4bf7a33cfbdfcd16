"""Make one block of a data set's 3D models.

The tiles of a geometric error, joined.
"""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkCommonDataModel import vtkPolyData

from layers.model import ModelData
from layers.multiblock.named_arrays import describe, poly_data
from layers.tiles.folders import Folders
from meshes.errors import BadTileError
from meshes.tiles.content import Content, Primitive
from meshes.tiles.tree import tiles_at
from twin.arrays import F32, I32, U8
from twin.errors import Reason
from twin.frame import Frame
from twin.store import NOT_BUILT

WHITE = (255, 255, 255, 255)


def model_block(data: ModelData, *, frame: Frame, error_m: float) -> tuple[vtkPolyData | None, list[str]]:
    """Join the tiles that are at most ``error_m`` off, or the finest.

    Pictures on them are left out. Returns the block, None where there is nothing, and a line for each tileset
    or tile that is left out. Point arrays: ``height_m`` float32; ``building`` int32, its number within its
    model, 0 for none; ``model`` int32, a row of the field array ``model_names``; ``colour`` (n, 4) uint8 RGBA
    where a file has colours of its own.
    """
    if not data.folders:
        return None, [str(data.fault or NOT_BUILT)]
    folders, left_out = Folders(), list[str]()
    names, _ = folders.change(data.folders)
    parts: list[tuple[int, Content, Primitive]] = []
    for number, name in enumerate(names):
        tree = folders.tree(name)
        if isinstance(tree, Reason):
            left_out.append(str(tree))
            continue
        for tile in tiles_at(tree, error_m).tolist():
            try:
                content = folders.fetch(f"{name}/{tree.content[tile]}")
            except BadTileError as error:
                left_out.append(str(error))
            else:
                parts += [(number, content, primitive) for primitive in content.primitives]
    if not parts:
        return None, left_out
    # Points that are cells of their own come first, as their cells do in VTK.
    parts.sort(key=lambda part: part[2].triangles is not None)
    block = _joined(parts, frame)
    describe(block, {"model_names": names, "error_m": error_m})
    return block, left_out


def _joined(parts: list[tuple[int, Content, Primitive]], frame: Frame) -> vtkPolyData:
    position = np.concatenate([_local(content, primitive, frame) for _, content, primitive in parts])
    counts = [len(primitive.position) for _, _, primitive in parts]
    starts = np.cumsum([0, *counts[:-1]])
    faces = [
        primitive.triangles + np.int32(start)
        for (_, _, primitive), start in zip(parts, starts, strict=True)
        if primitive.triangles is not None
    ]
    bare = sum(len(primitive.position) for _, _, primitive in parts if primitive.triangles is None)
    columns = {
        "height_m": position[:, 2].copy(),
        "building": np.concatenate([_building(primitive) for _, _, primitive in parts]),
        "model": np.repeat(np.array([number for number, _, _ in parts], np.int32), counts),
    }
    if any(primitive.colour is not None for _, _, primitive in parts):
        columns["colour"] = np.concatenate([_colour(primitive) for _, _, primitive in parts])
    return poly_data(
        position,
        points=np.arange(bare),
        faces=np.concatenate(faces) if faces else None,
        of_points=columns,
    )


def _local(content: Content, primitive: Primitive, frame: Frame) -> F32:
    east, north, height = (primitive.position.astype(np.float64) + content.centre).T
    return frame.local(east, north, height)


def _building(primitive: Primitive) -> I32:
    if primitive.feature is None:
        return np.zeros(len(primitive.position), np.int32)
    return primitive.feature.astype(np.int32)


def _colour(primitive: Primitive) -> U8:
    if primitive.colour is None:
        return np.full((len(primitive.position), 4), WHITE, np.uint8)
    return primitive.colour
