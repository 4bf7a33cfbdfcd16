"""Answer levels and storages by curve and by terrain.

Side by side, never mixed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from twin.catalog import CurveEntry
from twin.comparing import rounded_level
from twin.errors import TwinError
from twin.strict_json import read_json
from twin.water.centimetres import extent_level_m
from twin.water.curve import Curve, Edition
from twin.water.hypsometry import Hypsometry
from twin.water.ranges import HighestBelowLevel, LevelOutOfRange
from twin.water.surface import WaterState

STEPS = "steps.json"
"""Beside a curve's table: what its columns were rounded to in the file that they come from."""


class NoSuchCurveError(TwinError):
    """Unknown edition of the curve."""

    zh = "没有这一版本的库容曲线：{message}"


@dataclass(frozen=True, kw_only=True)
class WaterReport:
    """Report of one level: storage and area.

    By the curve, and by the terrain. ``level_m`` is rounded to 0.1 mm; ``highest_m`` likewise, the highest
    level that the water stood at before, None where none was given. ``extent_level_m`` is the whole
    centimetre whose extent the terrain's figures have (``area_m2``, ``uncertain_area_m2``, and the area under
    ``terrain_storage_m3``), and ``extent_highest_m`` the one up to which pockets stay full; ``coarser`` says
    that they are not the levels.

    ``curve_area_m2`` is the table's area, ``curve_rise_m2`` the dV/dh of its storage: the same where the
    table does not contradict itself; ``curve_doubts`` says in words where it does. ``area_m2`` counts the wet
    cells of the terrain; None below the surface of the lake that the terrain was flown over.
    ``terrain_storage_m3`` counts from ``terrain_bed_m``; both are None where the terrain holds no bed.
    ``uncertain_area_m2`` lies within the terrain's stated error of the level. ``vertical`` says how the
    terrain's heights became the gauge's.
    """

    level_m: float
    highest_m: float | None
    extent_level_m: float
    extent_highest_m: float | None
    storage_m3: float
    curve_area_m2: float
    curve_rise_m2: float
    area_m2: float | None
    terrain_storage_m3: float | None
    terrain_bed_m: float | None
    uncertain_area_m2: float | None
    vertical: str
    curve: str
    extrapolated: bool
    generation: str
    curve_doubts: tuple[str, ...] = ()

    @property
    def coarser(self) -> bool:
        """Whether the extent is a lower whole centimetre's."""
        return self.extent_level_m != self.level_m


@dataclass(frozen=True, kw_only=True)
class Sill:
    """Sill where a rising flood leaves the lake.

    Outside the basin, or into a hollow that fills at once. ``crest_needed_m`` would hold the whole range;
    ``width_m`` is about how long that dam is, ``area_m2`` how large the hollow. The place is in the frame's
    CRS and in WGS84 degrees.
    """

    kind: Literal["outside", "pocket"]
    level_m: float
    crest_needed_m: float
    width_m: float | None
    area_m2: float | None
    east_m: float
    north_m: float
    longitude: float
    latitude: float


