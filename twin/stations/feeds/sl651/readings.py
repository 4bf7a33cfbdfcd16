"""Convert messages to readings of our properties.

Each element is kept, or counted with the reason why not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from twin.stations.feeds.sl651 import elements as el
from twin.stations.feeds.sl651.content import Value
from twin.stations.feeds.sl651.message import TEST, TYPED, Message
from twin.stations.feeds.sl651.relative import Bases
from twin.stations.model import Reading
from twin.stations.network import Network
from twin.stations.properties import PROPERTIES

STAGE, ABOVE_DAM = 0x39, 0x3B
STAGES = (STAGE, ABOVE_DAM)
PERIOD = 0x20


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """Omitted element.

    The reason (a slug), and what came of which station (its ten digits).
    """

    reason: str
    station: str
    shown: str


@dataclass(kw_only=True)
class Understood:
    """Readings of a message, and what was omitted."""

    readings: list[Reading] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def leave(self, reason: str, station: str, identifier: int | str, value: object = "") -> None:
        what = identifier if isinstance(identifier, str) else el.shown(identifier)
        self.left_out.append(
            LeftOut(reason=reason, station=station, shown=f"{station} {what} {value}".strip())
        )


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    """A value that may become a reading of a property; of several for one time the lowest rank counts."""

    value: Value
    station: str
    property: str
    number: float | None
    rank: int
    doubt: str = ""


def understand(
    message: Message, stations: Mapping[str, str], network: Network, bases: Bases | None = None
) -> Understood:
    """Convert a message to readings, and list what was omitted.

    Of the stations of ours that it names. ``stations``: ours, by the ten digits that they send; a message may
    hold values of several.
    """
    found = Understood()
    _leave_what_is_no_value(message, found)
    claims = _claims(message, stations, network, bases or Bases({}), found)
    for same in claims.values():
        same.sort(key=lambda claim: (claim.number is None, claim.rank))
        for other in same[1:]:
            if other.number not in (None, same[0].number):
                found.leave("said-twice", other.value.station, other.value.identifier, other.number)
        found.readings.append(_reading(same[0], message, found))
    return found


def readings(message: Message, station: str, network: Network) -> Iterator[Reading]:
    """Return readings of one station's own message."""
    return iter(understand(message, {message.station: station}, network).readings)


def _leave_what_is_no_value(message: Message, found: Understood) -> None:
    content = message.content
    for station, unknown in content.unknown:
        found.leave("unknown-element", station, unknown)
    for spoilt in content.spoilt:
        found.leave("bad-number", spoilt.station, spoilt.identifier, spoilt.data)
    for station, identifier in content.odd:
        found.leave("odd-length", station, identifier)
    for station, digits in content.durations:
        found.leave("no-property", station, el.DURATION, digits)
    if content.status is not None:
        found.leave("no-property", message.station, el.STATUS, f"{content.status:08X}")
    if content.picture:
        found.leave("picture", message.station, el.PICTURE)
    if content.text and not (message.function in TYPED and content.values):
        found.leave("typed-text", message.station, content.text)


def _claims(
    message: Message, stations: Mapping[str, str], network: Network, bases: Bases, found: Understood
) -> dict[tuple[str, str, datetime], list[_Candidate]]:
    """What may be kept, by station, property and time."""
    claims: dict[tuple[str, str, datetime], list[_Candidate]] = {}
    in_steps = {v.station for v in message.values if v.identifier == el.RAIN_5MIN}
    bases.learn(message.values)
    for v in message.values:
        station = stations.get(v.station)
        name = _property(v.identifier)
        if station is None:
            found.leave("unknown-station", v.station, v.identifier, v.value)
        elif not name:
            found.leave("no-property", v.station, v.identifier, v.value)
        elif (stream := network.find(station, name)) is None:
            found.leave("not-measured", v.station, v.identifier, v.value)
        elif name == "rain" and v.identifier != el.RAIN_5MIN and v.station in in_steps:
            found.leave("same-rain", v.station, v.identifier, v.value)
        elif (period := _period_s(v.identifier)) is not None and period != stream.interval_s:
            found.leave("other-period", v.station, v.identifier, v.value)
        else:
            above = network.stations[station].kind == "reservoir"
            number, doubt = bases.whole(v) if v.identifier == el.STAGE_5MIN else (v.value, "")
            claim = _Candidate(
                value=v,
                station=station,
                property=name,
                number=_converted(v.identifier, number),
                rank=_rank(v.identifier, above_dam=above),
                doubt=doubt,
            )
            claims.setdefault((station, name, v.at), []).append(claim)
    return claims


def _reading(claim: _Candidate, message: Message, found: Understood) -> Reading:
    """A number that physics rules out becomes a missing value with that reason, and is counted."""
    number, doubt = claim.number, claim.doubt or ("test" if message.function == TEST else "")
    kind = PROPERTIES[claim.property]
    if number is not None and not kind.lowest <= number <= kind.highest:
        found.leave("impossible", claim.value.station, claim.value.identifier, number)
        number, doubt = None, "impossible"
    return Reading(
        station=claim.station,
        property=claim.property,
        value=number,
        phenomenon_at=claim.value.at,
        result_at=message.sent_at,
        sent_at=message.sent_at,
        doubt=doubt,
    )


def _property(identifier: int) -> str:
    if identifier == el.RAIN_5MIN:
        return "rain"
    if identifier == el.STAGE_5MIN:
        return "level"
    kind = el.KINDS.get(identifier)
    return "" if kind is None else kind.property


def _period_s(identifier: int) -> int | None:
    kind = el.KINDS.get(identifier)
    return None if kind is None else kind.period_s


def _converted(identifier: int, value: float | None) -> float | None:
    kind = el.KINDS.get(identifier)
    if value is None:
        return None
    return round(value * (1.0 if kind is None else kind.factor), 6)


def _rank(identifier: int, *, above_dam: bool) -> int:
    """Which of several counts: the station's own stage, whole before relative; rain of the known period."""
    if identifier in STAGES:
        return 0 if (identifier == ABOVE_DAM) == above_dam else 1
    if identifier == el.STAGE_5MIN:
        return 2
    return 1 if identifier == PERIOD else 0
