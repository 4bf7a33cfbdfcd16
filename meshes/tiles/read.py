"""Read our own tilesets as arrays, exactly, from ``extras``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from meshes.errors import BadTilesetError
from meshes.tiles.tree import TileTree, forest
from meshes.tiles.tree_check import is_name, tree_faults
from meshes.tiles.write import TILESET
from twin.arrays import F64, I64
from twin.strict_json import JsonError, read_json


def read_tree(folder: Path) -> TileTree:
    """Read tiles of ``folder/tileset.json``, generation by generation.

    ``content`` counts from the folder. A file of ``write_root`` gives the trees of all tilesets it names, one
    after another, with contents like "name/tile.glb". The contents themselves are not looked at. Raises
    BadTilesetError where a file is missing, not ours, or breaks the rules of ``TileTree``.
    """
    folder = Path(folder)
    document = load_tileset(folder)
    names = root_names(folder, document)
    if names is None:
        return _tree(folder, document)
    trees = []
    for name in names:
        inner = load_tileset(folder / name)
        if root_names(folder / name, inner) is not None:
            refuse(folder / name, "it names further tilesets, and only the outermost may")
        tree = _tree(folder / name, inner)
        trees.append(replace(tree, content=tuple(uri and f"{name}/{uri}" for uri in tree.content)))
    return forest(trees)


def load_tileset(folder: Path) -> dict[str, Any]:
    """Load the JSON object of ``folder/tileset.json``.

    Raises BadTilesetError where there is none.
    """
    try:
        document = read_json(folder / TILESET)
    except OSError as error:
        refuse(folder, f"it cannot be read ({error.strerror or error})")
    except JsonError as error:
        refuse(folder, f"it is not JSON ({error})")
    if not isinstance(document, dict) or not isinstance(document.get("extras"), dict):
        refuse(folder, "it is not one of this system's")
    return document


def root_names(folder: Path, document: dict[str, Any]) -> list[str] | None:
    """Return tilesets named by a file of ``write_root``, or None.

    None for a tileset with tiles of its own.
    """
    names = document["extras"].get("tilesets")
    if names is None:
        return None
    if not isinstance(names, list) or not all(is_name(name) for name in names):
        refuse(folder, "a tileset that it names does not lie inside its folder")
    return names


def refuse(folder: Path, reason: str) -> NoReturn:
    """Raise BadTilesetError for a file that breaks the rules."""
    raise BadTilesetError(
        f"{folder / TILESET} is no usable tileset: {reason}; build the tiles again", path=folder / TILESET
    ) from None


def _tree(folder: Path, document: dict[str, Any]) -> TileTree:
    try:
        tree = _walked(document["root"])
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError):
        refuse(folder, "a tile lacks what this system writes into it")
    faults = tree_faults(tree)
    if faults:
        refuse(folder, "; ".join(faults[:3]))
    return tree


def _walked(root: Any) -> TileTree:
    # The list grows while it is gone through: generation by generation, brothers side by side.
    tiles, parent = [root], [-1]
    first_child, child_count, extras, add, content = [], [], [], [], []
    for k, tile in enumerate(tiles):
        children = tile.get("children", ())
        first_child.append(len(tiles) if children else -1)
        child_count.append(len(children))
        tiles += children
        parent += [k] * len(children)
        extras.append(tile["extras"])
        add.append({"ADD": True, "REPLACE": False}[tile["refine"]])
        content.append(tile["content"]["uri"] if "content" in tile else "")
        if not isinstance(content[-1], str):
            raise TypeError
    return TileTree(
        parent=np.array(parent, np.int32),
        first_child=np.array(first_child, np.int32),
        child_count=np.array(child_count, np.int32),
        error_m=_numbers([extra["error_m"] for extra in extras]),
        low=_numbers([extra["low"] for extra in extras]),
        high=_numbers([extra["high"] for extra in extras]),
        add=np.array(add, bool),
        content=tuple(content),
        nbytes=_whole([extra["nbytes"] for extra in extras]),
        absent_m=_numbers([extra.get("absent_m", np.inf) for extra in extras]),
    )


def _numbers(values: list[Any]) -> F64:
    """Raises TypeError where text, null or very long whole numbers are among the values."""
    found = np.array(values)
    if found.dtype.kind not in "if":
        raise TypeError
    return found.astype(np.float64)


def _whole(values: list[Any]) -> I64:
    found = np.array(values)
    if found.dtype != np.int64:
        raise TypeError
    return found
