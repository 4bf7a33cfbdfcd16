"""A tileset with all that it names, explicit, external and implicit, as flat arrays."""

from __future__ import annotations

import math
import os
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from meshes.errors import DamagedError, MissingForeignError, OverLimitError, UnsupportedError
from meshes.readers.inside import implicit, volumes
from meshes.readers.inside.gltf import parsed
from meshes.readers.inside.packed import opened
from meshes.readers.inside.parts import F64
from meshes.readers.inside.scene import matrix_of, turn
from meshes.readers.inside.uris import found, inside

MOST_TILES = 200_000
DEEPEST = 64
LARGEST_JSON = 256 << 20
_UNREAD = {
    ".pnts": "points",
    ".i3dm": "instances",
    ".cmpt": "composites",
    ".vctr": "vectors",
    ".geom": "shapes",
}
_EXTENSIONS = {
    "3DTILES_content_gltf",
    "3DTILES_multiple_contents",
    "3DTILES_metadata",
    "3DTILES_batch_table_hierarchy",
}


@dataclass(frozen=True, kw_only=True)
class _File:
    """A tileset file: its folder, the files that it was named by, itself last, and what points up in it."""

    folder: Path
    chain: tuple[Path, ...]
    up: str


class _Node(NamedTuple):
    """A tile that waits: its JSON, or a cell of an implicit quadtree whose JSON is the quadtree's."""

    told: dict[str, Any]
    parent: int
    above: F64
    file: _File
    depth: int
    add: bool
    at: implicit.Place | None = None
    tree: implicit.Quadtree | None = None


def read(path: Path, *, out: Path) -> dict[str, object]:
    """Arrays of one row a tile, parents first, children side by side (see ``ForeignTileset``)."""
    walk = _Walk(Path(os.path.normpath(path.parent)))
    waiting = deque([walk.opened(path, parent=-1, above=np.eye(4), chain=(), depth=0, add=False)])
    while waiting:
        walk.room(len(waiting))
        waiting.extend(walk.take(waiting.popleft()))
    return walk.written(out)


