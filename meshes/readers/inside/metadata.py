"""``metadata.xml`` of an OSGB tree: where on earth it lies, and the tiles that it begins with."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np

from meshes.errors import DamagedError
from meshes.readers.inside.packed import opened

MOST_ROOTS = 100_000


def read(path: Path, *, out: Path) -> dict[str, object]:
    """``srs``, ``origin`` and ``roots``: names beside the file. The expat of Python stops entities' bombs."""
    del out
    data = opened(path, most=1 << 20)
    if b"<!ENTITY" in data or b"<!DOCTYPE" in data:
        raise DamagedError("declares entities, which no metadata.xml needs")
    try:
        told = ET.fromstring(data)
    except ET.ParseError as error:
        raise DamagedError(f"is not XML: {error}") from None
    srs = (told.findtext("SRS") or "").strip()
    words = (told.findtext("SRSOrigin") or "0,0,0").split(",")
    try:
        origin = [float(word) for word in words]
    except ValueError:
        origin = []
    if len(origin) != 3 or not np.isfinite(origin).all() or not srs:
        raise DamagedError("has no SRS, or an SRSOrigin that is not three numbers")
    roots: list[str] = []
    for folder in sorted((path.parent / "Data").glob("*")):
        first = folder / f"{folder.name}.osgb"
        if first.is_file() and not folder.is_symlink() and len(roots) < MOST_ROOTS:
            roots.append(first.relative_to(path.parent).as_posix())
    if not roots:
        raise DamagedError("has no tile beside it: Data/Tile_.../Tile_....osgb")
    return {"srs": srs, "origin": origin, "roots": roots}
