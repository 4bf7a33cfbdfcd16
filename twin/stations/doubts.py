"""Doubt levels and storages the reservoir cannot have, and slips of unit.

A factor of 1000, 100 or 3.28 between two levels is no water: somebody's millimetres, centimetres or feet.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from twin import comparing
from twin.errors import TwinError
from twin.stations.heights import working_level_m
from twin.stations.model import Datastream, Station

if TYPE_CHECKING:
    from twin.catalog import Catalog
    from twin.water.curve import Curve

LEVELS = ("level", "level_below")
UNITS = ((1000.0, "unit_1000"), (100.0, "unit_100"), (1 / 0.3048, "unit_feet"))
"""Between what was sent and what was meant, and the word for it."""
NEAR = 0.01
"""A ratio within this share of a factor is that factor."""
LEAST_M = 1.0
"""Stages near their zero have ratios that mean nothing."""
LEAST_STEP_M = 5.0
CONFIRMED = 3
"""So many good values make a height that a factor is measured by: one alone may be the wrong one."""
STORAGE_SHARE = 0.5
"""A storage may lie so far outside the curve's range: surveys differ, units differ by more."""


def margin_m(lowest_m: float, highest_m: float) -> float:
    """Return the margin outside the range of levels, m.

    The lake may be so far outside the levels for which there is an answer.
    """
    return max(2.0, 0.25 * (highest_m - lowest_m))


@dataclass(frozen=True, kw_only=True)
class Lake:
    """Plausible range of the reservoir's own gauge.

    Working levels in m, storages in m³ (None: not known).
    """

    lowest_m: float
    highest_m: float
    to_working_m: Callable[[Station, float, datetime], float]
    storages_m3: tuple[float, float] | None = None

    def doubt(self, station: Station, stream: Datastream, value: float, at: datetime) -> str:
        """Return why a gauge's value cannot be the lake's.

        As one word; '' where it can.
        """
        if station.kind != "reservoir":
            return ""
        if stream.property == "level":
            return self._of_level(station, value, at)
        if stream.property == "storage" and self.storages_m3 is not None:
            low, high = self.storages_m3
            inside = comparing.within(value, STORAGE_SHARE * low, high / STORAGE_SHARE)
            return "" if inside else "outside"
        return ""

    def _of_level(self, station: Station, value: float, at: datetime) -> str:
        if self._holds(station, value, at, beyond_m=margin_m(self.lowest_m, self.highest_m)):
            return ""
        for factor, word in UNITS:
            if any(self._holds(station, meant, at) for meant in (value * factor, value / factor)):
                return word
        return "outside"

    def _holds(self, station: Station, value: float, at: datetime, *, beyond_m: float = 0.0) -> bool:
        try:
            level_m = self.to_working_m(station, value, at)
        except TwinError:
            return True  # its heights cannot be converted: that is said elsewhere
        return comparing.within(level_m, self.lowest_m - beyond_m, self.highest_m + beyond_m)


class UnitSlips:
    """Compares each level with the last that was trusted."""

    def __init__(self) -> None:
        self._trusted: dict[str, tuple[float, int]] = {}

    def doubt(self, stream: Datastream, value: float) -> str:
        """Return the doubt of a jump by a unit's factor.

        And of all values that stay there; '' for none.
        """
        before, count = self._trusted.get(stream.id, (0.0, 0))
        if count < CONFIRMED or before * value <= 0 or max(abs(before), abs(value)) < LEAST_M:
            return ""
        if not comparing.reaches(abs(value - before), LEAST_STEP_M):
            return ""
        ratio = max(value / before, before / value)
        return next((word for factor, word in UNITS if math.isclose(ratio, factor, rel_tol=NEAR)), "")

    def trust(self, stream: Datastream, value: float) -> None:
        """Record a good value."""
        before, count = self._trusted.get(stream.id, (value, 0))
        near = not comparing.reaches(abs(value - before), LEAST_STEP_M)
        self._trusted[stream.id] = (value, min(count, CONFIRMED) + 1 if near else 1)


class Doubts:
    """Doubts of a value before quality control.

    What counts against it before it is compared with what came before it.
    """

    def __init__(self, stations: Mapping[str, Station], lake: Lake | None = None) -> None:
        self._stations, self._lake = stations, lake
        self._slips = UnitSlips()

    def about(self, stream: Datastream, value: float | None, at: datetime) -> str:
        """Return a doubt as one word, or ''.

        One of ``apps/locale`` (``reason_…``).
        """
        if value is None:
            return ""
        station = self._stations[stream.station]
        found = "" if self._lake is None else self._lake.doubt(station, stream, value, at)
        if not found and stream.property in LEVELS:
            found = self._slips.doubt(stream, value)
        return found

    def trust(self, stream: Datastream, value: float | None) -> None:
        """Note a good value, which later ones are compared with."""
        if value is not None and stream.property in LEVELS:
            self._slips.trust(stream, value)


def lake_of(catalog: Catalog, *, curve: Curve | None) -> Lake:
    """Bound what the reservoir's own gauge may report.

    By its levels, and by a curve where there is one.
    """
    reservoir, settings = catalog.head.reservoir, catalog.head.vertical
    zone = ZoneInfo(catalog.site.time_zone)
    storages = None
    if curve is not None:
        low, high = (
            curve.storage_at(min(max(level_m, curve.level_m[0]), curve.level_m[-1]))
            for level_m in (reservoir.lowest_m, reservoir.highest_m)
        )
        storages = (float(low), float(high))
    return Lake(
        lowest_m=reservoir.lowest_m,
        highest_m=reservoir.highest_m,
        to_working_m=lambda station, value, at: working_level_m(
            station, value, at, settings=settings, zone=zone
        ),
        storages_m3=storages,
    )
