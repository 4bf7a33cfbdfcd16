"""Detect texts read in a wrong encoding by their bytes in another one."""

from __future__ import annotations

import re
from collections.abc import Iterable

MOST = 2_000
SHARE = 0.9
_THREE_BYTES = re.compile(rb"[\xe3-\xe9][\x80-\xbf]{2}")


def is_utf8(raw: bytes) -> bool:
    """Whether bytes are Chinese text in UTF-8: strictly so, with three bytes a sign somewhere."""
    return _THREE_BYTES.search(raw) is not None and decodes(raw, "utf-8")


def doubt(texts: Iterable[object]) -> str:
    """The encoding that texts probably are of, where they were read as another one; '' where they seem right.

    A Shapefile that says nothing is read as Latin-1, and any bytes are that; UTF-8 read as GB 18030 often
    passes as well.
    """
    told = [text for text in texts if isinstance(text, str) and not text.isascii()][:MOST]
    if not told:
        return ""
    for read_as, other in (("latin-1", "utf-8"), ("latin-1", "gb2312"), ("gb18030", "utf-8")):
        fits = sum(_is_other(text, read_as, other) for text in told)
        if fits >= SHARE * len(told):
            return "gb18030" if other == "gb2312" else other
    return ""


def _is_other(text: str, read_as: str, other: str) -> bool:
    try:
        return decodes(text.encode(read_as), other)
    except UnicodeEncodeError:
        return False


def decodes(raw: bytes, encoding: str) -> bool:
    """Whether bytes are strictly text of an encoding."""
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
