"""Decide which encoding foreign texts are in, by their bytes.

Strict UTF-8 over all texts first, then strict GB 18030, which Chinese offices write, where nine tenths of
its characters are of GB 2312's first level (the 3,755 of everyday use): UTF-8 or Latin read as GB 18030 gives
rare ones. What a file or a catalog says comes after both, for it is often wrong; who is overruled is told.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from twin.ingest.sandbox.mojibake import spoilt

UTF8, GB18030, LATIN = "utf-8", "gb18030", "cp1252"
SHARE = 0.9
SOME = 0.3
"""Of traditional or rare Chinese so much is of the first level; of other encodings' texts next to nothing."""
MOST_JUDGED = 200_000
"""Characters by which GB 18030 is judged, at most."""

MARKS = (
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_THREE_BYTES = re.compile(rb"[\xe3-\xe9][\x80-\xbf]{2}")


def _rows(first: int, last: int) -> frozenset[str]:
    """The characters of some rows of GB 2312."""
    cells = (bytes((row, cell)) for row in range(first, last + 1) for cell in range(0xA1, 0xFF))
    return frozenset(cell.decode("gb2312", "ignore") for cell in cells)


_SYMBOLS = _rows(0xA1, 0xA3) | frozenset("㎡㎞℃²³￥—·〇")
"""Punctuation, numbering and full-width signs, which any Chinese text may hold."""
_LEVEL_1 = _rows(0xB0, 0xD7)
_PAGES = {"936": GB18030, "54936": GB18030, "65001": UTF8, "950": "big5", "932": "cp932", "949": "cp949"}
_NEIGHBOURS = ("cp932", "cp949", "shift_jis", "euc_jp", "euc_kr")
"""Their commonest characters have the bytes of GB 2312's first level: it cannot speak against them."""
_LOOK = "its texts look odd in {encoding}, as which they were read: save it as UTF-8 if they are wrong"
_COULD_BE_GB = "its few texts were read as utf-8 and could be gb18030 as well: set encoding"
_NOBODY_SAYS = (
    "does not say which encoding its texts are in, and they are neither UTF-8 nor Chinese in GB 18030: read "
    "as windows-1252; save it as UTF-8 if they are wrong"
)


@dataclass(frozen=True, kw_only=True)
class Told:
    """Declared encoding.

    ``by`` is ``the catalog`` or a part of the file.
    """

    encoding: str
    by: str


@dataclass(frozen=True, kw_only=True)
class Texts:
    """Decoded texts in order, with main encoding and notes.

    ``notes`` on what is doubtful.
    """

    texts: list[str]
    encoding: str
    notes: tuple[str, ...] = ()


def named(told: str) -> str | None:
    """Return Python's name of an encoding.

    As people and .cpg files write it (GBK, 936, ANSI 936, 65001, 88591).
    """
    plain = re.sub(r"^(ansi|oem|ldid/|cp|ms|windows)[\s_-]*", "", told.strip().lower())
    if plain in _PAGES:
        return _PAGES[plain]
    for name in (told.strip(), f"cp{plain}", re.sub(r"[\s_-]", "", plain), f"iso-{plain}"):
        try:
            found = codecs.lookup(re.sub(r"^(?:iso-?)?8859-?(\d+)$", r"iso8859-\1", name.lower())).name
        except (LookupError, ValueError):
            continue
        return GB18030 if found in ("gbk", "gb2312", "gb18030") else found
    return None


def marked(raw: bytes) -> tuple[str | None, bytes]:
    """Return the encoding of a byte order mark, and the rest.

    Or by UTF-16's and UTF-32's zero bytes.
    """
    for mark, name in MARKS:
        if raw.startswith(mark):
            return name, raw.removeprefix(mark)
    start = raw[: 4096 - 4096 % 4]
    for name, zeros, full in (
        ("utf-32-le", (1, 2, 3), 0),
        ("utf-32-be", (0, 1, 2), 3),
        ("utf-16-le", (1,), 0),
        ("utf-16-be", (0,), 1),
    ):
        step = len(zeros) + 1
        empty = [start[zero::step].count(0) * step / max(len(start), 1) for zero in zeros]
        # digits and separators are ASCII, whose other bytes are zeros; the full one is the sign itself
        zeros_enough = empty[-1 if "le" in name else 0] > 0.25 and not start[full::step].count(0)
        if zeros_enough and _part(raw, name)[0] is not None:
            return name, raw
    return None, raw


def decoded(raws: Sequence[bytes], *, told: Told | None) -> Texts:
    """Decode texts that are all of one file.

    A text that is cut in the midst of a character loses its half. ``notes`` say who was overruled, and count
    what is cut, of another encoding than the rest, or no text at all. Texts of which more than half cannot be
    decoded have the encoding ''.
    """
    together = b"\0".join(raws)
    if together.isascii():
        return Texts(texts=[raw.decode("ascii") for raw in raws], encoding="ascii")
    if (plainly := _plainly(together, len(raws), told)) is not None:
        return plainly
    held = {raw for raw in raws if not raw.isascii()}
    encoding, doubt = _decide(held, told)
    known = {raw: _one(raw, encoding) for raw in held}
    texts, counts = [], Counter[str]()
    for raw in raws:
        text, fate = known[raw] if raw in known else (raw.decode("ascii"), "")
        texts.append(text)
        counts[fate] += 1
    if counts["lost"] * 2 > sum(not raw.isascii() for raw in raws):
        return Texts(texts=texts, encoding="")
    notes = [*_notes(encoding, told, counts=counts, doubt=doubt), *(() if counts["lost"] else spoilt(texts))]
    return Texts(texts=texts, encoding=encoding, notes=tuple(notes))


def _plainly(together: bytes, count: int, told: Told | None) -> Texts | None:
    """Texts with zero bytes between them that are all whole and surely UTF-8 or Chinese; None for others."""
    encoding, text = UTF8, _whole(together, UTF8)
    if text is None and (told is None or told.encoding not in _NEIGHBOURS):
        encoding, text = GB18030, _whole(together, GB18030)
    sure = _THREE_BYTES.search(together) if encoding == UTF8 else text is not None and is_chinese(text)
    if text is None or not sure or len(texts := text.split("\0")) != count:
        return None
    return Texts(
        texts=texts,
        encoding=encoding,
        notes=(*_notes(encoding, told, counts=Counter(), doubt=""), *spoilt(texts)),
    )


def is_chinese(text: str) -> bool:
    """Return whether GB 18030 text is everyday Chinese.

    Nine tenths first-level characters.
    """
    return _chinese(text) >= SHARE


def _chinese(text: str) -> float:
    """The share of first-level characters among those that are not ASCII or mere symbols; 0 of none."""
    signs = [sign for sign in text[:MOST_JUDGED] if not sign.isascii()]
    judged = [sign for sign in signs if sign not in _SYMBOLS]
    return sum(sign in _LEVEL_1 for sign in judged) / len(judged) if judged else float(bool(signs))


def _decide(held: Iterable[bytes], told: Told | None) -> tuple[str, str]:
    """The encoding of most of the texts, none of which is ASCII, '' where there is none; and a doubt."""
    return next(_fitting(list(held), None if told is None else told.encoding), ("", ""))


def _fitting(held: list[bytes], said: str | None) -> Iterator[tuple[str, str]]:
    """Encodings that fit, the likeliest first, each with a doubt or ''."""
    in_utf8, in_gb = ([_part(raw, name)[0] for raw in held] for name in (UTF8, GB18030))
    chinese = 0.0 if None in in_gb else _chinese("".join(map(str, in_gb)))
    if None not in in_utf8 and any(in_utf8):
        sure = chinese < SHARE or said == UTF8 or any(map(_THREE_BYTES.search, held))
        if sure or said is None:
            yield UTF8, "" if sure else _COULD_BE_GB
    as_said = said is not None and all(_fits(raw, said) for raw in held)
    if as_said and said in _NEIGHBOURS:
        yield said, ""
    if chinese >= SHARE:
        yield GB18030, ""
    # mixed, or a few broken bytes: the sure ones of each
    pairs = list(zip(held, in_utf8, in_gb, strict=True))
    utf8 = sum(text is not None and bool(_THREE_BYTES.search(raw)) for raw, text, _ in pairs)
    gb = sum(text is not None and is_chinese(text) for _, _, text in pairs)
    most = UTF8 if utf8 >= gb else GB18030
    if utf8 and utf8 + gb == len(held):
        yield most, ""
    if None not in in_gb and (said == GB18030 or (said is None and chinese >= SOME)):
        private = any("\ue000" <= sign <= "\uf8ff" for text in in_gb for sign in str(text))
        yield GB18030, "" if said and chinese >= SOME and not private else _LOOK
    if as_said and said not in (None, UTF8, GB18030):
        yield said, _LOOK if _is_odd("".join(raw.decode(said) for raw in held)) else ""
    if 2 * (utf8 + gb) >= len(held):
        yield most, ""
    if said is None and all(_fits(raw, LATIN) for raw in held):
        yield LATIN, _NOBODY_SAYS


def _one(raw: bytes, encoding: str) -> tuple[str, str]:
    """A text in the encoding of the others, and its fate: whole (''), cut, other or lost."""
    text, whole = _part(raw, encoding) if encoding else (None, True)
    if text is not None:
        return text, "" if whole else "cut"
    if encoding in (UTF8, GB18030):
        text, _ = _part(raw, GB18030 if encoding == UTF8 else UTF8)
        if text and (is_chinese(text) if encoding == UTF8 else _THREE_BYTES.search(raw)):
            return text, "other"
    return raw.decode(encoding or UTF8, errors="replace"), "lost"


def _part(raw: bytes, encoding: str) -> tuple[str | None, bool]:
    """The text without half a character at its end, and whether it had none; None where it does not fit."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        text = decoder.decode(raw)
    except UnicodeDecodeError:
        return None, True
    return text, not decoder.getstate()[0]


def _fits(raw: bytes, encoding: str) -> bool:
    return _whole(raw, encoding) is not None


def _whole(raw: bytes, encoding: str) -> str | None:
    """The text to its last byte; None where it does not fit."""
    try:
        return raw.decode(encoding)
    except UnicodeError:
        return None


def _is_odd(text: str) -> bool:
    """Whether of a text that was read in an encoding of one byte a sign too much is no letter."""
    signs = [sign for sign in text if not sign.isascii() and sign not in "°²³±·×–—‘’“”«»¿¡½¼¾€£§©®"]
    return sum(sign.isalpha() for sign in signs) < SHARE * len(signs)


def _notes(encoding: str, told: Told | None, *, counts: Mapping[str, int], doubt: str) -> Iterator[str]:
    others, cut, lost = (counts[fate] for fate in ("other", "cut", "lost"))
    if told is not None and told.encoding != encoding:
        mend = f"; set encoding: {encoding}" if encoding in (UTF8, GB18030) else ""
        yield f"its texts are {encoding} and were read so, though {told.by} says {told.encoding}{mend}"
    if doubt:
        yield doubt.format(encoding=encoding)
    if others:
        words = "text is" if others == 1 else "texts are"
        other = GB18030 if encoding == UTF8 else UTF8
        yield f"{others:,} {words} {other} among texts in {encoding}; each was read as what it is"
    if cut:
        words = "text ends" if cut == 1 else "texts end"
        yield f"{cut:,} {words} in the midst of a character, whose half is left out"
    if lost:
        words = "text holds" if lost == 1 else "texts hold"
        yield f"{lost:,} {words} bytes that are no {encoding}; a \ufffd stands there"
