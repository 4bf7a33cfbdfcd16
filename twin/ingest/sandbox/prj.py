"""Parse the CRS of a .prj or another text."""

from __future__ import annotations

import re
from typing import Final

from pyproj import CRS
from pyproj.exceptions import CRSError

from twin.ingest.sandbox.encodings import marked

_CODE: Final = re.compile(r"(?:EPSG:+)?(\d{4,6}(?:\+\d{4,6})?)", re.IGNORECASE)
_PROJ: Final = re.compile(r"\+proj=(?!.*\+(init|nadgrids|geoidgrids|grids)=)", re.DOTALL)


def system_of(text: str) -> CRS:
    """Parse a CRS by number, WKT or PROJ's own text.

    None that could make PROJ open a file. Raises CRSError where it is none that PROJ knows.
    """
    text = text.strip("\0 \r\n\t")
    if found := _CODE.fullmatch(text):
        return CRS.from_user_input(f"EPSG:{found[1]}")
    return CRS.from_string(text) if _PROJ.match(text) else CRS.from_wkt(text)


def system_in(data: bytes) -> CRS:
    """Parse the CRS that a file's bytes name.

    In UTF-8 or UTF-16. Raises CRSError.
    """
    encoding, raw = marked(data)
    try:
        return system_of(raw.decode(encoding or "utf-8"))
    except UnicodeDecodeError:
        raise CRSError("is no text") from None
