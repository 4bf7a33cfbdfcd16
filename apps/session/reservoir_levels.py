"""Levels of a reservoir: range, named ones, conversion from a slider's units."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from apps.formatting import StorageUnit, storage_unit
from twin.water.ranges import LevelOutOfRange, StorageOutOfRange

if TYPE_CHECKING:
    from apps.session.views import Unit
    from twin.basin import Basin
    from twin.reservoir import Sill

ROUNDING = 1e-6
"""A slider's value may lie outside the range by so much of it: its ends are written in decimals."""


class ReservoirLevels:
    """Levels for which a basin has answers, and those that have names.

    ``lowest_m`` and ``highest_m`` bound the answers, m.
    """

    def __init__(self, basin: Basin) -> None:
        self._basin = basin
        self.lowest_m = basin.water.answered_from_m
        self.highest_m = basin.catalog.head.reservoir.highest_m
        self._named_m3: dict[str, float | None] = {}

    @property
    def start_m(self) -> float:
        """Level of a view before anything is known, m.

        The site's, else the middle of the range.
        """
        wanted = self._basin.site.start_level_m
        middle = (self.lowest_m + self.highest_m) / 2
        return min(self.highest_m, max(self.lowest_m, middle if wanted is None else wanted))

    def level_of(self, unit: Unit, value: float) -> float:
        """Return the level, m, that a value of the slider means.

        ``value`` is m, or in :attr:`storage_unit`. Raises LevelOutOfRange, StorageOutOfRange.
        """
        if unit == "level":
            low, high = self.lowest_m, self.highest_m
            if (level_m := _inside(value, low, high)) is None:
                raise LevelOutOfRange(value, lowest_m=low, highest_m=high)
            return level_m
        low, high = self.storage_range_m3
        wanted_m3 = value * self.storage_unit.m3
        if (storage_m3 := _inside(wanted_m3, low, high)) is None:
            raise StorageOutOfRange(wanted_m3, lowest_m3=low, highest_m3=high)
        return float(self._basin.water.at(storage_m3=storage_m3).level_m)

    @cached_property
    def storage_unit(self) -> StorageUnit:
        """Unit of this reservoir's storages."""
        return storage_unit(self.storage_range_m3[1])

    @cached_property
    def storage_range_m3(self) -> tuple[float, float]:
        """Storages at the ends of the range, m³."""
        water = self._basin.water
        return water.at(level_m=self.lowest_m).storage_m3, water.at(level_m=self.highest_m).storage_m3

    def named(self, id_: str) -> float | None:
        """Return the characteristic level with an id, m, or None."""
        return next((x.level_m for x in self._basin.site.levels if x.id == id_), None)

    def storage_named_m3(self, id_: str) -> float | None:
        """Return the curve's storage at a characteristic level, m³, or None."""
        if id_ not in self._named_m3:
            level_m = self.named(id_)
            self._named_m3[id_] = (
                None if level_m is None else float(self._basin.water.at(level_m=level_m).storage_m3)
            )
        return self._named_m3[id_]

    @cached_property
    def ways_out(self) -> list[Sill]:
        """Crests and saddles over which water leaves the reservoir."""
        return [sill for sill in self._basin.sills() if sill.kind == "outside"]

    @property
    def lowest_way_out_m(self) -> float | None:
        """Level, m, at which water first leaves; None where it never does."""
        return min((sill.level_m for sill in self.ways_out), default=None)


def _inside(value: float, low: float, high: float) -> float | None:
    """The value in the range, a rounding of its ends allowed; None outside."""
    slack = ROUNDING * (high - low)
    return min(high, max(low, value)) if low - slack <= value <= high + slack else None
