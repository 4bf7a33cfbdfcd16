"""Read a tileset with all that it names, as flat arrays.

Explicit, external and implicit. What is wrong with one tile, one inner tileset or one subtree costs that and
what is under it, and becomes a line that names it; only a fault of the outermost file is raised.
"""

from __future__ import annotations

import os
from collections import deque
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from meshes.errors import DamagedError, ForeignFileError, OverLimitError
from meshes.readers.sandbox import implicit, volumes
from meshes.readers.sandbox import properties as tile
from meshes.readers.sandbox.named_files import External, NamedFiles
from meshes.readers.sandbox.rows import MOST_TILES, UNKNOWN, TileRows, TilesetFile
from meshes.readers.sandbox.scene import turn
from meshes.readers.sandbox.subtree import Place
from twin.arrays import F64

DEEPEST = 64
_EXTENSIONS = {
    "3DTILES_content_gltf",
    "3DTILES_multiple_contents",
    "3DTILES_metadata",
    "3DTILES_batch_table_hierarchy",
    "3DTILES_bounding_volume_S2",
    "3DTILES_implicit_tiling",
    "3DTILES_draco_point_compression",
    "MAXAR_content_3tz",
    "MAXAR_content_geojson",
}
_NULLABLE = ("transform", "children", "refine", "content", "contents")


class _PendingTile(NamedTuple):
    """A tile that waits: its JSON, or a cell of an implicit tree whose JSON is the tree's.

    ``number`` counts it among its parent's children, -1 for the root of a file.
    """

    told: Any
    parent: int
    above: F64
    file: TilesetFile
    depth: int
    add: bool
    number: int = -1
    at: Place = (0, 0, 0, 0)
    tree: implicit.ImplicitTree | None = None


def read(path: Path, *, out: Path) -> dict[str, object]:
    """Read tiles, one row each, parents first.

    Children are adjacent (see ``ForeignTileset``).
    """
    walk = _Walk(Path(os.path.normpath(path.parent)))
    waiting = deque([walk.opened(External.opened(path), parent=-1, above=np.eye(4), depth=0, add=False)])
    while waiting:
        if len(walk.rows) + len(waiting) > MOST_TILES:
            raise OverLimitError(f"has more than {MOST_TILES:,} tiles")
        waiting.extend(walk.take(waiting.popleft()))
    return walk.rows.written(out)


