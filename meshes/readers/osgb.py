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

from meshes.errors import DamagedError, MissingForeignError, MissingToolError, OverLimitError
from meshes.guard import DEFAULT, OSGB, Limits, guarded
from meshes.readers.osgb_delivery import Delivery, find_delivery
from meshes.readers.surface import SurfaceData, unpacked
from twin.readable import readable

_NUMBER = r"[-+]?\d+(?:\.\d*)?"
_ENU = re.compile(rf"ENU\s*[:：]?\s*({_NUMBER})\s*[,，;\s]\s*({_NUMBER})$", re.IGNORECASE)
_CODES = re.compile(
    r"(?:EPSG\s*[:：]+\s*)?(\d{4,6})(?:\s*\+\s*(?:EPSG\s*[:：]+\s*)?(\d{4,6}))?$", re.IGNORECASE
)
_URN = re.compile(r"urn:ogc:def:crs:EPSG:[^:]*:(\d+)$", re.IGNORECASE)
_GCJ = re.compile(r"GCJ-?02$", re.IGNORECASE)
_NOWHERE = re.compile(
    r"(local|none|unknown|unnamed|engineering)\b|(LOCAL_CS|ENGCRS|ENGINEERINGCRS)\[", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class OsgbTree:
    """Location of an OSGB tree.

    ``crs``: its CRS (a code, WKT or GCJ-02), or None. ``tangent``: latitude and longitude (degrees) where its
    axes point east, north and up, or None. ``origin`` is added to every vertex, m. ``roots``: the coarsest
    files, names under ``folder``. ``notes``: what of the delivery was left out or assumed, in words;
    ``lost``: blocks of it. ``others``: files that must be named by one that is read, or are left out.
    """

    folder: Path
    crs: str | None
    tangent: tuple[float, float] | None
    origin: tuple[float, float, float]
    roots: tuple[str, ...]
    notes: tuple[str, ...] = ()
    lost: int = 0
    others: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OsgbTile:
    """Surface of one file, and the files that refine it.

    The surface is relative to the tree's origin, Z up; the files refine by REPLACE. ``error_m``: the
    geometric error that makes 16 px of screen-space error call for the children where OpenSceneGraph would; 0
    without children.
    """

    surface: SurfaceData
    children: tuple[str, ...]
    error_m: float


def open_osgb(path: Path, *, anchored: bool = False, limits: Limits = DEFAULT) -> OsgbTree:
    """Open a tree by ``metadata.xml``, folder, or coarsest file.

    No tile is read yet. Without metadata it has no place of its own; an offset file beside it counts unless
    it is ``anchored``. Raises ForeignFileError.
    """
    try:
        delivery = find_delivery(path)
    except OSError as error:
        said = (error.strerror or "no access").lower()
        raise MissingForeignError(f"{path}: cannot be read: {said}", path=path) from None
    if delivery.metadata is None:
        _some(delivery, path)
        return _without_metadata(delivery, anchored=anchored)
    where = delivery.metadata
    with guarded("metadata", where, {}, limits=limits) as (answer, _):
        srs = str(answer["srs"])
        x, y, z = (float(value) for value in answer["origin"])
        notes = tuple(f"{where.name}: {note}" for note in answer["notes"])
    crs, tangent = _system(srs, where)
    _some(delivery, path)
    return OsgbTree(
        folder=delivery.folder,
        crs=crs,
        tangent=tangent,
        origin=(x, y, z),
        roots=delivery.roots,
        notes=tuple(map(readable, (*delivery.notes, *notes))),
        lost=delivery.lost,
        others=delivery.others,
    )


def _some(delivery: Delivery, path: Path) -> None:
    if not delivery.roots:
        said = delivery.notes[0] if delivery.notes else "Data/Tile_.../Tile_....osgb"
        raise DamagedError(f"{path}: has no tile beside it: {said}", path=path)


def _without_metadata(delivery: Delivery, *, anchored: bool) -> OsgbTree:
    origin, notes = (0.0, 0.0, 0.0), list(delivery.notes)
    if delivery.offset is not None and not anchored:
        try:
            words = delivery.offset.read_bytes()[:400].replace(b",", b" ").split()
            x, y, z = (float(word) for word in words)
            origin = (x, y, z)
            notes.append(f"{delivery.offset.name}: its offset {x:.10g}, {y:.10g}, {z:.10g} is added")
        except ValueError:
            notes.append(f"{delivery.offset.name}: holds no three numbers and is not read")
    return OsgbTree(
        folder=delivery.folder,
        crs=None,
        tangent=None,
        origin=origin,
        roots=delivery.roots,
        notes=tuple(map(readable, notes)),
        lost=delivery.lost,
        others=delivery.others,
    )


def _system(srs: str, path: Path) -> tuple[str | None, tuple[float, float] | None]:
    """The CRS or the tangent plane that an SRS means; neither where it says that it has none."""
    if srs.upper().startswith("ENU"):
        found = _ENU.match(srs)
        if found is None:
            raise DamagedError(f"{path}: SRS {srs[:40]!r} is not ENU:latitude,longitude", path=path)
        lat, lon = float(found[1]), float(found[2])
        if abs(lat) > 90 or abs(lon) > 360:
            raise DamagedError(
                f"{path}: SRS {srs[:40]!r} is no place on earth: the latitude comes first", path=path
            )
        return None, (lat, lon)
    if not srs or _NOWHERE.match(srs):
        return None, None
    if found := _CODES.match(srs):
        return f"EPSG:{found[1]}" + (f"+{found[2]}" if found[2] else ""), None
    if found := _URN.match(srs):
        return f"EPSG:{found[1]}", None
    return "GCJ-02" if _GCJ.match(srs) else srs, None


def read_osgb(tree: OsgbTree, name: str, *, limits: Limits = OSGB) -> OsgbTile:
    """Read a file of a tree by its name under the folder.

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