class _Walk:
    """Tiles as they are met, one row each; what can be computed for all at once waits until the end."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.parent: list[int] = []
        self.error: list[float] = []
        self.add: list[bool] = []
        self.transform: list[F64] = []
        self.volume: list[object] = []
        self.contents: list[list[str]] = []
        self.up: list[str] = []
        self.problems: list[str] = []

    def room(self, more: int) -> None:
        """Raises OverLimitError where ``more`` tiles are too many."""
        if len(self.parent) + more > MOST_TILES:
            raise OverLimitError(f"has more than {MOST_TILES:,} tiles")

    def opened(
        self, path: Path, *, parent: int, above: F64, chain: tuple[Path, ...], depth: int, add: bool
    ) -> _Node:
        """The root of a tileset file."""
        if path in chain:
            raise DamagedError(f"{path.name} names itself as a part of it")
        told = parsed(opened(path, most=LARGEST_JSON))
        asset = told.get("asset")
        if not isinstance(asset, dict) or not isinstance(told.get("root"), dict):
            raise DamagedError(f"{path.name} is no tileset: it has no asset and root")
        if str(asset.get("version")) not in ("0.0", "1.0", "1.1"):
            raise UnsupportedError(f"is 3D Tiles {asset.get('version')}: 1.0 and 1.1 are read")
        if strange := sorted(set(told.get("extensionsRequired", ())) - _EXTENSIONS):
            raise UnsupportedError(f"needs the extension {strange[0]}, which is not read")
        up = str(asset.get("gltfUpAxis", "Y")).upper()
        turn(up)
        file = _File(folder=path.parent, chain=(*chain, path), up=up)
        return _Node(told["root"], parent, above, file, depth, add)

    def take(self, node: _Node) -> list[_Node]:
        """Add a tile; the tiles under it."""
        if node.depth > DEEPEST:
            raise OverLimitError(f"nests deeper than {DEEPEST} tiles")
        if node.at is None and "implicitTiling" in node.told:
            node = self._implicit(node)
        told, file = node.told, node.file
        if "3DTILES_implicit_tiling" in told.get("extensions", ()):
            raise UnsupportedError(
                "has implicit tiles of 1.0 (3DTILES_implicit_tiling): use 1.1, which is read"
            )
        whole = node.above @ matrix_of(told["transform"]) if "transform" in told else node.above
        volume, error = told.get("boundingVolume"), float(told.get("geometricError", 0.0))
        if node.at is not None and isinstance(volume, dict):
            volume = volumes.cell(volume, *node.at)
            error /= 2.0 ** node.at[0]
        if not math.isfinite(error) or error < 0:
            raise DamagedError("a geometricError is no length")
        add = str(told["refine"]).upper() == "ADD" if "refine" in told else node.add
        index = len(self.parent)
        self.parent.append(node.parent)
        self.error.append(error)
        self.add.append(add)
        self.transform.append(whole)
        self.volume.append(volume)
        self.up.append(file.up)
        self.contents.append([])
        nodes = [
            self.opened(path, parent=index, above=whole, chain=file.chain, depth=node.depth + 1, add=add)
            for path in self._contents(node)
        ]
        if node.at is not None and node.tree is not None:
            # The transform is told once, at the quadtree's root: its cells apply it themselves.
            cells = node.tree.children(node.at)
            return nodes + [
                _Node(told, index, node.above, file, node.depth + 1, add, at, node.tree) for at in cells
            ]
        children = told.get("children", [])
        if not isinstance(children, list) or not all(isinstance(child, dict) for child in children):
            raise DamagedError("the children of a tile are no tiles")
        self.room(len(children))
        return nodes + [_Node(child, index, whole, file, node.depth + 1, add) for child in children]

    def _contents(self, node: _Node) -> list[Path]:
        """Note what the tile just added shows; the external tilesets among it are given back."""
        external = []
        flags = node.tree.contents[node.at] if node.tree is not None and node.at is not None else None
        folder = node.file.folder
        for number, content in enumerate(_told_contents(node.told)):
            if flags is not None and not flags[number]:
                continue
            uri = content.get("uri", content.get("url"))
            if node.at is not None:
                uri = implicit.named(uri, node.at)
            path = str(inside(uri, folder=folder, root=self.root, links=False))
            name = path[len(str(self.root)) :].lstrip("/")
            ending = os.path.splitext(name)[1].lower()  # noqa: PTH122  (quick: it runs 200,000 times)
            if ending == ".json":
                try:
                    external.append(found(uri, folder=folder, root=self.root))
                except MissingForeignError as error:
                    self.problems.append(error.message)
            elif ending in _UNREAD:
                self.problems.append(f"{name} holds {_UNREAD[ending]} ({ending[1:]}), which are not read")
            else:
                self.contents[-1].append(name)
        return external

    def _implicit(self, node: _Node) -> _Node:
        tree = implicit.quadtree(
            node.told["implicitTiling"],
            templates=len(_told_contents(node.told)),
            folder=node.file.folder,
            root=self.root,
            most=MOST_TILES - len(self.parent),
        )
        self.problems += tree.problems
        if not tree.contents:
            raise DamagedError("an implicit tileset has no subtree at its root")
        return node._replace(at=(0, 0, 0), tree=tree)

    def written(self, out: Path) -> dict[str, object]:
        """Save the arrays; the rest is the answer."""
        if self.problems and not any(self.contents):
            raise UnsupportedError(f"has nothing that can be shown: {self.problems[0]}")
        transform = np.stack(self.transform)
        scale = np.linalg.norm(transform[:, :3, :3], axis=1).max(axis=1)
        np.save(out / "parent.npy", np.array(self.parent, np.int32))
        np.save(out / "error.npy", np.array(self.error) * scale)
        np.save(out / "add.npy", np.array(self.add, bool))
        np.save(out / "transform.npy", transform)
        np.save(out / "corners.npy", volumes.corners(self.volume, transform))
        return {"contents": self.contents, "up": "".join(self.up), "problems": self.problems[:1000]}


def _told_contents(told: dict[str, Any]) -> list[dict[str, Any]]:
    """The contents of a tile, however many and wherever they stand."""
    contents = told.get("contents")
    if contents is None and "extensions" in told:
        several = told["extensions"].get("3DTILES_multiple_contents", {})
        contents = several.get("contents", several.get("content"))
    if contents is None:
        contents = [told["content"]] if told.get("content") else []
    if not isinstance(contents, list) or not all(isinstance(content, dict) for content in contents):
        raise DamagedError("the content of a tile is no object")
    return contents
