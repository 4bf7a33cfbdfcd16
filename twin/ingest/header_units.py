"""Compare units in column names with the catalog's factors."""

from __future__ import annotations

import math
import re
import unicodedata

from twin.length_units import in_metres

_BASES = {
    "m": ("length", in_metres("m", "cm", "mm", "km")),
    "m2": (
        "area",
        {
            "m2": 1.0,
            "平方米": 1.0,
            "km2": 1e6,
            "平方公里": 1e6,
            "平方千米": 1e6,
            "ha": 1e4,
            "hm2": 1e4,
            "公顷": 1e4,
            "亩": 2000 / 3,
        },
    ),
    "m3": ("volume", {"m3": 1.0, "立方米": 1.0, "方": 1.0}),
    "m3s": ("flow", {"m3/s": 1.0, "立方米/秒": 1.0, "立方米每秒": 1.0, "方/秒": 1.0, "l/s": 0.001}),
}
# 10⁴m³ is 104m3 in plain signs
_TIMES = {"": 1.0, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8, "104": 1e4, "106": 1e6, "108": 1e8}
_OURS = {
    "m": ("length", 1.0),
    "m2": ("area", 1.0),
    "km2": ("area", 1e6),
    "m3": ("volume", 1.0),
    "1e8m3": ("volume", 1e8),
    "1e6m3": ("volume", 1e6),
    "1e4m3": ("volume", 1e4),
    "m3s": ("flow", 1.0),
}
_IN_NAME = re.compile(
    r"[(\[【{]\s*([^()\[\]【】{}]+?)\s*[)\]】}]\s*$"  # 面积(km²)
    r"|[^\d\s]/\s*([^/\s]+(?:/s|/秒)?)$"  # 面积/km²
    r"|(?:[_:,]|单位:?)\s*([^_:,]+)$"  # 面积_km2, 面积：平方公里, 面积单位km²
    r"|[\u4e00-\u9fff](?<![百千万亿])([百千]?[万亿]?[a-z]{1,2}[23]?(?:/s)?)$",  # 面积km²
    re.IGNORECASE,
)
"""How a name says its unit, in the plain signs of NFKC."""


def contradiction(old: str, new: str, factor: float) -> str:
    """Return a doubt of a unit in column ``old``, or ''.

    Where its unit is none that ``new`` times ``factor`` has.
    """
    told, ours = (None if old == new else _unit_in(old)), _OURS.get(new.rpartition("_")[2])
    if told is None or ours is None:
        return ""
    (what, size, written), (wanted, our_size) = told, ours
    if what == wanted and math.isclose(size, factor * our_size, rel_tol=1e-3):
        return ""
    if what != wanted:
        return f"{old} is in {written}, which is no {wanted}: {new} cannot be made of it"
    return f"{old} is in {written}, which {new} is not: set unit_mult: {{{new}: {size / our_size:g}}}"


def _unit_in(name: str) -> tuple[str, float, str] | None:
    """What is measured, in how many SI units, and as written; None where a name holds no unit known here."""
    found = _IN_NAME.search(unicodedata.normalize("NFKC", name))
    if found is None:
        return None
    written = next(filter(None, found.groups())).replace(" ", "")
    plain = re.sub(r"[×x*·^]", "", written.lower())
    for what, units in _BASES.values():
        for unit, size in units.items():
            times = plain.removesuffix(unit)
            if plain.endswith(unit) and times in _TIMES:
                return what, size * _TIMES[times], written
    return None
