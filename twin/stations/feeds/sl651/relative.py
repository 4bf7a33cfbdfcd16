"""Convert relative stages (F5H) to whole ones by a base (table D.4).

They are centimetres above a stage base, which only the station knows.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from twin.stations.feeds.sl651 import elements as el
from twin.stations.feeds.sl651.content import Value

WHOLE = (0x39, 0x3B)
"""Whole stages; that above a dam comes last and counts where a station sends both."""
MOST_STATIONS, MOST_TIMES = 5_000, 24
TOLERANCE_M = 0.0101
"""A relative stage is cut or rounded to a centimetre: so much is no base."""


@dataclass
class _Seen:
    """The last stages of a station, m, by their time; and its base, once both were of one time."""

    whole: OrderedDict[datetime, float] = field(default_factory=OrderedDict)
    relative: OrderedDict[datetime, float] = field(default_factory=OrderedDict)
    base_m: float | None = None


class Bases:
    """Base levels of stations, m.

    Declared, or learnt where whole and relative stage of one time are known. Without a base a relative stage
    is of an unknown height: it is kept as suspect.
    """

    def __init__(self, declared: Mapping[str, float]) -> None:
        self._declared = dict(declared)
        self._seen: OrderedDict[str, _Seen] = OrderedDict()

    def learn(self, values: Iterable[Value]) -> None:
        """Take a message's stages in before it is understood."""
        stages = [v for v in values if v.value is not None and v.identifier in (*WHOLE, el.STAGE_5MIN)]
        for v in sorted(stages, key=lambda v: v.identifier):
            assert v.value is not None
            seen = self._of(v.station)
            kept = seen.relative if v.identifier == el.STAGE_5MIN else seen.whole
            kept[v.at] = v.value
            kept.move_to_end(v.at)
            if len(kept) > MOST_TIMES:
                kept.popitem(last=False)
        for station in {v.station for v in stages}:
            seen = self._seen[station]
            both = seen.whole.keys() & seen.relative.keys()
            if both:
                offset = seen.whole[max(both)] - seen.relative[max(both)]
                seen.base_m = 0.0 if abs(offset) <= TOLERANCE_M else round(offset, 2)

    def whole(self, v: Value) -> tuple[float | None, str]:
        """Convert a relative stage to a whole one, m.

        With a doubt: ``relative-level`` where its base is unknown.
        """
        if v.value is None:
            return None, ""
        base = self._declared.get(v.station)
        if base is None and v.station in self._seen:
            base = self._seen[v.station].base_m
        return (v.value, "relative-level") if base is None else (round(v.value + base, 3), "")

    def _of(self, station: str) -> _Seen:
        seen = self._seen.setdefault(station, _Seen())
        self._seen.move_to_end(station)
        if len(self._seen) > MOST_STATIONS:
            self._seen.popitem(last=False)
        return seen
