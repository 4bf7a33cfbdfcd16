"""Folders that hold a tileset each, under short names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from meshes.errors import BadTileError, MeshError
from meshes.tiles.content import Content
from meshes.tiles.glb import map_glb
from meshes.tiles.read import read_tree
from meshes.tiles.tree import TileTree
from twin.errors import Reason


class Folders:
    """Folders under lasting unique names.

    A name is a folder's own, with a number where that is taken.
    """

    def __init__(self) -> None:
        self._paths: dict[str, Path] = {}

    def change(self, folders: Iterable[Path]) -> tuple[list[str], list[str]]:
        """Hold these folders from now on.

        Returns the names of the new ones and of those that have gone.
        """
        wanted = list(dict.fromkeys(folders))
        gone = [name for name, path in self._paths.items() if path not in wanted]
        held = [path for name, path in self._paths.items() if name not in gone]
        added = []
        for path in wanted:
            if path not in held:
                name, count = path.name, 1
                while name in self._paths:
                    count += 1
                    name = f"{path.name} ({count})"
                self._paths[name] = path
                added.append(name)
        for name in gone:
            del self._paths[name]
        return added, gone

    def path(self, name: str) -> Path:
        """Return the folder of a name."""
        return self._paths[name]

    def tree(self, name: str) -> TileTree | Reason:
        """Read the tileset in a folder, or the one-line reason why not."""
        folder = self._paths[name]
        try:
            return read_tree(folder)
        except (MeshError, OSError) as error:
            why = Reason.of(error)  # where the store lies is nobody's business
            return replace(why, message=why.message.replace(str(folder), name))

    def fetch(self, name: str) -> Content:
        """Return a tile by its folder's name and its content's.

        Raises BadTileError. For any thread.
        """
        own, _, inside = name.partition("/")
        folder = self._paths[own]
        try:
            return map_glb(folder / inside)
        except BadTileError as error:
            raise BadTileError(str(error).replace(str(folder), own), path=folder / inside) from None