class ReservoirWater:
    """Water of a basin.

    No raster is read here: a change of level costs microseconds.
    """

    def __init__(
        self,
        *,
        curves: Mapping[str, Curve],
        hypsometry: Hypsometry,
        lowest_m: float,
        highest_m: float,
        vertical: str,
        vertical_error_m: float,
        generation: str,
    ) -> None:
        self.curves = curves
        self.hypsometry = hypsometry
        self.lowest_m = lowest_m
        self.highest_m = highest_m
        self.vertical = vertical
        self.vertical_error_m = vertical_error_m
        self.generation = generation

    @cached_property
    def curve(self) -> Curve:
        """Default edition: the first in the catalog."""
        return self.edition(None)

    @property
    def answered_from_m(self) -> float:
        """Lowest level with an answer.

        The reservoir's, or that of a default curve that begins above.
        """
        if not self.curves or not self.lowest_m < self.curve.lowest_m < self.highest_m:
            return self.lowest_m
        return self.curve.lowest_m

    def edition(self, name: str | None) -> Curve:
        """Return an edition by its name, or the default one.

        Raises NoSuchCurveError.
        """
        if not self.curves:
            raise NoSuchCurveError("the catalog has no usable level–area–storage curve; see 'twin check'")
        if name is None:
            return next(iter(self.curves.values()))
        if name not in self.curves:
            raise NoSuchCurveError(f"no curve '{name}'; there are {', '.join(self.curves)}", curve=name)
        return self.curves[name]

    def at(
        self,
        *,
        level_m: float | None = None,
        storage_m3: float | None = None,
        highest_m: float | None = None,
        curve: str | None = None,
    ) -> WaterReport:
        """Report a level, or a storage's level on the curve.

        Levels are rounded to 0.1 mm. ``highest_m`` is the highest level that the water stood at before; its
        pockets stay full. A storage that was asked for is answered as it was asked.
        Raises LevelOutOfRange, HighestBelowLevel, StorageOutOfRange, NoSuchCurveError; ValueError unless one
        of both is given.
        """
        edition = self.edition(curve)
        if (level_m is None) == (storage_m3 is None):
            raise ValueError("give a level or a storage")
        if level_m is None:
            assert storage_m3 is not None
            level_m = edition.level_at(storage_m3)
        level_m = self.check(level_m)
        if highest_m is not None:
            highest_m = self.state(level_m, highest_m=highest_m).highest_m
        table = self.hypsometry
        return WaterReport(
            level_m=level_m,
            highest_m=highest_m,
            extent_level_m=extent_level_m(level_m),
            extent_highest_m=None if highest_m is None else extent_level_m(highest_m),
            storage_m3=edition.storage_at(level_m) if storage_m3 is None else storage_m3,
            curve_area_m2=edition.area_at(level_m),
            curve_rise_m2=edition.rise_at(level_m),
            area_m2=table.area_at(level_m, highest_m=highest_m),
            terrain_storage_m3=table.storage_at(level_m, highest_m=highest_m),
            terrain_bed_m=table.bed_m,
            uncertain_area_m2=table.uncertain_area_at(level_m, vertical_error_m=self.vertical_error_m),
            vertical=self.vertical,
            curve=edition.id,
            extrapolated=edition.extrapolated(level_m),
            generation=self.generation,
            curve_doubts=edition.consistency.doubts,
        )

    def state(self, level_m: float, *, highest_m: float | None = None) -> WaterState:
        """Round and check a level and the highest before it.

        Without one the level itself. Raises LevelOutOfRange, HighestBelowLevel.
        """
        level_m = self.check(level_m)
        if highest_m is None:
            return WaterState.rising(level_m)
        highest_m = self.check(highest_m)
        if highest_m < level_m:
            raise HighestBelowLevel(highest_m, level_m=level_m)
        return WaterState(level_m=level_m, highest_m=highest_m)

    def check(self, level_m: float) -> float:
        """Round a level to 0.1 mm and check its range.

        Raises LevelOutOfRange outside the reservoir's range, for NaN too.
        """
        level_m = rounded_level(level_m)
        if not rounded_level(self.lowest_m) <= level_m <= rounded_level(self.highest_m):
            raise LevelOutOfRange(level_m, lowest_m=self.lowest_m, highest_m=self.highest_m)
        return level_m


def read_curve(path: Path, entry: CurveEntry, *, extended_to_m: float | None) -> Curve:
    """Read a curve as a build checked it, with rounding.

    Raises CurveError.
    """
    edition = Edition(id=entry.id, status=entry.status, source=entry.source, dated=entry.since)
    beside = path.with_name(STEPS)
    steps = read_json(beside) if beside.is_file() else None
    return Curve.from_csv(path, edition=edition, extended_to_m=extended_to_m, steps=steps)
