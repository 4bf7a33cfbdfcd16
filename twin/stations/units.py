"""Values of any unit turned into the property's own."""

from __future__ import annotations

from functools import cache
from typing import Any

from twin.errors import TwinError
from twin.stations.properties import PROPERTIES


class UnitError(TwinError):
    """A unit that does not fit the property."""


MOST_LETTERS = 24
"""A unit's name is no longer; what is longer is no unit, and is not handed to a parser."""

_WRITTEN = {"°C": "degC", "℃": "degC", "%": "percent", "m3/s": "m**3/s", "m³/s": "m**3/s", "m3": "m**3"}
_WRITTEN |= {"m³": "m**3", "mg/l": "mg/L", "ug/L": "ug/L", "µg/L": "ug/L", "pH": "dimensionless"}
_WRITTEN |= {"": "dimensionless", "cells/L": "1/L", "米": "m", "毫米": "mm", "V": "V", "kg/m3": "kg/m**3"}


@cache
def _registry() -> Any:
    import pint  # noqa: PLC0415  (a third of a second, for who takes values in)

    registry: Any = pint.UnitRegistry(cache_folder=None)
    registry.define("NTU = []")
    return registry


@cache
def _factor_and_shift(unit: str, property_: str) -> tuple[float, float]:
    """What turns a value of ``unit`` into the property's: times factor, plus shift."""
    own = PROPERTIES[property_].unit
    name = _WRITTEN.get(unit.strip(), unit.strip())
    if name == own:
        return 1.0, 0.0
    registry = _registry()
    try:
        if len(name) > MOST_LETTERS:
            raise ValueError("too long")
        zero = registry.Quantity(0.0, name).to(own).magnitude
        one = registry.Quantity(1.0, name).to(own).magnitude
    except Exception:  # noqa: BLE001  (the parser raises what it likes)
        raise UnitError(f"{unit[:40]!r} is no unit of {property_}, which is in {own}") from None
    return float(one - zero), float(zero)


def in_own_unit(value: float, unit: str | None, property_: str) -> float:
    """A value in the property's own unit; no unit means it already is. Raises UnitError."""
    if unit is None:
        return value
    factor, shift = _factor_and_shift(unit, property_)
    return value * factor + shift
