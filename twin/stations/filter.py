"""Filter stations.

By kind, by status, by township and watershed, by name.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_serializer

from twin.stations.model import STATION_KINDS, StationKind
from twin.stations.status import State, StationStatus

STATES: tuple[State, ...] = ("alarm", "fresh", "stale", "dead", "never", "unknown")


Text = Annotated[str, Field(max_length=200)]


class Filter(BaseModel):
    """Filter of stations: every part must pass.

    An empty text and an empty name let all pass.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    kinds: frozenset[StationKind] = frozenset(STATION_KINDS)
    states: frozenset[State] = frozenset(STATES)
    township: Text = ""
    watershed: Text = ""
    text: Text = ""

    @field_serializer("kinds", "states")
    def _in_order(self, chosen: frozenset[str]) -> list[str]:
        """Equal filters are equal documents."""
        return sorted(chosen)

    def passes(self, status: StationStatus) -> bool:
        station = status.station
        return (
            station.kind in self.kinds
            and status.state in self.states
            and self.township in ("", station.township)
            and self.watershed in ("", station.watershed)
            and self._named(status)
        )

    def _named(self, status: StationStatus) -> bool:
        words, station = plain(self.text), status.station
        return not words or any(words in plain(name) for name in (station.id, *station.name.values()))


def plain(text: str) -> str:
    """Normalise a text for comparison.

    Full-width letters and digits as half-width ones, case and rims put aside.
    """
    return unicodedata.normalize("NFKC", text).strip().casefold()


def passing(statuses: Iterable[StationStatus], wanted: Filter) -> list[StationStatus]:
    """Return stations that pass, the gravest alarm first.

    Then by name.
    """
    found = [status for status in statuses if wanted.passes(status)]
    return sorted(found, key=lambda s: (s.rank or 9, s.station.kind, s.station.id))
