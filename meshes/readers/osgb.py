"""OSGB trees (``metadata.xml``, ``Data/Tile_*/*.osgb``): how oblique photography is delivered in China.

Each file holds a surface and names the finer files that take its place. They are read one at a time, through
OpenSceneGraph's ``osgconv`` (Debian: openscenegraph).
"""

from __future__ import annotations

import math
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from meshes.errors import DamagedError, MissingToolError, OverLimitError
from meshes.guard import DEFAULT, Limits, guarded
from meshes.readers.surface import SurfaceData, unpacked

_ENU = re.compile(r"ENU:\s*([-+.\d]+)\s*,\s*([-+.\d]+)$")


@dataclass(frozen=True, kw_only=True)
class OsgbTree:
    """Where a tree lies. ``crs`` is its horizontal CRS (a code or WKT), or None where it has a tangent plane.

    ``tangent``: latitude and longitude (degrees) where its axes point east, north and up, or None. ``origin``
    is added to every vertex, m. ``roots``: the coarsest files, names under ``folder``.
    """

    folder: Path
    crs: str | None
    tangent: tuple[float, float] | None
    origin: tuple[float, float, float]
    roots: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OsgbTile:
    """One file: its surface relative to the tree's origin, Z up, and the files that refine it (REPLACE).

    ``error_m``: the geometric error that makes 16 px of screen-space error call for the children where
    OpenSceneGraph would; 0 without children.
    """

    surface: SurfaceData
    children: tuple[str, ...]
    error_m: float


def open_osgb(path: Path, *, limits: Limits = DEFAULT) -> OsgbTree:
    """A tree by its ``metadata.xml``; no tile is read yet. Raises ForeignFileError."""
    path = path.absolute()
    with guarded("metadata", path, {}, limits=limits) as (answer, _):
        srs = str(answer["srs"])
        x, y, z = (float(value) for value in answer["origin"])
        roots = tuple(str(name) for name in answer["roots"])
    tangent = None
    if srs.upper().startswith("ENU"):
        found = _ENU.match(srs)
        if found is None:
            raise DamagedError(f"{path}: SRS {srs[:40]!r} is not ENU:latitude,longitude", path=path)
        tangent = (float(found[1]), float(found[2]))
    return OsgbTree(
        folder=path.parent,
        crs=srs if tangent is None else None,
        tangent=tangent,
        origin=(x, y, z),
        roots=roots,
    )


def read_osgb(tree: OsgbTree, name: str, *, limits: Limits = DEFAULT) -> OsgbTile:
    """One file of a tree by its name under the tree's folder.

    Raises ForeignFileError; MissingToolError where ``osgconv`` is not installed.
    """
    path = tree.folder / name
    tool = shutil.which("osgconv")
    if tool is None:
        raise MissingToolError(
            f"{path}: osgconv is not installed: install OpenSceneGraph (Debian: openscenegraph)", path=path
        )
    arguments = {"root": str(tree.folder), "tool": tool}
    with guarded("osgb", path, arguments, limits=limits) as (answer, folder):
        surface = unpacked(answer, folder, path)
        children, error = answer.get("children"), answer.get("error_m")
    if not isinstance(children, list) or not isinstance(error, float) or not 0 <= error < math.inf:
        raise OverLimitError(f"{path}: the reader's answer does not fit together", path=path)
    return OsgbTile(surface=surface, children=tuple(str(child) for child in children), error_m=error)
