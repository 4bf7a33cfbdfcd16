"""Detect mojibake: texts saved after a wrong decoding."""

from __future__ import annotations

from collections.abc import Iterable

MOST = 2_000
SHARE = 0.9
_LOST = ("\ufffd", "锟斤拷")
"""What is left of bytes that were no text: as it is, and after UTF-8 was read as GBK."""


def doubt(texts: Iterable[object]) -> str:
    """Return the encoding that texts probably had, or ''.

    Before they were spoilt; '' where they seem right.
    """
    told = [text for text in texts if isinstance(text, str) and not text.isascii()][:MOST]
    if not told:
        return ""
    for read_as, other in (
        ("latin-1", "utf-8"),
        ("cp1252", "gb2312"),
        ("latin-1", "gb2312"),
        ("gb18030", "utf-8"),
    ):
        fits = sum(_is_other(text, read_as, other) for text in told)
        if fits >= SHARE * len(told):
            return "gb18030" if other == "gb2312" else other
    return ""


def spoilt(texts: Iterable[str]) -> Iterable[str]:
    """Return notes on texts that came spoilt."""
    held = [text for text in texts if not text.isascii()]
    if lost := sum(_LOST[0] in text or _LOST[1] in text for text in held):
        words = "text was" if lost == 1 else "texts were"
        yield f"{lost:,} {words} spoilt before (� or 锟斤拷 stands there): export them anew from their source"
    elif encoding := doubt(held):
        yield (
            f"its texts look like {encoding} that a program read as another encoding and saved so: export "
            "them anew from their source"
        )


def _is_other(text: str, read_as: str, other: str) -> bool:
    try:
        found = text.encode(read_as).decode(other)
    except UnicodeError:
        return False
    return any("\u4e00" <= sign <= "\u9fff" for sign in found)
