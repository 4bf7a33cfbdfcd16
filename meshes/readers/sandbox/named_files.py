"""Find files that tiles name: tilesets, or contents to show."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from meshes.errors import MissingForeignError, UnsupportedForeignError
from meshes.readers.sandbox.gunzip import begins, opened
from meshes.readers.sandbox.json_values import decoded, parsed
from meshes.readers.sandbox.uris import found, inside

LARGEST_JSON = 256 << 20
_SHOWN = {".b3dm", ".glb", ".gltf", ".i3dm", ".pnts", ".cmpt"}
_UNPACK = "which is not read there: unpack it beside, and name its tileset.json"
_UNREAD = {
    ".vctr": "holds vectors, which are not read",
    ".geom": "holds shapes, which are not read",
    ".voxl": "holds voxels, which are not read",
    ".geojson": "holds vectors, which are not read",
    ".3tz": f"is an archive inside the tileset, {_UNPACK}",
    ".zip": f"is an archive inside the tileset, {_UNPACK}",
    ".3dtiles": f"is a database of tiles, {_UNPACK}",
}


@dataclass(frozen=True, kw_only=True)
class External:
    """Tileset file and its JSON.

    ``doubt``: what is odd about its text.
    """

    path: Path
    told: dict[str, Any]
    doubt: str = ""

    @classmethod
    def opened(cls, path: Path) -> External:
        """Decode by byte order mark, else as GB 18030.

        UTF-8, UTF-16 and 32 by their first bytes. Raises DamagedError, OverLimitError.
        """
        text, encoding = decoded(opened(path, most=LARGEST_JSON))
        doubt = "its text is not UTF-8: read as GB 18030" if encoding == "gb18030" else ""
        return cls(path=path, told=parsed(text), doubt=doubt)


class NamedFiles:
    """Files by name beneath a root folder.

    A folder's files are listed once.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._top = len(str(root).rstrip("/")) + 1
        self._listed: dict[str, frozenset[str]] = {}

    def path(self, uri: object, *, folder: Path) -> tuple[str, str]:
        """Resolve a URI to its file, and its name beneath the root.

        Raises MissingForeignError, UnsafeUriError, DamagedError, UnsupportedForeignError.
        """
        if isinstance(uri, str) and uri[:5].lower() == "data:":
            raise UnsupportedForeignError(
                "has its content in itself (data:), which is not read: write it as a file"
            )
        path = str(inside(uri, folder=folder, root=self._root, links=False))
        if not self._there(path):
            if os.path.isdir(path):  # noqa: PTH112
                raise MissingForeignError(f"names {uri!r}, which is a folder: name the file in it")
            path = str(found(uri, folder=folder, root=self._root))
        return path, path[self._top :]

    def kind(self, path: str) -> External | None:
        """Read the tileset in a file, or None for a content.

        By the ending where this is known, else by its first bytes.
        Raises DamagedError, UnsupportedForeignError.
        """
        ending = os.path.splitext(path)[1].lower()  # noqa: PTH122  (quick: it runs 200,000 times)
        if ending in _SHOWN:
            return None
        if ending in _UNREAD:
            raise UnsupportedForeignError(_UNREAD[ending])
        if ending != ".json" and begins(Path(path), 1) != b"{":
            return None
        external = External.opened(inside_root(Path(path), self._root))
        if "root" not in external.told and ("meshes" in external.told or "scenes" in external.told):
            return None
        if external.told.get("type") in ("FeatureCollection", "Feature"):
            raise UnsupportedForeignError("holds vectors (GeoJSON), which are not read")
        return external

    def _there(self, path: str) -> bool:
        folder, _, name = path.rpartition("/")
        if folder not in self._listed:
            try:
                with os.scandir(folder) as entries:
                    files = frozenset(entry.name for entry in entries if entry.is_file())
            except OSError:
                files = frozenset()
            self._listed[folder] = files
        return name in self._listed[folder]


def inside_root(path: Path, root: Path) -> Path:
    """Return the path, if no symbolic link leaves the root.

    Raises UnsafeUriError.
    """
    return inside(path.name, folder=path.parent, root=root, uri=False)
