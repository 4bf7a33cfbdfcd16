"""File endings that the drivers of 3D models read."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Final

IN_FOLDERS: Final = ("osgb",)
"""Drivers whose data may be named by its folder."""
_SUFFIXES: Final[Mapping[str, tuple[str, ...]]] = {
    "surface": (".obj", ".ply", ".stl", ".glb", ".gltf"),
    "tileset": (".json", ".3tz", ".zip"),
    "points": (".las", ".laz"),
    "osgb": (".xml", ".osgb", ""),
}
"""Endings of the files that a driver reads; an empty one is a folder."""
_SAVE: Final[Mapping[str, str]] = {
    "surface": ": save other surfaces as GLB or OBJ",
    "tileset": ": name its tileset.json, or export other models as 3D Tiles",
    "points": ": save other clouds (E57, PCD, PTS, XYZ, PLY) as LAS or LAZ",
    "osgb": ": export other models as OSGB, OBJ, GLB or 3D Tiles",
}
"""What to do with files that a driver does not read."""


def file_fault(driver: str, uri: str) -> str:
    """Return why a driver refuses an ending, and the remedy.

    '' where it reads it.
    """
    wanted = _SUFFIXES.get(driver, ())
    suffix = posixpath.splitext(uri)[1].lower()
    if not wanted or suffix in wanted:
        return ""
    names = ", ".join(name or "a folder" for name in wanted)
    other = next((driver for driver, its in _SUFFIXES.items() if suffix and suffix in its), None)
    mend = f": write driver: {other}" if other else _SAVE[driver]
    return f"the driver {driver} reads {names}; this is {uri!r}{mend}"
