"""Write one tileset over several, for other viewers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from meshes.errors import BadTilesetError
from meshes.tiles.atomic_write import write_whole
from meshes.tiles.box import box_corners, box_of, matrix_of, moved_box
from meshes.tiles.read import load_tileset, refuse, root_names
from meshes.tiles.tree_check import is_name
from meshes.tiles.write import TILESET


def write_root(folder: Path, names: Sequence[str]) -> Path:
    """Writes ``folder/tileset.json``, which names ``<name>/tileset.json`` for each name; all are drawn (ADD).

    May be written anew as more of them stand: it changes at once. Raises BadTilesetError without names, where
    a name leads elsewhere, or where a tileset is missing, not ours, or in another CRS or height than the
    first; OSError where the file cannot be written.
    """
    folder = Path(folder)
    wrong = [name for name in names if not is_name(name)]
    if wrong or not names or len(set(names)) != len(names):
        what = f"'{wrong[0]}' is no plain, relative name" if wrong else "it needs names, each once"
        raise BadTilesetError(f"{folder / TILESET} is not written: {what}", path=folder / TILESET)
    documents = [load_tileset(folder / name) for name in names]
    frames = [[document["extras"].get(key) for key in FRAME] for document in documents]
    for name, document, frame in zip(names, documents, frames, strict=True):
        if root_names(folder / name, document) is not None:
            refuse(folder / name, "it names further tilesets, and only the outermost may")
        if frame != frames[0]:
            refuse(folder / name, f"its frame {frame} is not that of {names[0]}, {frames[0]}")
    children = [_child(folder, name, document) for name, document in zip(names, documents, strict=True)]
    corners = np.concatenate([box_corners(child["boundingVolume"]["box"]) for child in children])
    error = 2 * max(child["geometricError"] for child in children)
    root = {
        "boundingVolume": {"box": box_of(corners.min(axis=0), corners.max(axis=0))},
        "geometricError": error,
        "refine": "ADD",
        "children": children,
    }
    extras = {**dict(zip(FRAME, frames[0], strict=True)), "tilesets": list(names)}
    asset = {"version": "1.1", "extras": {"generator": "miyun-twin"}}
    document = {"asset": asset, "extras": extras, "geometricError": 2 * error, "root": root}
    path = folder / TILESET
    write_whole(path, [json.dumps(document, separators=(",", ":"), allow_nan=False).encode()])
    return path


FRAME = ("crs", "ellipsoid_minus_working_m")


def _child(folder: Path, name: str, document: dict[str, Any]) -> dict[str, Any]:
    try:
        tile = document["root"]
        box = moved_box(matrix_of(tile["transform"]), tile["boundingVolume"]["box"])
        error = float(document["geometricError"])
    except (LookupError, TypeError, ValueError):
        refuse(folder / name, "its root lacks what this system writes into it")
    return {
        "boundingVolume": {"box": box},
        "geometricError": error,
        "refine": "ADD",
        "content": {"uri": f"{name}/{TILESET}"},
    }
