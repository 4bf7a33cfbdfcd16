"""Tabulate level, area and storage of the terrain.

Binned at 1 cm of connection level. With a = a cell's area, z its ground and L its connection level, two
histograms over L say all: the area Σa, and Σa·(L − z), what a cell holds at the moment it is reached. Summed
up from the lowest level,

    area(W) = Σa over L ≤ W        storage(W) = ∫area dW + Σa·(L − z) over L ≤ W

so storage jumps where a pocket is captured, exact at every level and not only at the bins' edges.

Falling water stays in the hollows that were reached, up to their sills. With M the highest level reached,
hollow cells with W < L ≤ M hold L − z: the same two sums over hollow cells alone, M's less W's. Area and
storage of any state (W, M) are look-ups, with no view of the raster.

A terrain that was flown over a lake holds no bed (``bed="none"``): its ground there is the water's surface
of that day, the ground at the seed. Below that level nothing is known, and no storage is stated at all; only
the volume above that surface is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Literal

import numpy as np

from twin.areas import STRIP_CELLS, CellAreas
from twin.arrays import F32, F64, I32
from twin.comparing import rounded_level
from twin.errors import TwinError
from twin.water.centimetres import extent_level_m, hollow, level_cm, to_cm, whole_cm
from twin.water.ranges import LevelOutOfRange, StorageOutOfRange

Bed = Literal["surveyed", "none"]

_HEADER: Final = "level_m,area_m2,storage_m3,pocket_area_m2,pocket_storage_m3"


class HypsometryError(TwinError):
    """Table that cannot be made or read."""

    zh = "地形库容表有误：{message}"


@dataclass(frozen=True, kw_only=True)
class Hypsometry:
    """Area and storage of the terrain per centimetre.

    From ``lowest_cm`` up; arrays of shape (levels,). ``storage_m3`` counts from the terrain's own surface, be
    it a bed or not. ``pocket_area_m2`` and ``pocket_storage_m3`` sum over the hollow cells reached so far,
    what they hold below their sill.
    """

    lowest_cm: int
    bed: Bed
    area_m2: F64
    storage_m3: F64
    pocket_area_m2: F64
    pocket_storage_m3: F64

    @property
    def lowest_m(self) -> float:
        return self.lowest_cm / 100

    @property
    def highest_m(self) -> float:
        """Highest level with an answer."""
        return (self.lowest_cm + len(self.area_m2) - 1) / 100

    @property
    def bed_m(self) -> float | None:
        """Lowest surveyed ground under the flood.

        None where the terrain holds no bed.
        """
        return self.lowest_m if self.bed == "surveyed" else None

    @cached_property
    def flown_m(self) -> float | None:
        """Lake's level on the day the terrain was flown.

        None where the bed was surveyed.
        """
        if self.bed == "surveyed":
            return None
        return (self.lowest_cm + int(np.argmax(self.area_m2 > 0))) / 100

    def area_at(self, level_m: float, *, highest_m: float | None = None) -> float | None:
        """Return the wet area (m²) at a level.

        After the water was at ``highest_m``; None below a lake's flown surface. Raises LevelOutOfRange above
        the table's last level.
        """
        now, highest = self._row(level_m), self._row(level_m if highest_m is None else highest_m)
        if self._unknown(level_m):
            return None
        return self._held(self.area_m2, self.pocket_area_m2, now, max(now, highest))

    def storage_at(self, level_m: float, *, highest_m: float | None = None) -> float | None:
        """Return the terrain's storage (m³) at a level.

        After ``highest_m``. None where the terrain holds no bed.
        """
        return None if self.bed == "none" else self.storage_above_surface_at(level_m, highest_m=highest_m)

    def storage_above_surface_at(self, level_m: float, *, highest_m: float | None = None) -> float | None:
        """Return water (m³) above the terrain's surface.

        Bed or flown lake; None below the latter.
        """
        now, highest = self._row(level_m), self._row(level_m if highest_m is None else highest_m)
        if self._unknown(level_m):
            return None
        volume = self._held(self.storage_m3, self.pocket_storage_m3, now, max(now, highest))
        return volume + (self._above(level_m, now) * float(self.area_m2[now]) if now >= 0 else 0.0)

    def uncertain_area_at(self, level_m: float, *, vertical_error_m: float) -> float | None:
        """Return the area (m²) of uncertain cells.

        With |L − level| < error: wet or dry, the terrain does not decide. The belt lies around the shore that
        ``area_at`` has, so around the whole centimetre. A lake's flown surface was water: at or above its
        level it is certain. Counted up to the table's last level, so the cap should lie above the highest
        level by the error.
        """
        self._row(level_m)
        if self._unknown(level_m):
            return None
        shore_m = extent_level_m(level_m)
        certain_m = shore_m - vertical_error_m
        if self.flown_m is not None:
            certain_m = max(certain_m, self.flown_m)
        last = math.ceil(level_cm(shore_m + vertical_error_m)) - 1 - self.lowest_cm
        below = whole_cm(certain_m) - self.lowest_cm
        return max(0.0, self._sum(self.area_m2, last) - self._sum(self.area_m2, below))

    def level_at(self, storage_m3: float) -> float:
        """Return the lowest level (m) of a storage.

        At which the terrain holds at least ``storage_m3`` above its surface. Where a pocket is captured the
        storage jumps: all storages in the jump have that one level. Raises StorageOutOfRange.
        """
        if not 0 <= storage_m3 <= self.storage_m3[-1]:
            raise StorageOutOfRange(storage_m3, lowest_m3=0.0, highest_m3=float(self.storage_m3[-1]))
        row = int(np.searchsorted(self.storage_m3, storage_m3, side="left"))
        if row == 0:
            return self.lowest_m
        before, area = float(self.storage_m3[row - 1]), float(self.area_m2[row - 1])
        rise = (storage_m3 - before) / area if area > 0 else math.inf
        return (self.lowest_cm + row - 1) / 100 + min(rise, 0.01)

    def write_csv(self, path: Path) -> None:
        """Write the table, one line a centimetre, with header."""
        levels = (self.lowest_cm + np.arange(len(self.area_m2))) / 100
        columns = (levels, self.area_m2, self.storage_m3, self.pocket_area_m2, self.pocket_storage_m3)
        np.savetxt(path, np.stack(columns, axis=1), "%.2f,%.3f,%.3f,%.3f,%.3f", header=_HEADER, comments="")

    @classmethod
    def read_csv(cls, path: Path, *, bed: Bed) -> Hypsometry:
        """Read the table of ``write_csv``.

        Raises HypsometryError.
        """
        try:
            with path.open(encoding="utf-8") as file:
                if file.readline().strip() != _HEADER:
                    raise ValueError(f"its header is not {_HEADER}")
                level, area, storage, pocket_area, pocket_storage = np.loadtxt(file, delimiter=",", ndmin=2).T
        except (OSError, ValueError) as problem:
            raise HypsometryError(f"{path}: not a table of the terrain's levels: {problem}") from problem
        lowest_cm = round(float(level[0]) * 100)
        return cls(
            lowest_cm=lowest_cm,
            bed=bed,
            area_m2=area,
            storage_m3=storage,
            pocket_area_m2=pocket_area,
            pocket_storage_m3=pocket_storage,
        )

    def _row(self, level_m: float) -> int:
        """The last row at or below a level, -1 below the table."""
        if not -math.inf < rounded_level(level_m) <= self.highest_m:  # refuses NaN as well
            raise LevelOutOfRange(level_m, lowest_m=self.lowest_m, highest_m=self.highest_m)
        return max(-1, min(whole_cm(level_m) - self.lowest_cm, len(self.area_m2) - 1))

    def _above(self, level_m: float, row: int) -> float:
        """Metres of a level above its row's."""
        return max(0.0, rounded_level(level_m) - (self.lowest_cm + row) / 100)

    def _unknown(self, level_m: float) -> bool:
        return self.flown_m is not None and rounded_level(level_m) < self.flown_m

    @staticmethod
    def _sum(column: F64, row: int) -> float:
        return 0.0 if row < 0 else float(column[min(row, len(column) - 1)])

    def _held(self, wet: F64, pocket: F64, now: int, highest: int) -> float:
        """What is wet now, and what stays in pockets with a sill between the level now and the highest."""
        return self._sum(wet, now) + self._sum(pocket, highest) - self._sum(pocket, now)


