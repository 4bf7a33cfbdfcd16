"""Define ``map`` in ``site.yaml``: where foreign documents hold station, value and time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from twin.catalog.types import Strict, Text
from twin.stations.properties import PROPERTIES, nearest_property
from twin.stations.units import UnitError, in_own_unit
from twin.written_time import check_form


def _expression(value: str) -> str:
    import jmespath  # noqa: PLC0415  (only catalogs with such feeds need it)

    try:
        jmespath.compile(value)
    except jmespath.exceptions.JMESPathError as error:
        at = getattr(error, "lex_position", None)
        where = "" if at is None else f", from its sign {at + 1} on"
        raise ValueError(f"is no JMESPath expression{where}; a constant stands in quotes: 'level'") from None
    return value


def _pattern(value: str) -> str:
    names = re.findall(r"\{([^{}]*)\}", value)
    if not names or set(names) - {"station", "property"} or len(names) != len(set(names)):
        raise ValueError("is no pattern of a topic; write it like rain/{station}/now")
    if re.search(r"[{}]", re.sub(r"\{(station|property)\}", "", value)) or "}{" in value or "#" in value[:-1]:
        raise ValueError("is no pattern of a topic; write it like rain/{station}/now")
    return value


def _constant(expression: str) -> object:
    """What a constant expression ('level' in quotes) says; None for one that looks into an item."""
    import jmespath  # noqa: PLC0415

    parsed = jmespath.compile(expression).parsed
    return parsed["value"] if parsed["type"] == "literal" else None


def _property(value: str) -> str:
    if value not in PROPERTIES:
        raise ValueError(f"{value!r} is no property here; {nearest_property(value)}")
    return value


def check_units(units: Mapping[str, str]) -> None:
    """Raise ValueError for unknown properties and unfit units."""
    for property_, unit in units.items():
        _property(property_)
        try:
            in_own_unit(1.0, unit, property_)
        except UnitError as error:
            raise ValueError(str(error)) from None


def _charset(value: object) -> object:
    return _CHARSETS.get(value.lower(), value) if isinstance(value, str) else value


_CHARSETS = dict.fromkeys(("gbk", "gb2312", "cp936", "gb18030"), "gb18030") | {
    "utf8": "utf-8",
    "utf16": "utf-16",
}

Charset = Annotated[Literal["utf-8", "utf-16", "gb18030", "big5"], BeforeValidator(_charset)]
"""Of what a feed sends, where its own header says nothing or something wrong."""

OurProperty = Annotated[Text, AfterValidator(_property)]

Expression = Annotated[str, AfterValidator(_expression), Field(min_length=1, max_length=300)]
"""JMESPath: ``data.rows[]``, ``value``, or a constant in quotes: ``'level'``."""


class _Map(Strict):
    """Where in a JSON document the readings are: JMESPath expressions, all but ``items`` within one item."""

    items: Expression = Field(default="[@][]", description="A list of items; the document itself without it.")
    value: Expression
    unit: Expression | None = Field(default=None, description="Where the unit of each value stands.")
    units: dict[Text, Text] = Field(
        default={}, description="Our property: the unit it comes in; without either it is the property's own."
    )
    text: bool = Field(default=False, description="Values are texts like '12.5'.")
    format: Annotated[str, AfterValidator(check_form), Field(max_length=60)] | None = Field(
        default=None,
        description="Of the times, where they could be two: epoch_s, epoch_ms, epoch_us, excel, or a pattern "
        "like %Y%m%d%H.",
    )
    properties: dict[Text, OurProperty] = Field(default={}, description="Their name of a property: ours.")
    stations: dict[Text, Text] = Field(default={}, description="Their code of a station: ours.")

    @model_validator(mode="after")
    def _units_fit(self) -> Self:
        check_units(self.units)
        if self.unit is None:
            return self
        if self.units:
            raise ValueError("gives unit and units: keep one of them")
        constant = _constant(self.unit)
        if constant is None:
            return self
        property_ = _constant(getattr(self, "property", None) or "property")
        named = {property_} if isinstance(property_, str) else set(self.properties.values())
        if len(named) != 1:
            raise ValueError(
                f"unit is {self.unit} for every property, which makes 0.149 m of a level of 148.95 m: write "
                "one for each, like units: {level: m, rain: mm}"
            )
        check_units({named.pop(): str(constant)})
        return self


class JsonMap(_Map):
    """Map that finds station, property and time in each item."""

    station: Expression
    property: Expression
    time: Expression = Field(
        description="2026-07-01T08:05+08:00, 2026/7/1 8:05, 20260701080500, s or ms since 1970, /Date(…)/; "
        "without a zone it is the site's."
    )


class MqttMap(_Map):
    """Map of messages.

    The topic may name the station, and the arrival the time.
    """

    station: Expression | None = None
    property: Expression | None = None
    time: Expression | None = None
    topic: Annotated[str, AfterValidator(_pattern), Field(max_length=200)] | None = Field(
        default=None, description="Levels that name things: rain/{station}/now, gauges/{station}/{property}."
    )
    time_of_arrival: bool = Field(
        default=False,
        description="The time a message comes is its value's. Then no message waits at the broker, and one "
        "that it has kept (retained) is refused.",
    )

    @model_validator(mode="after")
    def _each_is_told_once(self) -> Self:
        for name in ("station", "property"):
            by_topic = f"{{{name}}}" in (self.topic or "")
            if by_topic == (getattr(self, name) is not None):
                said = "twice" if by_topic else "nowhere"
                raise ValueError(f"says {said} what names the {name}: give {name}, or {{{name}}} in topic")
        if self.time_of_arrival == (self.time is not None):
            raise ValueError("needs either time (where it stands) or time_of_arrival: true")
        return self
