"""List villages, buildings, households and people that a level affects.

First-wet levels come from a build; a new level is a comparison of a few thousand integers. As the raster's
shore (``WaterSurface.shore``), an asset is certainly affected where some of its cells are certainly wet, and
possibly where the terrain's vertical error decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

import numpy as np

from twin.arrays import F64, I32, U8, Bools, Index
from twin.water.centimetres import level_cm, whole_cm
from twin.water.surface import WaterState

Name = Mapping[str, str]
Reason = Literal["no-terrain", "unknown-heights"]
"""Why a village is in no list: the terrain does not reach it, or its heights have no known reference."""


class Wetness(IntEnum):
    """State of an asset at a level."""

    DRY = 0
    POSSIBLE = 1
    CERTAIN = 2


@dataclass(frozen=True, kw_only=True)
class Count:
    """Number of things certainly affected, and of further ones possibly."""

    certain: int = 0
    possible: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(certain=self.certain + other.certain, possible=self.possible + other.possible)

    @property
    def at_most(self) -> int:
        """Number if all that is possible is so."""
        return self.certain + self.possible


NONE = Count()


@dataclass(frozen=True, kw_only=True)
class AffectedSum:
    """Sum of affected villages, buildings, households and people.

    Of the basin, a township or a village. ``buildings`` is None where no footprints of buildings are known.
    Of ``unsaid`` affected buildings or villages the households or people are not known: the sums are without
    them. ``whole`` villages without known buildings count with all their households and people as soon as
    they get wet anywhere.
    """

    villages: Count = NONE
    buildings: Count | None = None
    households: Count = NONE
    people: Count = NONE
    unsaid: int = 0
    whole: int = 0

    def __add__(self, other: AffectedSum) -> AffectedSum:
        both = [count for count in (self.buildings, other.buildings) if count is not None]
        return AffectedSum(
            villages=self.villages + other.villages,
            buildings=sum(both, NONE) if both else None,
            households=self.households + other.households,
            people=self.people + other.people,
            unsaid=self.unsaid + other.unsaid,
            whole=self.whole + other.whole,
        )


@dataclass(frozen=True, kw_only=True)
class AffectedVillage:
    """Village at a level.

    ``id`` is '' for buildings outside all villages. ``first_wet_m`` is None where it is not below the highest
    computed level. ``households`` and ``people`` are the village's own totals, None where they are not known.
    """

    id: str
    name: Name
    township: Name
    east: float
    north: float
    first_wet_m: float | None
    wetness: Wetness
    households: int | None
    people: int | None
    sum: AffectedSum


@dataclass(frozen=True, kw_only=True)
class LeftOutVillage:
    """Village that is in no list, and why."""

    name: Name
    reason: Reason


@dataclass(frozen=True, kw_only=True)
class AffectedReport:
    """Affected villages at a level, and sums.

    ``villages`` are those certainly or possibly affected, certain ones first, then by first-wet level;
    ``dry`` the others. ``vertical_error_m`` is the half width of the belt where wet or dry is not certain.
    """

    level_m: float
    highest_m: float
    vertical_error_m: float
    total: AffectedSum
    villages: tuple[AffectedVillage, ...]
    dry: tuple[AffectedVillage, ...]
    townships: tuple[tuple[Name, AffectedSum], ...]
    left_out: tuple[LeftOutVillage, ...]


@dataclass(frozen=True, kw_only=True)
class VillageTable:
    """Villages as columns of n rows.

    ``households`` and ``people`` are NaN where they are not known.
    """

    id: Sequence[str]
    name: Sequence[Name]
    township: Sequence[Name]
    east: F64
    north: F64
    first_cm: I32
    pocket_cm: I32
    households: F64
    people: F64


@dataclass(frozen=True, kw_only=True)
class BuildingTable:
    """Buildings as columns of m rows.

    ``village`` is a row of the villages, n for none.
    """

    village: Index
    east: F64
    north: F64
    first_cm: I32
    pocket_cm: I32
    households: F64
    people: F64


class Affected:
    """Assets of a basin at any level, in a millisecond."""

    def __init__(
        self,
        *,
        villages: VillageTable,
        buildings: BuildingTable | None,
        cap_cm: int,
        vertical_error_m: float,
        flown_m: float | None,
        left_out: Sequence[LeftOutVillage] = (),
        sources: Sequence[str] = (),
    ) -> None:
        self.villages = villages
        self.buildings = buildings
        self.left_out = tuple(left_out)
        #: Ids of the entries that the numbers come from.
        self.sources = tuple(sources)
        self.vertical_error_m = vertical_error_m
        self._cap_cm = cap_cm
        self._flown_cm = -(1 << 30) if flown_m is None else whole_cm(flown_m)

    def at(self, state: WaterState) -> AffectedReport:
        """Report what is affected at a level after a highest one."""
        villages, count = self.villages, len(self.villages.id)
        wet = self.wetness(villages.first_cm, villages.pocket_cm, state)
        sums = self._sums(wet, state)
        rows = [self._village(k, wet, sums[k]) for k in range(count)]
        order = sorted(rows, key=lambda row: (-row.wetness, row.first_wet_m or np.inf, row.id))
        affected = [
            row for row in order if row.sum != AffectedSum(buildings=row.sum.buildings) or row.wetness
        ]
        if sums[count].buildings not in (None, NONE):
            affected.append(self._outside(sums[count]))
        townships: dict[tuple[str, str], AffectedSum] = {}
        for row in affected:
            key = row.township["zh"], row.township["en"]
            townships[key] = townships.get(key, AffectedSum()) + row.sum
        total = sum((row.sum for row in affected), AffectedSum(buildings=self._no_buildings))
        ids = {row.id for row in affected}
        return AffectedReport(
            level_m=state.level_m,
            highest_m=state.highest_m,
            vertical_error_m=self.vertical_error_m,
            total=total,
            villages=tuple(affected),
            dry=tuple(row for row in order if row.id not in ids),
            townships=tuple(
                ({"zh": zh, "en": en}, some)
                for (zh, en), some in sorted(townships.items(), key=lambda one: -one[1].households.at_most)
            ),
            left_out=self.left_out,
        )

    def total(self, state: WaterState) -> AffectedSum:
        """Sum what is affected at a level after a highest one."""
        wet = self.wetness(self.villages.first_cm, self.villages.pocket_cm, state)
        return sum(self._sums(wet, state), AffectedSum(buildings=self._no_buildings))

    def wetness(self, first_cm: I32, pocket_cm: I32, state: WaterState) -> U8:
        """Classify assets as dry, possibly or certainly wet.

        ``Wetness``, uint8 (n,), from first-wet levels and pockets.
        """
        now = min(whole_cm(state.level_m), self._cap_cm - 1)
        highest = min(whole_cm(state.highest_m), self._cap_cm - 1)
        joined, behind = first_cm <= now, (pocket_cm > now) & (pocket_cm <= highest)
        first_unsure, pocket_unsure = self._unsure(first_cm, now), self._unsure(pocket_cm, now)
        certain = (joined & ~first_unsure) | (behind & ~pocket_unsure)
        return np.select(
            [certain, joined | behind | first_unsure], [Wetness.CERTAIN, Wetness.POSSIBLE], Wetness.DRY
        ).astype(np.uint8)

    def _unsure(self, link_cm: I32, now: int) -> Bools:
        near = np.abs(link_cm - now) < level_cm(self.vertical_error_m)
        return near & (link_cm < self._cap_cm) & (link_cm > self._flown_cm)

    @property
    def _no_buildings(self) -> Count | None:
        return None if self.buildings is None else NONE

    def _sums(self, wet: U8, state: WaterState) -> list[AffectedSum]:
        """Sums of each village, and last of what stands outside all."""
        count, buildings = len(wet), self.buildings
        wholes = [self._whole(k, Wetness(int(wet[k]))) for k in range(count)]
        if buildings is None:
            return [*wholes, AffectedSum()]
        state_of = self.wetness(buildings.first_cm, buildings.pocket_cm, state)
        said = ~np.isnan(buildings.households)
        whole_story = said & ~np.isnan(buildings.people)

        def per_village(weight: F64 | None = None) -> list[Count]:
            both = [
                np.bincount(
                    buildings.village[chosen],
                    None if weight is None else np.nan_to_num(weight[chosen]),
                    minlength=count + 1,
                )
                for chosen in (state_of == Wetness.CERTAIN, state_of == Wetness.POSSIBLE)
            ]
            return [
                Count(certain=round(float(a)), possible=round(float(b))) for a, b in zip(*both, strict=True)
            ]

        standing, households = per_village(), per_village(buildings.households)
        people = per_village(buildings.people)
        unsaid = np.bincount(buildings.village[(state_of > 0) & ~whole_story], minlength=count + 1)
        told = np.bincount(buildings.village[said], minlength=count + 1) > 0
        sums = []
        for k in range(count + 1):
            own = AffectedSum(buildings=standing[k])
            if k < count and not told[k]:
                sums.append(wholes[k] + own)
                continue
            sums.append(
                AffectedSum(
                    villages=NONE if k == count else wholes[k].villages,
                    buildings=standing[k],
                    households=households[k],
                    people=people[k],
                    unsaid=int(unsaid[k]),
                )
            )
        return sums

    def _whole(self, row: int, wetness: Wetness) -> AffectedSum:
        """A village's own figures, where nothing is known of its buildings' people."""
        if wetness == Wetness.DRY:
            return AffectedSum()

        def all_of(value: float) -> Count:
            number = 0 if np.isnan(value) else round(value)
            return Count(certain=number) if wetness == Wetness.CERTAIN else Count(possible=number)

        unsaid = bool(np.isnan(self.villages.households[row] + self.villages.people[row]))
        return AffectedSum(
            villages=all_of(1),
            households=all_of(float(self.villages.households[row])),
            people=all_of(float(self.villages.people[row])),
            unsaid=int(unsaid),
            whole=int(not unsaid),
        )

    def _village(self, row: int, wet: U8, own: AffectedSum) -> AffectedVillage:
        villages = self.villages
        first_cm = int(villages.first_cm[row])
        return AffectedVillage(
            id=villages.id[row],
            name=villages.name[row],
            township=villages.township[row],
            east=float(villages.east[row]),
            north=float(villages.north[row]),
            first_wet_m=first_cm / 100 if first_cm < self._cap_cm else None,
            wetness=Wetness(int(wet[row])),
            households=_whole_number(villages.households[row]),
            people=_whole_number(villages.people[row]),
            sum=own,
        )

    def _outside(self, own: AffectedSum) -> AffectedVillage:
        """Row of the buildings outside all villages."""
        assert self.buildings is not None
        stray = self.buildings.village == len(self.villages.id)
        first = int(np.argmin(np.where(stray, self.buildings.first_cm, np.iinfo(np.int32).max)))
        certain = own.buildings is not None and own.buildings.certain > 0
        return AffectedVillage(
            id="",
            name={"zh": "", "en": ""},
            township={"zh": "", "en": ""},
            east=float(self.buildings.east[first]),
            north=float(self.buildings.north[first]),
            first_wet_m=int(self.buildings.first_cm[first]) / 100,
            wetness=Wetness.CERTAIN if certain else Wetness.POSSIBLE,
            households=None,
            people=None,
            sum=own,
        )


def _whole_number(value: float) -> int | None:
    return None if np.isnan(value) else round(float(value))
