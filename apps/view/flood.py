"""A flood on the time bar: its hydrograph, its published points, and what holds at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from twin.basin import Basin

Column = NDArray[np.float64]
Series = Literal["inflow", "release", "level"]
SERIES: tuple[Series, ...] = ("inflow", "release", "level")


@dataclass(frozen=True, kw_only=True)
class Flood:
    """Times are seconds since 1970, arrays (n,); flows in m³/s, levels in m.

    ``published`` holds the published points of each series: their times and values, (k,) each; everything
    between them is reconstructed.
    """

    id: str
    name: dict[str, str]
    source: str
    times: Column
    inflow: Column
    release: Column
    level: Column
    published: dict[Series, tuple[Column, Column]]

    @property
    def start(self) -> float:
        return float(self.times[0])

    @property
    def end(self) -> float:
        return float(self.times[-1])

    def at(self, series: Series, time: float) -> float:
        """The value at a time, linear between the steps of the reconstruction."""
        return float(np.interp(time, self.times, getattr(self, series)))

    def highest_m(self, time: float) -> float:
        """The highest level from the flood's start to a time."""
        past = self.level[self.times <= time]
        return max(self.at("level", time), float(past.max()) if len(past) else -np.inf)

    def is_published(self, series: Series, time: float, *, within_s: float = 1800.0) -> bool:
        """Whether a published point of the series lies at a time."""
        times = self.published[series][0]
        return bool(len(times)) and float(np.abs(times - time).min()) <= within_s


def first_flood(basin: Basin) -> Flood | None:
    """The first flood of a basin's catalog, or None."""
    del basin
    return None
