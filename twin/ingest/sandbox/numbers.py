"""Parse numbers as offices write them.

Thousands, decimal commas, full-width digits, a unit behind.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Literal

from twin.ingest.errors import TableError

Mark = Literal[".", ","]
"""What stands before decimals."""

_PLAIN = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?", re.ASCII)
_COMMA = re.compile(r"[-+]?(\d+,\d*|,\d+)([eE][-+]?\d{1,3})?", re.ASCII)
_GROUPS = re.compile(r"[-+]?\d{1,3}(?P<mark>[,.' ])\d{3}((?P=mark)\d{3})*(?P<rest>[.,]\d*)?", re.ASCII)
_CODE = re.compile(r"0\d+|\d+[eE]\d+|\d{16,}", re.ASCII)
_CODE_NAMES = re.compile(
    r"(?i)(^|[_\s])(id|code|no|station|site)$|(stcd|dm|bm|bsm|bh|cd)$|编码|代码|编号|站码|站号|区划|行政码"
)
_UNITS = {
    "m": ("m", "米", "M"),
    "m2": ("m2", "㎡", "平方米"),
    "km2": ("km2", "平方公里", "平方千米"),
    "m3": ("m3", "立方米", "方"),
    "1e4m3": ("万m3", "万立方米", "万方"),
    "1e6m3": ("百万m3", "百万立方米", "百万方"),
    "1e8m3": ("亿m3", "亿立方米", "亿方"),
    "m3s": ("m3/s", "立方米/秒", "立方米每秒", "方/秒", "m3·s-1"),
}


def is_code(name: str, cells: Iterable[str]) -> bool:
    """Return whether a column holds identifiers.

    By its name, or by a cell that would change as a number (0012).
    """
    return bool(_CODE_NAMES.search(unicodedata.normalize("NFKC", name))) or any(
        _CODE.fullmatch(unicodedata.normalize("NFKC", cell)) for cell in cells
    )


def plain(cell: str, *, name: str = "") -> str:
    """Normalise a cell, without its own column's unit.

    In plain signs (``120 m`` of ``level_m``).
    """
    text = unicodedata.normalize("NFKC", cell).replace("\u2212", "-").replace("\u2019", "'").strip()
    wanted = _UNITS.get(name.rpartition("_")[2], ())
    for unit in sorted(wanted, key=len, reverse=True):
        if text.endswith(unit) and text[: -len(unit)].strip()[-1:].isdigit():
            return text[: -len(unit)].strip()
    return text


def is_number(text: str) -> bool:
    """Return whether a plain cell is a number.

    In one of the ways that they are written.
    """
    return bool(_PLAIN.fullmatch(text) or _COMMA.fullmatch(text) or _grouped(text))


def decimal_mark(cells: Sequence[tuple[int, str, str]], *, separator: str) -> Mark:
    """Return a table's decimal mark.

    By its (line, column, plain cell) of columns of numbers. Raises TableError where points and commas both
    do, or where nothing says what ``120,000`` is.
    """
    found: dict[str, tuple[int, str, str]] = {}
    for cell in cells:
        if (sign := _evidence(cell[2])) and sign not in found:
            found[sign] = cell
    if "." in found and "," in found:
        (line, name, one), (other_line, other_name, other) = found[","], found["."]
        raise TableError(
            f"line {line}: {name} is {one}, line {other_line}: {other_name} is {other}: commas and points "
            "both stand before decimals; write points only"
        )
    if "," in found:
        return ","
    if "?" in found and "." not in found and separator != ",":
        line, name, odd = found["?"]
        point, none = odd.replace(",", "."), odd.replace(",", "")
        raise TableError(
            f"line {line}: {name} is {odd}, which could be {point} or {none}: write it without commas"
        )
    return "."


def number(text: str, *, mark: Mark) -> float:
    """Parse a plain cell that ``is_number``."""
    for group in ("'", " ", "." if mark == "," else ","):
        text = text.replace(group, "")
    return float(text.replace(",", "."))


def _evidence(text: str) -> str:
    """The sign that surely stands before a number's decimals, ? for a comma that may be either, or ''."""
    grouped = _grouped(text)
    if grouped is not None:
        mark, rest = grouped["mark"], grouped["rest"]
        if rest:
            return rest[0]
        if mark in "' ":
            return ""
        if text.count(mark) > 1:
            return "," if mark == "." else "."
        return "?" if mark == "," else ""
    if "," in text:
        return ","
    return "." if "." in text else ""


def _grouped(text: str) -> re.Match[str] | None:
    found = _GROUPS.fullmatch(text)
    return None if found is None or (found["rest"] or "")[:1] == found["mark"] else found
