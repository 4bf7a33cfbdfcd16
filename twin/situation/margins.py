"""Compute how far a level is from the characteristic levels in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from twin.catalog.site import CharacteristicLevel, Site
from twin.comparing import rounded_level

NORMAL = "normal"
"""Id of the normal pool level in ``site.yaml``."""


@dataclass(frozen=True, kw_only=True)
class LevelMargin:
    """Distance from a level up to a characteristic one, m.

    Negative where that is exceeded.
    """

    level: CharacteristicLevel
    margin_m: float

    @property
    def exceeded(self) -> bool:
        """Whether the level lies above the characteristic one."""
        return self.margin_m < 0


def governing_level(site: Site, day: date) -> CharacteristicLevel | None:
    """Return the level that limits storage on ``day``.

    The lowest in force of those that hold in a season only (in the flood season its flood-limit level), else
    the normal pool level; None where the site names neither.
    """
    levels = site.levels_on(day)
    seasonal = [level for level in levels if level.season is not None]
    return next(iter(seasonal), None) or _named(levels, NORMAL)


def normal_level(site: Site, day: date) -> CharacteristicLevel | None:
    """Return the normal pool level in force on ``day``, or None."""
    return _named(site.levels_on(day), NORMAL)


def margin(level: CharacteristicLevel, level_m: float) -> LevelMargin:
    """Return the margin of ``level_m`` below a characteristic level.

    Compared in tenths of a millimetre: a level read as the limit does not exceed it.
    """
    return LevelMargin(level=level, margin_m=rounded_level(level.level_m - rounded_level(level_m)))


def next_levels(
    site: Site, day: date, level_m: float
) -> tuple[CharacteristicLevel | None, CharacteristicLevel | None]:
    """Return the next characteristic levels in force, (below, above).

    A level that stands at one of them has reached it.
    """
    levels, here_m = site.levels_on(day), rounded_level(level_m)
    below = [level for level in levels if rounded_level(level.level_m) < here_m]
    above = [level for level in levels if rounded_level(level.level_m) > here_m]
    return (below[-1] if below else None), (above[0] if above else None)


def _named(levels: Sequence[CharacteristicLevel], id_: str) -> CharacteristicLevel | None:
    return next((level for level in levels if level.id == id_), None)
