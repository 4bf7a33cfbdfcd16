"""Elements of a body, in whichever coding it came."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Value:
    """Element at its time.

    ``value`` is None for missing. ``station`` is ten digits.
    """

    station: str
    identifier: int
    at: datetime
    value: float | None


@dataclass(frozen=True, kw_only=True)
class Spoilt:
    """Element without a valid number, as it came."""

    station: str
    identifier: int
    data: str


@dataclass(kw_only=True)
class BodyContent:
    """Elements of a body.

    ``unknown`` are identifiers without a meaning here (a code as text in ASCII), each with its station.
    ``odd`` are elements that were read by the standard's length against their length byte, ``unusual`` counts
    numbers of other digits than the standard's. ``durations`` tell how long it rained, as it came.
    """

    values: list[Value] = field(default_factory=list)
    unknown: list[tuple[str, int | str]] = field(default_factory=list)
    spoilt: list[Spoilt] = field(default_factory=list)
    odd: list[tuple[str, int]] = field(default_factory=list)
    durations: list[tuple[str, str]] = field(default_factory=list)
    unusual: int = 0
    status: int | None = None
    text: str = ""
    picture: bytes = b""
