"""Decode foreign bytes by byte order mark, declaration, header, else UTF-8."""

from __future__ import annotations

import codecs
import json

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_KNOWN = {
    "utf-8": "utf-8",
    "utf-16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "utf-32": "utf-32",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "hz": "hz",
    "big5": "big5",
    "big5hkscs": "big5hkscs",
    "iso8859-1": "iso8859-1",
    "cp1252": "cp1252",
    "ascii": "ascii",
}
"""Python's name of an encoding: the one that is used. GB 18030 holds GBK and GB 2312."""
_CARELESS = ("ascii", "iso8859-1", "cp1252")
"""What servers say by default, whatever they send."""


class CharsetError(ValueError):
    """Bytes that are no text of their encoding.

    The message is a slug.
    """


def decoded(data: bytes, *, declared: str | None = None, header: str | None = None) -> str:
    """Decode the text of a document.

    ``declared`` is what the site declares of it, ``header`` its own charset. A byte order mark wins, then
    ``declared``, then ``header``; JSON without any is UTF-8 (RFC 8259). Raises CharsetError (``not-utf-8``,
    ``bad-charset``).
    """
    mark = next((name for start, name in _MARKS if data.startswith(start)), None)
    if mark is not None:
        return _as(data, mark)
    told = declared or header
    if told is None:
        return _as(data, json.detect_encoding(data))
    name = _name(told)
    if name is None or name in _CARELESS:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            if name is None:
                raise CharsetError("bad-charset") from None
    return _as(data, json.detect_encoding(data) if name in ("utf-16", "utf-32") else name or "utf-8")


def _name(told: str) -> str | None:
    """Python's name of an encoding that is one of people's; None where it is not known, or is no charset."""
    try:
        return _KNOWN.get(codecs.lookup(told.strip().strip("\"'")).name)
    except (LookupError, ValueError):
        return None


def _as(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeError:
        raise CharsetError("not-utf-8" if name.startswith("utf-8") else "bad-charset") from None
