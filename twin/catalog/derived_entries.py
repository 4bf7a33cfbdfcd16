"""Models of entries that a build derives from terrain and water."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from twin.catalog.entries import Entry
from twin.catalog.types import Height

SHORE_LEVELS_M = (155.0, 156.0, 157.0, 157.5, 158.5, 160.0)
"""Levels of the shore contours that Miyun's authorities keep."""


class DerivedEntry(Entry):
    """Data set derived from the terrain; it has no file."""

    driver: Literal["terrain"]
    uri: Literal[""] = ""


class ShorelineEntry(DerivedEntry):
    """Shore contours of the connected water at some levels."""

    kind: Literal["shoreline"]
    levels_m: list[Height] = Field(
        default=list(SHORE_LEVELS_M),
        min_length=1,
        max_length=40,
        description="Those outside the reservoir's range are left out, and told.",
    )


class SteepEntry(DerivedEntry):
    """Slopes of the terrain above an angle, by Horn's method."""

    kind: Literal["steep"]
    above_deg: float = Field(default=25.0, gt=0, lt=90)
