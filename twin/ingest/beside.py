"""List sidecar files of a raster or vector.

A raster's sidecars by use (PAM, mask, world file, .prj) and the parts of a Shapefile are found by name, in
any case, and are plain files only. Reading them is ``inside/sidecars.py`` and ``inside/shapefile.py``; here
they are listed, for a build's key changes with them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

BESIDE: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "pam": ("{name}.aux.xml",),
        "mask": ("{name}.msk",),
        "world": (
            "{stem}.{short}w",
            "{stem}.{short}wx",
            "{name}w",
            "{stem}.tifw",
            "{stem}.tiffw",
            "{stem}.wld",
        ),
        "prj": ("{stem}.prj",),
        "points": ("{name}.points", "{stem}.points", "{stem}.rpb", "{stem}_rpc.txt"),
        "classes": ("{name}.vat.dbf",),
        "colours": ("{stem}.clr", "{name}.clr"),
        "overviews": ("{name}.ovr", "{stem}.ovr", "{stem}.rrd", "{name}.msk.ovr"),
        "unread": ("{stem}.aux", "{name}.aux", "{stem}.aux.xml", "{stem}.msk", "{stem}.tab"),
    }
)
"""What lies beside a raster, by its use, in order of preference. ``unread`` may hold no-data or a place in
forms that are not read here (Erdas, ESRI before 9.2, MapInfo); ``overviews`` hold nothing of their own;
``points`` (control points, RPC), names of ``classes`` and tables of ``colours`` are named."""

LOGS: Final = ("-wal", "-journal")
"""What SQLite writes beside a GeoPackage until an edit is over."""
UNUSED: Final = frozenset({"overviews", "points", "classes", "colours"})
"""Uses whose files are never opened."""


def beside(path: Path) -> dict[str, list[Path]]:
    """Return sidecars of a raster by use.

    Plain files, by a key of ``BESIDE``; a use without a file is left out.
    """
    by_name: dict[str, list[Path]] = {}
    with os.scandir(path.parent) as entries:
        for entry in entries:
            if entry.name.lower().startswith(path.stem.lower()) and entry.is_file():
                by_name.setdefault(entry.name.lower(), []).append(Path(entry.path))
    found: dict[str, list[Path]] = {}
    for use, names in BESIDE.items():
        ending = path.suffix[1:] or "tif"
        short = ending[0] + ending[-1]  # .tif has .tfw, .png .pgw
        wanted = dict.fromkeys(
            name.format(name=path.name, stem=path.stem, short=short).lower() for name in names
        )
        files = [file for name in wanted for file in sorted(by_name.get(name, []))]
        if files := [file for file in files if file.name != path.name]:
            found[use] = files
    return found


def companions(path: Path) -> list[Path]:
    """List sidecars whose content changes what is read.

    Of a raster; none for a missing folder.
    """
    try:
        return [file for use, files in beside(path).items() if use not in UNUSED for file in files]
    except OSError:
        return []


def vector_companions(path: Path) -> list[Path]:
    """List other parts of a Shapefile, or a GeoPackage's logs.

    In any case of letters; logs of what was written last.
    """
    try:
        with os.scandir(path.parent) as entries:
            files = sorted(
                Path(entry.path) for entry in entries if entry.is_file() and entry.name != path.name
            )
    except OSError:
        return []
    if path.suffix.lower() == ".shp":
        return [file for file in files if file.stem.lower() == path.stem.lower()]
    return [file for file in files if file.name in {f"{path.name}{ending}" for ending in LOGS}]