class _Walk:
    """Takes the tiles of a tileset one by one."""

    def __init__(self, root: Path) -> None:
        self.rows = TileRows(root)
        self._root = root
        self._names = NamedFiles(root)

    def opened(
        self,
        external: External,
        *,
        parent: int,
        above: F64,
        depth: int,
        add: bool,
        chain: tuple[Path, ...] = (),
    ) -> _PendingTile:
        """The root of a tileset file. Raises DamagedError, UnsupportedForeignError."""
        if external.path in chain:
            raise DamagedError("names itself as a part of it")
        asset = tile.head_of(external.told, known=_EXTENSIONS)
        if asset.get("version") is None:
            self.rows.problems.add(
                self.rows.name(external.path), "does not say its version: read as 3D Tiles 1.0"
            )
        if external.doubt:
            self.rows.problems.add(self.rows.name(external.path), external.doubt)
        up = str(asset.get("gltfUpAxis") or "Y").upper()
        turn(up)
        try:
            error = tile.error_of(external.told)
        except DamagedError:
            error = None  # only a root without one of its own needs it
        file = TilesetFile(folder=external.path.parent, chain=(*chain, external.path), up=up, error=error)
        return _PendingTile(external.told["root"], parent, above, file, depth, add)

    def take(self, node: _PendingTile) -> list[_PendingTile]:
        """Add a tile; the tiles under it. What is wrong with it leaves an empty row that is broken."""
        row = self.rows.append(
            parent=node.parent, number=node.number, file=node.file, add=node.add, above=node.above
        )
        try:
            if node.tree is not None:
                return self._cell(row, node, node.tree)
            return self._tile(row, node)
        except ForeignFileError as error:
            self.rows.lost(row, error)
        except (TypeError, ValueError, KeyError, AttributeError, IndexError, OverflowError):
            self.rows.lost(row, DamagedError("is not as 3D Tiles wants it"))
        return []

    def _tile(self, row: int, node: _PendingTile) -> list[_PendingTile]:
        """Everything of a tile, and what is under it; raises where its place is unknown."""
        told, rows = node.told, self.rows
        if not isinstance(told, dict):
            raise DamagedError("is no tile")
        if node.depth > DEEPEST:
            raise OverLimitError(f"nests deeper than {DEEPEST} tiles")
        if (own := tile.transform_of(told)) is not None:
            whole = node.above @ own
            if not (np.abs(whole) < volumes.FARTHEST_M).all():
                raise DamagedError("its transform leads nowhere on earth")
            rows.transform[row] = whole
        self._refine(row, told)
        rows.error[row] = self._error(row, node)
        rows.volume[row] = told.get("boundingVolume")
        self._odd(row, told)
        if (tiling := tile.implicit_of(told)) is not None:
            tree = implicit.implicit_tree(
                tiling,
                templates=len(tile.contents_of(told)),
                folder=node.file.folder,
                root=self._root,
                before=len(rows),
            )
            return self._cell(row, node._replace(tree=tree), tree)
        inner = self._contents(row, node, tile.contents_of(told))
        try:
            children = tile.children_of(told)
        except DamagedError as error:
            rows.problems.add(rows.where(row, told), f"{error.message}: left out", error)
            children = []
        return inner + [
            _PendingTile(child, row, rows.transform[row], node.file, node.depth + 1, rows.add[row], number)
            for number, child in enumerate(children)
        ]

    def _cell(self, row: int, node: _PendingTile, tree: implicit.ImplicitTree) -> list[_PendingTile]:
        """A tile of an implicit tree, and what is under it; its transform is that of the tree's root."""
        rows, at = self.rows, node.at
        if at[0]:
            rows.error[row] = rows.error[node.parent] / 2.0
            rows.volume[row] = volumes.cell(node.told.get("boundingVolume"), at, ways=tree.ways)
        if at in tree.broken:
            rows.lost(row, DamagedError(tree.broken[at]))
            return []
        contents = [
            implicit.filled(content, at)
            for content, has in zip(tile.contents_of(node.told), tree.contents[at], strict=True)
            if has
        ]
        return self._contents(row, node, contents) + [
            node._replace(
                parent=row, above=rows.transform[row], depth=node.depth + 1, add=rows.add[row], at=at
            )
            for at in tree.children(at)
        ]

    def _odd(self, row: int, told: dict[str, Any]) -> None:
        """Note what is read otherwise than it is written."""
        add, where = self.rows.problems.add, self.rows.where
        if null := [name for name, value in told.items() if value is None and name in _NULLABLE]:
            add(where(row, told), f"its {null[0]} is null: taken as not written")
        if told.get("viewerRequestVolume") is not None:
            add(where(row, told), "is for views from inside (viewerRequestVolume): shown from everywhere")

    def _refine(self, row: int, told: dict[str, Any]) -> None:
        try:
            if (add := tile.refine_of(told)) is not None:
                self.rows.add[row] = add
        except DamagedError as error:
            self.rows.problems.add(
                self.rows.where(row, told), f"{error.message}: that of the tile above is taken"
            )

    def _error(self, row: int, node: _PendingTile) -> float:
        """The geometric error, or the one above it where none is told, as Cesium takes it; -1 for unknown."""
        try:
            error = tile.error_of(node.told)
            words = "has no geometricError"
        except DamagedError as wrong:
            error, words = None, wrong.message
        if error is not None:
            return error
        self.rows.problems.add(
            self.rows.where(row, node.told), f"{words}: one is taken from what is above it"
        )
        if node.number < 0 and node.file.error is not None:
            return node.file.error
        return self.rows.error[node.parent] if node.parent >= 0 else UNKNOWN

    def _contents(self, row: int, node: _PendingTile, contents: list[object]) -> list[_PendingTile]:
        """Note what a tile shows; the roots of external tilesets among it are given back."""
        inner, rows = [], self.rows
        for content in contents:
            name = ""
            try:
                uri = tile.uri_of(content)
                if uri is None or (isinstance(uri, str) and not uri.strip()):
                    rows.problems.add(rows.where(row), "its content names no file: nothing is shown of it")
                    continue
                path, name = self._names.path(uri, folder=node.file.folder)
                external = self._names.kind(path)
                if external is None:
                    rows.contents[row].append(name)
                else:
                    inner.append(
                        self.opened(
                            external,
                            parent=row,
                            above=rows.transform[row],
                            chain=node.file.chain,
                            depth=node.depth + 1,
                            add=rows.add[row],
                        )
                    )
            except ForeignFileError as error:
                rows.missing(row, name, error)
            except OSError:
                rows.missing(row, name, DamagedError("cannot be opened"))
        return inner
