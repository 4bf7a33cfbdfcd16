"""Check a tileset on disk against the rules of streaming.

Those that this system and other viewers rely on.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from meshes.errors import BadTilesetError, MeshError
from meshes.tiles.box import beyond, box_corners, box_of, matrix_of, moved
from meshes.tiles.glb import map_glb
from meshes.tiles.model import Tile, Tileset, read_model
from meshes.tiles.read import load_tileset, read_tree, root_names
from meshes.tiles.write import TILESET

SLACK_M = 1e-3
FLOAT32_STEP = 2.0**-23


def check_tileset(folder: Path, *, most: int = 5) -> None:
    """Check a whole tileset of ours, contents included.

    And those that it names. Checked are the strict model, the values for this system (``read_tree``), and as
    another viewer sees it: children's volumes inside their parents', errors that decrease, contents that
    exist, are whole, and lie inside the volumes of their tiles. Raises BadTilesetError with the first
    ``most`` faults, also as its ``faults``.
    """
    folder = Path(folder)
    faults: list[str] = []
    try:
        for fault in islice(_faults(folder), most):
            faults.append(fault)  # noqa: PERF402  (those found before a file that cannot be read are kept)
    except MeshError as error:
        faults.append(str(error))
    if faults:
        raise BadTilesetError(
            f"{folder / TILESET}: {'; '.join(faults)}", path=folder / TILESET, faults=faults
        )


def _faults(folder: Path) -> Iterator[str]:
    path = folder / TILESET
    model = read_model(path)
    read_tree(folder)
    names = root_names(folder, load_tileset(folder))
    if names is None:
        yield from _tileset_faults(path, model)
        return
    tiles = model.root.children or ()
    if [[link.uri for link in tile.links] for tile in tiles] != [[f"{name}/{TILESET}"] for name in names]:
        yield f"{path}: its tiles are not the tilesets that its extras name"
        return
    yield from _whole_faults(path, model)
    for name, tile in zip(names, tiles, strict=True):
        inner = folder / name / TILESET
        inner_model = read_model(inner)
        yield from (f"{path} {name}: {fault}" for fault in _child_faults(tile, model.root))
        yield from (f"{inner} root: {fault}" for fault in _child_faults(inner_model.root, tile))
        yield from _tileset_faults(inner, inner_model)


def _whole_faults(path: Path, model: Tileset) -> Iterator[str]:
    if model.geometricError <= model.root.geometricError:
        yield f"{path}: the whole has no larger geometricError than its root"


def _tileset_faults(path: Path, model: Tileset) -> Iterator[str]:
    yield from _whole_faults(path, model)
    waiting: list[tuple[str, Tile]] = [("root", model.root)]
    while waiting:
        name, tile = waiting.pop()
        if tile.boundingVolume.box is None:
            yield f"{path} {name}: its volume is not a box"
            continue
        if tile.contents is not None:
            yield f"{path} {name}: it has several contents, and only one would be shown here"
        for link in tile.links:
            yield from _content_faults(path.parent / link.uri, tile)
        for k, child in enumerate(tile.children or ()):
            waiting.append((f"{name}.{k}", child))
            yield from (f"{path} {name}.{k}: {fault}" for fault in _child_faults(child, tile))


def _child_faults(child: Tile, parent: Tile) -> Iterator[str]:
    if child.geometricError >= parent.geometricError:
        yield f"its geometricError, {child.geometricError:g}, is no smaller than its parent's"
    inner, outer = child.boundingVolume.box, parent.boundingVolume.box
    if inner is not None and outer is not None:
        off = beyond(outer, moved(matrix_of(child.transform), box_corners(inner)))
        if off > SLACK_M:
            yield f"its volume is {off:.3f} m outside its parent's"


def _content_faults(path: Path, tile: Tile) -> Iterator[str]:
    try:
        content = map_glb(path)
    except MeshError as error:
        yield str(error)
        return
    # read_tree has found these in order.
    exact = box_of(np.array(tile.extras["low"]), np.array(tile.extras["high"]))
    assert tile.boundingVolume.box is not None
    for primitive in content.primitives:
        ends = np.array([primitive.position.min(axis=0), primitive.position.max(axis=0)], dtype=np.float64)
        slack = SLACK_M + FLOAT32_STEP * float(np.abs(ends).max())
        off = max(
            beyond(tile.boundingVolume.box, ends),
            beyond(exact, ends + np.array(content.centre)),
        )
        if off > slack:
            yield f"{path}: a vertex is {off:.3f} m outside its tile's box"
