"""Convert values of any unit to the property's own.

What is not known for certain is refused.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

from twin.errors import TwinError
from twin.stations.properties import PROPERTIES
from twin.stations.unit_names import (
    BY_PROPERTY,
    MULTIPLIERS,
    NAMES,
    SPELT_OUT,
    TEMPERATURES,
    TRADITIONAL,
)


class UnitError(TwinError):
    """Unit that does not fit the property."""

    zh = "单位不符：{message}"


MOST_LETTERS = 24
"""A unit's name is no longer; what is longer is no unit, and is not handed to a parser."""
DIGITS = 12
"""A converted value has so many significant digits: 14 896 cm are 148.96 m, not 148.96000000000001 m."""

_POWER = re.compile(r"[x×]?(?:(?:1[*x×·])?10(?:\*\*|\^)\+?(\d{1,2})|1[eE]\+?(\d{1,2})|(10+))[*x×·]?(?=\D)")
_PART = re.compile(r"(.+?)(?:(?:\*\*|\^)?([-+]?[1-9]))?")
_LONG = re.compile(r"[a-z]{4,}(?:_[a-z]+)*")
_TWICE = re.compile(r"([^()（）]+?)\s*[(（]([^()（）]+)[)）]")
_BETWEEN = re.compile("([百千万亿])\\s+")
_SUPERSCRIPTS = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+")
_SIGNS = str.maketrans(
    {"º": "°", "˚": "°", "∙": "·", "⋅": "·", "•": "·", "∕": "/", "÷": "/", "µ": "μ", **TRADITIONAL}
)


@cache
def _registry() -> Any:
    import pint  # noqa: PLC0415  (a third of a second, for who takes values in)

    registry: Any = pint.UnitRegistry(cache_folder=None)
    registry.define("NTU = []")
    return registry


@cache
def _factor_and_shift(unit: str, property_: str) -> tuple[float, float]:
    """What turns a value of ``unit`` into the property's: times factor, plus shift. Raises UnitError."""
    own = PROPERTIES[property_].unit
    if unit.strip() == own:
        return 1.0, 0.0
    registry = _registry()
    try:
        if len(unit) <= 2 * MOST_LETTERS and (twice := _TWICE.fullmatch(unit.strip())):
            said = {_factor_and_shift(name, property_) for name in twice.groups()}
            if len(said) > 1:
                raise ValueError("two names that differ")
            return said.pop()
        times, name = _as_pint(unit, property_)
        zero = registry.Quantity(0.0, name).to(own).magnitude
        one = registry.Quantity(1.0, name).to(own).magnitude
    except Exception:  # noqa: BLE001  (the parser raises what it likes)
        shown = PROPERTIES[property_].shown
        words = f"which is in {shown}" if shown else "which has none"
        raise UnitError(f"{unit[:40]!r} is no unit of {property_}, {words}", unit=unit) from None
    if name in TEMPERATURES and times != 1.0:
        raise UnitError(f"{unit[:40]!r} is no unit: a temperature has no multiples", unit=unit)
    return float(f"{times * (one - zero):.{DIGITS}g}"), float(f"{zero:.{DIGITS}g}")


def in_own_unit(value: float, unit: str | None, property_: str) -> float:
    """Convert a value to the property's own unit.

    No unit means it already is. Raises UnitError.
    """
    if unit is None:
        return value
    factor, shift = _factor_and_shift(unit, property_)
    if (factor, shift) == (1.0, 0.0):
        return value
    return float(f"{value * factor + shift:.{DIGITS}g}")


def _as_pint(unit: str, property_: str) -> tuple[float, str]:
    """A number, and an expression of names that pint is sure to read as they are meant. Raises ValueError."""
    if len(unit) > MOST_LETTERS:
        raise ValueError("too long")
    written = _SUPERSCRIPTS.sub(lambda run: "^" + unicodedata.normalize("NFKC", run[0]), unit)
    text = unicodedata.normalize("NFKC", written.translate(_SIGNS)).translate(_SIGNS)
    text = _BETWEEN.sub(r"\1", text.replace("−", "-").strip())
    if (text, property_) in BY_PROPERTY:
        return 1.0, BY_PROPERTY[text, property_]
    if name := _name(text):
        return 1.0, name
    times = 1.0
    if found := _POWER.match(text.replace(" ", "")):
        text = text.replace(" ", "")[found.end() :]
        exponent, e, zeros = found.groups()
        times = float(f"1e{exponent or e or len(zeros) - 1}")
    above, *below = re.split(r"/|每| per ", text)
    parts = [_part(part, property_) for part in _split(above)]
    for number, _ in parts:
        times *= number
    expression = [name for _, name in parts]
    for group in below:
        for number, name in (_part(part, property_) for part in _split(group)):
            times /= number
            expression.append(f"1/({name})")
    return times, "*".join(expression)


def _split(group: str) -> list[str]:
    """The names of a product; none is none."""
    return [part for part in re.split(r"(?<!\*)\*(?!\*)|[·.\s]+", group.strip()) if part] or [""]


def _part(part: str, property_: str) -> tuple[float, str]:
    """One name, perhaps with a Chinese multiplier before and an exponent after it. Raises ValueError."""
    if name := _name(part):
        return 1.0, name
    found = _PART.fullmatch(part)
    if found is None:
        raise ValueError("no name")
    stem, exponent = found.groups()
    for length in (0, 1, 2):
        number = MULTIPLIERS.get(stem[:length], 1.0 if length == 0 else None)
        name = _name(stem[length:])
        if number is not None and name:
            return number, f"({name})**({int(exponent)})" if exponent else name
    raise ValueError("no unit's name")


def _name(name: str) -> str:
    """What pint calls a unit, "" for what is none."""
    if name in NAMES:
        return NAMES[name]
    small = name.lower()
    if small in SPELT_OUT:
        return SPELT_OUT[small]
    return small if _LONG.fullmatch(small) and small in _registry() else ""
