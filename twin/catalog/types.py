"""Strict base and small types of all handwritten models.

Models are validated from JSON (see ``load.py``), where pydantic's strict mode takes dates as ISO text and
lists as tuples, yet refuses ``"12.5"`` and ``true`` for a number. NaN and infinities are refused everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from twin.bilingual import Language
from twin.crs import check_crs

Access = Literal["public", "internal", "restricted"]

_COLOURS = {
    "white": "#ffffff",
    "grey": "#8a8f98",
    "ink": "#1b2733",
    "water": "#2f6f9f",
    "sky": "#8ec5e8",
    "forest": "#3f6b3a",
    "field": "#b6b86a",
    "earth": "#8c6b4a",
    "sand": "#d8c79a",
    "gold": "#f2b632",
    "orange": "#e8792b",
    "red": "#c8322b",
    "violet": "#7a4f9a",
}


class Strict(BaseModel):
    """Base of strict, frozen models.

    Unknown keys, loose types, NaN and infinities are errors.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


def _number_as_text(value: object) -> object:
    """``1985`` and ``2025`` without quotes are names here; a fraction is not (2.10 would become 2.1)."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value


def _one_line(value: str) -> str:
    if not value.strip():
        raise ValueError("is empty")
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in value):
        raise ValueError("must be one line without control characters")
    return value


def _month_day(value: str) -> str:
    try:
        date.fromisoformat(f"2024-{value}")  # a leap year: 02-29 is a day
    except ValueError:
        raise ValueError(f"{value!r} is no day of any year") from None
    return value


def _colour(value: str) -> str:
    if re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        return value.lower()
    if value not in _COLOURS:
        raise ValueError(f"is no colour; write #rrggbb or one of {', '.join(_COLOURS)}")
    return _COLOURS[value]


def _crs(value: str) -> str:
    if value != "GCJ-02":
        if not re.fullmatch(r"EPSG:\d{4,6}", value):
            raise ValueError("is no coordinate system here; write EPSG:<number> (like EPSG:4490) or GCJ-02")
        check_crs(value)
    return value


def _metric_crs(value: str) -> str:
    if not re.fullmatch(r"EPSG:\d{4,6}", value):
        raise ValueError("is no coordinate system for a frame; write EPSG:<number> (like EPSG:4548)")
    check_crs(value, metric=True)
    return value


_ENCODINGS = dict.fromkeys(("gbk", "gb2312", "gb18030", "gb-18030", "cp936", "936"), "gb18030")
_ENCODINGS |= dict.fromkeys(("utf8", "utf-8", "utf-8-sig"), "utf-8")


def _encoding(value: object) -> object:
    """GBK and GB 2312 are parts of GB 18030."""
    told = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return _ENCODINGS.get(told.lower(), value) if isinstance(told, str) else value


Encoding = Annotated[Literal["utf-8", "gb18030"], BeforeValidator(_encoding)]
"""Of a file's texts."""

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
"""A name for machines: lower-case Latin letters, digits, ``-`` and ``_``."""

Text = Annotated[str, BeforeValidator(_number_as_text), AfterValidator(_one_line), Field(max_length=500)]
"""One line for people."""

Crs = Annotated[str, AfterValidator(_crs)]
"""``EPSG:<number>`` as PROJ knows it, or ``GCJ-02``."""

MetricCrs = Annotated[str, AfterValidator(_metric_crs)]
"""A projected CRS in metres."""

Colour = Annotated[
    str, AfterValidator(_colour), Field(description="#rrggbb or a name: " + ", ".join(_COLOURS))
]
MonthDay = Annotated[
    str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"), AfterValidator(_month_day)
]
"""A day of every year, month first: ``06-01``."""

Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Metres = Annotated[float, Field(ge=-1e8, le=1e8)]
Height = Annotated[float, Field(ge=-500, le=9000)]


def refuse_twice(names: Iterable[str], *, what: str) -> None:
    """Raise ValueError for the first of some names that is given twice."""
    known: set[str] = set()
    for name in names:
        if name in known:
            raise ValueError(f"holds the {what} {name!r} twice")
        known.add(name)


class Names(Strict):
    """Names in both languages."""

    zh: Text
    en: Text

    def __getitem__(self, language: Language) -> str:
        """Get the name in a language."""
        return self.zh if language == "zh" else self.en


def _kind_of_words(value: object) -> str:
    return "[names]" if isinstance(value, Mapping | Names) else "[text]"


Words = Annotated[
    Annotated[Text, Tag("[text]")] | Annotated[Names, Tag("[names]")], Discriminator(_kind_of_words)
]
"""Words in one language, or in both: ``{zh: 库区, en: Reservoir}``."""


class Place(Strict):
    """Point on the ground.

    WGS84 degrees, or metres in the frame's CRS.
    """

    lon: Longitude | None = None
    lat: Latitude | None = None
    east: Metres | None = None
    north: Metres | None = None

    @model_validator(mode="after")
    def _one_pair(self) -> Place:
        given = {name for name in ("lon", "lat", "east", "north") if getattr(self, name) is not None}
        if given not in ({"lon", "lat"}, {"east", "north"}):
            raise ValueError("needs lon and lat (WGS84 degrees), or east and north (metres in the frame)")
        return self
