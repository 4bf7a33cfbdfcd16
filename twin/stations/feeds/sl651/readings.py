"""From a message to readings of our properties."""

from __future__ import annotations

from collections.abc import Iterator

from twin.stations.feeds.sl651 import elements as el
from twin.stations.feeds.sl651.message import Message
from twin.stations.model import Reading
from twin.stations.network import Network

STAGES = frozenset({0x39, 0x3B, el.STAGE_5MIN})


def readings(message: Message, station: str, network: Network) -> Iterator[Reading]:
    """What a message says of a station of ours, as far as the station is known to measure it.

    Rain in steps of five minutes says more than the period's sum beside it, which is then left out: the same
    rain must not fall twice.
    """
    in_steps = any(v.identifier == el.RAIN_5MIN for v in message.values)
    for v in message.values:
        name = _property(v.identifier)
        if name == "rain" and in_steps and v.identifier != el.RAIN_5MIN:
            continue
        if name and network.find(station, name) is not None:
            yield Reading(
                station=station,
                property=name,
                value=None if v.value is None else round(v.value, 4),
                phenomenon_at=v.at,
                result_at=message.sent_at,
            )


def _property(identifier: int) -> str:
    if identifier == el.RAIN_5MIN:
        return "rain"
    if identifier == el.STAGE_5MIN:
        return "level"
    kind = el.KINDS.get(identifier)
    return "" if kind is None else kind.property
