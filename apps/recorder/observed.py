"""Protocol of observations as a film needs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from twin.arrays import F64
from twin.stations.snapshot import ValueNow


@dataclass(frozen=True, kw_only=True)
class ObservedLevels:
    """Levels of the lake's gauge.

    Times (n,) s since 1970, working levels (n,) m; the station's name.
    """

    station: Mapping[str, str]
    times: F64
    levels_m: F64


class Observed(Protocol):
    """Observations of the past; ``observed_store.ObservedStore`` reads them."""

    def levels(self, start: datetime, end: datetime, known_at: datetime | None) -> ObservedLevels:
        """Return trusted levels of the lake, oldest first. Raises TwinError."""

    def values(self, at: datetime, known_at: datetime | None) -> Mapping[str, ValueNow]:
        """Return every observed datastream's value at a time. Raises TwinError."""