def hypsometry(
    ground_m: F32,
    connection_cm: I32,
    *,
    cap_cm: int,
    areas: CellAreas,
    bed: Bed,
) -> Hypsometry:
    """Tabulate a terrain from its connection levels.

    Rasters (rows, cols). ``ground_m`` as it was surveyed, working heights, NaN where it was not;
    ``connection_cm`` from its whole centimetres and ``cap_cm`` with it; ``areas`` of the cells
    (``cell_areas``). The table begins at the lowest ground that is ever reached and ends 1 cm below the cap.
    Raises HypsometryError where nothing is connected.
    """
    reached = connection_cm < cap_cm
    if not reached.any():
        raise HypsometryError(f"no cell of the terrain is connected below {cap_cm / 100:.2f} m")
    lowest = int(to_cm(ground_m.min(where=reached, initial=np.inf, keepdims=True))[0, 0])
    sums = np.zeros((4, cap_cm - lowest))
    strip = max(1, STRIP_CELLS // ground_m.shape[1])  # a few MB at a time
    for first in range(0, len(ground_m), strip):
        part = slice(first, first + strip)
        level, ground = connection_cm[part][reached[part]], ground_m[part][reached[part]]
        area = areas.of_rows(part)[reached[part]]
        holds = level / 100 - ground
        kept = np.where(hollow(ground, level), area, 0.0)
        for row, weight in enumerate((area, area * holds, kept, kept * holds)):
            sums[row] += np.bincount(level - lowest, weight, minlength=sums.shape[1])
    area_m2, held_m3, pocket_area_m2, pocket_storage_m3 = sums.cumsum(axis=1)
    risen_m3 = np.concatenate([[0.0], np.cumsum(area_m2[:-1])]) / 100.0
    return Hypsometry(
        lowest_cm=lowest,
        bed=bed,
        area_m2=area_m2,
        storage_m3=risen_m3 + held_m3,
        pocket_area_m2=pocket_area_m2,
        pocket_storage_m3=pocket_storage_m3,
    )
