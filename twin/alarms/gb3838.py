"""Classify surface water by GB 3838-2002, table 1 (basic items).

I is the best; "VI" is worse than V. All limits are upper ones in mg/L, but dissolved oxygen's, which is a
lower one, and pH's, which is a range. Total phosphorus has other limits in lakes and reservoirs than in
rivers; total nitrogen has limits in lakes and reservoirs only, and does not count for the class of the water
there: it is reported beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from twin.comparing import settled

Class = Literal["I", "II", "III", "IV", "V", "VI"]
CLASSES: tuple[Class, ...] = ("I", "II", "III", "IV", "V", "VI")
Body = Literal["river", "lake"]

UPPER: Mapping[str, tuple[float, float, float, float, float]] = {
    "codmn": (2, 4, 6, 10, 15),
    "cod": (15, 15, 20, 30, 40),
    "bod5": (3, 3, 4, 6, 10),
    "ammonia": (0.15, 0.5, 1.0, 1.5, 2.0),
}
PHOSPHORUS: Mapping[Body, tuple[float, float, float, float, float]] = {
    "river": (0.02, 0.1, 0.2, 0.3, 0.4),
    "lake": (0.01, 0.025, 0.05, 0.1, 0.2),
}
NITROGEN_LAKE = (0.2, 0.5, 1.0, 1.5, 2.0)
OXYGEN_AT_LEAST = (7.5, 6.0, 5.0, 3.0, 2.0)
PH_RANGE = (6.0, 9.0)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Class of a section and the item that decides it.

    A lake's class by total nitrogen is kept apart.
    """

    water_class: Class
    item: str
    classes: Mapping[str, Class]
    nitrogen: Class | None = None


def class_of(item: str, value: float, body: Body) -> Class | None:
    """Return the class of one item's value.

    None for an item without limits in such a water body. Exactly at a limit is within it; values are compared
    to a millionth (``twin.comparing``), so that one converted from another unit is judged as the same figure
    written in mg/L.
    """
    value = settled(value)
    if item == "ph":
        return "I" if PH_RANGE[0] <= value <= PH_RANGE[1] else "VI"
    if item == "oxygen":
        return _first(value >= limit for limit in OXYGEN_AT_LEAST)
    if item == "phosphorus":
        return _first(value <= limit for limit in PHOSPHORUS[body])
    if item == "nitrogen":
        return _first(value <= limit for limit in NITROGEN_LAKE) if body == "lake" else None
    if item in UPPER:
        return _first(value <= limit for limit in UPPER[item])
    return None


def limits_of(item: str, body: Body) -> list[tuple[tuple[Class, Class], float]]:
    """Return an item's limits, with the classes that each bounds.

    In mg/L (pH without a unit), in the table's order; classes of the same limit are one entry (first, last).
    Empty for an item without limits in such a water body.
    """
    if item == "ph":
        return [(("I", "V"), limit) for limit in PH_RANGE]
    if item == "nitrogen" and body == "river":
        return []
    limits = _table(body).get(item, ())
    return [
        ((classes[0], classes[-1]), limit)
        for limit in dict.fromkeys(limits)
        if (classes := [name for name, other in zip(CLASSES, limits, strict=False) if other == limit])
    ]


def _table(body: Body) -> dict[str, tuple[float, float, float, float, float]]:
    return {**UPPER, "oxygen": OXYGEN_AT_LEAST, "phosphorus": PHOSPHORUS[body], "nitrogen": NITROGEN_LAKE}


def passed_limit(item: str, value: float, body: Body) -> float | None:
    """Return the limit that puts a value into its class.

    The limit of the next better class that it exceeds; None where none does.
    """
    if item == "ph":
        return PH_RANGE[0] if value < PH_RANGE[0] else PH_RANGE[1]
    found = class_of(item, value, body)
    return None if found in (None, "I") else _table(body)[item][CLASSES.index(found) - 1]


def verdict(values: Mapping[str, float], body: Body) -> Verdict | None:
    """Return the class of a section's water by its worst item.

    Total nitrogen left out; None without any.
    """
    classes = {item: found for item, value in values.items() if (found := class_of(item, value, body))}
    nitrogen = classes.pop("nitrogen", None)
    if not classes:
        return None
    item = max(classes, key=lambda name: CLASSES.index(classes[name]))
    return Verdict(water_class=classes[item], item=item, classes=classes, nitrogen=nitrogen)


def worse_by(found: Class, target: Class) -> int:
    """Return by how many classes water is too bad.

    Zero or less where it is not.
    """
    return CLASSES.index(found) - CLASSES.index(target)


def _first(within: Iterable[bool]) -> Class:
    """The best class whose limit holds."""
    for number, holds in enumerate(within):
        if holds:
            return CLASSES[number]
    return "VI"
