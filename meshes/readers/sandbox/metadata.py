"""Read ``metadata.xml`` of an OSGB tree: its place on earth."""

from __future__ import annotations

import codecs
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np

from meshes.errors import DamagedError
from meshes.readers.sandbox.gunzip import opened

_DECLARED = re.compile(r"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_DECLARATION = re.compile(r"^\s*<\?xml.*?\?>", re.DOTALL)
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_BETWEEN = re.compile("[,，;；\\s]+")


def read(path: Path, *, out: Path) -> dict[str, object]:
    """Read ``srs`` (or empty), ``origin`` and ``notes``.

    Raises DamagedError. Entities are refused; expat, which Python has, stops their bombs as well.
    """
    del out
    text = _text(opened(path, most=1 << 20))
    if "<!ENTITY" in text or "<!DOCTYPE" in text:
        raise DamagedError("declares entities, which no metadata.xml needs")
    try:
        top = ET.fromstring(_DECLARATION.sub("", text))
    except ET.ParseError as error:
        raise DamagedError(f"is not XML: {error}") from None
    told = {element.tag.rpartition("}")[2].lower(): (element.text or "").strip() for element in top.iter()}
    origin, notes = _origin(told.get("srsorigin", ""))
    return {"srs": " ".join(told.get("srs", "").split()), "origin": origin, "notes": notes}


def _text(data: bytes) -> str:
    """By its mark, else by what it declares (GB 2312 and GBK are parts of GB 18030), else what it can be."""
    mark = next((name for start, name in _MARKS.items() if data.startswith(start)), "")
    found = _DECLARED.search(data[:200].decode("ascii", "replace"))
    declared = found[1].lower() if found else "utf-8"
    declared = "gb18030" if declared in ("gb2312", "gbk", "gb-2312", "x-gbk", "cp936") else declared
    for encoding in [mark] if mark else [declared, "utf-8", "gb18030"]:
        try:
            return data.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    raise DamagedError(f"is not text in {mark or declared}: save it as UTF-8")


def _origin(text: str) -> tuple[list[float], list[str]]:
    """Three numbers; a height that is not there is 0, which is noted."""
    words = [word for word in _BETWEEN.split(text) if word]
    try:
        origin = [float(word) for word in words]
    except ValueError:
        origin = [np.nan]
    if len(origin) not in (0, 2, 3) or not np.isfinite(origin).all():
        raise DamagedError(f"has the SRSOrigin {text[:60]!r}, which is not three numbers: east,north,height")
    if len(origin) == 2:
        return [*origin, 0.0], ["SRSOrigin has no height; 0 is taken: write one if the model stands too low"]
    return origin or [0.0, 0.0, 0.0], []
