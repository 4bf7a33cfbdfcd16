"""Parse a typed level or storage, or refuse it with a hint."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from apps.formatting import fixed, plain
from apps.session.views import TypedView, Unit
from apps.texts import texts
from twin.bilingual import Language

if TYPE_CHECKING:
    from apps.formatting import StorageUnit
    from apps.session.session import Session

LONGEST = 40
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212\uff0d"
SIGNS = str.maketrans(dict.fromkeys(DASHES, "-") | {"。": "."})
POWERS = (
    (re.compile(r"[×x*]?\s*10\s*(?:⁸|\^\s*8)"), "亿"),
    (re.compile(r"[×x*]?\s*10\s*(?:⁴|\^\s*4)"), "万"),
)
NUMBER = re.compile(r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|[+-]?\.\d+)\s*(\D.*)?", re.ASCII)

LEVELS = ("m", "米", "公尺")
CUBIC = ("m3", "立方米", "立方", "方")
STORAGES: dict[str, float] = {
    **{
        f"{scale}{unit}": m3
        for scale, m3 in (("亿", 1e8), ("百万", 1e6), ("万", 1e4))
        for unit in (*CUBIC, "")
    },
    **dict.fromkeys(CUBIC, 1.0),
    "hm3": 1e6,
}
"""Units of storage in m³, as they are written after the number."""


@dataclass(frozen=True, kw_only=True)
class Typed:
    """Parsed number; ``unit`` is None where only a number was typed.

    Levels in m, storages in m³.
    """

    value: float
    unit: Unit | None


@dataclass(frozen=True, kw_only=True)
class NotUnderstood:
    """Refusal of a typed text.

    The key of the sentence, and the part that is meant.
    """

    text: str
    part: str = ""


def read(text: str) -> Typed | NotUnderstood:
    """Parse the number and the unit of a text.

    Full-width signs and groups of three digits are understood. Nothing is guessed: a comma that groups no
    three digits may be a decimal one, and is refused.
    """
    shown = text.strip() if len(text) <= LONGEST else text[:LONGEST] + "…"
    found = None if len(text) > LONGEST else NUMBER.fullmatch(_normal(text))
    if found is None:
        comma = "," in _normal(shown) and any(sign.isdigit() for sign in shown)
        why = "typed_comma" if comma else "typed_no_number"
        return NotUnderstood(text=why if shown else "typed_empty", part=shown)
    value, unit = float(found[1].replace(",", "")), re.sub(r"\s+", "", found[2] or "").lower()
    if not unit or unit in LEVELS:
        return Typed(value=value, unit="level" if unit else None)
    if unit in STORAGES:
        return Typed(value=value * STORAGES[unit], unit="storage")
    comma = unit.startswith(",")
    return NotUnderstood(text="typed_comma" if comma else "typed_unit", part=shown if comma else unit)


def _normal(text: str) -> str:
    """Half-width digits and signs, one sign for minus, powers of ten as the words for them."""
    for power, scale in POWERS:
        text = power.sub(scale, text)
    return unicodedata.normalize("NFKC", text.translate(SIGNS)).strip()


def asked(session: Session, slider: Unit, text: str, language: Language) -> tuple[Unit, float] | TypedView:
    """Parse what was typed beside the slider, or refuse it.

    Returns unit and value, or the refusal with its range and an offer.
    """
    t, found = texts(language), read(text)
    if isinstance(found, NotUnderstood):
        return TypedView(refused=t[found.text].format(part=found.part))
    unit = found.unit or slider
    m3 = session.levels.storage_unit.m3
    value = found.value if unit == "level" or found.unit is None else found.value / m3
    if is_inside(session, unit, value):
        return unit, value
    refused = t["typed_outside"].format(
        what=t[unit], value=plain(value, 4), unit=_name(session, unit, t), **_range(session, unit)
    )
    other: Unit = "level" if slider == "storage" else "storage"
    if found.unit is not None or not is_inside(session, other, value):
        return TypedView(refused=refused)
    digits = 2 if other == "level" else session.levels.storage_unit.digits
    offer = t["typed_offer"].format(
        what=t[other], value=plain(value, max(4, digits)), unit=_name(session, other, t)
    )
    return TypedView(refused=refused, offer=offer, unit=other, value=value)


def is_inside(session: Session, unit: Unit, value: float) -> bool:
    """Return whether a value of the slider has an answer."""
    low, high = _ends(session, unit)
    return low <= value <= high


def _ends(session: Session, unit: Unit) -> tuple[float, float]:
    if unit == "level":
        return session.levels.lowest_m, session.levels.highest_m
    low, high = session.levels.storage_range_m3
    return low / session.levels.storage_unit.m3, high / session.levels.storage_unit.m3


def _range(session: Session, unit: Unit) -> dict[str, str]:
    """The ends in the digits shown, rounded inwards: what is named as the end is itself taken."""
    low, high = _ends(session, unit)
    digits = 2 if unit == "level" else session.levels.storage_unit.digits
    scale = 10**digits
    return {
        "low": fixed(math.ceil(low * scale - 1e-9) / scale, digits),
        "high": fixed(math.floor(high * scale + 1e-9) / scale, digits),
    }


def _name(session: Session, unit: Unit, t: dict[str, str]) -> str:
    shown: StorageUnit = session.levels.storage_unit
    return t["unit_level"] if unit == "level" else t[shown.text]
