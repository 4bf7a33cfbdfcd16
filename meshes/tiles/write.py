"""Write trees as tileset.json of 3D Tiles 1.1.

Right for this system and as near as can be for others. ``extras`` carry what is exact: the box in the frame,
the centre, the error, the bytes; ``read_tree`` takes only these. The rest is for other viewers, which see the
globe:

- Each tile has the transform from its own metres (east, north, height minus its centre) to ECEF that comes
  nearest (see ``ecef``). A viewer multiplies the transforms from the root down, so a tile is given its
  parent's inverse times its own.
- A child so placed can stick out of its parent's box by the errors of both fits; the parent's box is grown
  until it holds its children's as a viewer will see them.
- The geometric error is the tile's own plus the error of the fit, and more than any child's.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from meshes.errors import BadTilesetError
from meshes.tiles.atomic_write import write_whole
from meshes.tiles.box import box_of, extent_corners, moved
from meshes.tiles.ecef import fit
from meshes.tiles.glb import read_centre
from meshes.tiles.tree import TileTree
from meshes.tiles.tree_check import MOST_LEVELS, levels, tree_faults
from twin.arrays import F64
from twin.frame import Frame

TILESET = "tileset.json"
ELLIPSOID_MINUS_WORKING_M = -7.35
LEAST_STEP = 1.000001


def write_tileset(
    folder: Path,
    tree: TileTree,
    *,
    frame: Frame,
    ellipsoid_minus_working_m: float = ELLIPSOID_MINUS_WORKING_M,
) -> Path:
    """Write ``folder/tileset.json`` of a tree with one root.

    Its contents lie in the folder already. ``ellipsoid_minus_working_m`` is added to working heights to make
    them ellipsoidal: the geoid's height above the ellipsoid, here negative, plus what working heights are
    above the geoid.

    Raises BadTilesetError where the tree breaks its rules, BadTileError where a content is missing or no
    tile, FrameError where the tree leaves the frame's CRS, OSError where the file cannot be written.
    """
    folder = Path(folder)
    faults = tree_faults(tree) or _shape_faults(tree)
    if faults:
        raise BadTilesetError(f"{folder / TILESET} is not written: {'; '.join(faults[:3])}", faults=faults)
    centre = (tree.low + tree.high) / 2
    for k, name in enumerate(tree.content):
        if name:
            centre[k] = read_centre(folder / name)
    fitted = fit(
        tree.low, tree.high, centre, frame=frame, ellipsoid_minus_working_m=ellipsoid_minus_working_m
    )
    inside = tree.parent >= 0
    relative = fitted.matrix.copy()
    relative[inside] = np.linalg.inv(fitted.matrix[tree.parent[inside]]) @ fitted.matrix[inside]
    low, high = _grown(tree, low=tree.low - centre, high=tree.high - centre, relative=relative)
    error = _errors(tree, fitted.residual_m)
    document = {
        "asset": {"version": "1.1", "extras": {"generator": "miyun-twin"}},
        "extras": {"crs": frame.crs, "ellipsoid_minus_working_m": ellipsoid_minus_working_m},
        "geometricError": max(2 * error[0], _absent(tree, low=low, high=high)),
        "root": _nested(tree, low=low, high=high, relative=relative, error=error, centre=centre),
    }
    path = folder / TILESET
    write_whole(path, [json.dumps(document, separators=(",", ":"), allow_nan=False).encode()])
    return path


def _absent(tree: TileTree, *, low: F64, high: F64) -> float:
    """The error without the tileset: what the tree says, or else that all of it is missing."""
    told = np.inf if tree.absent_m is None else float(tree.absent_m[0])
    return told if np.isfinite(told) else float(np.linalg.norm(high[0] - low[0]))


def _shape_faults(tree: TileTree) -> list[str]:
    roots = int((tree.parent < 0).sum())
    if roots != 1:
        return [f"a tileset has one root, not {roots}; write one for each and write_root for all"]
    depth = int(levels(tree).max()) + 1
    return [f"it is {depth} levels deep, more than {MOST_LEVELS}"] if depth > MOST_LEVELS else []


def _grown(tree: TileTree, *, low: F64, high: F64, relative: F64) -> tuple[F64, F64]:
    """Boxes (n, 3), (n, 3) in each tile's own metres that hold the children's as they will be placed."""
    for k in range(len(tree) - 1, 0, -1):
        parent = tree.parent[k]
        corners = moved(relative[k], extent_corners(low[k], high[k]))
        low[parent] = np.minimum(low[parent], corners.min(axis=0))
        high[parent] = np.maximum(high[parent], corners.max(axis=0))
    return low, high


def _errors(tree: TileTree, residual_m: F64) -> list[float]:
    error: list[float] = (tree.error_m + residual_m).tolist()
    for k in range(len(tree) - 1, 0, -1):
        parent = int(tree.parent[k])
        error[parent] = max(error[parent], error[k] * LEAST_STEP)
    return error


def _nested(
    tree: TileTree, *, low: F64, high: F64, relative: F64, error: list[float], centre: F64
) -> dict[str, Any]:
    tiles: list[dict[str, Any]] = []
    for k, content in enumerate(tree.content):
        tile: dict[str, Any] = {
            "boundingVolume": {"box": box_of(low[k], high[k])},
            "geometricError": error[k],
            "refine": "ADD" if tree.add[k] else "REPLACE",
            "transform": relative[k].T.ravel().tolist(),
            "extras": {
                "low": tree.low[k].tolist(),
                "high": tree.high[k].tolist(),
                "centre": centre[k].tolist(),
                "error_m": float(tree.error_m[k]),
                "nbytes": int(tree.nbytes[k]),
            },
        }
        if tree.absent_m is not None and np.isfinite(tree.absent_m[k]):
            tile["extras"]["absent_m"] = float(tree.absent_m[k])
        if content:
            tile["content"] = {"uri": content}
        tiles.append(tile)
        if tree.parent[k] >= 0:
            tiles[tree.parent[k]].setdefault("children", []).append(tile)
    return tiles[0]
