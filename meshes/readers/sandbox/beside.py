"""Read place files beside a model."""

from __future__ import annotations

import os
from pathlib import Path

from pyproj.exceptions import CRSError

from twin.ingest.sandbox.prj import system_in

_MOST_BYTES = 1 << 16
_PRJ = ("{stem}.prj", "{name}.prj", "{stem}_wkt.prj")
_SHIFT = (
    "{stem}_offset.xyz",
    "{stem}_offset.txt",
    "{stem}.offset",
    "offset.xyz",
    "offset.txt",
    "metadata.xml",
)
"""Pix4D, Metashape and ContextCapture write coordinates less a shift, and the shift beside them."""


def read(path: Path, *, out: Path) -> dict[str, object]:
    """Read ``crs`` (WKT or None) and ``prj``, its file.

    ``shift``, the file of a shift; ``strange``: a .prj that PROJ cannot parse. Names of files, or ''.
    """
    del out
    answer: dict[str, object] = {"crs": None, "prj": "", "shift": "", "strange": ""}
    with os.scandir(path.parent) as entries:
        there = {entry.name.lower(): entry.name for entry in entries if entry.is_file()}
    for name in _names(_SHIFT, path):
        if name in there and (name != "metadata.xml" or b"<SRSOrigin" in _start(path.parent / there[name])):
            answer["shift"] = there[name]
            break
    for name in _names(_PRJ, path):
        if name not in there:
            continue
        try:
            answer["crs"] = system_in(_start(path.parent / there[name])).to_wkt()
            answer["prj"] = there[name]
        except CRSError:
            answer["strange"] = there[name]
        break
    return answer


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MOST_BYTES)


def _names(forms: tuple[str, ...], path: Path) -> list[str]:
    return [form.format(stem=path.stem, name=path.name).lower() for form in forms]
